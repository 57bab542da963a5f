"""Edits of Python: what goes is gone, the rest is as it was, and the module can be parsed."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint.code.python.edits import (
    NotRemovableError,
    checked,
    without_arguments,
    without_entries,
    without_imported,
    without_statements,
)
from credlint.code.python.module import read
from credlint.model.fix import apply_edits

NEWLINES = st.sampled_from(["\n", "\r\n"])
SPACES = st.sampled_from(
    ["", " ", "\n    ", "  # why, so\n    ", "\n\n  # (more)\n", " \\\n", "\t"]
)
VALUES = st.sampled_from(
    ["1", "'#,('", '"""a\n,b"""', "(2)", "f(x, y=1)", "[1, 2]", "{'k': ')'}", "lambda q, r: q", "ü"]
)


def _module(text):
    return read(text if isinstance(text, bytes) else text.encode(), "m.py")


def _call(module):
    return next(node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def _after(module, edits):
    return apply_edits(module.text, edits).decode()


class _Without(ast.NodeTransformer):
    """The tree that is to be left."""

    def __init__(self, gone):
        self.gone = set(map(id, gone))

    def generic_visit(self, node):
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                kept = [each for each in value if id(each) not in self.gone]
                if name == "body" and value and not kept and not isinstance(node, ast.Module):
                    kept = [ast.Pass()]
                setattr(node, name, kept)
        return super().generic_visit(node)


def _left(module, gone):
    return ast.dump(_Without(gone).visit(module.tree))


def _is_subsequence(short, long):
    rest = iter(long)
    return all(byte in rest for byte in short)


@st.composite
def _lists(draw):
    """Return items with space around them and the places that are to go."""
    names = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True))
    gone = draw(st.sets(st.integers(0, len(names) - 1)))
    spaces = [(draw(SPACES), draw(SPACES), draw(SPACES)) for _ in names]
    values = [draw(VALUES) for _ in names]
    return names, values, spaces, gone, draw(SPACES), draw(st.booleans())


def _written(parts, spaces, last, *, has_comma):
    text = ""
    for place, (part, (before, behind, after)) in enumerate(zip(parts, spaces)):
        text += before + part + behind
        text += "," + after if place + 1 < len(parts) or has_comma else ""
    return text + last


@settings(max_examples=400, deadline=None)
@given(made=_lists(), newline=NEWLINES, positional=st.integers(0, 6))
def test_arguments(made, newline, positional):
    names, values, spaces, gone, last, has_comma = made
    gone = {place for place in gone if place >= positional}
    parts = [
        value if place < positional and value[0] != "l" else f"{name} = {value}"
        for place, (name, value) in enumerate(zip(names, values))
    ]
    if any("=" in part and part[0] in names for part in parts[:positional]):
        positional = 0
        parts = [f"{name}={value}" for name, value in zip(names, values)]
    written = _written(parts, spaces, last, has_comma=has_comma)
    text = f"# first\nx = f ({written}) # last\ny = 1\n".replace("\n", newline)
    module = _module(text)
    call = _call(module)
    items = [*call.args, *call.keywords]
    unwanted = [items[place] for place in gone]
    edits = without_arguments(module, call, unwanted)
    after = apply_edits(module.text, edits)

    assert checked(module, edits) is not None
    assert ast.dump(ast.parse(after)) == _left(module, unwanted)
    assert after.startswith(b"# first")
    assert after.endswith(f"# last{newline}y = 1{newline}".encode())
    assert _is_subsequence(after, module.text)
    assert {edit.text for edit in edits} <= {""}


@settings(max_examples=300, deadline=None)
@given(made=_lists(), newline=NEWLINES)
def test_entries(made, newline):
    names, values, spaces, gone, last, has_comma = made
    parts = [f"'{name}' : {value}" if name != "h" else "**{}" for name, value in zip(names, values)]
    written = _written(parts, spaces, last, has_comma=has_comma)
    module = _module(f"x = {{{written}}}\n".replace("\n", newline))
    node = module.tree.body[0].value
    keys = [key for place, key in enumerate(node.keys) if place in gone]
    unwanted = [value for place, value in enumerate(node.values) if place in gone]
    edits = without_entries(module, node, unwanted)
    after = apply_edits(module.text, edits)
    tree = ast.parse(after).body[0].value

    assert checked(module, edits) is not None
    assert len(tree.keys) == len(node.keys) - len(keys)
    assert [ast.dump(value) for value in tree.values] == [
        ast.dump(value) for value in node.values if value not in unwanted
    ]
    assert _is_subsequence(after, module.text)


STATEMENTS = st.sampled_from(
    ["a = 1", "b = '''x\n  y'''", "import os", "c = (1,\n  2)", "d = 'ü;#'", "pass", "e: int = 3"]
)
SEPARATORS = st.sampled_from(["\n", "\n\n", "\n\n\n", "; ", ";", "  # note\n", ";\n", " ; # c\n"])
HEADERS = st.sampled_from(
    ["", "if x:\n", "def f():\n", "class A:\n", "try:\n", "for i in j:\n", "if x: "]
)


@st.composite
def _blocks(draw):
    header = draw(HEADERS)
    is_line = header.endswith(" ")
    indent = "    " if header.endswith("\n") else ""
    text = header + indent
    count = draw(st.integers(1, 5))
    for place in range(count):
        text += draw(STATEMENTS)
        separator = draw(SEPARATORS)
        if place + 1 == count:
            separator = draw(st.sampled_from(["\n", "", "  # end\n", ";\n"]))
        elif is_line:
            separator = "; "
        text += separator
        text += indent if separator.endswith("\n") and place + 1 < count else ""
    if header == "try:\n":
        text = text.rstrip("\n") + "\nfinally:\n    z = 1\n"
    return text, count


@settings(max_examples=500, deadline=None)
@given(made=_blocks(), data=st.data(), newline=NEWLINES)
def test_statements(made, data, newline):
    text, count = made
    module = _module(text.replace("\n", newline))
    first = module.tree.body[0]
    block = first.body if hasattr(first, "body") else module.tree.body
    gone = data.draw(st.sets(st.integers(0, count - 1)))
    unwanted = [block[place] for place in sorted(gone) if place < len(block)]
    edits = without_statements(module, unwanted)
    after = apply_edits(module.text, edits)

    assert checked(module, edits) is not None
    assert ast.dump(ast.parse(after)) == _left(module, unwanted)
    assert {edit.text for edit in edits} <= {"", "pass"}


@pytest.mark.parametrize(
    ("text", "names", "after"),
    [
        ("import os\nx = 1\n", {"os"}, "x = 1\n"),
        ("import os, sys\n", {"os"}, "import sys\n"),
        ("import sys, os as o # c\n", {"o"}, "import sys # c\n"),
        ("import sys, \\\n    os\n", {"os"}, "import sys\n"),
        ("from os import environ, getenv\n", {"environ"}, "from os import getenv\n"),
        (
            "from os import (\n    environ,  # c\n    getenv,\n)\n",
            {"environ"},
            "from os import (\n    getenv,\n)\n",
        ),
        ("from os import (environ, getenv)\n", {"getenv"}, "from os import (environ)\n"),
        ("from .import_a import (b,\n  c)\n", {"c"}, "from .import_a import (b)\n"),
        ("try:\n    import os\nfinally: pass\n", {"os"}, "try:\n    pass\nfinally: pass\n"),
    ],
)
def test_imported_names(text, names, after):
    module = _module(text)
    statement = next(
        node for node in ast.walk(module.tree) if isinstance(node, (ast.Import, ast.ImportFrom))
    )

    assert _after(module, without_imported(module, statement, names)) == after


@pytest.mark.parametrize(
    ("text", "names", "after"),
    [
        ("f(a, k=1, s=2)", "ks", "f(a)"),
        ("f(a, k=1, r=3, s=2,)", "ks", "f(a, r=3,)"),
        ("f(k=1, s=2)", "ks", "f()"),
        ("f(\n    k=1,\n)", "k", "f()"),
        ("f(\n    k=1,  # of k\n    r=2,\n)", "k", "f(\n    r=2,\n)"),
        ("f(a,\n  k=1,\n  r=2)", "k", "f(a,\n  r=2)"),
        ("f(a,\n  r=2,\n  k=1)", "k", "f(a,\n  r=2)"),
        ("f(a, k=1,\n  r=2)", "k", "f(a,\n  r=2)"),
        ("f(a,  # of a\n  k=1)", "k", "f(a,  # of a\n  )"),
        ("f(k=(1),\n  # of r\n  r=2)", "k", "f(\n  # of r\n  r=2)"),
        ("(f)(*a, k=1)", "k", "(f)(*a)"),
        ("f(**a, k=1)", "k", "f(**a)"),
    ],
)
def test_arguments_as_people_write_them(text, names, after):
    module = _module(text)
    call = _call(module)
    unwanted = [keyword for keyword in call.keywords if keyword.arg and keyword.arg in names]

    assert _after(module, without_arguments(module, call, unwanted)) == after


@pytest.mark.parametrize(
    ("text", "place", "after"),
    [
        ("import a\n\nK = 1\n\nx = 2\n", 1, "import a\n\nx = 2\n"),
        ("K = 1\n\nx = 2\n", 0, "x = 2\n"),
        ("import a\nK = 1\n\n\ndef f(): ...\n", 1, "import a\n\n\ndef f(): ...\n"),
        ("import a\n\nK = 1\n\n\ndef f(): ...\n", 1, "import a\n\n\ndef f(): ...\n"),
        ("import a\n\nK = 1\n", 1, "import a\n"),
        ("import a\n\nK = 1", 1, "import a\n"),
        ("a = 1; K = 1; b = 2\n", 1, "a = 1; b = 2\n"),
        ("a = 1; K = 1\n", 1, "a = 1\n"),
        ("# of K\nK = 1  # too\nb = 2\n", 0, "# of K\nb = 2\n"),
    ],
)
def test_statements_as_people_write_them(text, place, after):
    module = _module(text)

    assert _after(module, without_statements(module, [module.tree.body[place]])) == after


def test_what_is_not_there_is_not_removable():
    module, other = _module("f(a)\n"), _module("g(b)\n")

    with pytest.raises(NotRemovableError):
        without_arguments(module, _call(module), _call(other).args)
    with pytest.raises(NotRemovableError):
        without_statements(module, other.tree.body)
