"""Runs of encoded text, decoded where something tells that they hold a secret.

What is decoded: base64 in both alphabets, on one line or wrapped, of UTF-8 or UTF-16LE (as
``powershell -EncodedCommand`` has it) or of gzip (as user data has it); hexadecimal digits; runs of
escapes (see ``escapes.py``).
"""

from __future__ import annotations

import re
import zlib
from typing import Callable, Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.secrets.base64_runs import (
    HEXADECIMAL,
    SHORTEST_RUN,
    STANDARD,
    URL_SAFE,
    Run,
    bounds,
    decode_base64,
    left_end,
    right_end,
    wrapped_run,
)
from credlint.secrets.escapes import ESCAPES, unescape

_SHORTEST_TEXT = 8
_SEGMENTS = 2_000
DECODED_LIMIT = 16 * 1024 * 1024
TOO_MUCH = (
    f"more than {_SEGMENTS:,} encoded texts or {DECODED_LIMIT // 1024**2} MiB in them; those after "
    "them were not decoded"
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARK = b"x"


def _marks(members: re.Pattern[bytes]) -> bytes:
    """Return the table by which ``translate`` marks bytes: ten times as fast as a search."""
    return bytes(_MARK[0] if members.match(bytes([code])) else 0 for code in range(256))


_CONTROL_MARKS = _marks(_CONTROL)
_NO_ASCII_MARKS = _marks(re.compile(_CONTROL.pattern + rb"|[\x80-\xff]"))
_STEP = 256
_GZIP_HEAD = 8192
# So many characters of a value tell whether it may mean text.
_HEAD = 24


class Segment(NamedTuple):
    """An encoded text: where it stands, what it means in UTF-8.

    ``place``: the offset in the outer text of one of ``text``; with True, of the end of what ends
    there.
    """

    start: int
    end: int
    text: bytes
    label: str
    place: Callable[[int, bool], int]


class Decoder:
    """Decodes runs of one text; they are to be asked for in the order of the text.

    ``hit``: a bound on number or bytes was met, and what followed was not decoded.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._budget = DECODED_LIMIT
        self._runs: dict[bytes, tuple[int, int, Run]] = {}
        self._decoded: dict[tuple[bytes, int], _Raw] = {}
        # The last run of hexadecimal digits, and what it means by the parity of its beginning.
        self._hexadecimal: Optional[tuple[int, int, dict[int, _Raw]]] = None
        # By alphabet, the last run that was no text as a value.
        self._no_values: dict[bytes, tuple[int, int]] = {}
        self.segments: list[Segment] = []
        self.hit = False

    def is_done(self, end: int) -> bool:
        """Tell whether what ends there is decoded already."""
        return bool(self.segments) and end <= self.segments[-1].end

    def add(self, segment: Optional[Segment]) -> bool:
        """Keep a segment that lies behind the last one; return whether there was one."""
        if segment is None or (self.segments and segment.start < self.segments[-1].end):
            return False
        self._budget -= len(segment.text)
        if len(self.segments) >= _SEGMENTS or self._budget < 0:
            self.hit = True
            return False
        self.segments.append(segment)
        return True

    def base64_hint(self, phase: int, end: int) -> bool:
        """Decode the base64 around a hint's end, ``phase`` characters behind a group's start."""
        return _goes_on(self._data, phase, end) and any(
            self.add(self._around(alphabet, phase, end)) for alphabet in (STANDARD, URL_SAFE)
        )

    def _run(self, alphabet: bytes, place: int) -> Run:
        """Return the run around a place; that of the last place, where it is the same one."""
        known = self._runs.get(alphabet)
        if known is None or not known[0] <= place < known[1]:
            run = wrapped_run(self._data, place, alphabet, DECODED_LIMIT * 2)
            first, last = run.pieces[0][1], run.offset(len(run.text) - 1) + 1 if run.text else 0
            known = (first, last, run)
            self._runs[alphabet] = known
            for key in [key for key in self._decoded if key[0] is alphabet]:
                del self._decoded[key]
        return known[2]

    def _around(self, alphabet: bytes, phase: int, end: int) -> Optional[Segment]:
        run = self._run(alphabet, end - 1)
        if len(run.text) < SHORTEST_RUN:
            return None
        index = run.index_at(end - 1) + 1
        skipped = (index - phase) % 4
        raw = self._decoded.get((alphabet, skipped))
        if raw is None:
            raw = _Raw(decode_base64(run.text[skipped:]) or b"")
            self._decoded[alphabet, skipped] = raw
        return _segment(run, skipped, raw, (index - skipped) * 6 // 8 - 1)

    def gzip(self, end: int) -> bool:
        """Decode base64 that opens as gzip does, the mark's last character before ``end``."""
        run = self._run(STANDARD, end - 1)
        if run.index_at(end - 1) != 4:  # noqa: PLR2004  its mark is the beginning
            return False
        member = zlib.decompressobj(31)
        raw = decode_base64(run.text) or b""
        try:
            text = member.decompress(raw, max(1, self._budget))
        except zlib.error:
            return False
        self.hit = self.hit or bool(member.unconsumed_tail)
        if not text or _CONTROL.search(text, 0, _GZIP_HEAD):
            return False
        # The stream tells its own end: a word on the next line is none of it.
        used = len(raw) - len(member.unused_data)
        end = _end_of(run, -(-used * 4 // 3))
        return self.add(_whole(run.pieces[0][1], end, text, "base64 of gzip"))

    def hex_hint(self, end: int) -> bool:
        """Decode the hexadecimal digits around a hint's end."""
        known = self._hexadecimal
        if known is None or not known[0] < end <= known[1]:
            known = (*bounds(self._data, end, HEXADECIMAL, DECODED_LIMIT * 2), {})
            self._hexadecimal = known
        parity = (end - known[0]) % 2
        start = known[0] + parity
        stop = known[1] - (known[1] - start) % 2
        if parity not in known[2]:
            known[2][parity] = _Raw(bytes.fromhex(self._data[start:stop].decode("ascii")))
        found = known[2][parity].text_around((end - start) // 2 - 1)
        if found is None:
            return False
        low, text = found

        def place(inner: int, _is_end: bool) -> int:
            return start + (low + inner) * 2

        segment = Segment(place(0, False), place(len(text), True), text, "hexadecimal", place)  # noqa: FBT003
        return self.add(segment)

    def escaped(self, number: int, end: int) -> bool:
        """Decode the run of escapes of that number in ESCAPES."""
        found = unescape(self._data, number, end, self._budget + 1)
        if found is None:
            return False
        text = found.text.encode("utf-8", "replace")
        starts = found.starts

        def place(inner: int, _is_end: bool) -> int:
            return starts[len(text[:inner].decode("utf-8", "ignore"))]

        return self.add(Segment(found.start, found.end, text, ESCAPES[number].label, place))

    def value(self, end: int) -> bool:
        """Decode the base64 that is the value at a hit's end, if all of it is text."""
        data = self._data
        no_text = b""
        for alphabet in (STANDARD, URL_SAFE):
            start, stop = self._no_values.get(alphabet, (1, 0))
            if start <= end <= stop:
                continue
            start = left_end(data, end, alphabet, DECODED_LIMIT)
            head = data[start : start + _HEAD]
            head = head[: len(head) - len(head.lstrip(alphabet))]
            stop = start + len(head)
            if len(head) == _HEAD:
                stop = right_end(data, max(end, stop), alphabet, DECODED_LIMIT)
            self._no_values[alphabet] = (start, stop)
            # In both alphabets most are the same.
            if len(head) < SHORTEST_RUN or head == no_text:
                continue
            if not _is_text(decode_base64(head) or b"\0"):
                no_text = head
                continue
            run = self._run(alphabet, start)
            raw = decode_base64(run.text)
            if len(run.text) % 4 != 1 and raw and _is_text(raw):
                return self.add(_segment(run, 0, _Raw(raw), 0))
        return False


def _goes_on(data: bytes, phase: int, end: int) -> bool:
    """Tell whether what follows a hint may be text, as behind every name and in every token.

    Short hints are met by chance, in names and in what is binary: three bytes tell nearly all of
    those. Where a run ends or is wrapped there, the whole of it is looked at.
    """
    groups = data[end - phase : end - phase + 8]
    if len(groups) < 8 or groups.strip(STANDARD + b"-_"):  # noqa: PLR2004  two groups
        return True
    first = phase * 6 // 8
    # Every other byte of UTF-16 is NUL.
    following = (decode_base64(groups) or b"")[first : first + 3].replace(b"\0", b"")
    return _is_text(following)


def _is_text(raw: bytes) -> bool:
    return _is_utf8(raw) and not _CONTROL.search(raw)


def _is_utf8(raw: bytes) -> bool:
    if raw.isascii():
        return True
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        # A head of a longer text may end within a character.
        return error.end == len(raw) and error.reason == "unexpected end of data"
    return True


class _Raw:
    """Decoded bytes in which there may be text."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        # The last stretch without control characters that was no UTF-8 all the same.
        self._no_text = (0, 0)

    def text_around(self, place: int) -> Optional[tuple[int, bytes]]:
        """Return start and bytes of the text around a place, None when there is hardly any."""
        if not self._no_text[0] <= place < self._no_text[1]:
            low, high = self._between(_CONTROL_MARKS, place)
            text = self.data[low:high]
            if len(text) < _SHORTEST_TEXT:
                return None
            if _is_utf8(text):
                return low, text
            self._no_text = (low, high)
        low, high = self._between(_NO_ASCII_MARKS, place)
        return (low, self.data[low:high]) if high - low >= _SHORTEST_TEXT else None

    def _between(self, marks: bytes, place: int) -> tuple[int, int]:
        """Return the stretch around a place that holds no byte that ``marks`` marks."""
        data = self.data
        step, high = _STEP, place
        while high < len(data):
            found = data[high : high + step].translate(marks).find(_MARK)
            if found >= 0:
                high += found
                break
            high += step
            step *= 8
        step, low = _STEP, place
        while low > 0:
            first = max(0, low - step)
            found = data[first:low].translate(marks).rfind(_MARK)
            if found >= 0:
                return first + found + 1, min(high, len(data))
            low = first
            step *= 8
        return 0, min(high, len(data))


def _segment(run: Run, skipped: int, raw: _Raw, place: int) -> Optional[Segment]:
    """Return the text around a byte of what a run's characters mean from ``skipped`` on."""
    wide = b"\0" in raw.data[max(0, place - 3) : place + 2]
    if wide:
        found = _wide_text_around(raw.data, place)
        size, label = 2, "base64 of UTF-16"
    else:
        found = raw.text_around(place)
        size, label = 1, "base64"
    if found is None:
        return None
    low, text = found

    def place_of(inner: int, is_end: bool) -> int:
        count = low + (inner if size == 1 else 2 * len(text[:inner].decode("utf-8", "ignore")))
        if is_end:
            return run.offset(skipped - (-count * 4 // 3) - 1) + 1
        return run.offset(skipped + count * 4 // 3)

    size_of_all = low + len(text) if size == 1 else low + 2 * len(text.decode("utf-8", "ignore"))
    end = _end_of(run, skipped - (-size_of_all * 4 // 3))
    return Segment(place_of(0, False), end, text, label, place_of)  # noqa: FBT003


def _wide_text_around(raw: bytes, place: int) -> Optional[tuple[int, bytes]]:
    """Do as _text_around for UTF-16LE; the text is returned in UTF-8."""
    # Of a Latin character the second byte is NUL.
    zero = place if raw[place : place + 1] == b"\0" else place + 1
    if raw[zero : zero + 1] != b"\0":
        return None
    low = high = zero - 1
    while low >= 2 and raw[low - 1] == 0 and raw[low - 2] >= 9:  # noqa: PLR2004  a tab
        low -= 2
    while high + 1 < len(raw) and raw[high + 1] == 0 and raw[high] >= 9:  # noqa: PLR2004
        high += 2
    if low < 0 or (high - low) // 2 < _SHORTEST_TEXT:
        return None
    return low, raw[low:high].decode("utf-16-le", "replace").encode("utf-8", "replace")


def _end_of(run: Run, count: int) -> int:
    """Return where the first ``count`` characters of a run end, with padding that belongs to it."""
    end = run.offset(min(count, len(run.text)) - 1) + 1
    return end + run.padding if count >= len(run.text) else end


def _whole(start: int, end: int, text: bytes, label: str) -> Segment:
    """Return a segment in which no place has one of its own outside."""
    return Segment(start, end, text, label, lambda _inner, is_end: end if is_end else start)
