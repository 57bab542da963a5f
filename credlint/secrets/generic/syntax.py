"""Reads what stands after a name: the sign that assigns, and the literal."""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

# From the name's end to the value: what closes the name, a type, the sign, a call around a literal.
_JOINT = re.compile(
    rb"""(?x)
    (?P<close>\\{0,3}["'`])?
    (?:\[\d{0,4}\] | %5[dD])? [\])}]{0,3}
    (?: [ \t]{0,4}:?[ \t]{0,4} (?:&(?:'static[ ])?)?
        [A-Za-z][A-Za-z0-9_.<>?\[\]]{1,24} (?=[ \t]{0,24}=[ \t]{0,24}[bLN@]?["'`\[(]) )?
    [ \t]{0,64}
    (?P<sign> ={1,3}>? | !==? | :{1,2}=? | ,(?=[ \t]{0,8}["'`]) | \((?=["'`]) | ->
      | >(?!=) | %3[dD] | \?= | \+= | \|\|= | (?=[ \t]["'`]) )
    [ \t]{0,64}
    (?P<call> (?: (?:new[ ])?[A-Za-z_][A-Za-z0-9_.:]{1,32}\( ){1,2} (?=[\\"'`])
      | \[\]byte[({](?=["'`]) | \((?=["'`]) )?
    (?P<prefix>[brufBRUFLN@]{1,2}(?=["'`]))?
    (?P<quote> '{3,4} | "{3} | \\{0,7}["'`] )?
    """
)
# A name that is itself a value, and the value beside it: {"name": N, "value": V}, <key>N</key>.
_PAIR = re.compile(
    rb"""(?xi)
    (?: (?P<close>\\{0,3}["'])? [ \t]{0,8} ,? \s{0,64} (?:\\{1,3}(?=["']))? ["']?
        (?:value|val|default|defaultvalue)\\{0,3}["']? [ \t]{0,8} (?P<sign>[:=]|=>)[ \t]{0,8}
      | </key>\s{0,64}<(?:string|value|val)> | </name>\s{0,64}<(?:string|value|val)> )
    (?P<quote>\\{0,7}["'`])?
    """
)
_BARE = re.compile(rb"[^\s\"'`,;&<>(){}\[\]|\\]{1,512}")
# A line of its own: what is not a comment behind it belongs to the value.
_WHOLE = re.compile(rb"[^\r\n]{1,512}")
_LINE_START = re.compile(rb"[ \t]*(?:(?:-|\#|//|\*|export|set|ENV|ARG|>+|\$env:)[ \t]*){0,3}\Z")
_COMMENT = re.compile(r"\s+(?:#|//|;|--|<!--).*\Z|\s*<!--.*\Z")
_SPACE = re.compile(r"\s")
_LONGEST = 4096
_LONGEST_JOINT = 320
_LONGEST_MARGIN = 160


class Literal(NamedTuple):
    """A value as it is written: byte offsets, text, and how it was marked.

    ``sign``: what assigns, ``""`` for a space alone; ``quote``: it stands in quotation marks;
    ``after``: the character behind it.
    """

    start: int
    end: int
    text: str
    sign: str
    quote: bool
    after: str


def read_value(data: bytes, name_start: int, place: int, *, lines: bool) -> Optional[Literal]:
    """Return the literal that the name, which ends at ``place``, is given; None for none.

    ``lines``: the file assigns line by line and needs no quotation marks.
    """
    joint = _JOINT.match(data, place, min(len(data), place + _LONGEST_JOINT))
    if joint is None:
        return None
    sign = joint.group("sign").decode("ascii")
    mark = joint.group("quote")
    if mark is not None:
        return _quoted(data, joint.end(), mark, sign)
    if sign in ("", ",", "(") or joint.group("call"):
        return None
    if lines and joint.group("close") is None and sign in ("=", ":", ":="):
        found = _rest_of_line(data, name_start, joint.end(), sign)
        if found is not None:
            return found
    return _bare(data, joint.end(), sign)


def read_pair(data: bytes, place: int) -> Optional[Literal]:
    """Return the literal of a pair whose other half is the name that ends at ``place``."""
    joint = _PAIR.match(data, place, min(len(data), place + _LONGEST_JOINT))
    if joint is None:
        return None
    mark = joint.group("quote")
    if mark is not None:
        return _quoted(data, joint.end(), mark, ":")
    return _bare(data, joint.end(), ":")


def _quoted(data: bytes, start: int, mark: bytes, sign: str) -> Optional[Literal]:
    end = _closing(data, start, mark)
    if end is None:
        return None
    text = data[start:end].decode("utf-8", "replace")
    after = data[end + len(mark) : end + len(mark) + 1].decode("latin-1")
    return Literal(start, end, text, sign, quote=True, after=after)


def _rest_of_line(data: bytes, name_start: int, start: int, sign: str) -> Optional[Literal]:
    """Return the rest of a line that the name begins, without its comment; None for a sentence."""
    low = max(data.rfind(b"\n", 0, name_start) + 1, name_start - _LONGEST_MARGIN)
    found = _WHOLE.match(data, start)
    if found is None or not _LINE_START.match(data[low:name_start]):
        return None
    text = _COMMENT.sub("", found.group().decode("utf-8", "replace")).rstrip()
    if not text or _SPACE.search(text):
        return None
    return Literal(start, start + len(text.encode()), text, sign, quote=False, after="")


def _bare(data: bytes, start: int, sign: str) -> Optional[Literal]:
    found = _BARE.match(data, start)
    if found is None:
        return None
    text = found.group().decode("utf-8", "replace")
    after = data[found.end() : found.end() + 1].decode("latin-1")
    kept = text.rstrip(".:?!") if after in " \r\n" else text
    end = found.end() - (len(text) - len(kept))
    return Literal(start, end, kept, sign, quote=False, after=after) if kept else None


def _closing(data: bytes, start: int, mark: bytes) -> Optional[int]:
    """Return where the quotation that ``mark`` opened ends, on its line and not too far."""
    stop = min(len(data), start + _LONGEST + len(mark))
    line = data.find(b"\n", start, stop)
    stop = line if line >= 0 else stop
    place = start
    while True:
        place = data.find(mark, place, stop)
        if place < 0:
            return None
        if len(mark) > 1 or data[place - 1 : place] != b"\\" or place == start:
            return place
        if data[place - 2 : place] == b"\\\\":
            return place
        place += 1
