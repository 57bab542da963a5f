from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.marked import json_reader, yaml_reader
from credlint.code.marked.edits import (
    insert_entry,
    remove_entries,
    remove_items,
    replace_entry,
    replace_scalar,
)
from credlint.code.marked.nodes import Mapping, Scalar, Sequence, walk
from credlint.model.fix import apply_edits

READERS = {"yaml": yaml_reader, "json": json_reader}
NAMES = st.sampled_from(["a", "b", "c d", "é", "#f", "g: h"])
TEXTS = st.sampled_from(["", "x", "y z", "two\nlines\n", "é'\"", "# no", "- no", "null"])
VALUES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
)


@st.composite
def documents(draw):
    """Return a syntax, the bytes of a document, and its root."""
    value = {"root": draw(VALUES), "é": draw(VALUES)}
    syntax = draw(st.sampled_from(["yaml", "yaml", "json"]))
    if syntax == "json":
        text = json.dumps(value, indent=draw(st.sampled_from([None, 2])), ensure_ascii=False)
    else:
        text = yaml.safe_dump(
            value,
            allow_unicode=True,
            default_flow_style=draw(st.sampled_from([None, True, False])),
            default_style=draw(st.sampled_from([None, None, "'", '"', "|"])),
            width=draw(st.sampled_from([20, 999])),
        )
    data = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode()
    return syntax, data, READERS[syntax].read(data, "a").roots[0]


def loaded(syntax, data):
    return json.loads(data) if syntax == "json" else yaml.safe_load(data)


def put(value, path, change):
    """Return the value after ``change`` of what stands at the end of a path."""
    if not path:
        return change(value)
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = put(value[path[0]], path[1:], change)
    return copied


@given(documents(), st.data())
def test_entries_and_items_go_and_all_else_stays(document, data):
    syntax, text, root = document
    full = [(path, n) for path, n in walk(root) if not isinstance(n, Scalar) and (n[0])]
    path, node = data.draw(st.sampled_from(full), label="node")
    count = len(node[0])
    gone = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1), label="gone"))
    before = loaded(syntax, text)
    if isinstance(node, Mapping):
        edits = remove_entries(text, node, [node.entries[place] for place in gone])
        names = {node.entries[place].key.value for place in gone}
        expected = put(before, path, lambda m: {k: v for k, v in m.items() if k not in names})
    else:
        edits = remove_items(text, node, [node.items[place] for place in gone])
        expected = put(
            before, path, lambda s: [v for place, v in enumerate(s) if place not in gone]
        )
    if not edits:
        assert node.block  # a nested sequence, or the first entry of an item
        return

    assert loaded(syntax, apply_edits(text, edits)) == expected


@given(documents(), st.data())
def test_an_entry_is_put_in_and_all_else_stays(document, data):
    syntax, text, root = document
    mappings = [(path, n) for path, n in walk(root) if isinstance(n, Mapping)]
    path, node = data.draw(st.sampled_from(mappings), label="node")
    edits = insert_entry(text, node, "New", {"Inner": "required", "n": "2", "on": True}, syntax)
    added = {"New": {"Inner": "required", "n": "2", "on": True}}
    expected = put(loaded(syntax, text), path, lambda mapping: {**mapping, **added})

    assert loaded(syntax, apply_edits(text, edits)) == expected


@given(documents(), st.data(), st.sampled_from(["required", "true", "it's", "", "é: #"]))
def test_a_scalar_is_exchanged_and_all_else_stays(document, data, value):
    syntax, text, root = document
    scalars = [
        (path, n)
        for path, n in walk(root)
        if isinstance(n, Scalar) and n.style not in ("literal", "folded") and n.end > n.start
    ]
    if not scalars:
        return
    path, node = data.draw(st.sampled_from(scalars), label="node")
    after = apply_edits(text, [replace_scalar(node, value, syntax)])

    assert loaded(syntax, after) == put(loaded(syntax, text), path, lambda _: value)


@given(documents(), st.data(), st.sampled_from(["write", "true", "<ROLE-ARN>", "<<", "", "é: #"]))
def test_an_entry_is_exchanged_and_all_else_stays(document, data, value):
    syntax, text, root = document
    entries = [
        (path, n, entry) for path, n in walk(root) if isinstance(n, Mapping) for entry in n.entries
    ]
    path, node, old = data.draw(st.sampled_from(entries), label="entry")
    edits = replace_entry(text, node, old, "New", value)
    if syntax == "json":
        return
    after = put(
        loaded(syntax, text),
        path,
        lambda mapping: {**{k: v for k, v in mapping.items() if k != old.key.value}, "New": value},
    )

    assert edits or b"\n" in text[old.key.start : old.value.end]
    assert not edits or loaded(syntax, apply_edits(text, edits)) == after


@pytest.mark.parametrize("text", ["{a: &x 1, b: *x}", "{z: &x 1, a: *x}"])
def test_no_entry_with_an_anchor_or_alias_is_exchanged(text):
    data = text.encode()
    (root,) = yaml_reader.read(data, "a").roots
    (entry,) = (each for each in root.entries if each.key.value == "a")

    assert replace_entry(data, root, entry, "n", "v") == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", [2, 4, "\t"])
def test_an_entry_is_laid_out_like_its_neighbours(indent, newline):
    before = {"a": {"b": {"c": "d"}, "e": "f"}}
    after = {"a": {"n": {"o": {"p": "q"}, "r": "s"}, **before["a"]}}
    text = json.dumps(before, indent=indent).replace("\n", newline).encode()
    inner = json_reader.read(text, "a.json").roots[0].get("a")
    edits = insert_entry(text, inner, "n", after["a"]["n"], "json")

    assert apply_edits(text, edits).decode() == json.dumps(after, indent=indent).replace(
        "\n", newline
    )


def test_comments_stay():
    text = b"a:  # one\n  b: 1  # two\n  # three\n  c: 2\n# four\nd: 3\n"
    (root,) = yaml_reader.read(text, "a").roots
    inner = root.get("a")

    assert apply_edits(text, remove_entries(text, inner, inner.entries[:1])) == (
        b"a:  # one\n  # three\n  c: 2\n# four\nd: 3\n"
    )
    assert apply_edits(text, insert_entry(text, inner, "n", {"o": "p"}, "yaml")) == (
        b"a:  # one\n  n:\n    o: p\n  b: 1  # two\n  # three\n  c: 2\n# four\nd: 3\n"
    ).replace(b"n:", b'"n":')


@pytest.mark.parametrize(
    "text",
    ["a: {b: &x 1, c: *x}\n", "a:\n  b: &x 1\n  c: *x\n", "z: &x {b: 1}\na: *x\n"],
)
def test_what_an_alias_stands_for_is_not_taken_away(text):
    data = text.encode()
    (root,) = yaml_reader.read(data, "a").roots
    inner = root.get("a")
    edits = remove_entries(data, inner, inner.entries[:1])

    assert edits == [] or yaml.safe_load(apply_edits(data, edits))


def test_an_item_within_an_item_is_not_taken_away():
    data = b"- - a\n  - b\n"
    (root,) = yaml_reader.read(data, "a").roots

    assert isinstance(root, Sequence)
    assert remove_items(data, root.items[0], [root.items[0].items[0]]) == []
