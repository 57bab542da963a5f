"""Pods, tasks and functions as credlint sees them from inside: what every SDK uses, all findings.

``CREDLINT_UPDATE_GOLDEN=1`` accepts what is found now; every line is for people to judge.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.checks.options import CheckOptions
from credlint.checks.run import run_checks
from credlint.host.snapshot_file import dump_snapshot, load_snapshot
from credlint.model.sdk_names import SDK_NAMES
from tests.checks.running import RULES
from tests.support.scenario import build_snapshot

try:
    import tomllib
except ImportError:  # Python 3.9 and 3.10
    import tomli as tomllib  # type: ignore[no-redef]

INSIDE = Path(__file__).resolve().parents[2] / "fixtures" / "hosts" / "inside"
# Programs of their own, which no workload has beside a library.
SDKS = [sdk for sdk in SDK_NAMES if sdk not in ("terraform", "powershell", "aws-cli-v1")]
NAMES = sorted(path.stem for path in INSIDE.glob("*.toml"))


@pytest.fixture(params=NAMES)
def snapshot(request, tmp_path):
    scenario = tomllib.loads((INSIDE / f"{request.param}.toml").read_text())
    return request.param, build_snapshot(scenario, tmp_path)


def lines_of(snapshot):
    """Return one line per SDK and one per finding."""
    traces = tuple(resolve(snapshot, load_sdk(sdk)) for sdk in SDKS)
    options = CheckOptions(snapshot.captured_at)
    told = [
        f"{trace.sdk} {trace.outcome} {trace.winner.source if trace.winner else '-'}"
        for trace in traces
    ]
    told += [
        f"{one.code} {one.level} {one.location.display()} {one.message}"
        for one in run_checks(snapshot, traces, RULES, options)
    ]
    return "".join(f"{line}\n" for line in told)


def test_workload_has_these_findings_and_no_others(snapshot):
    name, captured = snapshot
    path = INSIDE / "expected" / f"{name}.txt"
    written = lines_of(captured)
    if os.environ.get("CREDLINT_UPDATE_GOLDEN"):
        path.write_text(written)

    assert written == path.read_text()


def test_saved_snapshot_replays_to_the_same(snapshot):
    _, captured = snapshot

    assert lines_of(load_snapshot(dump_snapshot(captured))) == lines_of(captured)
