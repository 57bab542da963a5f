"""The texts of a JSON document, with their paths and places, are those that a parser gives."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from credlint.secrets.json_places import iter_texts, meaning_of

TEXTS = st.text(st.sampled_from('ab"\\/{}[],: \n\u00e9\U0001f600'), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


def _leaves(value, path=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number))
    elif isinstance(value, str) and path:
        yield path, value


@settings(max_examples=300, deadline=None)
@given(value=VALUES, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_texts_are_those_of_a_parser(value, indent, ascii_only):
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    found = [
        (
            tuple(json.loads(f'"{step}"') if isinstance(step, str) else step for step in text.path),
            meaning_of(data, text),
        )
        for text in iter_texts(data)
    ]

    assert found == list(_leaves(value))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text('{}[]":,a\\', max_size=80).map(str.encode))
def test_what_is_no_json_raises_nothing(data):
    for text in iter_texts(data):
        assert data[text.start - 1 : text.start] == b'"'


def test_what_is_nested_too_deep_is_left_out_and_the_rest_is_not():
    deep = "[" * 40 + '"deep"' + "]" * 40
    texts = [text.path for text in iter_texts(f'{{"a": {deep}, "b": "here"}}'.encode())]

    assert texts == [("b",)]
