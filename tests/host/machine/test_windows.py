"""Windows of a long text: nothing is lost, nothing is doubled, lines and columns stay right."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.host.machine.windows import Counter, iter_windows
from credlint.model.text import LineIndex

PIECES = st.lists(
    st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\r", "é€𝄞".encode(), b" " * 7, b"\0"]),
    max_size=120,
)


def _chunks(data: bytes, size: int):
    return (data[start : start + size] for start in range(0, len(data), size))


@given(PIECES, st.integers(1, 50), st.integers(4, 12), st.integers(4, 4))
def test_every_byte_is_in_one_window_at_its_place(pieces, size, own, overlap):
    data = b"." + b"".join(pieces)
    index = LineIndex(data)
    joined = b""
    for window in iter_windows(_chunks(data, size), Counter(), own, overlap):
        start = len(joined) - window.own_start
        assert data[start : start + len(window.data)] == window.data
        assert index.place(start) == (window.line, window.column)
        inner = LineIndex(window.data)
        for offset in range(window.own_start, window.own_end):
            if data[start + offset] & 0xC0 == 0x80:
                continue
            line, column = inner.place(offset)
            shift = window.column - 1 if line == 1 else 0
            assert index.place(start + offset) == (line + window.line - 1, column + shift)
        joined += window.data[window.own_start : window.own_end]

    assert joined == data


@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes_are_read_and_nothing_raises(data, size):
    windows = list(iter_windows(_chunks(b"plain" + data, size), Counter(), 16, 8))

    own = b"".join(window.data[window.own_start : window.own_end] for window in windows)
    assert own == b"plain" + data


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_other_encodings_are_told_by_their_mark(encoding):
    mark = {
        "utf-16-le": codecs.BOM_UTF16_LE,
        "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE,
    }[encoding]
    text = "one\nzwölf\n" * 40
    windows = list(iter_windows(_chunks(mark + text.encode(encoding), 7), Counter(), 64, 16))

    own = b"".join(window.data[window.own_start : window.own_end] for window in windows)
    assert own.decode() == text
    assert windows[-1].line > 50


def test_a_byte_order_mark_is_no_column():
    (window,) = iter_windows([codecs.BOM_UTF8 + b"key"], Counter())

    assert (window.data, window.line, window.column) == (b"key", 1, 1)


def test_memory_does_not_grow_with_the_text():
    longest = max(
        len(window.data)
        for window in iter_windows((b"x" * 1000 for _ in range(900)), Counter(), 4096, 512)
    )

    assert longest <= 4096 + 2 * 512
