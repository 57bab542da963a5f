"""Settings of Hadoop and Spark with the places of their values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.hadoop.reader import read
from credlint.code.sighting import NotReadError


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("a.b  c d \r", "a.b", "c d"),
        ("a.b=c", "a.b", "c"),
        ("  a.b : c=d", "a.b", "c=d"),
        ('a.b = "ü x"', "a.b", "ü x"),
        ('"a.b" = 1', "a.b", "1"),
        ("a.b", "a.b", ""),
        ("a.b=", "a.b", ""),
    ],
)
def test_lines(line, name, value):
    data = f"# x = y\n\n! z\n{line}\nlast=1".encode()
    first, last = read(data, "").settings

    assert (first.name, first.value) == (name, value)
    assert data[first.start : first.end].decode() == value
    assert (last.name, last.value) == ("last", "1")


def test_properties_of_xml():
    half = b"<property><name>x</name></property>"
    data = b"<c><property><value> v </value><name>n</name></property>" + half + b"</c>"
    (found,) = read(data, "").settings

    assert (found.name, found.value, data[found.start : found.end]) == ("n", "v", b"v")


@given(st.text())
def test_any_text_is_read_or_refused(text):
    data = text.encode("utf-8", "replace")
    try:
        settings = read(data, "").settings
    except NotReadError:
        return
    assert all(0 <= each.start <= each.end <= len(data) for each in settings)
