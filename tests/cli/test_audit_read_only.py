"""Proof that an audit reads: files are as before, nothing is run, signalled or asked for keys.

Recorded in two ways, each of which would miss what the other sees: the events that Python tells
of itself, and the system calls.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from credlint import samples
from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from tests.support.container_stand_in import ContainerStandIn
from tests.support.deeds import (
    deeds_of_calls,
    fingerprint,
    reason_no_strace,
    strace_words,
    write_hook,
)
from tests.support.host_scenario import write_host
from tests.support.real_processes import running

KEYS = {
    "AWS_ACCESS_KEY_ID": "@@key-id:AKIA:123456789012:quiet@@",
    "AWS_SECRET_ACCESS_KEY": "@@secret-key:quiet@@",
}
TREE = {
    "/home/app/.aws/config": "[default]\ncredential_process = /srv/helper --now\n",
    "/home/app/.bash_history": "export AWS_SECRET_ACCESS_KEY=@@secret-key:quiet@@\n",
    "/srv/helper": {"text": "#!/bin/sh\ntouch /tmp/credlint-ran\n", "mode": "0755"},
    "/etc/systemd/system/app.service": "[Service]\nEnvironment=AWS_REGION=eu-west-1\n",
    "/etc/cron.d/app": "AWS_REGION=eu-west-1\n* * * * * root $(touch /tmp/credlint-ran)\n",
}


pwd = pytest.importorskip("pwd", reason="there are no users of this kind")
KINDS = ["tree", "machine", "doctor", "pid", "user"]


class Place:
    """A host as a tree and a home, with stand-ins for what an audit may ask."""

    def __init__(self, folder: Path, imds: ImdsStandIn, container: ContainerStandIn):
        self.folder, self.imds, self.container = folder, imds, container
        self.home = folder / "home"
        (self.home / ".aws").mkdir(parents=True)
        config = "[default]\ncredential_process = /bin/sh -c 'touch ran'\n"
        (self.home / ".aws/config").write_text(config)
        processes = [
            {"pid": 812, "program": "app", "unit": "app.service", "environment": KEYS},
            {
                "pid": 813,
                "program": "task",
                "environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url},
            },
        ]
        scenario = {"tree": TREE, "users": {"app": 1001}, "processes": processes, "ec2": True}
        self.root = write_host(scenario, folder)
        self.out = folder / "out"
        self.out.mkdir()
        self.report = self.out / "report.json"

    def run(self, words, before=(), **environment):
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONPATH": os.environ["PYTHONPATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.imds.endpoint,
            **environment,
        }
        command = [*before, sys.executable, "-m", "credlint", *words]
        command += ["--format", "json", "-o", str(self.report)]
        done = subprocess.run(
            command, env=variables, cwd=self.home, capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
        return json.loads(self.report.read_text())

    def words(self, kind):
        if kind == "tree":
            return ["audit", "--root", str(self.root), "--imds-endpoint", self.imds.endpoint]
        if kind == "pid":
            return ["doctor", "--no-network", "--pid", str(os.getpid())]
        if kind == "user":
            return ["doctor", "--no-network", "--user", pwd.getpwuid(os.getuid()).pw_name]
        return ["audit", "--no-network"] if kind == "machine" else ["doctor", "--sdk", "all"]

    def may_write(self, path):
        return path.startswith(str(self.out)) or path in ("/dev/null", "/dev/tty")

    def ports(self):
        addresses = (self.imds.endpoint, self.container.url)
        return {re.search(r":(\d+)", address.partition("//")[2]).group(1) for address in addresses}


@pytest.fixture
def place(tmp_path):
    with ImdsStandIn(Behaviour(role="app-role")) as imds, ContainerStandIn() as container:
        yield Place(tmp_path, imds, container)
        # Whatever was asked of the two, no credentials were among it.
        assert imds.credential_requests == ()
        assert container.requests == []
    assert not Path("/tmp/credlint-ran").exists()  # noqa: S108  the made-up helpers would write it


@pytest.mark.parametrize("kind", KINDS)
def test_files_are_as_they_were(place, kind):
    before = fingerprint(place.root, place.home)

    place.run(place.words(kind))

    assert fingerprint(place.root, place.home) == before


@pytest.mark.parametrize("kind", KINDS)
def test_python_tells_of_no_deed(place, kind):
    log = place.folder / "events"
    hook = write_hook(place.folder / "hook", log)
    path = f"{hook}{os.pathsep}{os.environ['PYTHONPATH']}"

    report = place.run(place.words(kind), PYTHONPATH=path)

    deeds = log.read_text().splitlines()
    written = [deed for deed in deeds if deed.startswith("write ")]
    connected = [deed for deed in deeds if deed.startswith("socket.connect ")]
    renamed = [deed for deed in deeds if deed.startswith(("os.rename ", "tempfile.", "os.chmod "))]
    rest = [
        deed
        for deed in deeds
        if deed not in (*written, *connected, *renamed)
        and not deed.startswith("socket.getaddrinfo ('127.0.0.1'")
    ]
    assert report["findings"] or kind in ("machine", "pid", "user")
    assert rest == []
    assert any("report.json" in deed for deed in written)  # what writes is seen
    assert [deed for deed in written if not place.may_write(deed[6:])] == []
    assert [deed for deed in renamed if str(place.out) not in deed] == []
    ports = {re.search(r"'127\.0\.0\.1', (\d+)", deed).group(1) for deed in connected}
    assert ports <= place.ports()
    assert bool(ports) == (kind in ("tree", "doctor"))


@pytest.mark.parametrize("kind", KINDS)
def test_system_calls_tell_of_no_deed(place, kind):
    reason = reason_no_strace()
    if reason:
        pytest.skip(reason)
    log = place.folder / "calls"

    with running(["sleep", "600"], {k: samples.expand(v) for k, v in KEYS.items()}):
        place.run(place.words(kind), before=strace_words(log))

    deeds = deeds_of_calls(log.read_text())
    started = [deed for deed in deeds if deed.startswith("execve ")]
    written = [deed for deed in deeds if deed.startswith("write ")]
    connected = [deed for deed in deeds if deed.startswith("connect ")]
    sent = [deed for deed in deeds if deed.startswith(("sendto ", "sendmsg ", "sendmmsg "))]
    if kind not in ("tree", "doctor"):
        assert sent == []
    changed = [deed for deed in deeds if deed not in (*started, *written, *connected, *sent)]
    assert len(started) == 1  # the command itself
    assert any("report.json" in deed for deed in written)
    assert [deed for deed in written if not place.may_write(deed[6:])] == []
    assert [deed for deed in changed if str(place.out) not in deed] == []
    ports = {port for deed in connected for port in re.findall(r"sin6?_port=htons\((\d+)\)", deed)}
    assert ports <= place.ports()
    assert [deed for deed in connected if "AF_INET" not in deed] == []
