"""The objects of a manifest and of the manifests beside it, as far as pods need them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import kind_of
from credlint.code.marked.nodes import Mapping, Node, Step, at, entries_of, text_at, walk
from credlint.code.sighting import Context, NotReadError
from credlint.model.lean_tuples import NamedTuple

ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
_MOST_FILES = 30
_SUFFIXES = (".yaml", ".yml", ".json")


class Account(NamedTuple):
    """A ServiceAccount; ``namespace`` is empty where the manifest leaves it open."""

    name: str
    namespace: str
    has_role: bool


class Around(NamedTuple):
    """``accounts`` by name; ``secrets``: those that hold AWS keys, by name."""

    accounts: dict[str, Account]
    secrets: dict[str, tuple[str, ...]]


def iter_objects(root: Node) -> Iterator[tuple[tuple[Step, ...], Mapping]]:
    """Yield what has ``kind`` and ``metadata``: the root, and the items of a List."""
    for path, node in walk(root):
        if isinstance(node, Mapping) and text_at(node, "kind") and at(node, "metadata"):
            yield path, node


def read_around(roots: tuple[Node, ...], context: Context) -> Around:
    """Return the accounts and secrets of the file, then those of the files in its folder."""
    around = Around({}, {})
    _collect(roots, around)
    folder = context.uri.rpartition("/")[0]
    names = sorted(
        name
        for name in context.around.names(folder)
        if name.endswith(_SUFFIXES) and name != context.uri.rpartition("/")[2]
    )
    for name in names[:_MOST_FILES]:
        data = context.around.read(f"{folder}/{name}" if folder else name)
        if data is None or (b"ServiceAccount" not in data and b"Secret" not in data):
            continue
        # Rarely wanted, so loaded here.
        from credlint.code.marked import json_reader, yaml_reader  # noqa: PLC0415

        reader = json_reader if name.endswith(".json") else yaml_reader
        try:
            found = reader.read(data, name).roots
        except NotReadError:
            continue  # told when the file itself is looked at
        _collect(found, around)
    return around


def _collect(roots: tuple[Node, ...], around: Around) -> None:
    for root in roots:
        for _, node in iter_objects(root):
            kind, name = text_at(node, "kind"), text_at(node, "metadata", "name")
            if not name:
                continue
            if kind == "ServiceAccount":
                namespace = text_at(node, "metadata", "namespace") or ""
                role = at(node, "metadata", "annotations", ROLE_ANNOTATION)
                around.accounts.setdefault(name, Account(name, namespace, role is not None))
            elif kind == "Secret":
                keys = tuple(
                    entry.key.value
                    for part in ("data", "stringData")
                    for entry in entries_of(at(node, part))
                    if entry.key.value and kind_of(entry.key.value)
                )
                if keys:
                    around.secrets.setdefault(name, keys)


def nearest_text(root: Node, path: tuple[Step, ...], *names: str) -> Optional[str]:
    """Return the text under one of the names in the nearest node around a place."""
    for length in range(len(path), -1, -1):
        node = at(root, *path[:length])
        for name in names:
            text = text_at(node, name)
            if text:
                return text
    return None
