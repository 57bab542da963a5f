"""Reads what stands after a name: the sign that assigns, and the literal."""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

# From the name's end to the value: what closes the name, a type, the sign, a call around a literal.
_JOINT = re.compile(
    rb"""(?x)
    (?P<close>\\{0,3}["'`])?
    (?:\[\d{0,4}\])? [\])}]{0,3}
    (?: [ \t]{0,4}:?[ \t]{0,4} (?:&(?:'static[ ])?)?[A-Za-z][A-Za-z0-9_.<>?\[\]]{1,24} (?=[ \t]{0,24}=[^=>]) )?
    [ \t]{0,64}
    (?P<sign> ={1,3}>? | !==? | :{1,2}=? | ,(?=[ \t]{0,8}["'`]) | \((?=["'`]) | ->
      | >(?!=) | %3[dD] | \?= | \+= | \|\|= | (?=[ \t]["'`]) )
    [ \t]{0,64}
    (?P<call> (?:new[ ])?[A-Za-z_][A-Za-z0-9_.:]{1,32}\((?=[\\"'`]) | \[\]byte[({](?=["'`]) | \((?=["'`]) )?
    (?P<prefix>[brufBRUFLN@]{1,2}(?=["'`]))?
    (?P<quote>(?P<escape>\\{0,7})["'`])?
    """
)
# A name that is itself a value, and the value beside it: {"name": N, "value": V}, <key>N</key>.
_PAIR = re.compile(
    rb"""(?xi)
    (?: (?P<close>\\{0,3}["'])? [ \t]{0,8} ,? \s{0,64} (?:\\{1,3}(?=["']))? ["']?
        (?:value|val|default|defaultvalue)\\{0,3}["']? [ \t]{0,8} (?P<sign>[:=]|=>)[ \t]{0,8}
      | </key>\s{0,64}<(?:string|value|val)> | </name>\s{0,64}<(?:string|value|val)> )
    (?P<quote>(?P<escape>\\{0,7})["'`])?
    """
)
_BARE = re.compile(rb"[^\s\"'`,;&<>(){}\[\]|\\]{1,512}")
# A line of its own: what is not a comment behind it belongs to the value.
_WHOLE = re.compile(rb"[^\r\n]{1,512}")
_LINE_START = re.compile(rb"[ \t]*(?:(?:-|\#|//|\*|export|set|ENV|ARG|>+|\$env:)[ \t]*){0,3}\Z")
_COMMENT = re.compile(r"\s+(?:#|//|;|--|<!--).*\Z|\s*<!--.*\Z")
LONGEST = 512


class Literal(NamedTuple):
    """A value as it is written: byte offsets, text, and how it was marked.

    ``quote``: the quotation mark or ``""``; ``sign``: what assigns; ``call``: a function around
    it; ``whole``: an unquoted value that goes on to the end of its line; ``after``: the
    character behind it.
    """

    start: int
    end: int
    text: str
    quote: str
    sign: str
    call: str
    whole: bool
    after: str


def read_value(data: bytes, name_start: int, place: int, *, lines: bool) -> Optional[Literal]:
    """Return the literal that the name, which ends at ``place``, is given; None for none.

    ``lines``: the file assigns line by line and needs no quotation marks.
    """
    joint = _JOINT.match(data, place, min(len(data), place + 320))
    if joint is None:
        return None
    start = joint.end()
    sign, call = joint.group("sign").decode(), (joint.group("call") or b"").decode()
    mark = joint.group("quote")
    if mark is not None:
        end = _closing(data, start, mark)
        if end is None:
            return None
        text = data[start:end].decode("utf-8", "replace")
        after = data[end + len(mark) : end + len(mark) + 1].decode("latin-1")
        return Literal(start, end, text, mark[-1:].decode(), sign, call, False, after)
    if sign in ("", ",", "(") or call:
        return None
    return _bare(data, name_start, start, sign, closed=joint.group("close"), lines=lines)


def read_pair(data: bytes, name_start: int, place: int, *, lines: bool) -> Optional[Literal]:
    """Return the literal of a pair whose other half is the name that ends at ``place``."""
    del name_start, lines
    joint = _PAIR.match(data, place, min(len(data), place + 320))
    if joint is None:
        return None
    start = joint.end()
    mark = joint.group("quote")
    if mark is not None:
        end = _closing(data, start, mark)
        if end is None:
            return None
        return Literal(start, end, data[start:end].decode("utf-8", "replace"), '"', ":", "", False, "")
    found = _BARE.match(data, start)
    if found is None:
        return None
    return Literal(start, found.end(), found.group().decode("utf-8", "replace"), '"', ":", "", False, "")


def _bare(
    data: bytes, name_start: int, start: int, sign: str, *, closed: Optional[bytes], lines: bool
) -> Optional[Literal]:
    if lines and closed is None and sign in ("=", ":", ":=") and start < len(data):
        before = data[max(0, data.rfind(b"\n", 0, name_start) + 1, name_start - 160) : name_start]
        if _LINE_START.match(before):
            found = _WHOLE.match(data, start)
            if found is None:
                return None
            text = _COMMENT.sub("", found.group().decode("utf-8", "replace")).rstrip()
            if text and not re.search(r"\s", text):
                end = start + len(text.encode())
                return Literal(start, end, text, "", sign, "", True, "")
    found = _BARE.match(data, start)
    if found is None:
        return None
    text = found.group().decode("utf-8", "replace")
    after = data[found.end() : found.end() + 1].decode("latin-1")
    stripped = text.rstrip(".:?!") if after in " \r\n" else text
    if not stripped:
        return None
    end = found.end() - (len(text) - len(stripped))
    return Literal(start, end, stripped, "", sign, "", False, after)


def _closing(data: bytes, start: int, mark: bytes) -> Optional[int]:
    """Return where the quotation that ``mark`` opened ends, on its line and not too far."""
    stop = min(len(data), start + LONGEST + len(mark))
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
