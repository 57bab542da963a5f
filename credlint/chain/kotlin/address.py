"""Addresses as the AWS SDK for Kotlin parses them, and the proxy that it would ask through.

Source: smithy-kotlin 1.7.2, runtime-core net/url/Url.kt (``parse``, ``parseHostPort``),
net/Host.kt, net/Text.kt; http-client EnvironmentProxySelector.kt. Unlike most HTTP clients it has
no exception for loopback addresses: a proxy is asked for them too.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Callable, Optional
from urllib.parse import unquote

from credlint.chain.patterns import pattern
from credlint.model.lean_tuples import NamedTuple

_AUTHORITY_END = pattern(r"[/?#]")
_NUMBER = pattern(r"[+-]?[0-9]+\Z")
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_LARGEST_PORT = 65535
_LABEL_LENGTH = 63
_BYTE = 255
# System properties of what is asked without a proxy; the second is an old mistake.
_NOT_PROXIED = ("http.nonProxyHosts", "http.noProxyHosts")
Lookup = Callable[[str], Optional[str]]


class Address(NamedTuple):
    """The parts that matter; ``literal`` tells that the host is an IP address.

    ``called``: the host that is really called. A user name in front of it is not taken off: the
    two become one name.
    """

    scheme: str
    host: str
    port: int
    literal: bool
    called: str

    @property
    def is_nowhere(self) -> bool:
        """Tell whether no name server can know the name that is called."""
        if self.called == self.host and self.literal:
            return False
        last = self.called.rpartition(".")[2]
        return last.lower() == "invalid" or not last[:1].isalpha()


def parse(text: str) -> Address:
    """Return the parts of an address; raises ValueError where the SDK refuses it."""
    scheme, found, rest = text.partition("://")
    if not found:
        message = "no scheme"
        raise ValueError(message)
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    user, found, host_port = authority.partition("@")
    if not found:
        user, host_port = "", authority
    name, port_text = _split(host_port)
    host = ipv4(name) or _ipv6(name)
    if host is None:
        if not all(_is_label(label) for label in name.split(".")):
            message = "no host"
            raise ValueError(message)
    elif (":" in host) != host_port.startswith("["):
        message = "brackets belong to IPv6"
        raise ValueError(message)
    known = scheme.lower() in _PORTS
    port = _PORTS.get(scheme.lower(), -1)
    if port_text is not None:
        if _NUMBER.match(port_text) is None:
            message = "no port"
            raise ValueError(message)
        port = int(port_text)
    if not 1 <= port <= _LARGEST_PORT:
        message = "no port"
        raise ValueError(message)
    scheme = scheme.lower() if known else scheme
    return Address(scheme, host or name, port, host is not None, user + (host or name))


def _split(host_port: str) -> tuple[str, Optional[str]]:
    if host_port.startswith("["):
        inside, found, rest = host_port[1:].partition("]")
        if not found or (rest and not rest.startswith(":")):
            message = "brackets"
            raise ValueError(message)
        return unquote(inside), rest[1:] if rest else None
    parts = host_port.split(":")
    return unquote(parts[0]), parts[1] if len(parts) > 1 else None


def _is_label(label: str) -> bool:
    if not 1 <= len(label) <= _LABEL_LENGTH or not label[0].isalnum():
        return False
    return all(character.isalnum() or character == "-" for character in label)


def ipv4(text: str) -> Optional[str]:
    """Return a dotted address without needless zeros, None when it is none."""
    parts = text.split(".")
    if len(parts) != 4 or not all(_NUMBER.match(part) for part in parts):  # noqa: PLR2004
        return None
    numbers = [int(part) for part in parts]
    return ".".join(map(str, numbers)) if all(0 <= one <= _BYTE for one in numbers) else None


def _ipv6(text: str) -> Optional[str]:
    try:
        return ipaddress.IPv6Address(text.partition("%")[0]).compressed
    except ValueError:
        return None


def proxy(address: Address, get: Lookup) -> Optional[str]:
    """Return the setting whose proxy is asked; raises ValueError for a value that is refused."""
    found = {scheme: _proxy_setting(scheme, get) for scheme in ("http", "https")}
    if not any(found.values()):
        return None
    listed = next((get(one) for one in _NOT_PROXIED if get(one) is not None), None)
    entries = [] if listed is None else listed.split("|")
    texts = [get(name) for name in ("no_proxy", "NO_PROXY")]
    entries += [one for text in texts if text is not None for one in re.split("[, ]", text)]
    # Every entry is parsed before the first is compared.
    hosts = [_no_proxy(entry.strip().lstrip(".")) for entry in entries]
    if any(_matches(name, port, address) for name, port in hosts):
        return None
    return found.get(address.scheme)


def _proxy_setting(scheme: str, get: Lookup) -> Optional[str]:
    name = f"{scheme}.proxyHost"
    host, port = get(name), get(f"{scheme}.proxyPort")
    if host is not None and host.strip():
        # An IPv6 address stands here without brackets.
        host = f"[{host}]" if ":" in host else host
        parse(f"http://{host}:{port}" if port is not None and port.strip() else f"http://{host}")
        return f"-D{name}"
    for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY"):
        value = get(name)
        if value is not None and value.strip():
            parse(value)
            return name
    return None


def _no_proxy(entry: str) -> tuple[str, Optional[int]]:
    name, found, port = entry.partition(":")
    if found and _NUMBER.match(port) is None:
        message = "no port"
        raise ValueError(message)
    return name, int(port) if found else None


def _matches(pattern: str, port: Optional[int], address: Address) -> bool:
    if pattern == "*":
        return True
    if port is not None and port != address.port:
        return False
    name = address.host
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    if pattern.startswith("*"):
        return name.endswith(pattern[1:])
    return name == pattern or (name.endswith(pattern) and name[: -len(pattern)].endswith("."))
