"""Addresses as ``new URL(text)`` of Node 20 takes them, as far as they are beyond doubt.

Source: WHATWG URL standard, basic URL parser (special schemes, hosts, ports).
"""

from __future__ import annotations

import ipaddress
import re

from credlint.chain.outcome import Unknown
from credlint.model.lean_tuples import NamedTuple

_SPECIAL = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_LARGEST_PORT = 65535


class InvalidAddress(Exception):  # noqa: N818  the real SDK's TypeError, not an error of ours
    """``new URL`` throws a TypeError."""


class Address(NamedTuple):
    """``scheme`` without colon; ``host`` as ``url.hostname`` (IPv6 in brackets, may be empty)."""

    scheme: str
    host: str
    path: str


def parse_address(text: str) -> Address:
    """Parse; raises InvalidAddress, or Unknown where only the real parser could tell."""
    text = text.strip("".join(map(chr, range(0x21)))).translate({9: None, 10: None, 13: None})
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if match is None:
        raise InvalidAddress
    scheme, rest = match.group(1).lower(), text[match.end() :]
    if scheme not in _SPECIAL:
        if rest.startswith("//"):
            message = "an address of an uncommon scheme"
            raise Unknown(message)
        return Address(scheme, "", rest)
    rest = rest.lstrip("/\\")
    end = min((rest.find(c) for c in "/\\?#" if c in rest), default=len(rest))
    authority, path = rest[:end].rpartition("@")[2], rest[end:]
    return Address(scheme, _host(authority), re.split(r"[?#]", path)[0])


def _host(authority: str) -> str:
    if authority.startswith("["):
        literal, bracket, port = authority[1:].partition("]")
        try:
            host = f"[{ipaddress.IPv6Address(literal).compressed}]"
        except ValueError:
            raise InvalidAddress from None
        if not bracket or (port and not port.startswith(":")):
            raise InvalidAddress
        port = port[1:]
    else:
        host, _, port = authority.partition(":")
    if not host or (port and not port.isascii()) or (port and not port.isdigit()):
        raise InvalidAddress
    if port and int(port) > _LARGEST_PORT:
        raise InvalidAddress
    if host.startswith("["):
        return host
    if not re.match(r"[A-Za-z0-9_.-]+\Z", host):
        message = "an address with unusual characters"
        raise Unknown(message)
    return _name(host.lower())


def _name(host: str) -> str:
    last = host.rstrip(".").rpartition(".")[2]
    if last.isdigit() or last.startswith("0x"):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            message = "an address in an unusual notation of IPv4"
            raise Unknown(message) from None
    return host
