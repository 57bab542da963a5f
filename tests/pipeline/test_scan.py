"""The whole run: order, counts, workers, one story per literal, and what is not imported."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from credlint import samples
from credlint.pipeline.request import ScanRequest
from credlint.pipeline.scan import run_scan
from credlint.pipeline.workers import WorkerError, map_chunks
from credlint.rulebook import load_rules
from credlint.sources.errors import SourceError
from tests.sources.repository import ENVIRONMENT, git, make_repository
from tests.support.cache import CACHE

RULES = load_rules(("secrets", "code"))
ID, SECRET = samples.key_id("AKIA", "210987654321"), samples.secret_key()


def _scan(root, **options):
    return run_scan(
        ScanRequest(
            cache_directory=CACHE, rules=RULES, root=root, environment=ENVIRONMENT, **options
        )
    )


def _grow(root, count):
    for number in range(count):
        folder = root / f"d{number % 7}"
        folder.mkdir(exist_ok=True)
        key = samples.key_id("AKIA", "210987654321", str(number))
        (folder / f"f{number}.txt").write_text(f"id {key}\n" if number % 5 == 0 else "clean\n")


def test_workers_change_nothing(tmp_path):
    _grow(tmp_path, 600)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe/x")
    one, three = _scan(tmp_path, jobs=1), _scan(tmp_path, jobs=3)

    assert one == three
    assert (one.files, len(one.findings), len(one.skipped)) == (600, 120, 1)


def test_a_rule_that_is_asked_alone_sees_what_it_sees_among_all(tmp_path):
    rules = load_rules(("secrets", "code", "iac"))
    playbook = f"- hosts: all\n  vars:\n    aws_access_key: {ID}\n    aws_secret_key: {SECRET}\n"
    (tmp_path / "playbook.yml").write_text(playbook)

    def codes(asked):
        request = ScanRequest(
            cache_directory=CACHE, rules=asked, beside=rules, root=tmp_path, environment=ENVIRONMENT
        )
        return [finding.code for finding in run_scan(request).findings]

    assert codes(rules) == codes(tuple(rule for rule in rules if rule.id == "IAC129")) == ["IAC129"]


def test_counts(tmp_path):
    (tmp_path / "a").write_text("abc")
    (tmp_path / "b").write_bytes(b"\0")
    (tmp_path / "c").symlink_to("a")
    (tmp_path / ".gitignore").write_text("d\n")
    (tmp_path / "d").write_text("x")
    result = _scan(tmp_path)

    assert (result.files, result.bytes, result.binary, result.ignored, result.links) == (
        2,
        5,
        1,
        1,
        1,
    )


def test_call_and_its_literals_are_one_story(tmp_path):
    (tmp_path / "a.py").write_text(
        f'import boto3\nKEY = "{ID}"\n'
        f'boto3.client("s3", aws_access_key_id=KEY, aws_secret_access_key="{SECRET}")\n'
    )
    (finding,) = _scan(tmp_path).findings

    assert (finding.code, finding.location.line) == ("SRC101", 3)
    assert [(place.line, place.message.rpartition(" ")[2]) for place in finding.related] == [
        (2, "[SEC101]"),
        (3, "[SEC102]"),
    ]
    assert dict(finding.properties)["account"] == "210987654321"


def test_text_rules_speak_when_the_code_rule_is_off(tmp_path):
    (tmp_path / "a.py").write_text(f'import boto3\nboto3.Session("{ID}", "{SECRET}")\n')
    rules = tuple(rule for rule in RULES if rule.room == "secrets")
    result = run_scan(ScanRequest(cache_directory=CACHE, rules=rules, root=tmp_path))

    assert [f.code for f in result.findings] == ["SEC101", "SEC102"]


def test_staged_reads_the_index(tmp_path):
    root = make_repository(tmp_path)
    (root / "a").write_text(f"id {ID}\n")
    git(root, "add", "a")
    (root / "a").write_text("cleaned in the work tree only\n")

    assert [f.code for f in _scan(root, mode="staged").findings] == ["SEC101"]
    assert _scan(root).findings == []


def test_staged_without_a_repository_is_an_error(tmp_path):
    with pytest.raises(SourceError):
        _scan(tmp_path, mode="staged")


def test_standard_input_is_a_place_of_its_own(tmp_path):
    result = _scan(tmp_path, mode="stdin", stdin=io.BytesIO(f"\n{ID}".encode()))

    assert [f.location.display() for f in result.findings] == ["<stdin>:2"]


def test_hook_obeys_exclude_and_reads_named_files_alone(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(ID)
    result = _scan(tmp_path, mode="hook", paths=("a", "b"), exclude=("b",))

    assert ([f.location.uri for f in result.findings], result.ignored) == (["a"], 1)


def test_failing_check_is_said_and_the_rest_goes_on(tmp_path, monkeypatch):
    (tmp_path / "a").write_text(f"{ID}\n")
    (tmp_path / "b").write_text("clean")

    def fail(*_, **__):
        raise KeyError(ID)

    monkeypatch.setattr("credlint.secrets.engine.Engine._second_stage", fail)
    result = _scan(tmp_path)

    assert [(s.path, s.code, s.reason) for s in result.skipped] == [
        ("a", "RUN902", "a check failed: KeyError")
    ]
    assert result.files == 2


def test_dead_worker_is_an_error_and_not_silence():
    def die(share):
        if os.getpid() != parent:
            os._exit(3)
        time.sleep(0.1)
        return list(share)

    parent = os.getpid()

    with pytest.raises(WorkerError):
        map_chunks(die, list(range(10)), 2, size=1)


_DRIVER = """
import json, sys
from pathlib import Path
from credlint.rulebook import load_rules
from credlint.pipeline.request import ScanRequest
from credlint.pipeline.scan import run_scan
rules = load_rules(("secrets", "code"))
result = run_scan(ScanRequest(rules, Path(sys.argv[1]), tuple(sys.argv[2:]), mode="hook"))
print(json.dumps([result.files, len(result.findings), sorted(sys.modules)]))
"""


def test_clean_text_file_imports_nothing_heavy(tmp_path):
    (tmp_path / "a.txt").write_text("clean")
    (tmp_path / "b.py").write_text("import boto3\nboto3.client('s3')\n")
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, str(tmp_path), "a.txt", "b.py"],
        check=True,
        capture_output=True,
    )
    files, findings, modules = json.loads(done.stdout)
    heavy = {
        "boto3",
        "botocore",
        "sarif_om",
        "subprocess",
        "multiprocessing",
    }

    assert (files, findings, heavy & set(modules)) == (2, 0, set())


def test_interrupt_ends_every_process():
    driver = (
        "import os, sys, time\n"
        "from credlint.pipeline.workers import map_chunks\n"
        "def work(share):\n"
        "    os.write(1, b'%d\\n' % os.getpid())\n"
        "    time.sleep(60)\n"
        "try:\n"
        "    map_chunks(work, list(range(9)), 3, size=1)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", driver], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    workers = [int(process.stdout.readline()) for _ in range(3)]
    process.send_signal(signal.SIGINT)
    _, fault = process.communicate(timeout=20)
    deadline = time.monotonic() + 5
    alive = workers
    while alive and time.monotonic() < deadline:
        alive = [pid for pid in workers if Path(f"/proc/{pid}").exists()]

    assert (process.returncode, fault, alive) == (130, "", [])
