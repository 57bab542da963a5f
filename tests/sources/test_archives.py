"""Archives: every text in them is met, what was not is told, and none can exhaust the machine."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint.sources.archives import compressed
from credlint.sources.archives.budget import Bounds, Budget
from credlint.sources.archives.walk import InnerCount, InnerText, InnerUnread, walk_archive
from credlint.sources.files import archive_form

TEXT = b"one = 1\ntwo = 2\n" * 50
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


class Pipe(io.RawIOBase):
    """A stream that cannot seek, as zipfile writes to."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def make_zip(files, method=zipfile.ZIP_DEFLATED, target=None):
    buffer = target or io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.data if target else buffer.getvalue()


def make_tar(files, form=tarfile.PAX_FORMAT, others=()):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        for kind in others:
            entry = tarfile.TarInfo("other")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    return buffer.getvalue()


def walk(data, name="x", bounds=None, piece=1 << 20, clock=None):
    """Return (texts by path, what was not read, counts) of an archive."""
    stream = io.BytesIO(data)
    budget = Budget(bounds or Bounds(), *([clock] if clock else []))
    texts, unread, counts = {}, [], []
    for inner in walk_archive(
        lambda size: stream.read(min(size, piece)), archive_form(data), name, budget
    ):
        if isinstance(inner, InnerText):
            texts[inner.path] = b"".join(iter(lambda i=inner: i.read(5000), b""))
        elif isinstance(inner, InnerUnread):
            unread.append((inner.path, inner.reason, inner.bound))
        else:
            assert isinstance(inner, InnerCount)
            counts.append(inner.kind)
    return texts, unread, counts


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_zip(method, piece):
    files = {"a.txt": TEXT, "../../b": b"x", "/etc/c": b"", "d/": b"", "e": b"\0" * 9}
    texts, unread, counts = walk(make_zip(files, method), piece=piece)

    assert texts == {"a.txt": TEXT, "../../b": b"x", "/etc/c": b""}
    assert (unread, counts) == ([], ["binary"])


def test_zip_written_to_a_pipe_has_its_sizes_behind_the_data():
    assert walk(make_zip({"a": TEXT, "b": TEXT}, target=Pipe()))[:2] == ({"a": TEXT, "b": TEXT}, [])


def test_zip_of_stored_entries_without_sizes_is_told():
    data = make_zip({"a": b"x" * 99, "b": b"y"}, zipfile.ZIP_STORED, target=Pipe())
    texts, unread, _ = walk(data)

    assert unread == [
        ("a", "stored without its length, not read", False),
        ("b", "stored without its length, not read", False),
    ]
    assert texts == {}


def test_zip_with_sizes_of_64_bits():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a", "w", force_zip64=True) as entry:
            entry.write(TEXT)
        archive.writestr("b", TEXT)

    assert walk(buffer.getvalue())[:2] == ({"a": TEXT, "b": TEXT}, [])


def test_zip_with_a_block_before_its_directory_as_android_signs():
    data = make_zip({"a": TEXT, "b": TEXT})
    place = data.index(b"PK\x01\x02")
    signed = data[:place] + os.urandom(5000).replace(b"PK", b"  ") + data[place:]

    assert walk(signed)[:2] == ({"a": TEXT, "b": TEXT}, [])


def test_zip_entries_that_cannot_be_read_are_told_and_the_others_read():
    data = bytearray(make_zip({"a": TEXT, "b": TEXT, "c": TEXT}))
    first = data.index(b"PK\x03\x04")
    second = data.index(b"PK\x03\x04", first + 4)
    data[first + 6] |= 1  # encrypted
    data[second + 8 : second + 10] = struct.pack("<H", 9)  # deflate64
    texts, unread, _ = walk(bytes(data))

    assert texts == {"c": TEXT}
    assert [(path, reason) for path, reason, _ in unread] == [
        ("a", "encrypted, not read"),
        ("b", "not read: compression method 9 of zip"),
    ]


def test_zip_whose_directory_names_more_than_was_met_is_told():
    data = make_zip({"a": TEXT, "b": TEXT})
    second = data.index(b"PK\x03\x04", 4)
    hidden = data[:second] + b"XX" + data[second + 2 :]

    assert walk(hidden)[1] == [("", "1 entries that its directory names could not be read", False)]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("piece", [1, 1 << 20])
def test_tar(form, piece):
    long = "n/" * 60 + "é" if form != tarfile.USTAR_FORMAT else "n/" * 60 + "e"
    files = {"a.txt": TEXT, long: TEXT, "/abs/../b": b"x" * 512, "bin": b"a\0"}
    others = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
    texts, unread, counts = walk(make_tar(files, form, others), piece=piece)

    assert texts == {"a.txt": TEXT, long: TEXT, "/abs/../b": b"x" * 512}
    assert (unread, sorted(counts)) == ([], ["binary", "link", "link", "link", "link"])


def test_tars_behind_each_other_are_read_to_the_end():
    assert set(walk(make_tar({"a": TEXT}) + make_tar({"b": TEXT}))[0]) == {"a", "b"}


def test_tar_with_a_damaged_header_is_told():
    data = bytearray(make_tar({"a": TEXT, "b": TEXT}))
    data[1024 + 512] ^= 1
    texts, unread, _ = walk(bytes(data))

    assert (set(texts), [reason for _, reason, _ in unread]) == (
        {"a"},
        ["a header of it is damaged; the rest was not examined"],
    )


@pytest.mark.parametrize("packer", sorted(PACKERS))
def test_compressed_text_and_several_members(packer):
    pack = PACKERS[packer]
    texts, unread, _ = walk(pack(TEXT) + pack(b"more\n"), f"log.txt.{packer}")

    assert (texts, unread) == ({"log.txt": TEXT + b"more\n"}, [])


@pytest.mark.parametrize("packer", sorted(PACKERS))
def test_what_ends_early_is_read_as_far_as_it_goes(packer):
    lines = b"".join(b"%d\n" % (number * 7919 % 100_003) for number in range(300_000))
    data = PACKERS[packer](lines)
    texts, unread, _ = walk(data[: len(data) * 3 // 4], "a")

    assert lines.startswith(texts["a"])
    assert len(texts["a"]) > len(lines) // 4
    assert unread == [("", "it ends early; the rest was not examined", False)]


@pytest.mark.parametrize("packer", sorted(PACKERS))
def test_damaged_data_are_told(packer):
    data = bytearray(PACKERS[packer](os.urandom(50_000).hex().encode()))
    data[30_000:30_010] = b"\xff" * 10
    unread = walk(bytes(data), "a")[1]

    assert [reason for _, reason, _ in unread] == ["it is damaged; the rest was not examined"]


def test_nested_archives_are_one_path():
    inner = gzip.compress(
        make_tar({"deep.zip": make_zip({"f": TEXT}), "log.gz": gzip.compress(TEXT)})
    )
    texts, unread, _ = walk(make_zip({"d/in.tar.gz": inner}))

    assert texts == {"d/in.tar.gz!deep.zip!f": TEXT, "d/in.tar.gz!log.gz!log": TEXT}
    assert unread == []


@pytest.mark.parametrize("mark", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\x00", b"\x1f\x9d\x90"])
def test_formats_without_a_reader_are_told(mark):
    reason = walk(mark + bytes(100))[1][0][1]

    assert reason.startswith("not read: no reader for ")


def test_zstd_without_a_module_is_told_with_what_helps(monkeypatch):
    data = b"\x28\xb5\x2f\xfd" + bytes(20)

    def missing():
        raise ImportError(name="backports")

    monkeypatch.setattr(compressed, "_zstd", missing)

    ((name, reason, bound),) = walk(data)[1]
    assert (name, bound) == ("", False)
    assert reason == (
        "not read: this Python has no zstd (from 3.14 on; before, pip install 'credlint[zstd]')"
    )


@pytest.fixture
def zstd():
    try:
        return import_module("compression.zstd")
    except ImportError:
        return pytest.importorskip("backports.zstd")


def test_zstd_of_several_frames_is_read(zstd):
    skippable = struct.pack("<II", 0x184D2A50, 7) + b"any old"
    data = zstd.compress(TEXT) + skippable + zstd.compress(b"second\n") + zstd.compress(b"")
    texts, unread, _ = walk(data, "a.txt.zst")

    assert (texts, unread) == ({"a.txt": TEXT + b"second\n"}, [])
    packed = make_tar({"d/one": TEXT, "two.zst": zstd.compress(b"inner\n")})
    texts, unread, _ = walk(zstd.compress(packed), "a.tar.zst")
    assert (texts, unread) == ({"d/one": TEXT, "two.zst!two": b"inner\n"}, [])


@pytest.mark.parametrize("damage", ["cut", "changed", "behind"])
def test_damaged_zstd_is_told_and_what_was_read_before_it_kept(zstd, damage):
    # Without a checksum a changed text is as good as any other.
    summed = {zstd.CompressionParameter.checksum_flag: 1}
    whole = zstd.compress(os.urandom(50_000).hex().encode(), options=summed)
    data = {
        "cut": whole + whole[:-200],
        "changed": whole + whole[:20_000] + bytes(1000) + whole[21_000:],
        "behind": whole + b"no frame",
    }[damage]
    texts, unread, _ = walk(data, "a.txt.zst")
    ((_, reason, _),) = unread

    assert len(texts["a.txt"]) >= 100_000
    assert ("it ends early" if damage == "cut" else "it is damaged") in reason


def test_zstd_that_unpacks_to_too_much_is_bounded(zstd):
    bomb = zstd.compress(b"a" * 50_000_000)
    assert len(bomb) < 10_000

    assert walk(bomb, "a", Bounds(ratio_from=1_000_000))[1] == [
        ("", "it unpacks to more than 250 times its size; the rest was not examined", True)
    ]


def test_zstd_that_wants_too_much_memory_is_told(zstd):
    options = {zstd.CompressionParameter.window_log: 30, zstd.CompressionParameter.checksum_flag: 1}
    packer = zstd.ZstdCompressor(options=options)
    data = packer.compress(TEXT) + packer.flush()
    ((_, reason, _),) = walk(data, "a.txt.zst")[1]

    assert "more memory" in reason


def test_a_file_that_unpacks_to_too_much_for_its_size():
    bomb = gzip.compress(gzip.compress(b"a" * 30_000_000, 9), 9)
    bounds = Bounds(ratio_from=1_000_000)

    assert walk(bomb, "a", bounds)[1] == [
        ("", "it unpacks to more than 250 times its size; the rest was not examined", True)
    ]


def test_a_bomb_of_many_entries_counts_as_one():
    text = b"a" * 1_000_000
    data = make_zip({f"n{number}": text for number in range(50)})
    texts, unread, _ = walk(data, bounds=Bounds(ratio_from=10_000_000))

    assert len(texts) < 15
    assert [bound for _, _, bound in unread] == [True]


def test_bytes_entries_depth_and_seconds_are_bounded():
    many = make_tar({f"n{number}": b"x" for number in range(30)})
    nested = b"x"
    for _ in range(9):
        nested = gzip.compress(nested)
    ticks = iter(range(0, 10**6, 5))

    assert (
        "1 MiB"
        in walk(gzip.compress(os.urandom(2_000_000).hex().encode()), bounds=Bounds(size=1 << 20))[
            1
        ][0][1]
    )
    assert "10 entries" in walk(many, bounds=Bounds(entries=10))[1][0][1]
    assert "deeper than 6" in walk(nested)[1][0][1]
    assert (
        "600 seconds"
        in walk(make_tar({"a": TEXT * 99}), piece=100, clock=lambda: next(ticks))[1][0][1]
    )


def test_xz_that_asks_for_gigabytes_of_memory_is_told():
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30, "preset": 0}]
    data = bytearray(
        lzma.compress(
            b"x" * 999, check=lzma.CHECK_NONE, filters=[{**filters[0], "dict_size": 1 << 20}]
        )
    )
    # The size of the dictionary is one byte of the block header (xz format, 5.3.1): 36 is 1 GiB.
    data[12 + 4] = 36
    data[12 + 8 : 12 + 12] = struct.pack("<I", zlib.crc32(bytes(data[12 : 12 + 8])))

    assert walk(bytes(data))[1] == [
        ("", "it needs more memory to unpack than it may have; the rest was not examined", False)
    ]


SMALL = [
    make_zip({"a": TEXT, "b/c": b"x" * 99, "z": make_tar({"d": TEXT})}),
    make_zip({"a": TEXT}, target=Pipe()),
    make_tar({"a": TEXT, "n" * 200: TEXT}, tarfile.GNU_FORMAT, [tarfile.SYMTYPE]),
    make_tar({"a": TEXT, "é" * 200: TEXT}),
    gzip.compress(make_tar({"a": TEXT})),
    bz2.compress(TEXT),
    lzma.compress(TEXT),
]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SMALL), st.data())
def test_never_raises_nor_hangs_on_damaged_data(data, draws):
    changed = bytearray(data)
    for _ in range(draws.draw(st.integers(0, 4))):
        changed[draws.draw(st.integers(8, len(data) - 1))] = draws.draw(st.integers(0, 255))
    cut = draws.draw(st.integers(8, len(changed)))

    walk(bytes(changed[:cut]), bounds=Bounds(size=1 << 24, ratio_from=1 << 20))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SMALL), st.binary(max_size=2000))
def test_any_bytes_behind_a_mark(data, more):
    walk(data[:12] + more)


def test_modes_are_of_no_account():
    entry = zipfile.ZipInfo("link")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, "/etc/passwd")

    assert walk(buffer.getvalue())[0] == {"link": b"/etc/passwd"}
