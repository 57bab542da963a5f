"""Reads scripts with the grammar of bash, which is also near enough for its relatives.

tree-sitter-bash tolerates what it does not know: what stands around an error is read all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Optional

from credlint.code.shell.script import Assignment, Command, Heredoc, Place, Redirect, Script
from credlint.code.shell.words import Piece, Word, make_word
from credlint.code.sighting import NotReadError

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

DEEPEST = 200
# The parser needs quadratic time for what is open at once: 20,000 here-documents on a line take
# 8 s, as many nested arrays as well.
MOST_HEREDOCS = 2000
MOST_ARRAYS = 500
TOO_DEEP = f"parts nested more than {DEEPEST} deep are not read"
# GitHub's, Jinja's and Helm's, and references of Terraform, of which the grammar knows nothing.
_TEMPLATES = re.compile(
    rb"\$?\{\{[^\n]{0,1000}?\}\}|\$\{[A-Za-z_]\w{0,60}[.:][\w.:\[\]\"*-]{1,200}\}"
)
_NO_NAME = re.compile(rb"[^0-9A-Za-z_]")
_OPEN_OR_CLOSE = re.compile(rb"=\(|\)")
_WORDS = frozenset(
    (
        *("word", "string", "raw_string", "ansi_c_string", "translated_string", "number"),
        *("concatenation", "simple_expansion", "expansion", "command_substitution"),
        *("process_substitution", "arithmetic_expansion", "brace_expression", "extglob_pattern"),
        *("special_variable_name", "regex"),
    )
)
_DECLARED = _WORDS | {"variable_name"}
_READING = ("read", "mapfile", "readarray", "getopts")
_MAY_MATTER = re.compile(rb"aws|169\.254\.|fd00:ec2", re.IGNORECASE)

_parser: Optional[Parser] = None


def _the_parser() -> Parser:
    global _parser  # noqa: PLW0603  made once, when a script is met
    if _parser is None:
        import tree_sitter_bash  # noqa: PLC0415
        from tree_sitter import Language, Parser  # noqa: PLC0415

        _parser = Parser(Language(tree_sitter_bash.language()))
    return _parser


def read(text: bytes, uri: str) -> Script:
    """Return the script; raises NotReadError for what would take too long."""
    if text.count(b"<<") > MOST_HEREDOCS:
        message = f"the script has more than {MOST_HEREDOCS:,} here-documents"
        raise NotReadError(message)
    if _most_open(text) > MOST_ARRAYS:
        message = "the script is nested too deeply"
        raise NotReadError(message)
    tree = _the_parser().parse(_masked(text))
    script = Script(text, uri)
    _Walk(script).walk(tree.root_node)
    return script


def _masked(text: bytes) -> bytes:
    """Return a text as long as it that the grammar reads: templates as variables, no CR."""
    text = text.replace(b"\r\n", b" \n")
    return _TEMPLATES.sub(_as_variable, text) if b"${" in text or b"{{" in text else text


def _as_variable(found: re.Match[bytes]) -> bytes:
    name = _NO_NAME.sub(b"_", found[0][2:-1])
    return b"${" + (name if not name[:1].isdigit() else b"_" + name[1:]) + b"}"


def _most_open(text: bytes) -> int:
    most = depth = 0
    for found in _OPEN_OR_CLOSE.finditer(text):
        if found[0] == b")":
            depth = max(depth - 1, 0)
        else:
            depth += 1
            most = max(most, depth)
    return most


class _Walk:
    """One walk over the tree, without recursion, in the order of the text."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.unread: dict[str, None] = {}

    def walk(self, root: Node) -> None:
        todo: list[tuple[Node, Place, int, tuple[Redirect, ...]]] = [
            (child, self.script.root, 1, ()) for child in reversed(root.children)
        ]
        while todo:
            node, around, depth, redirects = todo.pop()
            if depth > DEEPEST:
                self.unread[TOO_DEEP] = None
                continue
            place = Place(node.type, node.start_byte, node.end_byte, around)
            redirects = self._look(node, place, redirects)
            todo += [(child, place, depth + 1, redirects) for child in reversed(node.children)]
        self.script.commands.sort(key=lambda command: command.start)
        self.script.unread = tuple(self.unread)

    def _look(
        self, node: Node, place: Place, redirects: tuple[Redirect, ...]
    ) -> tuple[Redirect, ...]:
        """Take down what a node is; return the redirects that hold for the commands below."""
        kind = node.type
        if kind == "redirected_statement":
            return redirects + self._redirects(node)
        if kind == "command":
            self._command(node, place, redirects)
        elif kind in ("declaration_command", "unset_command"):
            self._declaration(node, place, redirects)
        elif kind == "variable_assignment":
            self._assignment(node, place)
        elif kind in ("for_statement", "select_statement"):
            name = node.child_by_field_name("variable")
            if name is not None:
                self.script.changing.add(self._text(name))
        elif kind == "heredoc_redirect":
            self._heredoc(node, place)
        elif kind == "ERROR" and _MAY_MATTER.search(self._bytes(node)):
            line = node.start_point[0] + 1
            self.unread[f"the script is read only in part around line {line}"] = None
        if kind in ("pipeline", "list", "subshell", "compound_statement", "do_group"):
            return redirects
        return () if kind in ("command_substitution", "process_substitution") else redirects

    def _bytes(self, node: Node) -> bytes:
        return self.script.text[node.start_byte : node.end_byte]

    def _text(self, node: Node) -> str:
        return self._bytes(node).decode("utf-8", "replace")

    def _word(self, node: Node) -> Word:
        return make_word(node, self.script.text)

    def _redirects(self, node: Node) -> tuple[Redirect, ...]:
        found = []
        for child in node.children:
            if child.type == "heredoc_redirect":
                inner = [each for each in child.children if each.type == "file_redirect"]
            else:
                inner = [child] if child.type in ("file_redirect", "herestring_redirect") else []
            for each in inner:
                operator = next(
                    (c.type for c in each.children if "<" in c.type or ">" in c.type), ""
                )
                target = each.children[-1] if each.children else None
                word = self._word(target) if target is not None else None
                found.append(Redirect(operator, word, each.start_byte, each.end_byte))
        return tuple(found)

    def _command(self, node: Node, place: Place, redirects: tuple[Redirect, ...]) -> None:
        words = []
        end = node.end_byte
        for child in node.children:
            if child.type == "command_name" or child.type in _WORDS:
                words.append(self._word(child))
            elif not child.is_named and child.type not in ("=~", "==", "$"):
                continue
        if not words:
            return
        self.script.commands.append(
            Command(tuple(words), words[0].start, end, place, redirects + self._redirects(node))
        )
        if words[0].text in _READING:
            self.script.changing.update(word.text for word in words[1:])

    def _declaration(self, node: Node, place: Place, redirects: tuple[Redirect, ...]) -> None:
        keyword = node.children[0]
        words = [Word(keyword.start_byte, keyword.end_byte, (Piece(keyword.type),))]
        words += [self._word(child) for child in node.children[1:] if child.type in _DECLARED]
        self.script.commands.append(
            Command(tuple(words), node.start_byte, node.end_byte, place, redirects)
        )

    def _assignment(self, node: Node, place: Place) -> None:
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        if name is None or name.type != "variable_name":
            return
        around = place.around
        is_word = value is not None and value.type in _WORDS
        self.script.assignments.append(
            Assignment(
                self._text(name),
                self._word(value) if is_word and value is not None else None,
                node.start_byte,
                node.end_byte,
                place,
                self._declared(node),
                appends=any(child.type == "+=" for child in node.children),
                for_command=around is not None and around.kind == "command",
            )
        )

    @staticmethod
    def _declared(node: Node) -> str:
        parent = node.parent
        if parent is None or parent.type != "declaration_command":
            return ""
        return parent.children[0].type

    def _heredoc(self, node: Node, place: Place) -> None:
        body = next((child for child in node.children if child.type == "heredoc_body"), None)
        start = next((child for child in node.children if child.type == "heredoc_start"), None)
        if body is None or start is None:
            return
        expands = self._bytes(start).strip(b"-")[:1] not in (b"'", b'"', b"\\")
        self.script.heredocs.append(Heredoc(body.start_byte, body.end_byte, expands, place))
