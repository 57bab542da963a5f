from __future__ import annotations

import configparser
import io

import pytest
from botocore.utils import parse_key_val_file_contents
from hypothesis import given
from hypothesis import strategies as st

from credlint.host.aws_lines import read_key_value_lines, read_lines

ODD = st.text(alphabet="[]=:#; \t\r\n\x0b\x85\u2028\ufeff\u00a0\x00aK", max_size=40)


def single(text):
    (line,) = read_lines(text)
    return line


@given(st.one_of(st.text(max_size=200), ODD))
def test_reading_is_lossless(text):
    assert "".join(line.text for line in read_lines(text)) == text
    assert "".join(line.text for line in read_key_value_lines(text)) == text


@given(st.one_of(st.text(max_size=200), ODD))
def test_lines_are_those_of_a_file_in_text_mode(text):
    raw = text.encode("utf-8", "surrogatepass")
    with io.TextIOWrapper(io.BytesIO(raw), "utf-8", "surrogatepass") as stream:
        expected = [line.rstrip("\n") for line in stream]

    actual = [line.text.rstrip("\r\n") for line in read_lines(text)]

    assert actual == expected


@given(ODD.filter(lambda t: "\n" not in t and "\r" not in t))
def test_classification_agrees_with_configparser(text):
    """One line behind a header: the parser's verdict must be the one that the kind stands for."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_file(["[first]\n", text + "\n"])
        sections, options = parser.sections()[1:], parser.items("first")
        error = None
    except configparser.Error as raised:
        sections, options, error = [], [], type(raised)
    found = read_lines(text)
    line = found[0] if found else None
    # What fails otherwise: a text line, a header that stands twice, an empty option name.
    if line is None or line.kind in ("blank", "comment"):
        assert (sections, options, error) == ([], [], None)
    elif line.kind == "section":
        assert sections == ([] if line.name == "DEFAULT" else [line.name])
    elif line.kind == "setting" and line.name:
        assert options == [(line.name.lower(), line.value)]
    else:
        assert error is configparser.ParsingError


@given(ODD)
def test_key_value_lines_agree_with_botocore(text):
    expected = parse_key_val_file_contents(text)

    settings = {}
    for line in read_key_value_lines(text):
        if line.kind == "setting":
            settings[line.name] = line.value

    # Lines that begin with # or ; are comments here; no reader asks for such a name.
    assert settings == {k: v for k, v in expected.items() if not k.startswith(("#", ";"))}


@pytest.mark.parametrize(
    ("text", "kind", "name", "value", "delimiter"),
    [
        ("region = eu-west-1", "setting", "region", "eu-west-1", "="),
        ("a:b=c", "setting", "a", "b=c", ":"),
        ("a=b:c", "setting", "a", "b:c", "="),
        ("=x", "setting", "", "x", "="),
        ("[profile a]", "section", "profile a", None, None),
        ("[a]b]", "section", "a]b", None, None),
        ("[]", "text", None, None, None),
        ("[a", "text", None, None, None),
        ("[a=b", "setting", "[a", "b", "="),
        ("  # note", "comment", None, None, None),
        ("; note", "comment", None, None, None),
        ("\ufeff[default]", "text", None, None, None),
        ("\u00a0\t ", "blank", None, None, None),
        ("words", "text", None, None, None),
    ],
)
def test_kinds(text, kind, name, value, delimiter):
    line = single(text)

    assert (line.kind, line.name, line.value, line.delimiter) == (kind, name, value, delimiter)


@given(ODD)
def test_columns_point_at_name_and_value(text):
    for line in read_lines(text):
        if line.kind == "setting":
            assert line.text[line.start :].startswith(line.name)
            assert line.text[line.value_start :].startswith(line.value)
        elif line.kind == "section":
            assert line.text[line.start - 1 :].startswith(f"[{line.name}]")


def test_text_behind_the_bracket_is_told():
    assert single("[a] # why").trailing
    assert not single("[a]  ").trailing


def test_directive_is_read_from_comments_alone():
    assert single("# credlint: ignore[CHN101,HST201] test account").directive == (
        "CHN101,HST201",
        "test account",
    )
    assert single("region = x # credlint: ignore[CHN101] why").directive is None


@pytest.mark.parametrize(
    "text", ["a" + " " * 300_000 + "b", "[" * 300_000, "#" + "credlint:" * 50_000]
)
def test_hostile_lines_take_linear_time(text):
    """Quadratic expressions, as the parser's own, would not end within the suite's patience."""
    assert len(read_lines(text)) == 1


def test_no_content_in_the_repr():
    assert repr(single("aws_secret_access_key = hunter2")) == "RawLine(number=1, kind='setting')"
