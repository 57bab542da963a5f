"""A very small HTTP client for link-local services: no proxy, no redirect, hard deadlines.

An SDK's client would hide the evidence (status, error) that a diagnosis needs. What is read is
capped; whoever answers byte by byte or with a mebibyte is cut off (RFC 9112 framing).
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Mapping
from typing import Optional
from urllib.parse import urlsplit

from credlint.host.address import (
    AddressError,
    Deadline,
    connect,
    error_kind,
    remaining,
    set_least_hops,
)
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.metadata import HttpAttempt

ANSWER_LIMIT = 64 * 1024
_DEFAULT_PORT = 80
_PREFIX = re.compile(r"[A-Za-z0-9._~/-]*\Z")
_HOST = re.compile(r"[A-Za-z0-9._:%-]+\Z")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?:[ \r]|$)")
_DATE = re.compile(
    r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) GMT\Z"
)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905  reads best so
_REDIRECTS = range(300, 400)


@dataclass(frozen=True)
class Endpoint:
    """An http address; ``prefix`` is the path before ``/latest`` without a slash at its end.

    ``authority`` is host and port as written, without user info.
    """

    host: str
    port: int
    prefix: str
    authority: str

    def display(self) -> str:
        """Return the address without user info, query or fragment."""
        return f"http://{self.authority}{self.prefix}"


@dataclass(frozen=True)
class Answer:
    """One request's outcome and body; the body may be a token, so it has no ``repr``.

    ``connected``: a connection was accepted, whatever came of it.
    """

    attempt: HttpAttempt
    body: bytes = b""
    connected: bool = True

    def __repr__(self) -> str:
        return f"Answer({self.attempt!r}, {len(self.body)} bytes)"

    @property
    def status(self) -> Optional[int]:
        """Return the status of a complete answer, None when there was none."""
        return self.attempt.status if self.attempt.error is None else None

    @property
    def text(self) -> str:
        """Return the body as text; never raises."""
        return self.body.decode("utf-8", "replace")


def parse_endpoint(text: str) -> Optional[Endpoint]:
    """Parse ``http://host[:port][/prefix]``; None for any other scheme or a malformed address."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    prefix = parts.path.rstrip("/")
    if parts.scheme != "http" or not _HOST.match(host) or not _PREFIX.match(prefix):
        return None
    authority = parts.netloc.rpartition("@")[2]
    return Endpoint(host, _DEFAULT_PORT if port is None else port, prefix, authority)


def request(
    endpoint: Endpoint,
    addresses: tuple[str, ...],
    method: str,
    path: str,
    headers: Mapping[str, str],
    connect_deadline: Deadline,
    deadline: Deadline,
    *,
    least_hops: int = 0,
) -> Answer:
    """Make one request; never raises. Deadlines are values of ``time.monotonic()``.

    ``least_hops``: what arrives with a smaller time to live counts as lost on the way (Linux
    alone; elsewhere the error is unreachable).
    """
    begin = time.monotonic()

    def attempt(status: Optional[int], error: Optional[str]) -> HttpAttempt:
        return HttpAttempt(status, error, int((time.monotonic() - begin) * 1000))

    try:
        channel = connect(addresses, endpoint.port, min(connect_deadline, deadline))
    except AddressError as error:
        return Answer(attempt(None, error.kind), connected=False)
    try:
        with channel:
            if least_hops:
                set_least_hops(channel, least_hops)
            channel.settimeout(remaining(deadline))
            channel.sendall(_head(endpoint, method, path, headers))
            raw = _receive(channel, deadline)
    except AddressError as error:
        return Answer(attempt(None, error.kind))
    except OSError as error:
        return Answer(attempt(None, error_kind(error)))
    status, body, fault = _parse(raw)
    if fault is None and status in _REDIRECTS:
        fault = "redirect"
    if fault is not None:
        return Answer(attempt(status if fault == "redirect" else None, fault))
    return Answer(replace(attempt(status, None), date=_date(raw)), body)


def _head(endpoint: Endpoint, method: str, path: str, headers: Mapping[str, str]) -> bytes:
    fields = {
        "Host": endpoint.authority,
        "User-Agent": "credlint",
        "Accept": "*/*",
        "Connection": "close",
    }
    lines = [f"{method} {endpoint.prefix}{path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in {**fields, **headers}.items()]
    if method == "PUT":
        lines.append("Content-Length: 0")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii", "replace")


def _receive(channel: socket.socket, deadline: Deadline) -> bytes:
    data = bytearray()
    while len(data) <= ANSWER_LIMIT and not _is_complete(data):
        channel.settimeout(remaining(deadline))
        piece = channel.recv(16384)
        if not piece:
            break
        data += piece
    return bytes(data)


def _fields(head: bytes) -> dict[str, str]:
    fields = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        fields[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
    return fields


def _date(raw: bytes) -> Optional[str]:
    """Return the Date header (RFC 9110 §5.6.7, its usual form) as ISO time."""
    text = _fields(raw.partition(b"\r\n\r\n")[0]).get("date", "")
    found = _DATE.match(text)
    if found is None or found.group(2) not in _MONTHS:
        return None
    day, name, year, clock = found.groups()
    return f"{year}-{_MONTHS.index(name) + 1:02}-{day}T{clock}Z"


def _length(fields: Mapping[str, str]) -> Optional[int]:
    text = fields.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None  # noqa: PLR2004


def _is_complete(data: bytearray) -> bool:
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    fields = _fields(bytes(data[:end]))
    length = _length(fields)
    if "chunked" in fields.get("transfer-encoding", ""):
        return _unchunk(bytes(data[end + 4 :])) is not None
    return length is not None and len(data) - end - 4 >= length


def _parse(raw: bytes) -> tuple[Optional[int], bytes, Optional[str]]:  # noqa: PLR0911  one per fault
    """Return (status, body, fault)."""
    if not raw:
        return None, b"", "reset"
    if len(raw) > ANSWER_LIMIT:
        return None, b"", "too-large"
    head, blank, rest = raw.partition(b"\r\n\r\n")
    first = _STATUS_LINE.match(head)
    if not first or not blank:
        return None, b"", "malformed"
    status, fields = int(first.group(1)), _fields(head)
    if "chunked" in fields.get("transfer-encoding", ""):
        body = _unchunk(rest)
        return (status, body, None) if body is not None else (status, b"", "malformed")
    length = _length(fields)
    if length is not None and length > ANSWER_LIMIT:
        return None, b"", "too-large"
    if length is not None and len(rest) < length:
        return status, b"", "malformed"
    return status, rest if length is None else rest[:length], None


def _unchunk(data: bytes) -> Optional[bytes]:
    """Join the chunks (RFC 9112 §7.1); None when the last one has not come."""
    body, position = bytearray(), 0
    while True:
        end = data.find(b"\r\n", position)
        if end < 0:
            return None
        digits = data[position:end].split(b";")[0].strip()
        try:
            size = int(digits, 16)
        except ValueError:
            return None
        if size < 0 or end + 2 + size > len(data):
            return None
        if size == 0:
            return bytes(body)
        body += data[end + 2 : end + 2 + size]
        position = end + 2 + size + 2
