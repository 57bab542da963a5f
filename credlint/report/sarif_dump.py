"""Turns sarif-om objects into plain values, and nothing else into anything.

The library's own serialiser drops values that equal the schema's default (an explicit level
vanishes and the rule's default takes its place), writes unknown objects as ``str(x)`` and
explicit None as null. This one does neither.
"""

from __future__ import annotations

from typing import Any

Node = Any  # an object of sarif-om, which comes without types
Json = Any  # a tree of dicts, lists, texts, numbers and booleans

# Written only when set: the objects carry these defaults although nobody asked for them.
_DEFAULTED = frozenset({"language", "contents", "newlineSequences"})
# sarif-om 1.0.4 still has a name of a draft; SARIF 2.1.0 §3.35.3 calls it status.
_RENAMED = {("Suppression", "state"): "status"}
# What a reader looks for stands first; the rest follows in the library's order.
_FIRST = (
    "$schema",
    "ruleId",
    "ruleIndex",
    "id",
    "name",
    "version",
    "kind",
    "level",
    "message",
    "tool",
    "taxonomies",
    "invocations",
    "originalUriBaseIds",
    "versionControlProvenance",
    "artifacts",
    "columnKind",
    "redactionTokens",
    "locations",
    "uri",
    "uriBaseId",
    "index",
)
_UNSET = -1
_BAGS = frozenset({"properties"})


def plain(value: object) -> Json:
    """Return dicts, lists, texts, numbers and booleans for a tree of sarif-om objects.

    Raises TypeError for any other kind of value, for a dictionary key that is no text, and for
    None inside a list or dictionary.
    """
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                message = f"a key of a dictionary is no text but {type(key).__name__}"
                raise TypeError(message)
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if hasattr(type(value), "__attrs_attrs__"):
        return _plain_object(value)
    message = f"not a value for SARIF: {type(value).__name__}"
    raise TypeError(message)


def _plain_object(value: Node) -> dict[str, Json]:
    import attr  # noqa: PLC0415  comes with sarif-om, loaded when a SARIF report is asked for

    kind = type(value).__name__
    written: dict[str, Json] = {}
    for field in attr.fields(type(value)):
        content = getattr(value, field.name)
        name = field.metadata["schema_property_name"]
        if content is None or (content == _UNSET and _default(field) == _UNSET):
            continue
        if name in _DEFAULTED and content == _default(field):
            continue
        written[_RENAMED.get((kind, name), name)] = plain(content)
    ordered = {name: written[name] for name in _FIRST if name in written}
    ordered.update((name, entry) for name, entry in written.items() if name not in _BAGS)
    ordered.update((name, entry) for name, entry in written.items() if name in _BAGS)
    return ordered


def _default(field: Node) -> object:
    factory = getattr(field.default, "factory", None)
    return factory() if factory else field.default
