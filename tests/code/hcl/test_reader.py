"""HCL with places: what stands where, for any text, within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tree_sitter_hcl")

from credlint.code.analysis import Analyser
from credlint.code.hcl import reader
from credlint.code.hcl.reader import read
from credlint.code.marked.nodes import Mapping, Scalar, Sequence, walk
from credlint.code.sighting import NotReadError
from credlint.model.document import Document
from credlint.rulebook import load_rules


def _read(text):
    return read(text if isinstance(text, bytes) else text.encode(), "main.tf")


def _value(written):
    return _read(f"a = {written}\n").body.get("a")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"plain"', "plain"),
        ('""', ""),
        (r'"a\"b\n\\ \u00e9"', 'a"b\n\\ é'),
        ('"$${not} %%{one}"', "${not} %{one}"),
        ("42", "42"),
        ("true", "true"),
        ("<<EOF\none\n  two\nEOF", "one\n  two\n"),
        ("<<-EOF\n    one\n\n      two $${x}\n    EOF", "one\n\n  two ${x}\n"),
    ],
)
def test_literal_has_the_text_that_terraform_sees(written, value):
    found = _value(written)

    assert (found.value, found.start) == (value, 4)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("var.key", "reference"),
        ("aws_instance.web[0].id", "reference"),
        ('"a-${var.key}"', "template"),
        ("<<EOF\n%{ if var.on }x%{ endif }\nEOF", "template"),
        ("null", "null"),
        ('var.on ? "a" : "b"', "expression"),
        ("[for x in y : x]", "expression"),
        ("-1", "expression"),
    ],
)
def test_what_terraform_alone_knows_has_no_value(written, tag):
    found = _value(written)

    assert (found.value, found.tag) == (None, tag)
    assert found.written


def test_brackets_are_seen_through():
    assert _value('("in brackets")').value == "in brackets"


def test_collections_and_calls_are_trees():
    found = _value('merge({ a = "x", "b" : [1, 2], (var.c) = 3 }, {})')

    assert (type(found), found.tag, len(found.items)) == (Sequence, "merge", 2)
    first = found.items[0]
    assert isinstance(first, Mapping)
    assert [entry.key.value for entry in first.entries] == ["a", "b", None]
    assert [item.value for item in first.get("b").items] == ["1", "2"]


def test_blocks_have_labels_and_places():
    text = (
        'resource "aws_instance" "web" {\n  ami = "x"\n  dynamic "disk" {\n    content {}\n  }\n}\n'
    )
    block = _read(text).body.blocks[0]

    assert (block.kind, block.labels, block.address) == (
        "resource",
        ("aws_instance", "web"),
        "aws_instance.web",
    )
    assert text[block.start : block.head_end] == 'resource "aws_instance" "web"'
    assert text[block.body.start : block.body.end].strip().startswith("ami")
    assert [inner.kind for inner in block.body.of("disk")] == ["content"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_offsets_are_bytes(newline):
    text = f'# ключ 🔑{newline}a "ü" {{{newline}  b = "é"{newline}}}{newline}'.encode()
    value = _read(text).body.blocks[0].body.get("b")

    assert text[value.start : value.end].decode() == '"é"'


def test_fault_is_told_and_hides_little():
    one, other = 'c "x" {\n  d = "e"\n}\n', 'c "y" {\n  d = "f"\n}\n'
    file = _read(one + 'a "x" {\n  b = = 1\n}\n' + other)

    assert file.unread == ("lines 4 to 6 are no valid HCL and were left out",)
    assert [block.body.text("d") for block in file.body.blocks if block.kind == "c"] == [
        *("e", "f")
    ]


def test_text_that_is_none_is_told():
    with pytest.raises(NotReadError, match="in more than 8 places"):
        _read("a {\n  = =\n}\n" * 20)


def test_json_syntax_is_told():
    rules = [rule for rule in load_rules(("iac",)) if rule.id == "IAC104"]
    document = Document("main.tf.json", b'{"provider": {"aws": {"access_key": "x"}}}')
    name = Analyser(rules).selects(document)
    result = Analyser(rules).analyse(document, name)

    assert [(skip.code, skip.reason) for skip in result.skipped] == [
        ("RUN907", "code rules not applied: the JSON syntax of Terraform is not read")
    ]


def test_depth_is_bounded():
    file = _read("a {" * 500 + "}" * 500)

    assert file.unread == ("blocks nested more than 40 deep were left out",)
    assert _value("[" * 5000 + "]" * 5000)


def test_time_is_bounded(monkeypatch):
    monkeypatch.setattr(reader, "SECONDS", 0.05)

    with pytest.raises(NotReadError, match="takes more than"):
        _read("a =\n" * 20_000)
    assert _read('a = "b"').body.text("a") == "b"


_PIECES = st.sampled_from(
    [
        *('a = "', "${", "}", '"', "{", "[", "]", "(", ")", "<<EOF\n", "<<-EOF\n", "EOF\n", "\n"),
        *("resource ", '"aws_instance" ', "=", ",", ".", "é", "\\", "%{ if x }", "$", "#", "/*"),
        *("\r\n", "\ufeff", "jsonencode(", "for ", "?", ":", "\x00", "metadata_options {\n"),
    ]
)


@given(st.lists(_PIECES, max_size=60).map("".join))
def test_any_text_gives_places_within_it(text):
    data = text.encode()
    try:
        file = _read(data)
    except NotReadError:
        return
    pending = [file.body]
    while pending:
        body = pending.pop()
        pending += [block.body for block in body.blocks]
        for argument in body.arguments.values():
            for _, node in walk(argument.value):
                assert 0 <= node.start <= node.end <= len(data)
    for inner in file.embedded():
        for segment in inner.segments:
            there = data[segment.outer : segment.outer + segment.length]
            assert len(there) == segment.length


_WORD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(_WORD, _WORD)
def test_written_texts_come_back(before, text):
    """Whatever stands around, a text is read as it was written, from where it stands."""
    written = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${")
    written = written.replace("%{", "%%{")
    source = f'# {before}\nx "y" {{\n  a = "{written}" # {before}\n}}\n'.encode()
    value = _read(source).body.blocks[0].body.get("a")

    assert isinstance(value, Scalar)
    assert value.value == text
    assert source[value.start : value.end].decode() == f'"{written}"'
