"""Which files of a host are searched, and what is told of those that are not."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from credlint.host.filesystem import FileSystem
from credlint.host.machine import matching
from credlint.host.machine.documents import Bounds, TextReader
from credlint.host.machine.text_files import TextFile, list_files
from credlint.host.machine.text_places import TEXT_PLACES

HOME = "/home/alice"


def _write(root: Path, files: dict[str, str]) -> FileSystem:
    for path, text in files.items():
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    (root / HOME.lstrip("/")).mkdir(parents=True, exist_ok=True)
    return FileSystem(str(root))


def _texts(system: FileSystem, reader: TextReader | None = None, **options):
    reader = reader or TextReader(system, **options)
    return list(reader.read(list_files(system, [("alice", HOME)], reader.tell)))


FILES = {
    f"{HOME}/.bash_history": "shell-history",
    f"{HOME}/.local/share/fish/fish_history": "shell-history",
    f"{HOME}/.aws/cli/history/history.db": "shell-history",
    "/var/lib/cloud/instance/user-data.txt": "boot-data",
    "/var/lib/cloud/instances/i-1/scripts/part-001": "boot-data",
    "/var/log/cloud-init-output.log": "log",
    "/var/log/app/out.log": "log",
    "/var/log/app/out.log.1": "log",
    "/var/log/messages-20260101": "log",
    "/etc/passwd-s3fs": "store",
    f"{HOME}/.s3cfg": "store",
    f"{HOME}/.config/rclone/rclone.conf": "store",
    "/etc/hadoop/conf/core-site.xml": "store",
    f"{HOME}/.docker/config.json": "docker-config",
    f"{HOME}/.kube/config": "kubeconfig",
    f"{HOME}/.npmrc": "package-config",
    f"{HOME}/.aws/credentials.bak": "copy",
    f"{HOME}/.aws/credentials~": "copy",
    f"{HOME}/.aws/.credentials.swp": "copy",
    f"{HOME}/Downloads/rootkey (1).csv": "copy",
    f"{HOME}/bob_accessKeys.csv": "copy",
    "/tmp/new_user_credentials.csv": "copy",  # noqa: S108
    "/tmp/.aws/credentials": "copy",  # noqa: S108
    "/etc/systemd/system/app.service.d/keys.conf": "systemd-unit",
    "/var/spool/cron/root": "crontab",
    "/var/spool/cron/atjobs/a00001": "crontab",
    "/etc/profile.d/aws.sh": "profile-script",
    f"{HOME}/.bashrc": "shell-startup",
}


def test_the_table_names_each_of_them(tmp_path):
    system = _write(tmp_path, dict.fromkeys(FILES, "x"))

    assert {text.path: text.kind for text in _texts(system)} == FILES


def test_files_that_sdks_read_are_left_to_them(tmp_path):
    system = _write(tmp_path, {f"{HOME}/.aws/credentials": "x", f"{HOME}/.aws/config": "x"})

    assert _texts(system) == []


def test_what_the_credentials_file_leads_to_is_no_copy(tmp_path):
    system = _write(tmp_path, {f"{HOME}/.aws/credentials.prod": "x"})
    (tmp_path / HOME.lstrip("/") / ".aws/credentials").symlink_to("credentials.prod")

    assert _texts(system) == []


def test_owner_of_a_home_and_of_a_file(tmp_path):
    system = _write(tmp_path, {f"{HOME}/.s3cfg": "x", "/etc/passwd-s3fs": "x"})
    texts = _texts(system, name_of=lambda uid: f"user-{uid}")

    assert {text.path: text.user for text in texts} == {
        f"{HOME}/.s3cfg": "alice",
        "/etc/passwd-s3fs": f"user-{os.getuid()}",
    }


def test_a_file_is_read_once_under_the_name_that_people_know(tmp_path):
    system = _write(tmp_path, {"/var/lib/cloud/instances/i-1/user-data.txt": "x"})
    (tmp_path / "var/lib/cloud/instance").symlink_to("/var/lib/cloud/instances/i-1")

    assert [text.path for text in _texts(system)] == ["/var/lib/cloud/instance/user-data.txt"]


def test_a_link_that_anybody_can_lay_is_not_followed(tmp_path):
    system = _write(tmp_path, {f"{HOME}/.aws/credentials": "x"})
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp/credentials.bak").symlink_to(f"{HOME}/.aws/credentials")

    assert _texts(system) == []


def test_what_is_no_regular_file_is_told_and_not_opened(tmp_path):
    system = _write(tmp_path, {})
    home = tmp_path / HOME.lstrip("/")
    os.mkfifo(home / ".bash_history")
    (home / ".zsh_history").symlink_to("/dev/null")
    (home / ".s3cfg").mkdir()
    (home / ".python_history").symlink_to(".python_history")
    server = socket.socket(socket.AF_UNIX)
    old = Path.cwd()
    os.chdir(home)
    try:
        server.bind(".boto")
    finally:
        os.chdir(old)
        server.close()
    reader = TextReader(system)

    assert _texts(system, reader) == []
    assert sorted(reader.skipped) == [
        (f"{HOME}/.bash_history", "is not a regular file"),
        (f"{HOME}/.boto", "is not a regular file"),
        (f"{HOME}/.python_history", "is a link without an end"),
    ]


def test_the_null_device_is_an_empty_history():
    reader = TextReader()

    assert list(reader.read([TextFile("shell-history", "/dev/null")])) == []
    assert reader.skipped == []


def test_a_blocked_home_is_not_touched(tmp_path):
    _write(tmp_path, {f"{HOME}/.bash_history": "x", "/etc/passwd-s3fs": "x"})
    system = FileSystem(str(tmp_path), blocked=("/home",))

    assert [text.path for text in _texts(system)] == ["/etc/passwd-s3fs"]


def test_logs_that_are_not_read_are_counted(tmp_path):
    system = _write(
        tmp_path,
        {
            "/var/log/syslog.2.gz": "x",
            "/var/log/messages-20260101.gz": "x",
            "/var/log/journal/1/system.journal": "x",
        },
    )
    reader = TextReader(system)

    assert _texts(system, reader) == []
    assert reader.skipped == [
        ("/var/log", "compressed log: 2 not read"),
        ("/var/log/journal/1", "journal: 1 not read"),
    ]


def test_a_folder_with_too_much_in_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(matching, "MATCH_LIMIT", 2)
    system = _write(tmp_path, {f"/etc/cron.d/{name}": "x" for name in "abc"})
    reader = TextReader(system)

    assert len(_texts(system, reader)) == 2
    assert reader.skipped == [("/etc/cron.d", "3 names match *; the first 2 were read")]


def test_time_for_all_texts(tmp_path):
    system = _write(tmp_path, {f"/etc/cron.d/{name}": "x" for name in "abc"})
    ticks = iter(range(1000))
    reader = TextReader(system, bounds=Bounds(total_seconds=4), clock=lambda: next(ticks))

    assert len(_texts(system, reader)) == 1
    assert reader.skipped == [("/etc/cron.d", "the time for all texts was over: 2 not read")]


def test_a_key_id_in_a_name_is_not_shown(tmp_path):
    name = "AKIA" + "Q" * 12 + "WXYZ"
    system = _write(tmp_path, {f"{HOME}/{name}_accessKeys.csv": "x"})
    reader = TextReader(system)

    assert [text.path for text in _texts(system, reader)] == [f"{HOME}/AKIA…WXYZ_accessKeys.csv"]


def test_who_may_read_a_file(tmp_path):
    system = _write(
        tmp_path, {"/etc/passwd-s3fs": "x", "/etc/boto.cfg": "x", f"{HOME}/.s3cfg": "x"}
    )
    tmp_path.chmod(0o755)
    (tmp_path / "etc/passwd-s3fs").chmod(0o644)
    (tmp_path / "etc/boto.cfg").chmod(0o600)
    (tmp_path / HOME.lstrip("/") / ".s3cfg").chmod(0o644)
    (tmp_path / HOME.lstrip("/")).chmod(0o700)
    reader = TextReader(system, name_of={os.getuid(): "owner"}.get)
    paths = [text.path for text in _texts(system, reader)]
    facts = reader.facts(paths)

    assert [(one.path, one.kind, one.mode, one.owner, one.exposed) for one in facts] == [
        ("/etc/boto.cfg", "store", 0o600, "owner", False),
        ("/etc/passwd-s3fs", "store", 0o644, "owner", True),
        (f"{HOME}/.s3cfg", "store", 0o644, "owner", False),
    ]


def test_the_table_is_well_formed():
    for place in TEXT_PLACES:
        assert place.way in ("text", "packed", "tail", "binary", "unread")
        assert not place.pattern.endswith("/")
        assert "//" not in place.pattern
