"""Lines and columns agree with walking the characters, and cost a step however long lines are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint.model import text as text_module
from credlint.model.text import LineIndex

PIECES = st.lists(st.sampled_from(["\r", "\n", "\r\n", "a", "bc", "é", "漢", "😀", " " * 9]))


def _naive(text):
    """Yield (byte offset, line, column) of every character, and of the end."""
    line, column, offset = 1, 1, 0
    for number, character in enumerate(text):
        yield offset, line, column
        offset += len(character.encode())
        if character == "\n" or (character == "\r" and text[number + 1 : number + 2] != "\n"):
            line, column = line + 1, 1
        else:
            column += 1
    yield offset, line, column


@pytest.mark.parametrize("step", [4, 5, 7, 16384])
@settings(max_examples=200, deadline=None)
@given(PIECES.map("".join), st.randoms(use_true_random=False))
def test_every_place_in_any_order(step, text, random):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_module, "_STEP", step)
        index = LineIndex(text.encode())
        places = list(_naive(text))
        random.shuffle(places)

        for offset, line, column in places:
            assert (*index.place(offset), index.line_of(offset)) == (line, column, line)


@settings(max_examples=200, deadline=None)
@given(PIECES.map("".join), st.randoms(use_true_random=False))
def test_the_bounds_of_a_line_hold_no_line_end(text, random):
    data = text.encode()
    index = LineIndex(data)
    offsets = list(range(len(data)))
    random.shuffle(offsets)

    for offset in offsets:
        start, end = index.line_bounds(offset)
        assert not set(data[start:end]) & set(b"\r\n")
        assert start == 0 or data[start - 1 : start] in (b"\r", b"\n")
        assert end == len(data) or data[end : end + 1] in (b"\r", b"\n")
        assert start <= offset <= end + 1


def test_places_on_a_line_of_many_megabytes_are_no_walk_each():
    index = LineIndex(("é" * 4 + "a").encode() * 2_000_000)
    before = time.process_time()
    for number in range(20_000):
        index.place((number * 7919 % 2_000_000) * 9)
        index.line_bounds(number * 9)

    assert time.process_time() - before < 10  # 20,000 walks of a line are 60
