from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from credlint.host.files import SIZE_LIMIT, DecodedText, RawFile, decode, read_file

REPOSITORY = Path(__file__).resolve().parents[2]
NOBODY = 65534


def read_as_nobody(path: Path) -> str:
    """Read as a user without rights when the tests run as root, else as ourselves.

    Imports come first: the user may have no right to read the interpreter's library.
    """
    code = f"""
import os, sys
from credlint.host.files import read_file
os.geteuid() or (os.setgid({NOBODY}), os.setuid({NOBODY}))
found = read_file(sys.argv[1])
print(found.status, found.error, found.mode, found.size)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env={"PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path[1:]])},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.strip()


def test_regular_file(tmp_path):
    path = tmp_path / "config"
    path.write_bytes(b"[default]\n")
    path.chmod(0o640)

    assert read_file(str(path)) == RawFile(
        "read", b"[default]\n", None, 0o640, os.getuid(), size=10
    )


def test_absent_file(tmp_path):
    assert read_file(str(tmp_path / "none")) == RawFile("absent", error="ENOENT")


def test_file_below_a_file_is_absent(tmp_path):
    (tmp_path / "file").write_text("")

    assert read_file(str(tmp_path / "file" / "config")) == RawFile("absent", error="ENOTDIR")


def test_nul_in_the_path_is_absent():
    assert read_file("/tmp/a\0b") == RawFile("absent", error="EINVAL")  # noqa: S108


def test_fifo_without_a_writer_is_no_file_and_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "fifo")

    assert read_file(str(tmp_path / "fifo")).status == "not-a-file"


def test_socket_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as channel:
        channel.bind("socket")

        assert read_file("socket").status == "not-a-file"


@pytest.mark.parametrize("path", ["/dev/null", "/dev/zero", "/"])
def test_device_or_directory_is_no_file(path):
    assert read_file(path).status == "not-a-file"


def test_link_loop_is_unreadable(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    assert read_file(str(tmp_path / "a")) == RawFile("unreadable", error="ELOOP", symlink=True)


def test_link_to_nothing_is_absent(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "none")

    assert read_file(str(tmp_path / "link")) == RawFile("absent", error="ENOENT", symlink=True)


def test_link_is_followed_and_told(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")

    actual = read_file(str(tmp_path / "link"))

    assert (actual.status, actual.data, actual.symlink) == ("read", b"x", True)


def test_too_large_file_is_not_read(tmp_path):
    path = tmp_path / "huge"
    with path.open("wb") as stream:
        stream.truncate(SIZE_LIMIT + 1)

    actual = read_file(str(path))

    assert (actual.status, actual.data, actual.size) == ("too-large", b"", SIZE_LIMIT + 1)


def test_file_of_exactly_the_limit_is_read(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")

    assert read_file(str(tmp_path / "file"), limit=5).status == "read"
    assert read_file(str(tmp_path / "file"), limit=4).status == "too-large"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")
def test_file_that_hides_its_size_is_still_capped():
    """Files of /proc have size 0: the limit must hold for what is read."""
    assert read_file("/proc/self/status", limit=10).status == "too-large"


def test_file_without_permission_is_unreadable(tmp_path):
    tmp_path.chmod(0o755)
    for parent in list(tmp_path.parents)[:3]:
        parent.chmod(0o755)
    path = tmp_path / "private"
    path.write_text("x")
    path.chmod(0o000)

    assert read_as_nobody(path) == "unreadable EACCES 0 1"


def test_folder_without_permission_is_unreadable(tmp_path):
    for folder in [tmp_path, *list(tmp_path.parents)[:2]]:
        folder.chmod(0o755)
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws/config").write_text("x")
    (tmp_path / "aws").chmod(0o000)

    actual = read_as_nobody(tmp_path / "aws/config")
    (tmp_path / "aws").chmod(0o700)

    assert actual == "unreadable EACCES None 0"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", DecodedText("", "utf-8")),
        ("ü".encode(), DecodedText("ü", "utf-8")),
        (b"\xef\xbb\xbf[a]", DecodedText("\ufeff[a]", "utf-8-bom")),
        ("[a]".encode("utf-16"), DecodedText("[a]", "utf-16", 1)),
        (b"\xfe\xff\x00[\x00a", DecodedText("[a", "utf-16", 1)),
        (b"a\r\nb\rc\n\xff", DecodedText("a\r\nb\rc\n\ufffd", "undecodable", 4)),
        (b"a\x00b", DecodedText("a\x00b", "utf-8")),
        (b"\xed\xa0\x80", DecodedText("\ufffd" * 3, "undecodable", 1)),
    ],
)
def test_decoding(data, expected):
    assert decode(data) == expected


def test_nothing_of_the_content_in_the_repr():
    assert "hunter2" not in repr(RawFile("read", b"hunter2")) + repr(
        DecodedText("hunter2", "utf-8")
    )


@pytest.mark.parametrize("path", ["", "{file}/"])
def test_empty_name_and_slash_at_the_end_name_no_file(tmp_path, path):
    (tmp_path / "file").write_text("x")

    assert read_file(path.format(file=tmp_path / "file")).status == "absent"
