"""As much of TOML 1.0 as settings of tools are made of, with places: tables, names and strings.

Other values are there without being read, and so are arrays and inline tables.
"""

from __future__ import annotations

import json
import re
from typing import Optional

from credlint.code.marked.document import MarkedDocument, make_document
from credlint.code.marked.nodes import Entry, Mapping, Scalar

_KEY = rb"(?:[A-Za-z0-9_-]{1,200}|\"[^\"\n]{0,200}\"|'[^'\n]{0,200}')"
_DOTTED = rb"[ \t]*" + _KEY + rb"(?:[ \t]*\.[ \t]*" + _KEY + rb"){0,20}[ \t]*"
_TABLE = re.compile(rb"[ \t]*\[{1,2}(?P<name>" + _DOTTED + rb")\]{1,2}[ \t\r]*(?:#.*)?\Z")
_ENTRY = re.compile(rb"(?P<name>" + _DOTTED + rb")=[ \t]*")
_PART = re.compile(_KEY)
_BASIC = re.compile(rb'"(?P<text>[^"\\\n]*(?:\\.[^"\\\n]*)*)"')
_LITERAL = re.compile(rb"'(?P<text>[^'\n]*)'")
_MOST_LINES = 100_000
_UNREAD = f"only the first {_MOST_LINES:,} lines of the file were read"


def read(text: bytes, uri: str) -> MarkedDocument:
    """Return the document; what is no TOML is passed over line by line."""
    root: dict[str, object] = {}
    table = root
    offset = 0
    lines = text.splitlines(keepends=True)
    until: Optional[bytes] = None
    for line in lines[:_MOST_LINES]:
        start, offset = offset, offset + len(line)
        bare = line.rstrip(b"\r\n")
        if until is not None:
            until = None if until in bare else until
            continue
        named = _TABLE.match(bare)
        if named is not None:
            table = _table(root, named["name"])
            continue
        entry = _ENTRY.match(bare)
        if entry is None or bare.lstrip().startswith(b"#"):
            continue
        value = bare[entry.end() :]
        until = _open_string(value)
        *outer, last = _PART.findall(entry["name"])
        place = start + entry.start("name") + entry["name"].rindex(last)
        key = Scalar(_bare(last), place, place + len(last))
        inner = _table(table, b".".join(outer)) if outer else table
        inner[_bare(last)] = Entry(key, _value(value, start + entry.end()))
    unread = (_UNREAD,) if len(lines) > _MOST_LINES else ()
    return make_document(text, (_mapping(root, len(text)),), "toml", uri, unread)


def _open_string(value: bytes) -> Optional[bytes]:
    """Return what ends a string of several lines that begins here."""
    for sign in (b'"""', b"'''"):
        if value.startswith(sign) and sign not in value[len(sign) :]:
            return sign
    return None


def _bare(part: bytes) -> str:
    return part.decode("utf-8", "replace").strip("\"'")


def _table(root: dict[str, object], name: bytes) -> dict[str, object]:
    """Return the table of a dotted name; what stands in its way is replaced."""
    table = root
    for part in _PART.findall(name):
        inner = table.get(_bare(part))
        if not isinstance(inner, dict):
            inner = table[_bare(part)] = {}
        table = inner
    return table


def _value(written: bytes, start: int) -> Scalar:
    basic = _BASIC.match(written) if not written.startswith(b'"""') else None
    found = basic or (_LITERAL.match(written) if not written.startswith(b"'''") else None)
    if found is None:
        bare = written.partition(b"#")[0].rstrip()
        return Scalar(None, start, start + len(bare), written=bare.decode("utf-8", "replace"))
    text = found.group("text").decode("utf-8", "replace")
    if basic is not None and "\\" in text:
        try:
            text = json.loads(f'"{text}"')
        except ValueError:
            return Scalar(None, start, start + found.end(), "double", "", text)
    style = "double" if basic is not None else "single"
    return Scalar(text, start, start + found.end(), style, "", text)


def _mapping(table: dict[str, object], end: int) -> Mapping:
    entries = []
    for name, inner in table.items():
        if isinstance(inner, Entry):
            entries.append(inner)
        elif isinstance(inner, dict):
            entries.append(Entry(Scalar(name, 0, 0), _mapping(inner, end)))
    return Mapping(tuple(entries), 0, end)
