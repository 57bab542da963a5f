"""Every disagreement that was found stays solved: kept snapshots with the real verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.host.snapshot_file import load_snapshot
from tests.conformance.judge import all_judges

KEPT = sorted((Path(__file__).parents[2] / "fixtures" / "snapshots").glob("chain-*.json"))


def test_there_are_kept_snapshots() -> None:
    assert len(KEPT) >= 19


@pytest.mark.parametrize("path", KEPT, ids=[path.stem for path in KEPT])
def test_kept(path: Path) -> None:
    table = json.loads(path.read_text(encoding="utf-8"))
    snapshot = load_snapshot(json.dumps(table["snapshot"]))

    trace = resolve(snapshot, load_sdk(table["sdk"]), table["profile"])

    assert trace.outcome != "undecided"
    assert all_judges()[table["sdk"]].disagreement(trace, table["verdict"]) is None
