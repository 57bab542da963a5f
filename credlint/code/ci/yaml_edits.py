"""Edits of YAML that leave comments, indentation, quotes and style of everything else alone.

Each function returns None where the place is written in a way that a small edit could spoil: an
anchor within, an alias, two entries on a line, tabs.
"""

from __future__ import annotations

from typing import Optional

from credlint.code.marked.nodes import Entry, Mapping
from credlint.model.fix import Edit


def newline_of(text: bytes) -> str:
    """Return how the file ends its lines."""
    first = text.find(b"\n")
    return "\r\n" if first > 0 and text[first - 1 : first] == b"\r" else "\n"


def _is_own(mapping: Mapping, entry: Entry) -> bool:
    """Tell whether an entry stands where its mapping is, not at an anchor elsewhere."""
    return (
        mapping.start <= entry.key.start <= entry.key.end
        and entry.key.end <= entry.value.start <= entry.value.end <= mapping.end
    )


def _line_start(text: bytes, offset: int) -> int:
    return text.rfind(b"\n", 0, offset) + 1


def _end_of(text: bytes, entry: Entry) -> int:
    """Return where the value ends: that of a block scalar reaches to the next token."""
    return entry.key.end + len(text[entry.key.end : entry.value.end].rstrip())


def is_plain(text: bytes, mapping: Mapping, entry: Entry) -> bool:
    """Tell whether an entry can be replaced: it is no alias, and nothing refers to it."""
    between = text[entry.key.end : _end_of(text, entry)]
    value = between.lstrip(b": \t\r\n")
    return _is_own(mapping, entry) and value[:1] not in (b"&", b"*") and b" &" not in between


def removal(text: bytes, mapping: Mapping, entry: Entry) -> Optional[Edit]:
    """Return the edit that takes an entry out of its mapping, which keeps at least one other."""
    if not is_plain(text, mapping, entry) or len(mapping.entries) < 2:  # noqa: PLR2004
        return None
    return _lines(text, entry) if mapping.block else _from_flow(text, mapping, entry)


def _lines(text: bytes, entry: Entry) -> Optional[Edit]:
    start = _line_start(text, entry.key.start)
    if text[start : entry.key.start].strip(b" "):
        return None
    end = _end_of(text, entry)
    after = text.find(b"\n", end)
    rest = text[end : after if after >= 0 else len(text)].strip()
    if rest and not rest.startswith(b"#"):
        return None
    if after < 0:  # the last line, without an end: that of the line before goes instead
        return Edit(max(start - len(_break_before(text, start)), 0), len(text), "")
    return Edit(start, after + 1, "")


def _break_before(text: bytes, start: int) -> bytes:
    if text[start - 2 : start] == b"\r\n":
        return b"\r\n"
    return text[start - 1 : start] if start else b""


def _from_flow(text: bytes, mapping: Mapping, entry: Entry) -> Optional[Edit]:
    if b"#" in text[mapping.start : mapping.end]:
        return None
    place = mapping.entries.index(entry)
    if place + 1 < len(mapping.entries):
        return Edit(entry.key.start, mapping.entries[place + 1].key.start, "")
    before = mapping.entries[place - 1]
    return Edit(before.value.end, entry.value.end, "")


def whole_removal(text: bytes, mapping: Mapping, entry: Entry) -> Optional[Edit]:
    """Return the edit that takes out an entry with all that it holds, as ``env:`` and its lines."""
    inside = text[entry.key.end : entry.value.end]
    if b" &" in inside or b" *" in inside:
        return None
    return removal(text, mapping, entry)


def replacement(text: bytes, mapping: Mapping, entry: Entry, words: str) -> Optional[Edit]:
    """Return the edit that puts ``name: value`` in the place of an entry on one line."""
    if not is_plain(text, mapping, entry):
        return None
    end = _end_of(text, entry)
    if b"\n" in text[entry.key.start : end]:
        return None
    return Edit(entry.key.start, end, words)


def insertion(text: bytes, mapping: Mapping, lines: tuple[str, ...]) -> Optional[Edit]:
    """Return the edit that puts lines before the first entry; deeper ones begin with blanks.

    Into ``{…}`` go entries of one line each.
    """
    if not mapping.block:
        return _into_flow(text, mapping, lines)
    if not mapping.entries:
        return None
    first = mapping.entries[0].key.start
    head = text[_line_start(text, first) : first]
    if head.strip(b" -"):
        return None
    between = newline_of(text) + " " * len(head)
    return Edit(first, first, "".join(line + between for line in lines))


def _into_flow(text: bytes, mapping: Mapping, lines: tuple[str, ...]) -> Optional[Edit]:
    if any(line.startswith(" ") for line in lines):
        return None
    words = ", ".join(lines)
    if mapping.entries:
        first = mapping.entries[0].key.start
        return Edit(first, first, f"{words}, ")
    if text[mapping.start : mapping.end].strip(b"{} \t"):
        return None
    return Edit(mapping.start, mapping.end, f"{{ {words} }}")


def joined(edits: list[Edit]) -> tuple[Edit, ...]:
    """Return edits in order; removals that touch become one."""
    result: list[Edit] = []
    for edit in sorted(set(edits)):
        if result and not edit.text and not result[-1].text and edit.start <= result[-1].end:
            result[-1] = Edit(result[-1].start, max(edit.end, result[-1].end), "")
        else:
            result.append(edit)
    return tuple(result)
