"""The audit of a large host keeps its bar."""

from __future__ import annotations

import json
import os
import sys

import pytest

from bench.measure import Job, run_once
from tests.support.many_processes import write_many

PROCESSES, HOMES = 2000, 50
SECONDS, MEBIBYTES = 3.0, 150.0


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the accounting of Unix")
def test_two_thousand_processes_and_fifty_homes(tmp_path):
    """In seconds of the processor: what else runs on the machine does not count."""
    assert write_many(tmp_path / "host", PROCESSES, HOMES) == PROCESSES
    report = tmp_path / "report.json"
    words = ["audit", "--root", str(tmp_path / "host"), "--format", "json", "-o", str(report)]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    job = Job("audit", [sys.executable, "-m", "credlint", *words], tmp_path, environment)

    run_once(job)  # the engine's database is made once and kept
    run = run_once(job)

    found = json.loads(report.read_text())["findings"]
    assert len({finding["code"] for finding in found}) > 2
    assert run.cpu < SECONDS
    assert run.peak < MEBIBYTES
