"""What a host may hold that is broken, endless or closed: it is told, and changes no exit code."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from credlint import samples
from credlint.host.filesystem import FileSystem
from credlint.host.machine import processes
from credlint.host.machine.capture import AuditRequest, capture_audit
from credlint.host.machine.processes import read_processes
from credlint.model.metadata import ImdsEvidence
from tests.support.host_scenario import search, write_host
from tests.support.rights import without_rights
from tests.support.scenario import KEY, NOW

APP = {"pid": 812, "program": "app", "unit": "app.service", "environment": {"AWS_REGION": "x-1"}}


def audit(root, **more):
    request = {
        "now": NOW,
        "system": FileSystem(str(root)),
        "uid": 0,
        "probe_network": False,
        "imds": ImdsEvidence(reason="nobody asked"),
        "search": search,
        **more,
    }
    return capture_audit(AuditRequest(**request), KEY)


def host(tmp_path, **scenario):
    return write_host({"processes": [APP], **scenario}, tmp_path)


def run(credlint, root, *arguments):
    done = credlint("audit", "--root", str(root), "--format", "json", *arguments)
    return done.code, json.loads(done.out)["skipped"]


def told(skipped):
    return {one["path"]: one["reason"] for one in skipped}


@pytest.mark.parametrize("name", ["cmdline", "environ", "cgroup", "stat", "maps"])
def test_process_that_ends_while_it_is_read(tmp_path, monkeypatch, name):
    """Just before each of its files: it is left out, and the others are there."""
    root = host(tmp_path, processes=[APP, {**APP, "pid": 813}])
    real = processes.read_file

    def read(path, *more):
        if path.endswith(f"/812/{name}"):
            shutil.rmtree(root / "proc/812", ignore_errors=True)
        return real(path, *more)

    monkeypatch.setattr(processes, "read_file", read)
    found = audit(root)

    assert 813 in {one.pid for subject in found.subjects for one in subject.processes}
    assert [path for path, _ in found.skipped if path.startswith("/proc")] == []


def test_environment_larger_than_any_can_be(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "_ENVIRON_LIMIT", 100)
    large = {**APP, "environment": {"FILLER": "x" * 200, "AWS_REGION": "eu-west-1"}}
    root = host(tmp_path, processes=[{**APP, "environment": {"A": "1"}}, {**large, "pid": 813}])

    found = audit(root)

    assert read_processes(FileSystem(str(root))).processes[813].fault == "too-large"
    assert ("/proc", "the environment of process 813 cannot be read (too-large)") in found.skipped


def test_home_that_does_not_answer_is_not_touched(tmp_path, monkeypatch):
    """As on a network that is gone: whatever looks below it would never return."""
    tree = {"/home/far/.aws/credentials": "[default]\n", "/home/near/.aws/config": "[default]\n"}
    processes_of = [
        {**APP, "pid": 812, "user": "far", "folder": "/home/far/work"},
        {**APP, "pid": 813, "user": "far", "program": "python3", "executable": "/home/far/python3",
         "arguments": ["/home/far/venv/bin/python", "/home/far/main.py"]},
        {**APP, "pid": 814, "user": "near"},
    ]  # fmt: skip
    users = {"far": 1001, "near": 1002}
    root = host(tmp_path, tree=tree, users=users, processes=processes_of)
    gone = str(root / "home/far")
    touched = []

    def watch(name):
        real = getattr(os, name)

        def call(path, *more, **named):
            text = os.fspath(path) if not isinstance(path, int) else ""
            if isinstance(text, str) and (text + "/").startswith(gone + "/"):
                touched.append(f"{name} {text}")
            return real(path, *more, **named)

        monkeypatch.setattr(os, name, call)

    for name in ("stat", "lstat", "open", "readlink", "listdir", "scandir", "access"):
        watch(name)

    def look(path):
        if path == gone:
            time.sleep(30)

    begin = time.monotonic()
    found = audit(root, look=look)

    assert time.monotonic() - begin < 10
    assert touched == []
    reason = "does not answer within 1 s; nothing in it was looked at"
    assert ("/home/far", reason) in found.skipped
    near = next(one for one in found.subjects if one.user == "near")
    assert "read" in {file.status for file in near.snapshot.files}


def test_history_of_five_hundred_megabytes(tmp_path):
    """Streamed to its end: the line is found, and its number counted."""
    root = host(tmp_path, users={"app": 1001})
    place = root / "home/app/.bash_history"
    line = f"export AWS_SECRET_ACCESS_KEY={samples.secret_key('end')}\n".encode()
    with place.open("wb") as file:
        file.write(b"ls\n")
        file.truncate(500 * 1024 * 1024)
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + line)
    begin = time.monotonic()

    found = audit(root)

    assert time.monotonic() - begin < 30
    places = [(one.path, one.line) for one in found.sightings]
    assert places == [("/home/app/.bash_history", 3)]


BROKEN = {
    "/etc/systemd/system/app.service": "[Service\nEnvironment=AWS_REGION=eu-west-1\n",
    "/etc/cron.d/app": "* * * root broken\nAWS_REGION=eu-west-1\n* * * * * root true\n",
    "/var/lib/docker/containers/0123456789ab/config.v2.json": "{",
    "/etc/passwd.d": {"directory": True},
    "/root/.bash_history": {"link": "/root/.bash_history"},
    "/etc/environment": {"hex": "00ff41"},
    "/root/.bashrc": {"directory": True},
}


def test_broken_files_are_told_and_change_no_exit_code(tmp_path, credlint):
    sound, _ = run(credlint, host(tmp_path / "sound"))
    root = host(tmp_path / "broken", tree=BROKEN)

    code, skipped = run(credlint, root)
    strict, _ = run(credlint, root, "--strict")

    places = told(skipped)
    assert code == sound
    assert strict == 2
    assert places["/var/lib/docker/containers/0123456789ab/config.v2.json"] == "is no JSON"
    assert any(path.startswith("/etc/systemd/system/app.service") for path in places)


def test_folders_that_are_closed_are_told(tmp_path):
    """As somebody who is not root: what may not be listed is said to be."""
    closed = {"directory": True, "mode": "0700", "owner": "root"}
    tree = {"/etc/systemd/system": closed, "/etc/cron.d": closed, "/home/app/.aws": closed}
    root = host(tmp_path, tree=tree, users={"app": 1001})
    if os.geteuid() != 0:
        for path in tree:
            (root / path.lstrip("/")).chmod(0)
    with without_rights(tmp_path):
        for folder in (root, *root.glob("*")):
            assert os.access(folder, os.X_OK)
        found = audit(root, uid=65534)

    skipped = [path for path, _ in found.skipped]
    assert any(path.startswith("/etc/systemd/system") for path in skipped)
    assert any(path.startswith("/etc/cron.d") for path in skipped)


def test_no_processes_at_all(tmp_path, credlint):
    root = write_host({}, tmp_path)
    shutil.rmtree(root / "proc")

    code, skipped = run(credlint, root)

    assert code == 3
    assert told(skipped)["/proc"] == "the processes cannot be listed (ENOENT)"


def test_process_files_that_are_no_text(tmp_path, credlint):
    root = host(tmp_path)
    for name in ("status", "environ", "cmdline", "cgroup", "stat", "maps"):
        (root / "proc/812" / name).write_bytes(b"\xff\0=\0\xfe=\n:\0" * 50)
    folder = Path(root / "proc/999")
    folder.mkdir()
    (folder / "status").mkdir()

    code, _ = run(credlint, root)

    assert code in (0, 3)
