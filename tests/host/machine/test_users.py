"""Users by the host's own files; homes that do not answer."""

from __future__ import annotations

import threading
import time

from credlint.host.machine.users import blocked_homes, read_users, remote_mounts
from tests.host.machine.trees import build


def test_users_with_their_groups(tmp_path):
    system = build(tmp_path, {"etc/group": "app:x:50:alice,bob\nwheel:x:10:\n"})

    read = read_users(system)

    assert [(one.name, one.uid, one.home, one.shell) for one in read.users] == [
        ("root", 0, "/root", "/bin/bash"),
        ("alice", 1000, "/home/alice", "/bin/bash"),
    ]
    assert read.by_name("alice").groups == {1000, 50}
    assert read.by_name("1000").name == "alice"
    assert read.by_name("nobody") is None
    assert read.group_names == {"app": 50, "wheel": 10}
    assert read.skipped == ()


def test_malformed_lines_are_told_and_passed_over(tmp_path):
    system = build(
        tmp_path,
        {
            "etc/passwd": "# comment\n+nis\nbroken\na:x:x:0::/a:/bin/sh\n"
            "b:x:2:2::/b:\nb:x:3:3::/c:\n",
            "etc/group": "g:x:one:\n",
        },
    )

    read = read_users(system)

    assert [(one.name, one.uid, one.shell) for one in read.users] == [("b", 2, "/bin/sh")]
    assert [place for place, _ in read.skipped] == [
        "/etc/group:1",
        "/etc/passwd:3",
        "/etc/passwd:4",
    ]


def test_no_files_no_users(tmp_path):
    system = build(tmp_path, {})
    (tmp_path / "etc/passwd").unlink()

    assert read_users(system).users == ()


def test_own_user_is_added_where_the_files_lack_him(tmp_path):
    system = build(tmp_path, {"etc/passwd": ""})

    assert [one.uid for one in read_users(system, 0).users] == [0]


def test_a_home_that_does_not_answer_is_blocked(tmp_path):
    hangs = threading.Event()
    read = read_users(build(tmp_path, {}))

    def look(path):
        if path.endswith("/home/alice"):
            hangs.wait(10)
        raise FileNotFoundError

    start = time.monotonic()
    blocked = blocked_homes(read.users, look, 0.2, ["/mnt/far"], str(tmp_path))
    took = time.monotonic() - start
    hangs.set()

    assert blocked == ("/home/alice",)
    assert took < 5


def test_remote_mounts_by_kind_and_root():
    text = (
        "36 35 98:0 / / rw - ext4 /dev/root rw\n"
        "37 36 0:52 / /srv/far\\040away rw shared:1 - nfs4 host:/x rw\n"
        "38 36 0:53 / /srv/here rw - xfs /dev/x rw\n"
        "39 36 0:54 / /net rw - autofs x rw\n"
        "short line\n"
    )

    assert remote_mounts(text) == ("/srv/far away", "/net")
    assert remote_mounts(text, "/srv") == ("/far away",)
