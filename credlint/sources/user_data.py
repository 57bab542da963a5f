"""EC2 user data, taken apart: every text in it, with the line that it starts in. Pure.

What cloud-init takes for user data (cloud-init 24 ``cloudinit/user_data.py``): a script or
cloud-config as it is, gzip, a MIME message whose parts may be base64, quoted-printable or gzip.
Beyond that, base64 in the text is opened: the files of ``write_files`` and
``powershell -EncodedCommand``. Nothing that is named by URL is fetched.
"""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.document import unmarked_utf16
from credlint.model.lean_dataclasses import dataclass, field
from credlint.sources.mime import Body, iter_bodies

# 16 KiB of gzip could become 16 MiB; what is real stays far below this.
UNPACKED_LIMIT = 2 * 1024 * 1024
PART_LIMIT = 256
_DEPTH = 5
_MIME_HEAD = 4096
_GZIP = b"\x1f\x8b"
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
# The shortest texts worth opening hold a key of 40 characters.
_RUN = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
_RUN_LENGTH = 48
_RUN_LINE = re.compile(rb"[ \t]*([A-Za-z0-9+/]+={0,2})[ \t]*\Z")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{16,}(?:=\s*){0,2}\Z")
_SPACE = re.compile(rb"\s+")
_CONTROL = re.compile("[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
# A name without a break of any kind may be a value that does not belong on a screen.
_LONG_WORD = re.compile(r"[A-Za-z0-9]{16,}")
_INCLUDE = re.compile(rb"#include(-once)?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One text of the user data.

    ``name``: what people call it (``part-002``, ``setup.sh``), empty for user data of one part;
    never a text that could be a secret. ``data``: its bytes. ``first_line``: the line, from 1, of
    the unpacked user data in which it starts. ``encoded``: its own lines are not those of the
    user data, because they were decoded from there.
    """

    name: str
    data: bytes = field(repr=False)
    first_line: int = 1
    encoded: bool = False

    def outer_line(self, line: int) -> int:
        """Return the line of the unpacked user data in which a line of this part stands."""
        return self.first_line if self.encoded else self.first_line + line - 1


@dataclass(frozen=True)
class UserData:
    """All texts of one user data.

    ``wrappings``: what the whole was packed in, outermost first (gzip, base64); lines are
    counted in what was inside. ``unread``: why something in it was not looked at.
    """

    parts: tuple[Part, ...]
    wrappings: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def split_user_data(raw: bytes) -> UserData:
    """Take user data apart; raises nothing, whatever the bytes are.

    Every byte of the unpacked text is in a part: headers and delimiters of a MIME message are
    one called ``envelope``, in which the lines of the bodies are empty.
    """
    splitter = _Splitter()
    data, wrappings = splitter.unwrap(raw)
    if data.strip():
        splitter.split(data, "", None, _DEPTH)
    return UserData(tuple(splitter.parts), wrappings, tuple(dict.fromkeys(splitter.unread)))


class _Splitter:
    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.unread: list[str] = []
        self._budget = UNPACKED_LIMIT

    def unwrap(self, data: bytes) -> tuple[bytes, tuple[str, ...]]:
        """Return what is inside, and what was taken off."""
        wrappings: list[str] = []
        for _ in range(_DEPTH):
            if data.startswith(_GZIP):
                unpacked = self._gunzip(data)
                if unpacked is None:
                    break
                data, name = unpacked, "gzip"
            else:
                decoded = _whole_base64(data)
                if decoded is None:
                    break
                data, name = decoded, "base64"
            wrappings.append(name)
        return data, tuple(wrappings)

    def _gunzip(self, data: bytes) -> Optional[bytes]:
        """Return what was packed, as far as the budget goes; None when it is no gzip."""
        pieces = []
        while data.startswith(_GZIP):
            member = zlib.decompressobj(31)
            try:
                pieces.append(member.decompress(data, max(self._budget, 0) + 1))
            except zlib.error:
                self.unread.append("what is packed with gzip is damaged")
                break
            self._budget -= len(pieces[-1])
            if self._budget < 0:
                limit = UNPACKED_LIMIT // 1024**2
                self.unread.append(f"it unpacks to more than {limit} MiB; the rest was not read")
                break
            if not member.eof:
                self.unread.append("what is packed with gzip ends early")
                break
            data = member.unused_data
        return b"".join(pieces) if pieces else None

    def split(self, data: bytes, name: str, outer: Optional[int], depth: int) -> None:
        """Add the parts of a text; ``outer`` is where it was decoded from, None for nowhere."""
        lines = _LINE.findall(data)
        if not _is_message(data):
            self._add(name, lines, 0, len(lines), outer, depth)
            return
        envelope = list(lines)
        bodies = list(iter_bodies(lines))
        for number, body in enumerate(bodies, 1):
            for line in range(body.start, body.end):
                envelope[line] = b"\n"
            if len(self.parts) < PART_LIMIT:
                called = _name_of(body, number) if len(bodies) > 1 or name == "" else name
                self._add_body(called, lines, body, outer, depth)
        rest = b"".join(envelope)
        if rest.strip():
            whole = "envelope" if not name else f"{name}, envelope"
            self.parts.append(Part(whole, rest, outer or 1, encoded=outer is not None))
        if len(bodies) > PART_LIMIT:
            self.unread.append(f"it has more than {PART_LIMIT} parts; the rest was not read")

    def _add_body(
        self, name: str, lines: Sequence[bytes], body: Body, outer: Optional[int], depth: int
    ) -> None:
        data = b"".join(lines[body.start : body.end])
        decoded = _transfer_decoded(data, body.encoding)
        if decoded is None and not data.startswith(_GZIP):
            self._add(name, lines, body.start, body.end, outer, depth)
            return
        unpacked, _ = self.unwrap(data if decoded is None else decoded)
        place = outer or body.start + 1
        if depth:
            self.split(unpacked, name, place, depth - 1)
        else:
            self.parts.append(Part(name, unpacked, place, encoded=True))

    def _add(
        self,
        name: str,
        lines: Sequence[bytes],
        start: int,
        end: int,
        outer: Optional[int],
        depth: int,
    ) -> None:
        """Add the text of a range of lines, and what it holds in base64."""
        data = b"".join(lines[start:end])
        if not data.strip():
            return
        first = outer or start + 1
        self.parts.append(Part(name, data, first, encoded=outer is not None))
        if _INCLUDE.match(data.lstrip()):
            self.unread.append("it includes documents by URL (#include), which were not fetched")
        if not depth:
            return
        for line, text in _inner_texts(lines, start, end):
            if len(self.parts) >= PART_LIMIT:
                self.unread.append(f"it has more than {PART_LIMIT} parts; the rest was not read")
                return
            unpacked, _ = self.unwrap(text)
            inner = "decoded base64" if not name else f"{name}, decoded base64"
            self.split(unpacked, inner, outer or line + 1, 0)


def _is_message(data: bytes) -> bool:
    """Tell whether cloud-init would read a MIME message; one that only lacks the version, too."""
    head = data[:_MIME_HEAD].lower()
    return b"mime-version:" in head or head.lstrip().startswith(b"content-type: multipart/")


def _name_of(body: Body, number: int) -> str:
    """Return the file name if it may be shown, else the name that cloud-init would give."""
    name = body.file_name
    if _PLAIN_NAME.match(name) and not _LONG_WORD.search(name):
        return name
    return f"part-{number:03d}"


def _transfer_decoded(data: bytes, encoding: str) -> Optional[bytes]:
    if encoding == "base64":
        return _decode(_SPACE.sub(b"", data))
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    return None


def _decode(text: bytes) -> Optional[bytes]:
    """Decode base64 without blanks; the end may lack its padding."""
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return None


def _whole_base64(data: bytes) -> Optional[bytes]:
    """Return what the whole text is the base64 of, None when it is something else."""
    if not _BASE64.match(data):
        return None
    decoded = _decode(_SPACE.sub(b"", data))
    return decoded if decoded and _is_content(decoded) else None


def _is_content(data: bytes) -> bool:
    """Tell text or gzip from the noise that any word makes when it is taken for base64."""
    if data.startswith((_GZIP, b"\xff\xfe", b"\xfe\xff")) or unmarked_utf16(data):
        return True
    try:
        return not _CONTROL.search(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _inner_texts(lines: Sequence[bytes], start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the texts that stand in base64 between the lines, with the line of each.

    A run that reaches the end of its line goes on in lines that hold nothing else.
    """
    number = start
    while number < end:
        first = number
        line = lines[number].rstrip()
        number += 1
        for run in _RUN.finditer(line):
            pieces = [run.group()]
            if run.end() == len(line):
                while number < end and not pieces[-1].endswith(b"="):
                    following = _RUN_LINE.match(lines[number].rstrip())
                    if following is None:
                        break
                    pieces.append(following.group(1))
                    number += 1
            # What the first line ends with may be a path before the block begins.
            for skipped in range(min(len(pieces), 2)):
                text = b"".join(pieces[skipped:])
                decoded = _decode(text) if len(text) >= _RUN_LENGTH else None
                if decoded and _is_content(decoded):
                    yield first + skipped, decoded
                    break
