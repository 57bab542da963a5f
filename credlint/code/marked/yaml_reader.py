"""YAML with places: libyaml's events, made into a tree without recursion and within bounds."""

from __future__ import annotations

import re
from typing import Any, Optional

from credlint.code.marked.document import MarkedDocument, make_document
from credlint.code.marked.nodes import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    is_merge,
    merged_by,
)
from credlint.code.marked.templates import TAKEN_FOR_TEXT, Masked, is_unknown, masks
from credlint.code.sighting import NotReadError

MOST_EVENTS = 400_000
DEEPEST = 200
# Entries that may be merged into one mapping, and into all of a file.
MOST_MERGED = 1_000
MOST_MERGED_IN_ALL = 100_000
_STYLES = {None: "plain", "": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
# Tags and anchors before a node (YAML 1.2.2, 6.9).
_PROPERTIES = re.compile(r"(?:[!&][^\s,\[\]{}]*\s*)+")
_PREFIX = "tag:yaml.org,2002:"
_NOT_MERGED = f"merge keys of more than {MOST_MERGED:,} entries were left out"


def read(text: bytes, uri: str) -> MarkedDocument:
    """Return the documents of a stream; raises NotReadError.

    What is no YAML is read once more with its templates (Jinja, Helm, then ``${}``) put out of the
    way. Where that does not help either, what stands before the fault is what is read.
    """
    # Each byte that is no UTF-8 stays one character, so that offsets can be told.
    source = text.decode("utf-8", "surrogateescape")
    first = stream = _Stream(Masked(source))
    stream.read()
    if stream.fault:
        for masked in masks(source):
            stream = _Stream(masked)
            stream.read()
            if not stream.fault:
                break
    if stream.fault:
        fault, stream = stream.fault, first
        if not first.roots:
            raise NotReadError(fault)
        first.unread[f"{first.fault}; only what stands before its document was read"] = None
    return make_document(text, tuple(stream.roots), "yaml", uri, tuple(stream.unread))


class _Offsets:
    """Turns libyaml's indices, which count code points, into bytes.

    It is asked nearly in order, so the way from the last place is short.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._is_ascii = source.isascii()
        self._index = self._byte = 0

    def __call__(self, index: int) -> int:
        if self._is_ascii:
            return index
        low, high = sorted((self._index, index))
        size = len(self._source[low:high].encode("utf-8", "surrogateescape"))
        self._byte += size if index > self._index else -size
        self._index = index
        return self._byte


class _Open:
    """A mapping or sequence whose end has not come yet."""

    __slots__ = ("anchor", "index", "is_block", "items", "named", "start", "tag")

    def __init__(self, event: Any, start: int, *, named: bool) -> None:  # noqa: ANN401
        self.index = event.start_mark.index
        self.start = start
        self.named = named
        self.anchor = event.anchor
        self.tag = _tag(event.tag)
        self.is_block = not event.flow_style
        self.items: list[Node] = []


class _Stream:
    """The documents of a stream; ``fault``: where and why it is no YAML, empty where it is.

    ``roots``: of the documents that are whole. ``unread``: what was left out of these.
    """

    def __init__(self, masked: Masked) -> None:
        self.roots: list[Node] = []
        self.fault = ""
        self.unread: dict[str, None] = dict.fromkeys([TAKEN_FOR_TEXT] if masked.spans else ())
        self._masked = masked
        self._text = masked.parsed()
        self._at = _Offsets(masked.original)
        self._anchors: dict[str, Node] = {}
        self._weights: dict[int, int] = {}  # entries of a mapping and of all merged into it
        self._merged = 0

    def read(self) -> None:
        """Read all; ``fault`` tells where that ended early."""
        import yaml  # noqa: PLC0415  only where a YAML file speaks of AWS

        loader = getattr(yaml, "CLoader", None) or yaml.Loader  # events alone; nothing is made
        text = self._text
        if text.startswith("\ufeff"):
            text = "\ufeff" + text  # libyaml takes the first one away and does not count it
        try:
            self._build(yaml, yaml.parse(text, Loader=loader))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark is not None else 1
            self.fault = f"line {line} is no valid YAML"
        except (RecursionError, ValueError) as error:
            self.fault = f"it is no valid YAML ({type(error).__name__})"

    def _build(self, yaml: Any, events: Any) -> None:  # noqa: ANN401, C901, PLR0912  one branch for each kind of event
        stack: list[_Open] = []
        for count, event in enumerate(events):
            if count > MOST_EVENTS:
                self.fault = f"more than {MOST_EVENTS:,} nodes"
                return
            kind = type(event)
            node: Node
            if kind is yaml.ScalarEvent:
                node = self._scalar(event)
                anchor = event.anchor
            elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                if len(stack) >= DEEPEST:
                    self.fault = f"nested more than {DEEPEST} levels deep"
                    return
                start = self._at(event.start_mark.index)
                stack.append(_Open(event, start, named=kind is yaml.MappingStartEvent))
                continue
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                opened = stack.pop()
                if self._is_template(opened):
                    line = event.start_mark.line + 1
                    self.fault = f"line {line} has a template"
                    return
                node = self._collection(opened, event)
                anchor = opened.anchor
            elif kind is yaml.AliasEvent:
                start, end = self._at(event.start_mark.index), self._at(event.end_mark.index)
                # An alias of what is still open, or of nothing, is no tree.
                node = self._anchors.get(event.anchor, Scalar(None, start, end))
                anchor = None
            else:
                if kind is yaml.DocumentStartEvent:
                    self._anchors.clear()
                continue
            if anchor:
                self._anchors[anchor] = node
            if stack:
                stack[-1].items.append(node)
            else:
                self.roots.append(node)

    def _scalar(self, event: Any) -> Scalar:  # noqa: ANN401
        first, last = event.start_mark.index, event.end_mark.index
        value: Optional[str] = event.value
        written = event.value
        if self._masked.hides(first, last):
            value, written = None, self._masked.written(first, last)
        elif is_unknown(written):
            value = None
        start = self._at(first)
        body = -1
        if event.tag or event.anchor:
            found = _PROPERTIES.match(self._text, first, last)
            body = self._at(found.end()) if found is not None else -1
        end = self._at(last)
        style, tag = _STYLES[event.style], _tag(event.tag)
        return Scalar(value, start, end, style, tag, written, body)

    def _is_template(self, opened: _Open) -> bool:
        """Tell whether a mapping is ``{{ x }}``, which YAML takes for one whose key is another."""
        return (
            not opened.is_block
            and opened.named
            and isinstance(opened.items[0] if opened.items else None, Mapping)
            and self._text.startswith("{{", opened.index)
        )

    def _collection(self, opened: _Open, event: Any) -> Node:  # noqa: ANN401
        items = opened.items
        # A block ends where the next token begins; its last item tells where it really does.
        end = (
            max(items[-1].end, opened.start)
            if opened.is_block and items
            else self._at(event.end_mark.index)
        )
        if not opened.named:
            return Sequence(tuple(items), opened.start, end, opened.tag, opened.is_block)
        entries = [
            Entry(key if isinstance(key, Scalar) else Scalar(None, key.start, key.end), value)
            for key, value in zip(items[::2], items[1::2])
        ]
        weight = len(entries)
        if any(map(is_merge, entries)):
            merged = [node for entry in entries if is_merge(entry) for node in merged_by(entry)]
            more = sum(self._weights[id(node)] for node in merged)
            self._merged += more
            if more > MOST_MERGED or self._merged > MOST_MERGED_IN_ALL:
                self.unread[_NOT_MERGED] = None
                entries = [_unmerged(entry) for entry in entries]
            else:
                weight += more
        mapping = Mapping(tuple(entries), opened.start, end, opened.tag, opened.is_block)
        self._weights[id(mapping)] = weight
        return mapping


def _unmerged(entry: Entry) -> Entry:
    return Entry(entry.key._replace(value=None), entry.value) if is_merge(entry) else entry


def _tag(tag: Optional[str]) -> str:
    """Return a tag as it is mostly written: ``!Sub``, ``!!str``."""
    if not tag:
        return ""
    return "!!" + tag[len(_PREFIX) :] if tag.startswith(_PREFIX) else tag
