"""Makes a set-up as small as it can be while the real SDK still disagrees with us.

``python -m tests.conformance.minimise --sdk boto3 --seed 7 --number 935 -o setup.json``; then
``python -m tests.conformance.keep --sdk boto3 --setup setup.json --name …``.
"""

# ruff: noqa: T201  a report on the terminal is its purpose

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Optional

from credlint.chain.sdk import load_sdk
from tests.conformance.generator import make
from tests.conformance.judge import all_judges
from tests.conformance.setups import SetUp, put
from tests.conformance.stand_ins import StandIns

Problem = Callable[[SetUp], Optional[str]]
# Each try costs a run of the SDK; what is left after so many is small enough to read.
_MOST_TRIES = 600


def smaller(setup: SetUp) -> Iterator[SetUp]:
    """Yield the set-up without one of its parts, the largest parts first."""
    if setup.profile is not None:
        yield replace(setup, profile=None)
    for name in ("files", "sso", "login", "environment"):
        table: dict[str, str] = getattr(setup, name)
        for key in table:
            yield replace(setup, **{name: {k: v for k, v in table.items() if k != key}})
    for key, text in setup.files.items():
        if text.startswith(("base64:", "dir:", "exec:")):
            continue
        lines = text.splitlines(keepends=True)
        for size in (len(lines) // 2, len(lines) // 4, 1):
            for start in range(0, len(lines), size) if size else ():
                left = "".join(lines[:start] + lines[start + size :])
                yield replace(setup, files={**setup.files, key: left})


def minimise(setup: SetUp, problem: Problem) -> SetUp:
    """Return the smallest set-up found for which ``problem`` still tells something."""
    tries = 0
    while True:
        for candidate in smaller(setup):
            tries += 1
            if tries > _MOST_TRIES:
                return setup
            if problem(candidate) is not None:
                setup = candidate
                break
        else:
            return setup


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sdk", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--number", type=int, required=True)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    sdk, judge = load_sdk(options.sdk), all_judges()[options.sdk]
    with StandIns() as servers, judge.Judge(options.sdk) as real:
        addresses = servers.addresses(judge)
        if hasattr(judge, "specification"):
            sdk = judge.specification(options.sdk, real.version)

        def problem(setup: SetUp) -> Optional[str]:
            now = datetime.now(timezone.utc).isoformat()
            with tempfile.TemporaryDirectory() as folder:
                place = put(setup, Path(folder).resolve(), addresses)
                trace = place.trace(sdk, now)
                verdict = real.ask(place.for_judge())
            if trace.outcome == "undecided":
                return None
            told: Optional[str] = judge.disagreement(trace, verdict)
            return told

        setup = make(options.seed, options.number, options.sdk)
        if problem(setup) is None:
            print("the real SDK agrees on this set-up")
            return 1
        setup = minimise(setup, problem)
        print(problem(setup))
    text = json.dumps(setup.as_json(), indent=1) + "\n"
    if options.output is not None:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
