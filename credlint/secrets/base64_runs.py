"""Runs of base64 and hex in a text: where they begin and end, through line breaks and quotes."""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
URL_SAFE = STANDARD[:-2] + b"-_"
HEXADECIMAL = b"0123456789abcdefABCDEF"
# A key of 20 characters takes 27.
SHORTEST_RUN = 16
# Bytes told apart by ``translate``: those of a run of either alphabet, and so many of them.
RUN_MEMBERS = bytes(ord("x") if code in STANDARD + URL_SAFE else ord(" ") for code in range(256))
RUN_OF_KEY = b"x" * SHORTEST_RUN
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
# Programs that break base64 do so at 64 (RFC 7468) or 76 (RFC 2045) characters; YAML's folding and
# people at others, hardly below this.
_NARROWEST = 32
_JOINT = re.compile(
    rb"(?:[\"'][ \t]{0,4}\+?[ \t]{0,4}\\?|[ \t\\;,]{0,4})"
    rb"(?:\\[nr]|\r\n|\n|\r)(?:\\[nr]|[ \t\r\n>|#*]){0,60}(?:(?:\+[ \t]{0,4})?[\"'])?"
)
_JOINT_BEFORE = re.compile(_JOINT.pattern + rb"\Z")
_LONGEST_JOINT = 80
# What a joint may hold behind its first line break, but for escapes.
_BEHIND_BREAK = b" \t\r\n>|#*+\"'"


class Run(NamedTuple):
    """Characters of one run: ``text`` without what wraps it.

    ``pieces``: (index in ``text``, offset in the data) of each line's first character.
    ``padding``: the signs of equality behind it.
    """

    text: bytes
    pieces: list[tuple[int, int]]
    padding: int

    def offset(self, index: int) -> int:
        """Return where the character of the index stands in the data."""
        first, start = self.pieces[bisect_right(self.pieces, (index, 1 << 62)) - 1]
        return start + index - first

    def index_at(self, offset: int) -> int:
        """Return the index of the character at an offset that lies in a piece."""
        first, start = max(
            (piece for piece in self.pieces if piece[1] <= offset), key=lambda piece: piece[1]
        )
        return first + offset - start


def bounds(data: bytes, place: int, alphabet: bytes, limit: int) -> tuple[int, int]:
    """Return where the run of the alphabet around a place starts and ends, within a limit."""
    return left_end(data, place, alphabet, limit), right_end(data, place, alphabet, limit)


def left_end(data: bytes, place: int, alphabet: bytes, limit: int) -> int:
    """Return where the run of the alphabet that goes on to a place starts, within a limit."""
    step, start = 256, place
    while start > 0 and place - start < limit:
        piece = data[max(0, start - step) : start]
        kept = len(piece) - len(piece.rstrip(alphabet))
        start -= kept
        if kept < len(piece):
            break
        step *= 8
    return start


def right_end(data: bytes, place: int, alphabet: bytes, limit: int) -> int:
    """Return where the run of the alphabet that begins at a place or before ends."""
    step, end = 256, place
    while end < len(data) and end - place < limit:
        piece = data[end : end + step]
        kept = len(piece) - len(piece.lstrip(alphabet))
        end += kept
        if kept < len(piece):
            break
        step *= 8
    return end


def wrapped_run(data: bytes, place: int, alphabet: bytes, limit: int) -> Run:
    """Return the run around a place, with the lines before and behind that continue it.

    Every line but the last is as long as the first.
    """
    start, end = bounds(data, place, alphabet, limit)
    lines = [(start, end)]
    least, width, total = max(_NARROWEST, end - start), 0, end - start
    while total < limit:
        ahead = data[max(0, start - _LONGEST_JOINT) : start]
        joint = _JOINT_BEFORE.search(ahead) if _ends_in_break(ahead) else None
        if joint is None:
            break
        stop = start - len(ahead) + joint.start()
        start = left_end(data, stop, alphabet, limit)
        if stop - start < least or width not in (0, stop - start):
            break
        width = stop - start
        lines.append((start, stop))
        total += width
    lines.reverse()
    width = width or lines[0][1] - lines[0][0]
    # Whole groups stand on a line: a word below a run that is alone on its line is none of it.
    while total < limit and lines[-1][1] - lines[-1][0] == width >= _NARROWEST and not width % 4:
        joint = _JOINT.match(data, lines[-1][1])
        if joint is None:
            break
        stop = right_end(data, joint.end(), alphabet, limit)
        if not 0 < stop - joint.end() <= width:
            break
        lines.append((joint.end(), stop))
        total += stop - joint.end()
    pieces, index = [], 0
    for start, stop in lines:
        pieces.append((index, start))
        index += stop - start
    behind = data[lines[-1][1] : lines[-1][1] + 2]
    padding = len(behind) - len(behind.lstrip(b"="))
    return Run(b"".join(data[start:stop] for start, stop in lines), pieces, padding)


def _ends_in_break(ahead: bytes) -> bool:
    """Tell whether a text may end in a joint; the expression is dear, and most runs stand alone."""
    rest = ahead.rstrip(_BEHIND_BREAK)
    tail = ahead[len(rest) :]
    return b"\n" in tail or b"\r" in tail or rest.endswith((b"\\n", b"\\r"))


def decode_base64(text: bytes) -> Optional[bytes]:
    """Decode either alphabet without padding; characters too few for a byte are left out."""
    text = text.translate(_TO_STANDARD)
    if len(text) % 4 == 1:
        text = text[:-1]
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return None
