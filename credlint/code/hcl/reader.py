"""Reads HCL with tree-sitter; blocks that are no valid HCL are left out and told.

Chosen over python-hcl2, which stays for ``doctor`` alone since it needs no compiled code: that one
gives lines but no bytes, and nothing of a file with one fault. Recovery from faults can take
tree-sitter time that grows with the square of the text, so that the time is bounded.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Optional

from credlint.code.hcl.blocks import Argument, Block, Body
from credlint.code.hcl.scripts import iter_embedded
from credlint.code.hcl.values import Values
from credlint.code.sighting import Embedded, NotReadError
from credlint.model.lean_tuples import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node as Tree
    from tree_sitter import Parser

DEEPEST = 40
SECONDS = 2.0
_MOST_FAULTS = 8
_CLOSING = re.compile(rb"^\}[^\n]*$", re.MULTILINE)
_SIGN = re.compile(rb"[^\r\n]")


class HclFile(NamedTuple):
    """One file; ``body`` holds its blocks and, in variable files, its arguments."""

    text: bytes
    body: Body
    formats: tuple[str, ...] = ("terraform",)
    unread: tuple[str, ...] = ()

    def embedded(self) -> Iterable[Embedded]:
        """Yield scripts of user data and files that Terragrunt writes."""
        return iter_embedded(self.body, self.text)


_parser: Optional[Parser] = None


def _the_parser() -> Parser:
    global _parser  # noqa: PLW0603  making one takes longer than most files
    if _parser is None:
        from tree_sitter import Language, Parser  # noqa: PLC0415  only where a file asks for it
        from tree_sitter_hcl import language  # noqa: PLC0415

        _parser = Parser(Language(language()))
    return _parser


def read(text: bytes, uri: str) -> HclFile:
    """Return the file; raises NotReadError where it takes too long."""
    del uri
    latest = time.process_time() + SECONDS
    unread = []
    valid = text
    tree = _parsed(valid, latest)
    for _ in range(_MOST_FAULTS):
        if not tree.has_error:
            break
        # What the parser makes of the rest of a text behind a fault may be far from it.
        start, end = _block_around(valid, _first_fault(tree))
        first, last = text.count(b"\n", 0, start) + 1, text.count(b"\n", 0, end) + 1
        unread.append(f"lines {first} to {last} are no valid HCL and were left out")
        valid = valid[:start] + _SIGN.sub(b" ", valid[start:end]) + valid[end:]
        tree = _parsed(valid, latest)
    if tree.has_error:
        message = f"it is no valid HCL in more than {_MOST_FAULTS} places"
        raise NotReadError(message)
    builder = _Builder(text)
    body = builder.body(tree.named_children, 0, len(text))
    if builder.too_deep:
        unread.append(f"blocks nested more than {DEEPEST} deep were left out")
    return HclFile(text, body, unread=tuple(unread))


def _parsed(text: bytes, latest: float) -> Tree:
    parser = _the_parser()
    try:
        return parser.parse(
            lambda offset, _: text[offset:],
            progress_callback=lambda *_: time.process_time() > latest,
        ).root_node
    except ValueError as error:
        parser.reset()
        message = f"reading it as HCL takes more than {SECONDS:g} seconds"
        raise NotReadError(message) from error


def _first_fault(root: Tree) -> int:
    """Return the offset of the first fault; goes down along one path only."""
    tree = root
    while not tree.is_error and not tree.is_missing:
        below = next((part for part in tree.children if part.has_error), None)
        if below is None:
            break
        tree = below
    return int(tree.start_byte)


def _block_around(text: bytes, place: int) -> tuple[int, int]:
    """Return where the outermost block around a place seems to begin and to end.

    As it is usually written: nothing stands before its closing brace.
    """
    before = [found.end() for found in _CLOSING.finditer(text, 0, place)]
    after = _CLOSING.search(text, place)
    start = before[-1] if before else 0
    start += len(text[start:]) - len(text[start:].lstrip())
    return start, (after.end() if after else len(text))


class _Builder:
    """Makes blocks of tree-sitter's nodes."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._values = Values(text)
        self.too_deep = False

    def body(self, trees: list[Tree], start: int, end: int, depth: int = 0) -> Body:
        """Return the arguments and blocks among some nodes."""
        arguments: dict[str, Argument] = {}
        blocks: list[Block] = []
        if depth > DEEPEST:
            self.too_deep = True
            return Body(arguments, (), start, end)
        pending = list(reversed(trees))
        while pending:
            tree = pending.pop()
            if tree.type == "attribute":
                argument = self._argument(tree)
                if argument is not None:
                    arguments.setdefault(argument.name, argument)
            elif tree.type == "block":
                block = self._block(tree, depth)
                if block is not None:
                    blocks.append(block)
            elif tree.type == "body":
                pending.extend(reversed(tree.named_children))
        return Body(arguments, tuple(blocks), start, end)

    def _argument(self, tree: Tree) -> Optional[Argument]:
        parts = tree.named_children
        if len(parts) < 2 or parts[0].type != "identifier":  # noqa: PLR2004  name, value
            return None
        name = self._piece(parts[0])
        return Argument(name, tree.start_byte, tree.end_byte, parts[-1], self._values.read)

    def _block(self, tree: Tree, depth: int) -> Optional[Block]:
        parts = tree.named_children
        names: list[str] = []
        head_end = start = tree.start_byte
        inner: list[Tree] = []
        end = tree.end_byte
        for part in parts:
            if part.type == "identifier":
                names.append(self._piece(part))
                head_end = part.end_byte
            elif part.type == "string_lit":
                names.append(self._piece(part).strip('"'))
                head_end = part.end_byte
            elif part.type == "block_start":
                start = part.end_byte
            elif part.type == "block_end":
                end = part.start_byte
            else:
                inner.append(part)
        if not names:
            return None
        body = self.body(inner, start, end, depth + 1)
        return Block(names[0], tuple(names[1:]), body, tree.start_byte, head_end, tree.end_byte)

    def _piece(self, tree: Tree) -> str:
        return self._text[tree.start_byte : tree.end_byte].decode("utf-8", "replace")
