"""XML with places: values as ElementTree has them, bombs refused."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.markup import DEEPEST, iter_elements
from credlint.code.sighting import NotReadError

NAMES = st.sampled_from(["a", "name", "value", "é"])
TEXTS = st.sampled_from(
    ["", " x ", "ä&amp;b", "<![CDATA[ c<d ]]>", "\r\n y", "<!-- z -->w", "&#65;"]
)


@st.composite
def documents(draw, depth=3):
    name = draw(NAMES)
    inner = "" if depth == 0 else "".join(draw(st.lists(documents(depth - 1), max_size=3)))
    return f"<{name}>{draw(TEXTS)}{inner}{draw(TEXTS)}</{name}>"


@given(documents())
def test_elements_are_those_of_another_parser(text):
    data = text.encode()
    tree = ET.fromstring(data)  # noqa: S314  our own text
    expected = []

    def visit(node):
        for child in node:
            visit(child)
        own = (node.text or "") + "".join(child.tail or "" for child in node)
        expected.append((node.tag, own.strip()))

    visit(tree)
    found = list(iter_elements(data))

    assert [(element.path[-1], element.text) for element in found] == expected
    for element in found:
        assert 0 <= element.start <= element.end <= len(data)
        if "&" not in text and "<!" not in text and "\r" not in text and len(element.path) == 4:
            assert data[element.start : element.end].decode() == element.text


@given(st.text() | documents().map(lambda text: text[: len(text) // 2]))
def test_any_text_is_read_or_refused(text):
    try:
        list(iter_elements(text.encode("utf-8", "replace")))
    except NotReadError:
        return


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<" + "a><" * (DEEPEST + 1), "levels"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        ('<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>', "document type"),
        ("<a>", "line 1"),
        ("<a>&b;</a>", "line 1"),
    ],
    ids=range(5),
)
def test_what_is_refused(text, reason):
    with pytest.raises(NotReadError, match=reason):
        list(iter_elements(text.encode()))


def test_the_encoding_is_utf8_whatever_is_declared():
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode()

    assert [element.text for element in iter_elements(data)] == ["é"]
