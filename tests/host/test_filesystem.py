"""A subject's own view of files: root, folder, rights, folders that do not answer."""

from __future__ import annotations

import os

import pytest

from credlint.host.access import Viewer
from credlint.host.filesystem import FileSystem


@pytest.fixture
def root(tmp_path):
    inner = tmp_path / "root"
    (inner / "home/app/.aws").mkdir(parents=True)
    (inner / "data").mkdir()
    (inner / "data/config").write_text("inner")
    (tmp_path / "config").write_text("outer")
    return inner


def test_an_absolute_link_leads_to_the_subjects_root(root):
    (root / "home/app/.aws/config").symlink_to("/data/config")

    raw = FileSystem(str(root)).read("/home/app/.aws/config")

    assert raw.data == b"inner"


def test_no_link_leads_out_of_the_root(root):
    (root / "home/app/.aws/config").symlink_to("../../../../../../config")

    raw = FileSystem(str(root)).read("/home/app/.aws/config")

    assert (raw.status, raw.data) == ("absent", b"")


def test_a_loop_of_links_is_unreadable(root):
    (root / "a").symlink_to("/b")
    (root / "b").symlink_to("/a")

    raw = FileSystem(str(root)).read("/a")

    assert (raw.status, raw.error) == ("unreadable", "ELOOP")


def test_a_relative_path_begins_at_the_folder(root):
    raw = FileSystem(str(root), "/data").read("config")

    assert raw.data == b"inner"


def test_what_another_uid_may_not_read_is_unreadable_to_it(root):
    (root / "data/config").chmod(0o600)
    viewer = Viewer(os.getuid() + 1, frozenset((os.getgid() + 1,)))

    raw = FileSystem(str(root), viewer=viewer).read("/data/config")

    assert (raw.status, raw.error, raw.data, raw.mode) == ("unreadable", "EACCES", b"", 0o600)


def test_a_closed_folder_bars_the_way(root):
    (root / "data").chmod(0o700)
    viewer = Viewer(os.getuid() + 1, frozenset((os.getgid() + 1,)))

    raw = FileSystem(str(root), viewer=viewer).read("/data/config")

    assert (raw.status, raw.error) == ("unreadable", "EACCES")


def test_a_closed_folder_above_the_root_does_not_count(root):
    root.parent.chmod(0o700)
    viewer = Viewer(os.getuid() + 1, frozenset((os.getgid() + 1,)))

    raw = FileSystem(str(root), viewer=viewer).read("/data/config")

    assert raw.data == b"inner"


def test_a_folder_that_does_not_answer_is_not_touched(root):
    def never(_path):
        message = "touched"
        raise AssertionError(message)

    raw = FileSystem(str(root), viewer=Viewer(1, stat=never), blocked=("/data",)).read(
        "/data/config"
    )

    assert (raw.status, raw.error) == ("unreadable", "ETIMEDOUT")


def test_a_program_runs_for_whom_it_may(root):
    program = root / "data/program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    other = FileSystem(str(root), viewer=Viewer(os.getuid() + 1, frozenset((os.getgid() + 1,))))

    assert (
        FileSystem(str(root)).may_execute("/data/program"),
        other.may_execute("/data/program"),
    ) == (
        True,
        False,
    )


def test_rights_count_below_a_root_that_looks_like_a_link(tmp_path):
    """``/proc/PID/root`` reads as a link to ``/`` and leads into the container all the same."""
    (tmp_path / "container/closed").mkdir(parents=True)
    (tmp_path / "container/closed/file").write_text("text")
    (tmp_path / "container/closed/file").chmod(0o644)
    (tmp_path / "container/closed").chmod(0o700)
    (tmp_path / "root").symlink_to("container")

    system = FileSystem(root=str(tmp_path / "root"), viewer=Viewer(4000))

    assert system.read("/closed/file").error == "EACCES"
    (tmp_path / "container/closed").chmod(0o755)
    (tmp_path / "container").chmod(0o755)
    assert system.read("/closed/file").data == b"text"
