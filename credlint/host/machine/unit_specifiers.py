"""The ``%`` specifiers of systemd's units. Pure.

Source: systemd.unit(5), table of specifiers; systemd 252, shared/specifier.c (specifier_printf).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from credlint.host.machine.unit_files import instance_of, prefix_of

_ONE = re.compile(r"%(.)", re.DOTALL)
_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})")
# Those whose value depends on the moment or on what is not looked at.
_ASCII = 0x80
_UNSEEN = frozenset("aAbBcCdDeEfgGhHlLmMoqrRsStTuUvVwWyY")


def unit_specifiers(name: str, scope: Mapping[str, str]) -> dict[str, str]:
    """Return what each specifier stands for; ``scope``: those of the service manager."""
    prefix, instance = prefix_of(name), instance_of(name)
    path = _unescape(prefix if instance is None else instance)
    last = prefix.rpartition("-")[2]
    return {
        **scope,
        "n": name,
        "N": name.rpartition(".")[0],
        "p": prefix,
        "P": _unescape(prefix),
        "i": instance or "",
        "I": _unescape(instance or ""),
        "j": last,
        "J": _unescape(last),
        "f": "/" + path.lstrip("/"),
        "%": "%",
    }


class UnknownSpecifierError(ValueError):
    """A letter or digit after a % that stands for nothing: systemd passes over the whole word."""


def expand(text: str, known: Mapping[str, str]) -> Optional[str]:
    """Replace the specifiers; None where one is known to systemd but not here.

    What is neither letter nor digit stays as it is. Raises UnknownSpecifierError.
    """
    unseen = False

    def replace(found: re.Match[str]) -> str:
        nonlocal unseen
        letter = found.group(1)
        if letter in known:
            return known[letter]
        if letter in _UNSEEN:
            unseen = True
        elif letter.isascii() and letter.isalnum():
            raise UnknownSpecifierError
        return found.group()

    expanded = _ONE.sub(replace, text)
    return None if unseen else expanded


def _unescape(text: str) -> str:
    """Undo unit_name_escape: a dash is a slash, a backslash, x and two digits are a byte."""
    raw = _ESCAPED.sub(_byte, text.replace("-", "/"))
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _byte(found: re.Match[str]) -> str:
    code = int(found.group(1), 16)
    return chr(code) if code < _ASCII else chr(0xDC00 + code)
