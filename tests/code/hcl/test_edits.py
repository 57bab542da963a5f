"""Edits of HCL: what else stands there stays, the result parses, twice changes nothing more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tree_sitter_hcl")

from credlint.code.hcl.edits import append_lines, prepend_line, removal
from credlint.code.hcl.reader import read
from credlint.model.fix import apply_edits

_LINES = ["metadata_options {", '  http_tokens = "required"', "}"]


def _body(text):
    return read(text, "main.tf").body.blocks[0].body


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x {\r\n    a = 1\r\n}\r\n", b"x {\r\n    a = 1\r\n    b = 2\r\n}\r\n"),
        (b"x {\n}\n", b"x {\n  b = 2\n}\n"),
        (b"x {}", b"x {\n  b = 2\n}"),
        (b"x { a = 1 }", b"x {\n  a = 1\n  b = 2\n}"),
        (b"  x {\n\ta = 1\n  }", b"  x {\n\ta = 1\n\tb = 2\n  }"),
        (b"x {\n  a = 1 # last\n}", b"x {\n  a = 1 # last\n  b = 2\n}"),
        (b"x {\n  a = 1 }", b"x {\n  a = 1\n  b = 2\n}"),
    ],
)
def test_line_is_put_in(before, after):
    assert apply_edits(before, append_lines(before, _body(before), ["b = 2"])) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x {\n  ccccc = 1\n}\n", b"x {\n  aaa   = 2\n  ccccc = 1\n}\n"),
        (b"x {\r\n  b     = 1\r\n}\r\n", b"x {\r\n  aaa   = 2\r\n  b     = 1\r\n}\r\n"),
        (b"x {\n  b = 1\n}\n", b"x {\n  aaa = 2\n  b = 1\n}\n"),
        (b"x {\n  y {\n  }\n}\n", b"x {\n  aaa = 2\n  y {\n  }\n}\n"),
    ],
)
def test_line_is_put_first_with_its_sign_under_the_others(before, after):
    assert apply_edits(before, prepend_line(before, _body(before), "aaa = 2")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x {\n  a = 1 # old\n  b = 2\n}", b"x {\n  b = 2\n}"),
        (b"x { a = 1 }", b"x { }"),
        (b"x {\r\n  a = 1\r\n}", b"x {\r\n}"),
        (b"x {\n  a = <<EOF\n1\nEOF\n  b = 2\n}", b"x {\n  b = 2\n}"),
        (b"x {\n  a = 1 /* why */\n}", b"x {\n  /* why */\n}"),
    ],
)
def test_argument_is_taken_out(before, after):
    gone = _body(before).arguments["a"]

    assert apply_edits(before, [removal(before, gone.start, gone.end)]) == after


_ARGUMENT = st.sampled_from(
    [
        *('ami = "é"', "count = 1 # one", "tags = {\n    a = 1\n  }", "ebs {\n    size = 1\n  }"),
        *("user_data = <<EOF\n}\n{\nEOF", "// said", "/* more\n said */", ""),
    ]
)


@given(
    st.lists(_ARGUMENT, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "  ", "\t"]),
    st.booleans(),
)
def test_whatever_stands_around_the_block_is_added_once(arguments, newline, indent, before):
    lines = [f"{indent}  {each}" for each in dict.fromkeys(arguments)]
    text = "\n".join([f'{indent}resource "a" "b" {{', *lines, f"{indent}}}", ""])
    text = (("# é\n" if before else "") + text).replace("\n", newline).encode()
    file = read(text, "main.tf")
    after = apply_edits(text, append_lines(text, file.body.blocks[0].body, _LINES))
    again = read(after, "main.tf")

    assert file.unread == again.unread == ()
    assert [
        b.body.text("http_tokens") for b in again.body.blocks[0].body.of("metadata_options")
    ] == ["required"]
    assert list(again.body.blocks[0].body.arguments) == list(file.body.blocks[0].body.arguments)
    assert after.count(b"\r\n") == (after.count(b"\n") if newline == "\r\n" else 0)
