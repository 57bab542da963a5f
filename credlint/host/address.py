"""Network addresses: literals, names and TCP connections, each within a deadline."""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
import time
from typing import Optional

Deadline = float  # a value of time.monotonic()

_ERRORS: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "reset"),
    (socket.timeout, "timeout"),
    (TimeoutError, "timeout"),
)


class AddressError(Exception):
    """No connection; ``kind`` is refused, timeout, unreachable, reset or malformed."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def error_kind(error: OSError) -> str:
    """Return the word of ``HttpAttempt.error`` for a socket's error."""
    for kind, word in _ERRORS:
        if isinstance(error, kind):
            return word
    return "unreachable"


def remaining(deadline: Deadline) -> float:
    """Return the seconds left; raises AddressError("timeout") when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        kind = "timeout"
        raise AddressError(kind)
    return left


def is_literal(host: str) -> bool:
    """Tell whether the host is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def resolve(host: str, deadline: Deadline) -> tuple[str, ...]:
    """Return the addresses of a host; raises AddressError when there is none in time.

    A name is looked up in a thread, because the C library's resolver knows no deadline; the
    thread is a daemon and is left behind when it does not answer.
    """
    if is_literal(host):
        return (host,)
    found: list[str] = []

    def look_up() -> None:
        try:
            for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
                address = str(entry[4][0])
                if address not in found:
                    found.append(address)
        except (OSError, UnicodeError):
            return

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(remaining(deadline))
    addresses = tuple(found)
    if not addresses:
        raise AddressError("timeout" if thread.is_alive() else "unreachable")
    return addresses


def connect(addresses: tuple[str, ...], port: int, deadline: Deadline) -> socket.socket:
    """Open a TCP connection to the first address that accepts; raises AddressError.

    Never through a proxy: this is a plain socket.
    """
    failure = AddressError("unreachable")
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            channel = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            failure = AddressError(error_kind(error))
            continue
        try:
            channel.settimeout(remaining(deadline))
            channel.connect((address, port))
        except AddressError:
            channel.close()
            raise
        except (OSError, OverflowError) as error:
            channel.close()
            kind = error_kind(error) if isinstance(error, OSError) else "malformed"
            failure = AddressError(kind)
            continue
        return channel
    raise failure


# Linux include/uapi/linux/in.h and in6.h; Python's socket module does not name them.
_IP_MINTTL, _IPV6_MINHOPCOUNT = 21, 73


def set_least_hops(channel: socket.socket, least: int) -> None:
    """Have the kernel drop what arrives with a smaller time to live (ip(7), IP_MINTTL).

    Raises OSError where there is no such option.
    """
    if sys.platform != "linux":
        message = "no such option"
        raise OSError(message)
    if channel.family == socket.AF_INET6:
        channel.setsockopt(socket.IPPROTO_IPV6, _IPV6_MINHOPCOUNT, least)
    else:
        channel.setsockopt(socket.IPPROTO_IP, _IP_MINTTL, least)


def source_address(host: str, port: int) -> Optional[str]:
    """Return the local address that the kernel would send from; None when there is no route.

    A connected UDP socket asks the routing table and sends nothing.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as channel:
            channel.connect((host, port))
            return str(channel.getsockname()[0])
    except (OSError, OverflowError):
        return None
