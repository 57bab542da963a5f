from __future__ import annotations

import json
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.marked import json_reader, yaml_reader
from credlint.code.marked.nodes import Scalar, at
from credlint.code.marked.positions import embedded
from credlint.model.fix import Edit, apply_edits

LINES = st.text(st.sampled_from("ab é'\"\\#:\t"), max_size=8)
TEXTS = st.lists(LINES, min_size=1, max_size=5).map("\n".join)
QUOTED = st.sampled_from(["'", '"'])


def inner_of(data, reader=yaml_reader):
    node = at(reader.read(data, "a").roots[0], "k")
    return embedded(data, node, "shell"), node


def check_segments(data, inner):
    """Every segment holds the same bytes inside and outside, and they are in order."""
    assert list(inner.segments) == sorted(inner.segments)
    for start, outer, length in inner.segments:
        assert inner.text[start : start + length] == data[outer : outer + length]


@given(TEXTS, st.booleans())
def test_json_strings(text, ascii_only):
    data = json.dumps({"ä": 1, "k": text}, ensure_ascii=ascii_only).encode()
    inner, _ = inner_of(data, json_reader)

    assert inner.text.decode() == text
    check_segments(data, inner)


@given(TEXTS, QUOTED, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_quoted_yaml(text, quote, unicode, newline):
    data = (
        yaml.safe_dump({"k": text}, default_style=quote, allow_unicode=unicode, width=10)
        .replace("\n", newline)
        .encode()
    )
    inner, node = inner_of(data)

    assert inner.text.decode() == node.value == text
    check_segments(data, inner)


@given(TEXTS, st.integers(1, 4), st.sampled_from(["|", "|-", "|+"]))
def test_literal_blocks(text, indent, header):
    body = "\n".join(" " * indent + line for line in ["x", *text.split("\n")])
    data = f"k: {header}  # note\n{body}\n\n# more\nl: m\n".encode()
    inner, node = inner_of(data)

    assert inner.text.decode().rstrip("\n") == node.value.rstrip("\n")
    check_segments(data, inner)


@given(TEXTS, st.integers(1, 4))
def test_literal_blocks_that_say_their_indentation(text, indent):
    body = "\n".join(" " * indent + line for line in [" x", *text.split("\n")])
    data = f"- k: |{indent}\n{body.replace(chr(10), chr(10) + '  ')}\n".replace(
        f"|{indent}\n", f"|{indent}\n  "
    ).encode()
    node = at(yaml_reader.read(data, "a").roots[0], 0, "k")
    inner = embedded(data, node, "shell")

    assert inner.text.decode().rstrip("\n") == node.value.rstrip("\n")
    check_segments(data, inner)


@given(
    st.lists(st.text(st.sampled_from("ab é"), min_size=1).map(str.strip).filter(bool), min_size=1)
)
def test_folded_blocks_are_one_line(words):
    data = ("k: >\n" + "".join(f"  {word}\n" for word in words)).encode()
    inner, node = inner_of(data)

    assert inner.text.decode() == node.value
    check_segments(data, inner)


@given(TEXTS, TEXTS, st.data(), st.sampled_from(["json", "'", '"', "|"]))
def test_an_edit_within_is_the_same_edit_outside(text, put, data, style):
    """What is put in, taken out or exchanged inside reads back outside."""
    text = "x" + text.replace("\t", " ") + "x"
    if style == "json":
        source, reader = json.dumps({"k": text, "l": 1}).encode(), json_reader
    else:
        source = yaml.safe_dump({"k": text, "l": 1}, default_style=style, width=9999).encode()
        reader = yaml_reader
    inner, _ = inner_of(source, reader)
    at_start = data.draw(st.integers(0, len(inner.text)))
    at_end = data.draw(st.integers(at_start, len(inner.text)))
    change = Edit(at_start, at_end, put)
    outside = inner.edit_outside(change)
    if outside is None:
        return
    after = apply_edits(source, [outside])
    try:
        again, _ = inner_of(after, reader)
        inside = apply_edits(inner.text, [change]).decode()
    except UnicodeDecodeError:
        return  # an edit through a character

    assert again.text.decode().rstrip("\n ") == inside.rstrip("\n ")


def test_a_line_is_put_before_another_with_its_indentation():
    data = b"k: |\n  curl x\n  curl y\n"
    inner, _ = inner_of(data)
    change = inner.edit_outside(Edit(7, 7, "T=1\nU=2\n"))

    assert apply_edits(data, [change]) == b"k: |\n  curl x\n  T=1\n  U=2\n  curl y\n"


def test_a_line_is_taken_away_with_its_indentation():
    data = b"k: |\n  curl x\n  curl y\n"
    inner, _ = inner_of(data)

    assert apply_edits(data, [inner.edit_outside(Edit(0, 7, ""))]) == b"k: |\n  curl y\n"


@pytest.mark.parametrize(
    ("data", "put"),
    [
        (b"k: 'abc'\n", "d\ne"),
        (b"k: abc\n", "d # e"),
        (b"k: abc\n", "d: e"),
        (b"k: >\n  abc\n", "\n"),
    ],
)
def test_what_cannot_be_written_there_is_no_edit(data, put):
    inner, _ = inner_of(data)

    assert inner.edit_outside(Edit(1, 2, put)) is None


@pytest.mark.parametrize(
    "source",
    [
        'k: "' + " " * 1_000_000 + '"',
        "k: '" + "''" * 500_000 + "'",
        "k: |\n" + "  a\n" * 250_000,
        "k: '" + " \n" * 500_000 + "'",
        'k: "' + "\\u0041" * 150_000 + '"',
    ],
    ids=["blanks", "quotes", "lines", "folds", "escapes"],
)
def test_places_are_found_in_linear_time(source):
    data = source.encode()
    began = time.process_time()
    inner, node = inner_of(data)
    for offset in range(0, len(inner.text), 10):
        inner.outside(offset)

    assert isinstance(node, Scalar)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "written",
    ["!Sub 'a b'", '&x "a b"', "!!str &x a b", "!Sub |\n  a b", "&x !Sub >-\n  a b", "!Sub\n  a b"],
)
def test_tags_and_anchors_are_not_of_the_text(written):
    data = f"k: {written}\n".encode()
    inner, node = inner_of(data)
    after = apply_edits(data, [inner.edit_outside(Edit(2, 3, "c"))])

    assert inner.text.decode().rstrip("\n") == node.value.rstrip("\n") == "a b"
    assert data[inner.outside(2) :].startswith(b"b")
    assert after == data.replace(b"a b", b"a c")
