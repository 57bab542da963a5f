"""Reading texts: windows, bounds, files that change meanwhile, processes' words."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

from credlint.host.machine.documents import Arguments, Bounds, TextReader
from credlint.host.machine.text_files import TextFile
from credlint.host.machine.text_source import TextSource

MEBI = 1024 * 1024


def _own(texts) -> bytes:
    return b"".join(text.data[text.own_start : text.own_end] for text in texts)


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _file(path, way="text", kind="log") -> TextFile:
    return TextFile(kind, str(path), way=way)


def test_a_long_history_is_read_in_windows_with_their_lines(tmp_path):
    path = tmp_path / ".bash_history"
    path.write_bytes(b"echo 0123456789\n" * 200_000)
    reader = TextReader()
    texts = list(reader.read([_file(path, kind="shell-history")]))

    assert len(texts) == 3
    assert _own(texts) == path.read_bytes()
    assert reader.read_bytes == path.stat().st_size
    assert reader.skipped == []
    for text in texts:
        begun = _own(texts)[: (text.line - 1) * 16 + text.column - 1]
        assert begun.count(b"\n") + 1 == text.line


def test_memory_is_bounded(tmp_path):
    path = tmp_path / "history"
    with path.open("wb") as stream:
        stream.truncate(200 * MEBI)
    reader = TextReader()
    tracemalloc.start()
    try:
        count = sum(1 for _ in reader.read([_file(path)]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 200
    assert peak < 8 * MEBI


def test_only_the_newest_part_of_a_log_is_read_and_its_lines_are_counted(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(b"a line\n" * MEBI + b"the end\n")
    reader = TextReader(bounds=Bounds(tail=MEBI))
    texts = list(reader.read([_file(path, "tail")]))

    assert _own(texts) == path.read_bytes()[-MEBI:]
    assert texts[0].line == path.read_bytes()[:-MEBI].count(b"\n") + 1
    assert texts[0].column == (path.stat().st_size - MEBI) % 7 + 1
    assert reader.skipped == [(str(path), "only the newest 1 MiB of 7 were read")]


def test_lines_of_a_huge_log_are_not_counted(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(b"a line\n" * MEBI)
    reader = TextReader(bounds=Bounds(tail=MEBI, counted=2 * MEBI))
    texts = list(reader.read([_file(path, "tail")]))

    assert [text.numbered for text in texts] == [False]
    assert _own(texts) == path.read_bytes()[-MEBI:]


def test_a_file_that_takes_too_long_is_told_with_the_line(tmp_path):
    path = tmp_path / "history"
    path.write_bytes(b"echo 0123456789\n" * 400_000)
    ticks = iter(range(1000))
    reader = TextReader(bounds=Bounds(seconds=3), clock=lambda: next(ticks))
    texts = list(reader.read([_file(path)]))

    assert 0 < len(texts) < 6
    ((place, reason),) = reader.skipped
    assert place == str(path)
    assert reason.startswith("took too long; from line ")


def test_what_a_file_has_beyond_the_bound_is_told(tmp_path):
    path = tmp_path / "history"
    path.write_bytes(b"x" * (3 * MEBI))
    reader = TextReader(bounds=Bounds(size=2 * MEBI))

    assert len(_own(reader.read([_file(path)]))) == 2 * MEBI
    assert reader.skipped == [(str(path), "only its first 2 MiB were read")]


def test_a_file_that_grows_is_read_to_where_it_ended(tmp_path):
    path = tmp_path / "history"
    path.write_bytes(b"x" * (3 * MEBI))
    reader = TextReader()
    size = 0
    for text in reader.read([_file(path)]):
        size += text.own_end - text.own_start
        with path.open("ab") as stream:
            stream.write(b"y" * MEBI)

    assert size == 3 * MEBI
    assert reader.skipped == []


def test_a_file_that_is_cut_short_is_told(tmp_path):
    path = tmp_path / "history"
    path.write_bytes(b"x" * (8 * MEBI))
    reader = TextReader()
    for text in reader.read([_file(path)]):
        assert text.data
        os.truncate(path, 0)

    assert reader.skipped == [(str(path), "not read to its end (it was cut short meanwhile)")]


def test_a_file_that_vanishes_or_never_was_is_nothing(tmp_path):
    reader = TextReader()

    assert list(reader.read([_file(tmp_path / "none"), _file("/etc/passwd/none")])) == []
    assert list(reader.read([_file("a\0b")])) == []
    assert reader.skipped == []


def test_a_fault_of_the_device_is_told(tmp_path):
    """Reading a directory's descriptor fails as a broken disk does."""
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        source = TextSource(descriptor, 10)

        assert list(source) == []
    finally:
        os.close(descriptor)
    assert source.error == "EISDIR"


def test_no_descriptor_stays_open(tmp_path):
    path = tmp_path / "history"
    path.write_bytes(b"x" * (3 * MEBI))
    before = _descriptors()
    reading = TextReader().read([_file(path)])
    next(reading)
    reading.close()

    assert _descriptors() == before


def test_user_data_is_handed_over_whole(tmp_path):
    path = tmp_path / "user-data.txt"
    path.write_bytes(b"#!/bin/sh\n")
    (text,) = TextReader().read([_file(path, "packed", "boot-data")])

    assert (text.packed, text.data) == (True, b"#!/bin/sh\n")


def test_words_of_a_process_are_lines():
    reader = TextReader()
    words = ("tool", "--key\nwith a break", "caf\udce9")
    (text,) = reader.read_arguments([Arguments(812, "tool", words, "alice")])

    assert text.data == b"tool\n--key with a break\ncaf\xe9"
    assert (text.kind, text.path, text.pid) == ("process-arguments", "process/812/arguments", 812)
    assert (text.user, text.tool) == ("alice", "tool")
    assert "--key" not in repr(Arguments(812, "tool", words)) + repr(text)


def test_a_huge_command_line_is_cut_and_told():
    reader = TextReader(bounds=Bounds(arguments=2048))
    (text,) = reader.read_arguments([Arguments(1, "tool", ("x" * 5000,))])

    assert len(text.data) == 2048
    assert reader.skipped == [
        ("process/1/arguments", "more than 2 KiB; the rest was not examined"),
    ]
