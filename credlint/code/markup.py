"""XML with places, by expat; nothing that a document declares or refers to is followed."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from credlint.code.sighting import NotReadError
from credlint.model.lean_tuples import NamedTuple

MOST_ELEMENTS = 200_000
DEEPEST = 200


class Element(NamedTuple):
    """An element when it has ended. ``path``: local names from the root to itself.

    ``text``: its own characters, white space around them left out; ``start``, ``end``: where they
    stand, or where the element ends when there are none. ``parent``: a number that elements of one
    parent have in common; ``number``: what its own children have as theirs.
    """

    path: tuple[str, ...]
    attributes: dict[str, str]
    text: str
    start: int
    end: int
    parent: int
    number: int


class _Open:
    __slots__ = ("attributes", "first", "name", "number", "pieces")

    def __init__(self, name: str, attributes: dict[str, str], number: int) -> None:
        self.name = name
        self.attributes = attributes
        self.number = number
        self.pieces: list[str] = []
        self.first = -1


class _Builder:
    """Takes what expat tells and keeps the elements that have ended."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._stack: list[_Open] = []
        self._count = 0
        self.done: list[Element] = []
        # The text is UTF-8 whatever the document says of itself.
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._begin
        self.parser.CharacterDataHandler = self._characters
        self.parser.EndElementHandler = self._finish
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._stack) >= DEEPEST or self._count > MOST_ELEMENTS:
            message = f"more than {DEEPEST} levels or {MOST_ELEMENTS:,} elements"
            raise NotReadError(message)
        self._stack.append(_Open(name.rpartition(":")[2], attributes, self._count))

    def _characters(self, piece: str) -> None:
        opened, at = self._stack[-1], self.parser.CurrentByteIndex
        opened.pieces.append(piece)
        if opened.first < 0 and piece.strip():
            opened.first = at + len(piece[: len(piece) - len(piece.lstrip())].encode())

    def _finish(self, name: str) -> None:
        del name
        path = tuple(opened.name for opened in self._stack)
        opened = self._stack.pop()
        parent = self._stack[-1].number if self._stack else 0
        start = end = self.parser.CurrentByteIndex
        if opened.first >= 0:
            start = opened.first
            end = start + len(self._text[start:end].rstrip())
        value = "".join(opened.pieces).strip()
        self.done.append(Element(path, opened.attributes, value, start, end, parent, opened.number))

    def _refuse(self, *declared: object) -> None:
        del declared
        message = "XML with a document type is not read"
        raise NotReadError(message)


def iter_elements(text: bytes) -> Iterator[Element]:
    """Return the elements in the order of their ends; raises NotReadError.

    A document type is refused: with entities a few lines may stand for gigabytes.
    """
    builder = _Builder(text)
    try:
        builder.parser.Parse(text, True)  # noqa: FBT003  expat's way to say that this is all
    except expat.ExpatError as error:
        message = f"line {error.lineno} is no valid XML"
        raise NotReadError(message) from error
    return iter(builder.done)
