"""What entries of NO_PROXY keep from a proxy, as each HTTP client reads them. Pure.

Sources: CPython 3.11 urllib/request.py ``proxy_bypass_environment``; golang.org/x/net 0.57
http/httpproxy; Ruby 3.1 uri/generic.rb ``use_proxy?``; smithy-kotlin 1.7.2
EnvironmentProxySelector.kt; Guzzle 7.10 Utils.php ``isHostInNoProxy``; curl 8 noproxy.c; .NET
HttpEnvironmentProxy.cs. Addresses are literal ones: no name is looked up.
"""

from __future__ import annotations

import re
from typing import Callable

_PORT = re.compile(r":(\d+)\Z")
_HTTP_PORT = "80"
# For the others an entry goes on to the next comma.
_BLANKS_PART = frozenset(("ruby", "kotlin", "curl"))


def entries_of(text: str) -> list[str]:
    """Return the entries that a person sees in a list."""
    return [entry for entry in re.split(r"[,\s]+", text) if entry]


def is_exempt(reader: str, text: str, address: str) -> bool:
    """Tell whether a reader takes the list to cover the address; an unknown reader does."""
    reads = _READERS.get(reader)
    if reads is None:
        return True
    if reader in ("python", "curl") and text.strip() == "*":
        return True
    entries = re.split(r"[,\s]" if reader in _BLANKS_PART else ",", text.lower())
    return any(reads(entry.strip(), address) for entry in entries if entry.strip())


def is_meant(entry: str, address: str) -> bool:
    """Tell whether a person may have meant the entry to cover the address."""
    import fnmatch  # noqa: PLC0415  seldom asked

    bare = re.sub(r"\Ahttps?://", "", entry.lower()).rstrip("/")
    return (
        _literal(_without_port(bare)) == address
        or _in_network(bare, address)
        or ("*" in bare and bare != "*" and fnmatch.fnmatchcase(address, bare))
        or (bare.endswith(".") and address.startswith(bare))
    )


def _literal(text: str) -> str:
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text


def _without_port(entry: str) -> str:
    plain = entry if entry.count(":") <= 1 or "]" in entry else ""
    return _PORT.sub("", plain) if plain else entry


def _in_network(entry: str, address: str) -> bool:
    if "/" not in entry:
        return False
    import ipaddress  # noqa: PLC0415  start-up: most lists hold no network

    try:
        network = ipaddress.ip_network(_literal(entry), strict=False)
        return ipaddress.ip_address(address) in network
    except ValueError:
        return False


def _python(entry: str, address: str) -> bool:
    name = entry.lstrip(".")
    host = f"[{address}]" if ":" in address else address
    return bool(name) and (name == host or host.endswith(f".{name}"))


def _go(entry: str, address: str) -> bool:
    if entry == "*" or _in_network(entry, address):
        return True
    port = _PORT.search(entry) if entry.count(":") == 1 or "]:" in entry else None
    if port is not None and port.group(1) != _HTTP_PORT:
        return False
    return _literal(_without_port(entry)) == address


def _ruby(entry: str, address: str) -> bool:
    host, colon, port = entry.partition(":")
    if colon and port != _HTTP_PORT:
        return False
    if entry.startswith("."):
        return address.endswith(host)
    return _ends_with(host, address) or _in_network(host, address)


def _kotlin(entry: str, address: str) -> bool:
    pattern, colon, port = entry.lstrip(".").partition(":")
    if pattern == "*":
        return True
    if colon and port != _HTTP_PORT:
        return False
    if pattern.endswith("*"):
        return address.startswith(pattern[:-1])
    if pattern.startswith("*"):
        return address.endswith(pattern[1:])
    return _ends_with(pattern, address)


def _guzzle(entry: str, address: str) -> bool:
    return entry == "*" or _ends_with(entry, address)


def _curl(entry: str, address: str) -> bool:
    # Networks count since curl 7.86; which version PHP has is not known here.
    return _ends_with(_literal(entry), address) or _in_network(entry, address)


def _dotnet(entry: str, address: str) -> bool:
    if entry.startswith("."):
        return address.endswith(entry)
    return entry in ("*", address)


def _ends_with(entry: str, address: str) -> bool:
    name = entry.lstrip(".")
    return bool(name) and (name == address or address.endswith(f".{name}"))


_READERS: dict[str, Callable[[str, str], bool]] = {
    "python": _python,
    "go": _go,
    "ruby": _ruby,
    "kotlin": _kotlin,
    "guzzle": _guzzle,
    "curl": _curl,
    "dotnet": _dotnet,
}
