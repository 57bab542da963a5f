# ruff: noqa: ANN401  a codec is about values of any type
"""Frozen dataclasses to plain JSON values and back, strictly. Pure.

Knows the types that the snapshot uses: str, int, bool, Optional, tuples and dataclasses. The
way back takes nothing for granted: what it gets may come from anywhere.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Callable, Union, get_args, get_origin, get_type_hints

Check = Callable[[str, str], None]


class CodecError(ValueError):
    """A value does not have the shape of its type; the message names the place, not the value."""


def encode(value: Any) -> Any:
    """Return the JSON value of a dataclass; every field is written, defaults too."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [encode(entry) for entry in value]
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def decode(kind: Any, value: Any, place: str, check: Check) -> Any:
    """Build a value of type ``kind``; ``check(place, text)`` may refuse texts.

    Raises CodecError for a missing or unknown field and for a value of another type.
    """
    origin = get_origin(kind)
    if origin is Union:
        if value is None:
            return None
        inner = next(entry for entry in get_args(kind) if entry is not type(None))
        return decode(inner, value, place, check)
    if origin is tuple:
        return _decode_tuple(get_args(kind), value, place, check)
    if is_dataclass(kind):
        return _decode_dataclass(kind, value, place, check)
    # bool is a subclass of int and must not pass for one.
    if type(value) is not kind:
        message = f"{place} is not of the type {kind.__name__}"
        raise CodecError(message)
    if kind is str:
        check(place, value)
    return value


def _decode_tuple(kinds: tuple[Any, ...], value: Any, place: str, check: Check) -> Any:
    if not isinstance(value, list):
        message = f"{place} is not a list"
        raise CodecError(message)
    if len(kinds) == 2 and kinds[1] is Ellipsis:  # noqa: PLR2004  tuple[X, ...]
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        message = f"{place} has not {len(kinds)} entries"
        raise CodecError(message)
    return tuple(
        decode(kind, entry, f"{place}[{index}]", check)
        for index, (kind, entry) in enumerate(zip(kinds, value))
    )


def _decode_dataclass(kind: Any, value: Any, place: str, check: Check) -> Any:
    if not isinstance(value, dict):
        message = f"{place} is not an object"
        raise CodecError(message)
    hints = _hints(kind)
    known = {field.name: field for field in fields(kind)}
    unknown = sorted(set(value) - set(known))
    if unknown:
        message = f"{place} has {len(unknown)} field(s) that this version does not know"
        raise CodecError(message)
    found = {}
    for name, field in known.items():
        if name in value:
            found[name] = decode(hints[name], value[name], f"{place}.{name}", check)
        elif field.default is MISSING and field.default_factory is MISSING:
            message = f"{place}.{name} is missing"
            raise CodecError(message)
    return kind(**found)
