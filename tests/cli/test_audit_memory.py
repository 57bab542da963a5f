"""The audit of a large host keeps its bar of memory; `make bench` times it."""

from __future__ import annotations

import json
import os
import sys

import pytest

from bench.measure import Job, run_once
from tests.support.many_processes import write_many

PROCESSES, HOMES = 2000, 50
MEBIBYTES = 150.0


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the accounting of Unix")
def test_two_thousand_processes_and_fifty_homes(tmp_path):
    assert write_many(tmp_path / "host", PROCESSES, HOMES) == PROCESSES
    report = tmp_path / "report.json"
    words = ["audit", "--root", str(tmp_path / "host"), "--format", "json", "-o", str(report)]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    job = Job("audit", [sys.executable, "-m", "credlint", *words], tmp_path, environment)

    run = run_once(job)

    found = json.loads(report.read_text())["findings"]
    assert len({finding["code"] for finding in found}) > 2
    assert run.peak < MEBIBYTES
