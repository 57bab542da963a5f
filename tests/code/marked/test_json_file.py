"""A JSON file of any name has the dialects that its tree has, and no roots where it has none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.marked import json_file, json_reader
from credlint.code.sighting import NotReadError

NAMES = st.sampled_from(
    """
    Resources Transform AWSTemplateFormatVersion apiVersion kind containerDefinitions Statement
    taskDefinition AssumeRolePolicyDocument LaunchTemplateData MetadataOptions UserData ImageId
    version phases services service provider functions hosts tasks name image essential Type x
    """.split()  # noqa: SIM905
)
LEAVES = st.none() | st.booleans() | st.integers() | st.sampled_from(["", "AWS::S3::Bucket", "x"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
TEMPLATE = b'{"Resources": {"a": {"Type": "AWS::S3::Bucket"}}}'


@given(VALUES, st.sampled_from(["a.json", "buildspec.json", "serverless.json", "roles/a.json"]))
def test_dialects_are_those_of_the_tree(value, uri):
    text = json.dumps(value).encode()
    document = json_file.read(text, uri)

    assert document.formats == json_reader.read(text, uri).formats
    assert len(document.roots) == bool(document.formats)


def test_the_last_of_equal_names_counts():
    text = b'{"Resources": {}, ' + TEMPLATE[1:]

    assert json_file.read(text, "a.json").formats == ("cloudformation",)


@pytest.mark.parametrize(
    "text",
    [b"{", b"", b'{"a": "\xff"', b"[" * 100_000, b"[" * 5000 + b"]" * 5000],
    ids=["open", "empty", "no UTF-8", "deep and open", "deep"],
)
def test_what_is_no_json_is_told(text):
    with pytest.raises(NotReadError):
        json_file.read(text, "a.json")


@pytest.mark.parametrize(
    "text", [b'{"n": {{ n }}, "Resources": {"a": {"Type": "AWS::X"}}}', b"\xef\xbb\xbf" + TEMPLATE]
)
def test_what_only_the_other_reader_takes_is_read(text):
    try:
        expected = json_reader.read(text, "a.json")
    except NotReadError as error:
        with pytest.raises(NotReadError, match=str(error)):
            json_file.read(text, "a.json")
    else:
        assert json_file.read(text, "a.json") == expected
