"""Where the bodies of a MIME message stand, by line, so that a finding can name its line.

RFC 2045 and 2046 as far as cloud-init's user data needs them; Python's ``email`` would give the
same bodies without their places. Nothing is refused: what is no message is one body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from credlint.model.lean_dataclasses import dataclass, field

_HEADER = re.compile(rb"([!-9;-~]+):[ \t]*(.*)", re.DOTALL)
_BOUNDARY = re.compile(r"""\bboundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"""\b(?:file)?name\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE
)
_DEPTH = 4


@dataclass(frozen=True)
class Body:
    """The lines ``start`` to ``end`` (from 0, exclusive) and the headers that they have.

    Names of ``headers`` are in lower case; folded values are one line.
    """

    start: int
    end: int
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        """Return the transfer encoding in lower case, empty when there is none."""
        return self.headers.get("content-transfer-encoding", "").strip().lower()

    @property
    def file_name(self) -> str:
        """Return the file name that the sender gave, empty when there is none."""
        for name in ("content-disposition", "content-type"):
            found = _FILE_NAME.search(self.headers.get(name, ""))
            if found:
                return found.group(1) or found.group(2)
        return ""


def iter_bodies(lines: Sequence[bytes]) -> Iterator[Body]:
    """Yield the bodies of the message that the lines are, in order, containers opened."""
    yield from _message(lines, 0, len(lines), _DEPTH)


def _message(lines: Sequence[bytes], start: int, end: int, depth: int) -> Iterator[Body]:
    headers, body = _headers(lines, start, end)
    kind = headers.get("content-type", "")
    boundary = _BOUNDARY.search(kind)
    if not depth or boundary is None or not kind.strip().lower().startswith("multipart/"):
        yield Body(body, end, headers)
        return
    name = boundary.group(1) or boundary.group(2)
    for first, last in _between(lines, body, end, name.encode("utf-8", "surrogateescape")):
        yield from _message(lines, first, last, depth - 1)


def _headers(lines: Sequence[bytes], start: int, end: int) -> tuple[dict[str, str], int]:
    """Return the headers and the number of the first line after them."""
    found: dict[str, str] = {}
    last = ""
    for number in range(start, end):
        line = lines[number].rstrip(b"\r\n")
        if not line.strip():
            return found, number + 1
        text = line.decode("utf-8", "replace")
        header = _HEADER.match(line)
        if last and text[0] in " \t":
            found[last] += " " + text.strip()
        elif header:
            last = header.group(1).decode("ascii").lower()
            found[last] = header.group(2).decode("utf-8", "replace")
        else:
            # As Python's parser has it: what is no header begins the body.
            return found, number
    return found, end


def _between(
    lines: Sequence[bytes], start: int, end: int, boundary: bytes
) -> Iterator[tuple[int, int]]:
    """Yield where each part between the delimiter lines starts and ends."""
    opening = None
    for number in range(start, end):
        line = lines[number].rstrip()
        if line not in (b"--" + boundary, b"--" + boundary + b"--"):
            continue
        if opening is not None:
            yield opening, number
        opening = number + 1
        if line.endswith(boundary + b"--"):
            return
    if opening is not None:
        yield opening, end
