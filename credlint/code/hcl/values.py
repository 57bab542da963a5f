"""Values of HCL as trees of ``marked.nodes``, so that one check sees YAML, JSON and HCL alike.

- Texts and heredocs without templates, numbers and booleans are scalars with a value; their
  styles are ``double``, ``heredoc`` and ``plain``.
- What only Terraform can tell is a scalar without a value, whose source is ``written`` and whose
  tag says what it is: ``reference``, ``template``, ``null`` or ``expression``.
- A call is a sequence of its arguments with the function's name as tag; see ``is_call``.

HCL native syntax specification: "Template Literals", "Template Interpolations", "Heredoc".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

DEEPEST = 60
_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([$%])\4(?=\{)')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_DOUBLED = re.compile(r"([$%])\1(?=\{)")
_TEMPLATES = ("template_interpolation", "template_directive")
_LARGEST_CODE_POINT = 0x10FFFF


def is_call(node: Optional[Node], name: str) -> bool:
    """Tell whether a value is a call of that function."""
    return isinstance(node, Sequence) and node.tag == name


class Values:
    """Reads the values of one text. ``too_deep``: one of them was cut."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self.too_deep = False

    def read(self, tree: Tree, depth: int = 0) -> Node:
        """Return the value of an ``expression``; what is nested too deep is not known."""
        if depth > DEEPEST:
            self.too_deep = True
            return self._unknown(tree, "expression")
        parts = [part for part in tree.named_children if part.type != "comment"]
        if len(parts) != 1:
            is_reference = bool(parts) and parts[0].type == "variable_expr"
            return self._unknown(tree, "reference" if is_reference else "expression")
        return self._one(parts[0], tree, depth)

    def _one(self, part: Tree, tree: Tree, depth: int) -> Node:
        kind = part.type
        if kind == "literal_value":
            return self._literal(part)
        if kind == "template_expr":
            inner = part.named_children[0] if part.named_children else part
            is_heredoc = inner.type == "heredoc_template"
            return self._heredoc(inner) if is_heredoc else self._quoted(inner)
        if kind == "collection_value" and part.named_children:
            return self._collection(part.named_children[0], depth)
        if kind == "function_call":
            return self._call(part, depth)
        if kind == "expression":  # in parentheses
            return self.read(part, depth + 1)
        return self._unknown(tree, "reference" if kind == "variable_expr" else "expression")

    def _source(self, tree: Tree) -> str:
        return self._text[tree.start_byte : tree.end_byte].decode("utf-8", "replace")

    def _unknown(self, tree: Tree, tag: str) -> Scalar:
        return Scalar(None, tree.start_byte, tree.end_byte, "plain", tag, self._source(tree))

    def _literal(self, tree: Tree) -> Scalar:
        inner = tree.named_children[0] if tree.named_children else tree
        if inner.type == "string_lit":
            return self._quoted(inner)
        if inner.type == "null_lit":
            return self._unknown(tree, "null")
        written = self._source(tree)
        return Scalar(written, tree.start_byte, tree.end_byte, "plain", "", written)

    def _quoted(self, tree: Tree) -> Scalar:
        start, end = tree.start_byte, tree.end_byte
        written = self._text[start + 1 : end - 1].decode("utf-8", "replace")
        if any(part.type in _TEMPLATES for part in tree.children):
            return Scalar(None, start, end, "double", "template", written)
        return Scalar(_ESCAPE.sub(_unescaped, written), start, end, "double", "", written)

    def _heredoc(self, tree: Tree) -> Scalar:
        start, end = tree.start_byte, tree.end_byte
        first = self._text.find(b"\n", start, end) + 1
        last = self._text.rfind(b"\n", start, end) + 1
        raw = self._text[first:last] if 0 < first <= last else b""
        if self._text.startswith(b"<<-", start):
            raw = b"".join(line[cut:] for line, cut in indented_lines(raw))
        written = raw.decode("utf-8", "replace")
        if any(part.type in _TEMPLATES for part in tree.children):
            return Scalar(None, start, end, "heredoc", "template", written)
        return Scalar(_DOUBLED.sub(r"\1", written), start, end, "heredoc", "", written)

    def _collection(self, tree: Tree, depth: int) -> Node:
        start, end = tree.start_byte, tree.end_byte
        if tree.type == "tuple":
            items = (part for part in tree.named_children if part.type == "expression")
            return Sequence(tuple(self.read(item, depth + 1) for item in items), start, end)
        entries = []
        for element in tree.named_children:
            pair = [part for part in element.named_children if part.type == "expression"]
            if element.type == "object_elem" and len(pair) == 2:  # noqa: PLR2004  key, value
                entries.append(Entry(self._key(pair[0]), self.read(pair[1], depth + 1)))
        return Mapping(tuple(entries), start, end)

    def _key(self, tree: Tree) -> Scalar:
        """Return the name of an entry; a bare word is a text here."""
        children = tree.named_children
        if len(children) == 1 and children[0].type == "variable_expr":
            name = self._source(children[0])
            return Scalar(name, tree.start_byte, tree.end_byte, "plain", "", name)
        key = self.read(tree, DEEPEST)
        return key if isinstance(key, Scalar) else self._unknown(tree, "expression")

    def _call(self, tree: Tree, depth: int) -> Node:
        name, arguments = "", []
        for part in tree.named_children:
            if part.type == "identifier":
                name = self._source(part)
            elif part.type == "function_arguments":
                arguments = [
                    self.read(each, depth + 1)
                    for each in part.named_children
                    if each.type == "expression"
                ]
        return Sequence(tuple(arguments), tree.start_byte, tree.end_byte, name)


def _unescaped(found: re.Match[str]) -> str:
    plain, short, long, doubled = found.groups()
    if plain:
        return _PLAIN[plain]
    if doubled:
        return doubled
    number = int(short or long, 16)
    return chr(number) if number <= _LARGEST_CODE_POINT and not 0xD800 <= number < 0xE000 else ""  # noqa: PLR2004  surrogates


def indented_lines(raw: bytes) -> list[tuple[bytes, int]]:
    """Return the lines of a ``<<-`` heredoc and how many blanks are cut from each."""
    lines = raw.splitlines(keepends=True)
    widths = [len(line) - len(line.lstrip(b" \t")) for line in lines if line.strip()]
    indent = min(widths, default=0)
    return [(line, min(indent, len(line) - len(line.lstrip(b" \t")))) for line in lines]
