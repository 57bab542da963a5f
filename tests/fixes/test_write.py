from __future__ import annotations

import hashlib
import os

import pytest

from credlint.fixes.plan import FilePlan
from credlint.fixes.write import NotWrittenError, changed, write
from credlint.model.fix import Edit


def plan_of(data, *edits, uri="a.py"):
    digest = hashlib.sha256(data).hexdigest() if data is not None else ""
    return FilePlan(uri, digest, edits, ())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"one two\n")
    return path


def test_file_is_replaced_and_keeps_its_mode(tmp_path, file):
    file.chmod(0o754)
    before = file.stat().st_ino

    write(tmp_path, plan_of(b"one two\n", Edit(0, 3, "1")))

    assert file.read_bytes() == b"1 two\n"
    assert file.stat().st_mode & 0o7777 == 0o754
    assert file.stat().st_ino != before
    assert [one.name for one in tmp_path.iterdir()] == ["a.py"]


def test_new_file_is_made(tmp_path):
    write(tmp_path, plan_of(None, Edit(0, 0, ".env\n"), uri=".dockerignore"))

    assert (tmp_path / ".dockerignore").read_bytes() == b".env\n"


def test_new_file_that_is_there_by_now_is_left_alone(tmp_path, file):
    with pytest.raises(NotWrittenError, match="has changed"):
        write(tmp_path, plan_of(None, Edit(0, 0, "x")))

    assert file.read_bytes() == b"one two\n"


def test_file_that_changed_since_the_scan_is_left_alone(tmp_path, file):
    with pytest.raises(NotWrittenError, match="has changed"):
        write(tmp_path, plan_of(b"one TWO\n", Edit(0, 3, "1")))

    assert file.read_bytes() == b"one two\n"


def test_file_that_changes_while_it_is_written_is_left_alone(tmp_path, file, monkeypatch):
    real = os.fsync

    def sneak(handle):
        file.write_bytes(b"newer\n")
        real(handle)

    monkeypatch.setattr(os, "fsync", sneak)
    with pytest.raises(NotWrittenError, match="has changed"):
        write(tmp_path, plan_of(b"one two\n", Edit(0, 3, "1")))

    assert file.read_bytes() == b"newer\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.py"]


def test_full_disk_leaves_the_old_file(tmp_path, file, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWrittenError, match="No space left"):
        write(tmp_path, plan_of(b"one two\n", Edit(0, 3, "1")))

    assert file.read_bytes() == b"one two\n"
    assert [one.name for one in tmp_path.iterdir()] == ["a.py"]


def test_link_is_not_followed(tmp_path, file):
    (tmp_path / "link").symlink_to(file)
    with pytest.raises(NotWrittenError, match="is a link"):
        write(tmp_path, plan_of(b"one two\n", Edit(0, 3, "1"), uri="link"))


def test_folder_that_leads_out_of_the_tree_is_refused(tmp_path):
    (tmp_path / "a.py").write_bytes(b"one two\n")
    outside, root = tmp_path, tmp_path / "root"
    root.mkdir()
    (root / "sub").symlink_to(outside)

    with pytest.raises(NotWrittenError, match="leads out"):
        write(root, plan_of(b"one two\n", Edit(0, 3, "1"), uri="sub/a.py"))


def test_hard_links_and_read_only_files_are_refused(tmp_path, file, monkeypatch):
    os.link(file, tmp_path / "second")
    with pytest.raises(NotWrittenError, match="further names"):
        write(tmp_path, plan_of(b"one two\n", Edit(0, 3, "1")))
    (tmp_path / "second").unlink()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(NotWrittenError, match="read-only"):
        write(tmp_path, plan_of(b"one two\n", Edit(0, 3, "1")))


def test_pipe_is_no_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotWrittenError, match="no regular file"):
        changed(tmp_path, plan_of(b"", Edit(0, 0, "x"), uri="pipe"))
