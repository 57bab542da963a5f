"""Work in other processes: its results, its faults, its end."""

from __future__ import annotations

import os
import pickle
import time

import pytest

from credlint.model.finding import Skipped
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
    "files", [[], [FileToRead("a", "/r/a"), FileToRead("b", "/r/b", named=True)]]
)
def test_a_listing_is_the_same_in_another_process(files):
    listing = Listing(files, [Skipped("c", "a socket, not read", "RUN904", "SRCROOT")], 3, 4)

    assert pickle.loads(pickle.dumps(listing)) == listing  # noqa: S301  our own


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
