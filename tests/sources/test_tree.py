"""The walk: what is read, what is left out and said, and that nothing outside is touched."""

from __future__ import annotations

import os
import socket

import pytest

from credlint.sources.errors import SourceError
from credlint.sources.files import read_file
from credlint.sources.tree import list_files
from tests.sources.repository import ENVIRONMENT, git, make_repository
from tests.support.rights import without_rights


def _uris(listing):
    return [entry.uri for entry in listing.files]


def _write(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_git_folder_is_never_entered(tmp_path):
    make_repository(tmp_path)
    _write(tmp_path, "a", "sub/.git/config", "sub/b")

    assert _uris(list_files(tmp_path, ())) == ["a", "sub/b"]


def test_order_is_the_same_everywhere(tmp_path):
    _write(tmp_path, "b/y", "b/x", "a/z", "c")

    assert _uris(list_files(tmp_path, ())) == ["c", "a/z", "b/x", "b/y"]


def test_links_are_neither_followed_nor_read_twice(tmp_path):
    outside = tmp_path / "outside"
    _write(outside, "secret")
    root = tmp_path / "root"
    _write(root, "a")
    (root / "link").symlink_to(root / "a")
    (root / "away").symlink_to(outside)
    (root / "loop").symlink_to(root)
    listing = list_files(root, ())

    assert (_uris(listing), listing.links) == (["a"], 3)


def test_file_named_itself_is_read_though_ignored_excluded_or_a_link(tmp_path):
    make_repository(tmp_path)
    _write(tmp_path, "a.txt", "b.txt")
    (tmp_path / ".gitignore").write_text("*.txt\n")
    (tmp_path / "link").symlink_to(tmp_path / "b.txt")
    listing = list_files(tmp_path, ("a.txt", "link"), exclude=("*.txt", "link"))
    (entry,) = [e for e in listing.files if e.uri == "link"]

    assert _uris(listing) == ["a.txt", "link"]
    assert read_file(entry.path, "link", 100, follow=entry.named) == b"b.txt"


def test_folder_named_itself_is_walked_though_ignored(tmp_path):
    make_repository(tmp_path)
    _write(tmp_path, "build/a", "build/b")
    (tmp_path / ".gitignore").write_text("build/\n")

    assert _uris(list_files(tmp_path, ("build",))) == ["build/a", "build/b"]


def test_path_given_twice_is_read_once(tmp_path):
    _write(tmp_path, "a", "b/c")

    assert _uris(list_files(tmp_path, (".", "a", "./b", "b/c"))) == ["a", "b/c"]


def test_excluded_paths_are_counted(tmp_path):
    _write(tmp_path, "a", "node_modules/b", "node_modules/c", "x.min.js")
    listing = list_files(tmp_path, (), exclude=("node_modules/", "*.min.js"))

    assert (_uris(listing), listing.ignored) == (["a"], 2)


def test_tracked_file_is_read_though_ignored(tmp_path):
    make_repository(tmp_path)
    (tmp_path / ".gitignore").write_text("*.env\nsecret/\n")
    _write(tmp_path, "a", "prod.env", "dev.env", "secret/key", "secret/other")
    git(tmp_path, "add", "-f", "prod.env", "secret/key")
    listing = list_files(tmp_path, (), environment=ENVIRONMENT)

    assert sorted(_uris(listing)) == [".gitignore", "a", "prod.env", "secret/key"]


def test_tracked_file_behind_a_link_that_leaves_the_tree_is_not_read(tmp_path):
    root = make_repository(tmp_path / "root")
    (root / ".gitignore").write_text("secret\n")
    _write(root, "secret/key")
    git(root, "add", "-f", "secret/key")
    _write(tmp_path / "outside", "key")
    (root / "secret/key").unlink()
    (root / "secret").rmdir()
    (root / "secret").symlink_to(tmp_path / "outside")

    (root / "noise").mkdir()
    (root / "noise/secret").write_text("x")

    assert _uris(list_files(root, (), environment=ENVIRONMENT)) == [".gitignore"]


def test_broken_index_is_said(tmp_path):
    make_repository(tmp_path)
    (tmp_path / ".gitignore").write_text("b\n")
    _write(tmp_path, "a", "b")
    (tmp_path / ".git/index").write_bytes(b"DIRCgarbage")
    listing = list_files(tmp_path, (), environment=ENVIRONMENT)

    assert _uris(listing) == [".gitignore", "a"]
    assert [entry.code for entry in listing.skipped] == ["RUN901"]


def test_missing_path_is_an_error(tmp_path):
    with pytest.raises(SourceError, match='"nowhere" does not exist'):
        list_files(tmp_path, ("nowhere",))


def test_pipes_and_sockets_are_said_and_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket"))
    listing = list_files(tmp_path, ())
    server.close()

    assert _uris(listing) == []
    assert [(s.path, s.reason, s.code) for s in listing.skipped] == [
        ("pipe", "a named pipe, not read", "RUN906"),
        ("socket", "a socket, not read", "RUN906"),
    ]


def test_pipe_that_takes_the_place_of_a_file_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    result = read_file(str(tmp_path / "pipe"), "pipe", 100)

    assert (result.code, result.reason) == ("RUN906", "a named pipe, not read")


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/dev/zero", "a character device"), ("/dev", "a directory"), ("/proc", "a directory")],
)
def test_what_takes_the_place_of_a_file_is_told(path, kind):
    result = read_file(path, "place", 100)

    assert (result.code, result.reason) == ("RUN906", f"{kind}, not read")


def test_vanished_file_is_said(tmp_path):
    result = read_file(str(tmp_path / "gone"), "gone", 100)

    assert (result.code, result.reason) == ("RUN901", "no such file or directory")


def test_link_in_place_of_a_file_is_said(tmp_path):
    (tmp_path / "link").symlink_to("/etc/hostname")

    assert read_file(str(tmp_path / "link"), "link", 100).code == "RUN906"


def test_size_limit_is_said_with_both_numbers(tmp_path):
    (tmp_path / "big").write_text("x" * 200_000)
    result = read_file(str(tmp_path / "big"), "big", 150_000)

    assert (result.code, result.reason) == (
        "RUN903",
        "200,000 bytes, more than the limit of 150,000",
    )


def test_binary_is_told_by_content_and_utf16_is_none(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x" * 100 + b"\0")
    (tmp_path / "b.bin").write_bytes("text".encode("utf-16"))
    (tmp_path / "late").write_bytes(b"x" * 9000 + b"\0")

    assert read_file(str(tmp_path / "a.txt"), "a.txt", 100_000) is None
    assert read_file(str(tmp_path / "b.bin"), "b.bin", 100_000) == "text".encode("utf-16")
    assert isinstance(read_file(str(tmp_path / "late"), "late", 100_000), bytes)


def test_file_that_says_size_zero_is_read_to_its_end():
    data = read_file("/proc/self/status", "status", 1_000_000)

    assert data.startswith(b"Name:")


def test_unreadable_file_and_folder_are_said(tmp_path):
    _write(tmp_path, "a", "b/c")
    (tmp_path / "a").chmod(0)
    (tmp_path / "b").chmod(0)
    with without_rights(tmp_path):
        listing = list_files(tmp_path, ())
        result = read_file(str(tmp_path / "a"), "a", 100)
    (tmp_path / "b").chmod(0o700)

    assert result.reason == "permission denied"
    assert [s.reason for s in listing.skipped] == ["folder not read: permission denied"]


def test_name_that_is_no_utf8_is_read(tmp_path):
    (tmp_path / os.fsdecode(b"\xff.txt")).write_text("x")
    (entry,) = list_files(tmp_path, ()).files

    assert read_file(entry.path, entry.uri, 100) == b"x"


def test_ignore_files_beyond_the_budget_are_not_honoured_and_told(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("# " + "x" * 600_000 + "\nhidden.txt\n")
    (tmp_path / "hidden.txt").write_text("seen")

    listing = list_files(tmp_path, ())

    assert "hidden.txt" in [entry.uri for entry in listing.files]
    assert [(entry.path, entry.code) for entry in listing.skipped] == [(".gitignore", "RUN908")]


def test_a_named_file_is_read_though_it_is_binary(tmp_path):
    (tmp_path / "environ").write_bytes(b"A=1\0B=2\0")

    assert read_file(str(tmp_path / "environ"), "environ", 100) is None
    assert read_file(str(tmp_path / "environ"), "environ", 100, follow=True) == b"A=1\0B=2\0"


def test_utf16_without_a_mark_is_text(tmp_path):
    text = "id = something\n".encode("utf-16-le")
    (tmp_path / "export.reg").write_bytes(text)

    assert read_file(str(tmp_path / "export.reg"), "export.reg", 100) == text
