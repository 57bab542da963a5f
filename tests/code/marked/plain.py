"""Trees of marked nodes as the values that other readers make of the same text."""

from __future__ import annotations

from credlint.code.marked.nodes import Mapping, Scalar, entries_of


def plain(node):
    """Return texts, lists and dictionaries; merge keys are resolved."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        made = {}
        for entry in entries_of(node):
            made[entry.key.value] = plain(entry.value)
        return made
    return [plain(item) for item in node.items]


def as_texts(value):
    """Return a value of json.loads with its scalars as they are written."""
    if isinstance(value, dict):
        return {key: as_texts(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_texts(inner) for inner in value]
    return value
