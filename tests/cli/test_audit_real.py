"""Processes that are really started, audited for real; what else runs here does not count."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from credlint import samples
from credlint.host.audit_file import load_audit
from tests.support.real_processes import (
    NOBODY,
    as_nobody,
    reason_no_other_user,
    running,
)

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs the /proc of Linux"
)
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root"
)


def keys_of(seed):
    return {
        "AWS_ACCESS_KEY_ID": samples.key_id(seed=seed),
        "AWS_SECRET_ACCESS_KEY": samples.secret_key(seed),
    }


class Audited:
    """The report and the facts of one audit of this machine."""

    def __init__(self, credlint, folder, *arguments):
        saved = folder / "audit.json"
        self.done = credlint(
            "audit", "--no-network", "--format", "json", "--save", str(saved), *arguments
        )
        assert self.done.code in (0, 1, 2), self.done.err
        self.report = json.loads(self.done.out)
        self.saved = saved.read_text()
        self.audit = load_audit(self.saved)

    def subject(self, pid):
        for subject in self.audit.subjects:
            if any(one.pid == pid for one in subject.processes):
                return subject
        return None

    def findings(self, pid):
        subject = self.subject(pid)
        return [
            finding
            for finding in self.report["findings"]
            if subject.identifier in finding["properties"].get("subjects", "").split(", ")
        ]

    def origin(self, pid, variable):
        return next(one for one in self.subject(pid).origins if one.variable == variable)


@pytest.fixture
def audit(credlint, tmp_path):
    return lambda *arguments: Audited(credlint, tmp_path, *arguments)


def test_process_with_keys_and_nothing_that_sets_them(audit):
    with running(["sleep", "600"], keys_of("plain")) as pid:
        audited = audit()

    found = audited.findings(pid)
    assert "HST204" in {one["code"] for one in found}
    assert audited.subject(pid).user == ("root" if os.geteuid() == 0 else audited.subject(pid).user)
    for value in keys_of("plain").values():
        assert value not in audited.done.out
        assert value not in audited.saved


def test_variable_set_in_the_grandparent(audit):
    """Two shells with the keys above the process, one without above them.

    The region makes a subject of its own of it: equal processes are told by their first one.
    """
    keys = " ".join(f"{name}={value}" for name, value in keys_of("nested").items())
    script = f"env {keys} sh -c 'sh -c \"env AWS_REGION=eu-west-1 sleep 600; :\"; :'; :"
    with running(["sh", "-c", script]) as pid:
        audited = audit()

    member = next(one for one in audited.subject(pid).processes if one.pid == pid)
    origin = audited.origin(pid, "AWS_ACCESS_KEY_ID")
    assert origin.inherited
    assert origin.certain
    assert origin.program == "sh"
    assert origin.pid not in (pid, member.parent)
    assert any(
        f"inherited from process {origin.pid} (sh)" in one["message"]
        for one in audited.findings(pid)
    )


def test_processes_that_end_while_they_are_read(audit):
    """A shell that starts one short process after the other, as fast as it can."""
    with running(["sh", "-c", "while :; do /bin/true; done"], program="sh") as pid:
        audited = audit()

    assert audited.done.code in (0, 1)
    assert audited.subject(pid) is not None
    assert not [one for one in audited.report["skipped"] if "ENOENT" in one["reason"]]


def test_environment_of_a_megabyte(audit):
    large = {f"FILLER_{number}": "x" * 100_000 for number in range(10)}
    with running(["sleep", "600"], {**large, **keys_of("large")}) as pid:
        audited = audit()

    assert {one["code"] for one in audited.findings(pid)} & {"HST204", "HST205"}
    assert not [one for one in audited.report["skipped"] if str(pid) in one["reason"]]


def own_parents(path):
    """Return the folders above that pytest made: they are closed to other users."""
    return [folder for folder in path.parents if not folder.stat().st_mode & stat.S_IXOTH]


@needs_root
def test_process_of_another_user_is_judged_by_that_users_rights(audit, tmp_path):
    reason = reason_no_other_user(["true"])
    if reason:
        pytest.skip(reason)
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    for folder in (*own_parents(home), home, home / ".aws"):
        folder.chmod(0o755)
    for name, mode in (("credentials", 0o600), ("config", 0o644)):
        (home / ".aws" / name).write_text("[default]\nregion = eu-west-1\n")
        (home / ".aws" / name).chmod(mode)
    with running([*as_nobody(), "sleep", "600"], {"HOME": str(home)}) as pid:
        audited = audit()

    subject = audited.subject(pid)
    status = {file.role: file.status for file in subject.snapshot.files}
    assert subject.snapshot.platform.uid == NOBODY
    assert (status["credentials"], status["config"]) == ("unreadable", "read")


@needs_root
def test_network_of_its_own_is_told_and_not_asked(audit):
    if shutil.which("unshare") is None:
        pytest.skip("the program unshare (util-linux) is not installed")
    words = ["unshare", "--net", "sleep", "600"]
    try:
        with running(words, {"AWS_REGION": "eu-west-1"}) as pid:
            audited = audit()
    except TimeoutError:
        pytest.skip("no network namespace can be made here")

    imds = audited.subject(pid).snapshot.imds
    assert not imds.probed
    assert "a network of its own" in imds.reason


def test_dotenv_of_the_working_directory_is_the_line_to_change(audit, tmp_path):
    """As dotenv and its like read it; the line is named, and not the process."""
    folder = tmp_path / "app"
    folder.mkdir()
    lines = ["# settings", *(f"{name}={value}" for name, value in keys_of("dotenv").items())]
    (folder / ".env").write_text("\n".join(lines) + "\n")
    with running(["sleep", "600"], keys_of("dotenv"), cwd=folder) as pid:
        audited = audit()

    places = {one["location"]["uri"] for one in audited.findings(pid)}
    assert f"{str(folder).lstrip('/')}/.env" in places


def test_virtual_environments_of_running_processes(audit):
    pytest.importorskip("botocore")
    words = [sys.executable, "-c", "import time; time.sleep(600)"]
    name = Path(sys.executable).name
    with running(words, {"AWS_REGION": "eu-west-1"}, program=name[:15]) as pid:
        audited = audit()

    assert [one.sdk for one in audited.subject(pid).snapshot.platform.sdks] == ["boto3"]


class TestWithoutRoot:
    """What another user's process holds cannot be read: that is told, and changes no exit code."""

    @pytest.fixture
    def seen(self, tmp_path):
        command = [sys.executable, "-m", "credlint", "--version"]
        reason = reason_no_other_user(command) if os.geteuid() == 0 else None
        if reason:
            pytest.skip(reason)
        home = tmp_path / "home"
        home.mkdir()
        for folder in (*own_parents(home), home):
            folder.chmod(0o755)
        home.chmod(0o777)
        prefix = as_nobody() if os.geteuid() == 0 else []

        def run(*arguments):
            words = ["-m", "credlint", "audit", "--no-network", "--format", "json", *arguments]
            return subprocess.run(
                [*prefix, sys.executable, *words],
                env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")},
                cwd=home,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )

        return run

    def test_what_is_not_seen_is_told(self, seen):
        prefix = as_nobody() if os.geteuid() == 0 else []
        other = running(["sleep", "600"], keys_of("hidden"))
        with other, running([*prefix, "sleep", "600"], {"AWS_REGION": "eu-west-1"}):
            done = seen()

        report = json.loads(done.stdout)
        told = [one["reason"] for one in report["skipped"] if one["path"] == "/proc"]
        assert done.returncode in (0, 1)
        assert any("cannot be read (EACCES)" in reason for reason in told)

    def test_strict_makes_it_a_failure(self, seen):
        done = seen("--strict")

        assert done.returncode == 2
