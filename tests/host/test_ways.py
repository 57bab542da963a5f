from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from credlint.host.access import Viewer
from credlint.host.capture import CaptureRequest, capture
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.process import find_executable
from credlint.host.ways import Accounts, Ways
from credlint.model.metadata import ContainerEvidence, ImdsEvidence
from credlint.model.snapshot import Platform

OTHER = 4000
USERS = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:\nbob:x:1001:100::/home/bob:\nbad\n"
GROUP = "ann:x:1000:\nusers:x:100:\nstaff:x:50:ann\nwheel:x:10:root,ann,zoe\nempty:x:60:\n"


def opened(path: str) -> os.stat_result:
    """Look at a path; folders count as open to all, whatever lies above pytest's own."""
    facts = os.stat(path)  # noqa: PTH116  the same call as in the code
    mode = facts.st_mode | (0o755 if stat.S_ISDIR(facts.st_mode) else 0)
    return os.stat_result((mode, *facts[1:]))


OTHERS = FileSystem(viewer=Viewer(OTHER, stat=opened))


@pytest.fixture
def accounts(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text(USERS)
    (tmp_path / "etc/group").write_text(GROUP)
    return Accounts(tmp_path)


@pytest.mark.parametrize(
    ("gid", "uid", "expected"),
    [
        (1000, 1000, False),  # a user's own group
        (1000, 1001, True),
        (100, 1000, True),  # by the primary group of another one
        (50, 1000, False),
        (10, 1000, True),  # zoe has no entry here and is somebody all the same
        (60, 1000, False),
        (999, 1000, None),
    ],
)
def test_who_is_in_a_group(accounts, gid, uid, expected):
    assert accounts.is_shared(gid, uid) is expected


def test_a_host_without_these_files_tells_nothing(tmp_path):
    assert Accounts(tmp_path).is_shared(0, 1000) is None


def test_the_way_tells_every_folder_and_the_file(tmp_path, accounts):
    tmp_path = tmp_path.resolve()
    program = tmp_path / "bin" / "helper"
    program.parent.mkdir(mode=0o700)
    program.write_text("")
    program.chmod(0o4755)

    way = Ways(OWN, 1000, accounts, str).to(str(program))

    assert [node.path for node in way][-3:] == [str(tmp_path), str(program.parent), str(program)]
    assert way[0].path == "/"
    assert [(node.mode, node.directory) for node in way[-2:]] == [(0o700, True), (0o4755, False)]


def test_no_way_where_there_are_no_users(accounts):
    assert Ways(OWN, None, accounts, str).to("/") == ()


def test_a_file_closed_to_the_viewer_stays_unread(tmp_path):
    path = tmp_path / "credentials"
    path.write_text("secret")
    path.chmod(0o600)

    found = OTHERS.read(str(path))

    assert (found.status, found.error, found.data, found.mode) == (
        "unreadable",
        "EACCES",
        b"",
        0o600,
    )


def test_a_file_open_to_the_viewer_is_read(tmp_path):
    path = tmp_path / "credentials"
    path.write_text("text")
    path.chmod(0o644)

    assert OTHERS.read(str(path)).data == b"text"


def test_what_is_not_there_is_absent_for_the_viewer_too(tmp_path):
    path = str(tmp_path / "none")

    assert OTHERS.read(path).status == "absent"


def test_behind_a_closed_folder_all_is_unreadable(tmp_path):
    tmp_path.chmod(0o700)

    found = FileSystem(viewer=Viewer(OTHER)).read(str(tmp_path / "none"))

    assert (found.status, found.error, found.mode) == ("unreadable", "EACCES", None)


def test_a_program_that_only_its_owner_may_run(tmp_path):
    program = tmp_path / "helper"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)

    found = find_executable(str(program), {}, OTHERS)

    assert found == (str(program), "not-executable", "EACCES")


def request_for(home: Path, **changes):
    return CaptureRequest(
        environment={"HOME": str(home)},
        now="2026-07-01T12:00:00Z",
        home=home,
        root=home / "root",
        probe_network=False,
        imds=ImdsEvidence(),
        container=ContainerEvidence(),
        platform=Platform(uid=OTHER),
        entry_home=home,
        **changes,
    )


def test_a_snapshot_for_another_user_has_nothing_of_a_closed_file(tmp_path):
    (tmp_path / ".aws").mkdir()
    path = tmp_path / ".aws" / "credentials"
    path.write_text("[default]\nregion = eu-west-1\n")
    path.chmod(0o600)

    snapshot = capture(request_for(tmp_path, uid=OTHER, system=OTHERS))

    file = snapshot.file("credentials")
    assert (file.status, file.lines, file.text, file.mode) == ("unreadable", (), None, 0o600)
    assert file.closed_by is None
    assert ("~/.aws/credentials", "cannot be read (EACCES)") in snapshot.skipped


def test_the_folder_that_closes_a_home_is_named(tmp_path):
    (tmp_path / ".aws").mkdir(mode=0o700)
    tmp_path.chmod(0o700)

    def only_this_one(path):
        return os.stat(path) if path == str(tmp_path.resolve()) else opened(path)  # noqa: PTH116

    request = request_for(
        tmp_path, uid=OTHER, system=FileSystem(viewer=Viewer(OTHER, stat=only_this_one))
    )

    assert capture(request).file("credentials").closed_by == "~"


def test_without_groups_this_process_is_asked(tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\n")

    assert capture(request_for(tmp_path, uid=OTHER)).file("config").status == "read"
