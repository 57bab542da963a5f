"""YAML with places: libyaml's events, made into a tree without recursion and within bounds."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, Optional

from credlint.code.marked.document import MarkedDocument, make_document
from credlint.code.marked.nodes import Entry, Mapping, Node, Scalar, Sequence
from credlint.code.marked.templates import Masked, mask
from credlint.code.sighting import NotReadError

MOST_EVENTS = 400_000
DEEPEST = 200
_STYLES = {None: "plain", "": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
_TEMPLATES = "templates were taken for unknown text"


def read(text: bytes, uri: str) -> MarkedDocument:
    """Return the documents of a stream; raises NotReadError.

    What is no YAML is read once more with its templates (Jinja, Helm) put out of the way.
    """
    source = text.decode("utf-8", "replace")
    try:
        return make_document(text, tuple(_documents(source, Masked(source))), "yaml", uri)
    except _NotYamlError as error:
        masked = mask(source)
        if not masked.spans:
            raise NotReadError(str(error)) from error
    try:
        roots = tuple(_documents(masked.text, masked))
    except _NotYamlError as error:
        message = f"{error}, its templates left out"
        raise NotReadError(message) from error
    return make_document(text, roots, "yaml", uri, (_TEMPLATES,))


class _NotYamlError(Exception):
    """Where and that it is no YAML."""


class _Offsets:
    """Turns libyaml's indices, which count code points, into bytes of UTF-8."""

    def __init__(self, text: str) -> None:
        self._table: Optional[array[int]] = None
        if not text.isascii():
            self._table = array("Q", (0,))
            at = 0
            for character in text:
                at += len(character.encode("utf-8", "replace"))
                self._table.append(at)

    def __call__(self, index: int) -> int:
        return index if self._table is None else self._table[min(index, len(self._table) - 1)]


class _Open:
    """A mapping or sequence whose end has not come yet."""

    __slots__ = ("anchor", "event", "items")

    def __init__(self, event: Any, anchor: Optional[str]) -> None:  # noqa: ANN401
        self.event = event
        self.anchor = anchor
        self.items: list[Node] = []


def _documents(  # noqa: C901, PLR0912  one branch for each kind of event
    source: str, masked: Masked
) -> Iterator[Node]:
    """Yield the roots; raises _NotYamlError, and NotReadError where a bound is hit."""
    import yaml  # noqa: PLC0415  only where a YAML file speaks of AWS

    loader = getattr(yaml, "CLoader", None) or yaml.Loader  # events alone: nothing is constructed
    offset = _Offsets(source)
    anchors: dict[str, Node] = {}
    stack: list[_Open] = []
    try:
        for count, event in enumerate(yaml.parse(source, Loader=loader)):
            if count > MOST_EVENTS:
                message = f"more than {MOST_EVENTS:,} nodes"
                raise NotReadError(message)
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                if len(stack) >= DEEPEST:
                    message = f"nested more than {DEEPEST} levels deep"
                    raise NotReadError(message)
                stack.append(_Open(event, event.anchor))
                continue
            node: Node
            if isinstance(event, yaml.ScalarEvent):
                node = _scalar(event, offset, masked)
                anchor = event.anchor
            elif isinstance(event, yaml.AliasEvent):
                start, end = offset(event.start_mark.index), offset(event.end_mark.index)
                # An alias of what is still open, or of nothing, is no tree.
                node = anchors.get(event.anchor, Scalar(None, start, end))
                anchor = None
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                opened = stack.pop()
                node = _collection(opened, offset, event)
                anchor = opened.anchor
            else:
                if isinstance(event, yaml.DocumentStartEvent):
                    anchors.clear()
                continue
            if anchor:
                anchors[anchor] = node
            if stack:
                stack[-1].items.append(node)
            else:
                yield node
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        message = f"line {line} is no valid YAML"
        raise _NotYamlError(message) from error
    except (RecursionError, ValueError) as error:
        message = f"it is no valid YAML ({type(error).__name__})"
        raise _NotYamlError(message) from error


def _scalar(event: Any, offset: _Offsets, masked: Masked) -> Scalar:  # noqa: ANN401
    first, last = event.start_mark.index, event.end_mark.index
    value: Optional[str] = event.value
    written = event.value
    if masked.hides(first, last):
        value, written = None, masked.original[first:last]
    elif "{{" in event.value or "{%" in event.value:
        value = None
    return Scalar(
        value, offset(first), offset(last), _STYLES[event.style], event.tag or "", written
    )


def _collection(opened: _Open, offset: _Offsets, event: Any) -> Node:  # noqa: ANN401
    start = offset(opened.event.start_mark.index)
    items, tag = opened.items, opened.event.tag or ""
    block = not opened.event.flow_style
    # A block ends where the next token begins; its last item tells where it really does.
    end = items[-1].end if block and items else offset(event.end_mark.index)
    if type(opened.event).__name__.startswith("Sequence"):
        return Sequence(tuple(items), start, end, tag, block)
    entries = tuple(
        Entry(key if isinstance(key, Scalar) else Scalar(None, key.start, key.end), value)
        for key, value in zip(items[::2], items[1::2])
    )
    return Mapping(entries, start, end, tag, block)
