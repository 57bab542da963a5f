from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credlint.code.marked import json_reader
from credlint.code.marked.nodes import Mapping, Scalar, Sequence, text_at, walk
from credlint.code.sighting import NotReadError
from tests.code.marked.plain import plain

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    TEXT.filter(lambda text: "{{" not in text and "{%" not in text),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
WORDS = st.sampled_from(["true", "null", "-1.5e3", "0", "01", "nul", "NaN", "-", "1.", "Infinity"])
SIGNS = st.sampled_from(["{", "}", "[", "]", ",", ":", '"a"', '"\\u00e9"', " ", "\n", "1"]) | WORDS


def root_of(text):
    (root,) = json_reader.read(text.encode(), "a.json").roots
    return root


def without_templates(value):
    return "{{" not in json.dumps(value) and "{%" not in json.dumps(value)


@given(VALUES.filter(without_templates), st.booleans(), st.sampled_from([None, 2, "\t"]))
def test_values_are_those_of_the_standard_reader(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    assert plain(root_of(text)) == value


@given(VALUES.filter(without_templates), st.sampled_from([None, 2]))
def test_every_place_is_that_of_its_value(value, indent):
    text = json.dumps({"ä": value}, ensure_ascii=False, indent=indent).replace("\n", "\r\n")
    data = text.encode()
    (root,) = json_reader.read(data, "a.json").roots

    for _, node in walk(root):
        piece = data[node.start : node.end].decode()
        assert plain(node) == json.loads(piece)


@given(st.lists(SIGNS, max_size=12).map("".join))
@example('{"a" 1}')
@example('{"a": 1 "b": 2}')
@example('["a" "b"]')
@example('["a",]')
@example('{"a": 1,}')
@example('{"a": : 1}')
@example('{,"a": 1}')
@example("[,1]")
@example("{1: 2}")
@example('{"a"}')
@example('"a" "b"')
@example('"\x01"')
@example('"\\x41"')
def test_what_is_no_json_for_the_standard_reader_is_none_here(text):
    try:
        json.loads(text)
    except ValueError:
        with pytest.raises(NotReadError):
            root_of(text)
    else:
        assert isinstance(root_of(text), (Scalar, Mapping, Sequence))


def test_the_last_of_equal_names_counts():
    assert text_at(root_of('{"a": "1", "a": "2"}'), "a") == "2"


def test_offsets_count_bytes_behind_what_is_no_utf8():
    data = b'{"a": "\xff\xc3\xa9", "b": "x"}'
    (root,) = json_reader.read(data, "a.json").roots
    node = root.get("b")

    assert data[node.start : node.end] == b'"x"'
    assert text_at(root, "a") == "\ufffd\u00e9"


def test_a_lone_surrogate_is_no_text_that_cannot_be_written():
    assert text_at(root_of('{"a": "\\ud800x"}'), "a") == "\ufffdx"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"n": ${count}, "m": "x"}', {"n": None, "m": "x"}),
        ('{"n": {{ count }}, "m": "x-{{ y }}"}', {"n": None, "m": None}),
        ('{"n": <PORT>, "m": "<IMAGE>", "o": ${p}}', {"n": None, "m": None, "o": None}),
        ('{% if x %}\n{"n": 1}\n{% endif %}', {"n": "1"}),
    ],
)
def test_templates_are_unknown_values(text, expected):
    document = json_reader.read(text.encode(), "a.json")

    assert plain(document.roots[0]) == expected
    assert document.unread == ("templates were taken for unknown text",)


def test_a_template_in_a_text_is_unknown_and_a_dynamic_reference_is_not():
    root = root_of('{"a": "{{ x }}", "b": "{{resolve:ssm:c}}"}')

    assert plain(root) == {"a": None, "b": "{{resolve:ssm:c}}"}
    assert root.get("a").written == "{{ x }}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000, "nested more than 200 levels deep"),
        ('{"a":' * 100_000, "nested more than 200 levels deep"),
        ("[" + "1," * 600_000 + "1]", "more than 1,000,000 tokens"),
        ('"' * 1_000_001, "line 1 is no valid JSON"),
        ('["' + "\\" * 1_000_001, "line 1 is no valid JSON"),
        ("{{" * 500_000, "line 1 is no valid JSON"),
        ("{{a}}" * 200_000, "line 1 is no valid JSON"),
        (" " * 1_000_000, "line 1 is no valid JSON"),
    ],
    ids=["arrays", "objects", "tokens", "quotes", "escapes", "open", "templates", "blanks"],
)
def test_hostile_text_is_bounded_and_told(text, reason):
    began = time.process_time()

    with pytest.raises(NotReadError, match=reason):
        root_of(text)
    assert time.process_time() - began < 10
