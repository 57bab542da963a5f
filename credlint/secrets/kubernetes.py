"""Kubernetes Secrets: every key of ``data`` and ``stringData``, decoded, with what it holds.

Shape: Kubernetes API, Secret v1 (``data``: base64; ``stringData``: as it is). YAML is read line by
line, by indentation, since manifests under templates, or indented with tabs, are no YAML a parser
takes; JSON by the braces around ``kind``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.objects import enclosing_objects
from credlint.secrets.plausible import fault_of
from credlint.secrets.registry_auth import read_registry_auths

_REACH = 64 * 1024
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_INDENT = re.compile(rb"(?:[ \t]*-[ \t]+)?[ \t]*")
_KEY = re.compile(rb"[\"']?([A-Za-z0-9._-]{1,253})[\"']?[ \t]*:(?:[ \t]+|(?=[\r\n]|\Z))")
_VALUE = re.compile(
    rb"\"((?:[^\"\\\r\n]|\\.)*)\"|'([^'\r\n]*)'|([^\s\"'#][^\r\n]*?)(?=[ \t]+#|[ \t]*(?:[\r\n]|\Z))"
)
_FLOW = re.compile(rb"[\"']?([A-Za-z0-9._-]{1,253})[\"']?\s*:\s*[\"']?([^\s\"',{}]{1,4096})")
_JSON_DATA = re.compile(rb"\\{0,3}\"(data|stringData)\\{0,3}\"\s*:\s*\{([^{}]{0,65536})\}")
_JSON_MEMBER = re.compile(
    rb"\\{0,3}\"([A-Za-z0-9._-]{1,253})\\{0,3}\"\s*:\s*\\{0,3}\"([^\"\\]{1,65536})"
)
_ENCRYPTED = re.compile(rb"(?m)^[ \t]*[\"']?sops[\"']?[ \t]*:")
_BLOCK = re.compile(rb"[|>][-+0-9]{0,2}[ \t]*(?:#.*)?\Z")
# What is told to everybody who connects, or says where to.
_PUBLIC = re.compile(
    r"(?i)(?:.*[._-])?(?:crt|cert|certificate|ca|pub|public|namespace|username|user|host|hostname|port"
    r"|dbname|database|db|region|endpoint|email|type|name|server|bucket|kid|issuer|client[._-]?id"
    r"|aws_default_region)\Z"
)
_AWS = re.compile(r"(?i)aws_?(?:access_?key_?id|secret_?(?:access_?)?key|session_?token)\Z")
_SHORTEST = 6
_STAND_IN = " The value looks like a placeholder."


class Entry(NamedTuple):
    """One key: where its value stands, and what it says once decoded."""

    key: str
    start: int
    end: int
    value: str


def inspect_manifests(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge manifests by their ``kind``."""
    objects = enclosing_objects(view.data, [match.start for match in matches])
    done: dict[int, int] = {}
    told: set[int] = set()
    read = 0  # the objects of JSON up to here
    for match, (low, high) in zip(matches, objects):
        if view.data[match.start + 4 : match.start + 8].lstrip(b"\\")[:1] == b'"':
            entries = _json_entries(view.data, max(low, read), high)
            read = max(read, high)
        else:
            entries = _yaml_entries(view.data, match.start, done)
        for entry in entries:
            candidate = _judge(match, entry) if entry.start not in told else None
            if candidate is not None:
                told.add(entry.start)
                yield candidate


def _decoded(data: bytes, *, encoded: bool) -> Optional[str]:
    """Return what a value says; None for what is no base64 where it should be."""
    if not encoded:
        return data.decode("utf-8", "replace")
    try:
        raw = base64.b64decode(b"".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw.decode("utf-8", "replace").strip("\r\n")


def _json_entries(data: bytes, low: int, high: int) -> Iterator[Entry]:
    for table in _JSON_DATA.finditer(data, low, high):
        for member in _JSON_MEMBER.finditer(data, *table.span(2)):
            value = _decoded(member.group(2), encoded=table.group(1) == b"data")
            if value is not None:
                yield Entry(member.group(1).decode(), *member.span(2), value)


def _yaml_entries(data: bytes, place: int, done: dict[int, int]) -> Iterator[Entry]:
    """Yield the keys of the object that a ``kind`` stands in.

    ``done``: by indentation, up to where objects were read: several ``kind`` may stand in one.
    """
    line = data.rfind(b"\n", 0, place) + 1
    indent = place - line
    if place < done.get(indent, -1):
        return
    low, high = _bounds(data, line, indent)
    done[indent] = high
    if _ENCRYPTED.search(data, low, high):
        return
    position = low
    while position < high:
        row = _LINE.match(data, position, high)
        if row is None or row.end() == position:
            return
        key = _KEY.match(data, position + min(indent, len(row.group())), row.end())
        position = row.end()
        if key is None or key.group(1) not in (b"data", b"stringData"):
            continue
        if _indent_of(row.group()) != indent:
            continue
        encoded = key.group(1) == b"data"
        rest = data[key.end() : row.end()].strip()
        if rest.startswith(b"{") and not rest.startswith(b"{{"):
            for member in _FLOW.finditer(data, key.end(), row.end()):
                value = _decoded(member.group(2), encoded=encoded)
                if value is not None:
                    yield Entry(member.group(1).decode(), *member.span(2), value)
            continue
        yield from _children(data, position, high, indent, encoded=encoded)


def _indent_of(row: bytes) -> int:
    found = _INDENT.match(row)
    return found.end() if found is not None else 0


def _is_blank(row: bytes) -> bool:
    text = row.strip()
    return not text or text.startswith(b"#")


def _bounds(data: bytes, line: int, indent: int) -> tuple[int, int]:
    """Return where the object begins and ends whose keys stand at that indentation."""
    low = line
    while low > 0 and line - low < _REACH:
        # A list item's first key stands behind its dash.
        if b"-" in data[low : low + indent]:
            break
        before = data.rfind(b"\n", 0, low - 1) + 1
        row = data[before:low]
        if row.startswith(b"---") or (not _is_blank(row) and _indent_of(row) < indent):
            break
        low = before
    high = line
    while high < len(data) and high - line < _REACH:
        row_match = _LINE.match(data, high)
        row = row_match.group() if row_match is not None else b""
        outside = not _is_blank(row) and (
            _indent_of(row) < indent or row.startswith(b"---") or b"-" in row[:indent]
        )
        if not row or (outside and high > line):
            break
        high += len(row)
    return low, high


def _children(
    data: bytes, position: int, high: int, parent: int, *, encoded: bool
) -> Iterator[Entry]:
    indent = -1
    while position < high:
        row = _LINE.match(data, position, high)
        if row is None or not row.group():
            return
        start, position = position, row.end()
        if _is_blank(row.group()):
            continue
        own = _indent_of(row.group())
        if own <= parent:
            return
        indent = own if indent < 0 else indent
        key = _KEY.match(data, start + own, row.end()) if own == indent else None
        if key is None:
            continue
        if _BLOCK.match(data[key.end() : row.end()].strip()):
            first, position = position, _block_end(data, position, high, own)
            span = (first + _indent_of(data[first:position]), position)
            text = data[span[0] : span[1]].rstrip()
            found = (text, span[0], span[0] + len(text))
        else:
            value = _VALUE.match(data, key.end(), row.end())
            if value is None:
                continue
            group = value.lastindex or 0
            found = (value.group(group), *value.span(group))
        decoded = _decoded(found[0], encoded=encoded)
        if decoded:
            yield Entry(key.group(1).decode(), found[1], found[2], decoded)


def _block_end(data: bytes, position: int, high: int, indent: int) -> int:
    while position < high:
        row = _LINE.match(data, position, high)
        if (
            row is None
            or not row.group()
            or (row.group().strip() and _indent_of(row.group()) <= indent)
        ):
            break
        position = row.end()
    return position


def _judge(match: Match, entry: Entry) -> Optional[Candidate]:
    level: Level = match.pattern.rule.level  # type: ignore[assignment]
    holds, tail = "a value", ""
    fault = fault_of(entry.value)
    if _AWS.match(entry.key) and fault is None:
        level, holds = "error", "an AWS credential"
    elif "PRIVATE KEY-----" in entry.value:
        level, holds = "error", "a private key"
    elif read_registry_auths(entry.value.encode()) or '"auths"' in entry.value:
        holds = "registry logins"
    elif _PUBLIC.match(entry.key) or "-----BEGIN CERTIFICATE" in entry.value:
        return None
    elif fault == "stand-in" and len(entry.value) >= _SHORTEST:
        level, tail = "note", _STAND_IN
    elif fault is not None:
        return None
    return Candidate(
        pattern=match.pattern,
        start=entry.start,
        end=entry.end,
        value=Secret(entry.value),
        level=level,
        message=f'Kubernetes Secret with {holds} in clear under "{entry.key}".{tail}',
        subject=f"Kubernetes Secret, {entry.key}",
        properties=(("kind", match.pattern.spec.id), ("key", entry.key)),
    )
