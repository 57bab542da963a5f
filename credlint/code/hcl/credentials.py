"""Keys and profiles that a block is given, and how bad that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from credlint.code.addresses import Address, is_of_aws
from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN
from credlint.code.hcl.folder import Folder, Known
from credlint.code.issued_keys import is_issued
from credlint.code.marked.nodes import Node, Scalar, entries_of, walk
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple

_KINDS = {"access_key": KEY_ID, "secret_key": SECRET_KEY, "token": TOKEN}
KEYS = tuple(_KINDS)


class Given(NamedTuple):
    """An argument or entry that gives a key; ``start``, ``end``: bytes of all of it."""

    known: Known
    start: int
    end: int


def literals(given: Mapping[str, Given]) -> dict[str, Given]:
    """Return the keys whose text is known."""
    return {name: each for name, each in given.items() if each.known.text}


def judged(found: Mapping[str, Given], addresses: Iterator[str]) -> tuple[Level, str]:
    """Return the level of literal keys and why it is not the highest.

    ``addresses``: endpoints that the block is given.
    """
    real = [
        name for name, given in found.items() if is_issued(_KINDS[name], given.known.text or "")
    ]
    elsewhere = [address for address in addresses if not is_of_aws(address)]
    if not real:
        if any(Address(address).is_stand_in for address in elsewhere):
            return "note", "They are made up, for a stand-in on this machine."
        return "note", "The values have not the form that AWS issues, so they are made up."
    if elsewhere:
        return "warning", "The requests go to another endpoint than AWS'."
    if "secret_key" not in real:
        return "warning", "The secret key itself is not spelled out here."
    return "error", ""


def addresses_in(folder: Folder, *nodes: Optional[Node]) -> Iterator[str]:
    """Yield the texts in some values that are addresses."""
    for node in nodes:
        if node is None:
            continue
        for _, inner in walk(folder.known(node).node):
            text = folder.known(inner).text if isinstance(inner, Scalar) else None
            if text is not None and ("://" in text or ":" in text or text == "localhost"):
                yield text
            elif isinstance(inner, Scalar) and inner.tag == "template" and "://" in inner.written:
                yield inner.written


def entries_given(folder: Folder, node: Optional[Node], names: tuple[str, ...]) -> dict[str, Given]:
    """Return the entries of an object that have one of those names."""
    return {
        entry.key.value: Given(folder.known(entry.value), entry.key.start, entry.value.end)
        for entry in entries_of(node)
        if entry.key.value in names
    }
