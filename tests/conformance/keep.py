"""Keeps a set-up as a fixture: its snapshot with the real SDK's verdict.

``python -m tests.conformance.keep --sdk boto3 --seed 7 --number 935 --name empty-session-name``
"""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from credlint.host.codec import encode
from credlint.model.key_id import parse_key_id
from tests.conformance.generator import make
from tests.conformance.judge import all_judges
from tests.conformance.setups import SetUp, put
from tests.conformance.stand_ins import StandIns

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "snapshots"
_HOME = "/home/someone"


def keep(sdk: str, name: str, setup: SetUp) -> None:
    """Ask the real SDK and write ``chain-NAME.json``."""
    now = datetime.now(timezone.utc).isoformat()
    judge = all_judges()[sdk]
    with StandIns() as servers, judge.Judge(sdk) as real, tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder).resolve())
        place = put(setup, Path(home), servers.addresses(judge))
        snapshot = json.loads(json.dumps(encode(place.snapshot(now))).replace(home, _HOME))
        table: dict[str, Any] = {
            "sdk": sdk,
            "version": real.version,
            "profile": setup.profile,
            "verdict": _safe(real.ask(place.for_judge())),
            "snapshot": snapshot,
        }
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"chain-{name}.json"
    path.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _safe(verdict: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict without the key id, which the snapshot does not have either."""
    verdict.pop("message", None)  # names paths of this machine
    key = parse_key_id(verdict.pop("key", None) or "")
    return {**verdict, "key_tail": key.last_four if key else None}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sdk", default="boto3")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--number", type=int)
    parser.add_argument("--setup", type=Path, help="a set-up as JSON instead of seed and number")
    parser.add_argument("--name", required=True)
    options = parser.parse_args()
    if options.setup is not None:
        setup = SetUp.of_json(json.loads(options.setup.read_text(encoding="utf-8")))
    else:
        setup = make(options.seed, options.number, options.sdk)
    keep(options.sdk, options.name, setup)


if __name__ == "__main__":
    main()
