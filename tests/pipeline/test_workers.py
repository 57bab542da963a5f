"""Work in other processes: its results, its faults, its end."""

from __future__ import annotations

import os
import pickle
import time

import pytest

from credlint.model.finding import Skipped
from credlint.pipeline import workers
from credlint.pipeline.workers import Aside
from credlint.sources.errors import SourceError
from credlint.sources.tree import FileToRead, Listing


def test_work_aside_is_done_in_another_process():
    with Aside(os.getpid) as work:
        assert work.result() != os.getpid()


def test_what_the_work_raises_is_raised_here():
    def fail() -> None:
        message = "no such path"
        raise SourceError(message)

    with Aside(fail) as work, pytest.raises(SourceError, match="no such path"):
        work.result()


def test_work_whose_process_is_killed_is_done_here():
    parent = os.getpid()

    def end() -> int:
        if os.getpid() != parent:
            os._exit(9)
        return os.getpid()

    with Aside(end) as work:
        assert work.result() == parent


def test_work_that_nobody_asked_for_any_more_is_ended():
    begun = time.monotonic()
    with Aside(lambda: time.sleep(60)) as work:
        assert not work.is_done()

    assert time.monotonic() - begun < 30


def test_an_answer_that_is_on_its_way_is_known_of():
    with Aside(lambda: 3) as work:
        deadline = time.monotonic() + 30
        while not work.is_done() and time.monotonic() < deadline:
            time.sleep(0.01)

        assert work.is_done()
        assert work.result() == 3


@pytest.mark.parametrize(
    "files",
    [
        [],
        [FileToRead("a", "a")],
        [FileToRead("a", "/r/a", named=True)],
        [FileToRead("a/b", "/r/a/b"), FileToRead("c", "/r/c"), FileToRead("d\udcff", "/r/d\udcff")],
        [FileToRead("a", "a"), FileToRead("bc", "bc")],
        [FileToRead("a", "/r/a"), FileToRead("b", "/q/b", named=True), FileToRead("/o/c", "/o/c")],
    ],
)
def test_a_listing_is_the_same_in_another_process(files):
    skipped = [Skipped("c", "a socket, not read", "RUN904", "SRCROOT")]

    there = pickle.loads(pickle.dumps(Listing(files, skipped, 3, 4)))  # noqa: S301  our own

    assert (there.skipped, there.ignored, there.links) == (skipped, 3, 4)
    assert list(there.files) == files
    assert [there.files[1:], there.files[-1:]] == [files[1:], files[-1:]]
    assert len(there.files) == len(files)
    assert all(type(entry.named) is bool for entry in there.files)


def test_half_an_answer_is_none(monkeypatch):
    parent = os.getpid()

    def end(*_: object, **__: object) -> None:
        os.write(inlets[-1], pickle.dumps("answer" * 1000)[:500])
        os._exit(0)

    inlets: list[int] = []
    pipe = os.pipe

    def kept() -> tuple[int, int]:
        ends = pipe()
        inlets.append(ends[1])
        return ends

    monkeypatch.setattr(os, "pipe", kept)
    monkeypatch.setattr(pickle, "dump", end)
    with Aside(os.getpid) as work:
        assert work.result() == parent


@pytest.mark.parametrize("items", [0, 1, 31, 32, 33, 1000, 14_006, 400_000, 3_000_000])
def test_chunks_are_all_items_in_order_and_end_small(items):
    size = max(32, -(-items // workers._MOST_CHUNKS))

    chunks = workers._cut(items, size)

    ends = [0, *(chunk.stop for chunk in chunks)]
    assert [chunk.start for chunk in chunks] == ends[:-1]
    assert ends[-1] == items
    assert all(0 < chunk.stop - chunk.start <= size for chunk in chunks)
    assert len(chunks) * workers._NUMBER <= 64 * 1024
    if items > 1000:
        assert chunks[-1].stop - chunks[-1].start <= size // 8
