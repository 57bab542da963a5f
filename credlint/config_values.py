"""The keys of the configuration and what each accepts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Callable, Optional

from credlint.model.sdk_names import SDK_NAMES

# The SDKs that have a chain, in the order in which they are told.
SDK_IDS = tuple(SDK_NAMES)
EVERY_SDK = "all"
FAIL_ON_WORDS = ("low", "medium", "high", "critical", "note", "warning", "error", "never")

# key of the file -> (field of Settings, kind of value)
SETTINGS = {
    "select": ("select", "selectors"),
    "ignore": ("ignore", "selectors"),
    "extend-select": ("extend_select", "selectors"),
    "fail-on": ("fail_on", "threshold"),
    "strict": ("strict", "switch"),
    "exclude": ("exclude", "paths"),
    "max-file-size": ("max_file_size", "size"),
    "archives": ("archives", "switch"),
    "per-file-ignores": ("per_file_ignores", "table"),
    "sdks": ("sdks", "sdks"),
    "expect.accounts": ("expect_accounts", "accounts"),
    "expect.node-role-namespaces": ("expect_node_role_namespaces", "namespaces"),
    "jobs": ("jobs", "count"),
    "baseline": ("baseline", "inner-file"),
}

_SIZE = r"(\d{1,12})\s*(B|kB|KB|MB|GB|KiB|MiB|GiB)?\Z"
_UNITS = {
    "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
}  # fmt: skip
_ACCOUNT = r"[0-9]{12}\Z"
# RFC 1123 label, which the name of a Kubernetes namespace must be.
_NAMESPACE = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z"
_MOST_JOBS = 256
_LONGEST = 1000
_MOST_ENTRIES = 10_000


class ConfigError(Exception):
    """Settings cannot be used; the message names the file or variable, the key and the fault."""


def read_setting(value: object, kind: str, where: str) -> object:
    """Return the checked value of a setting; raises ConfigError that begins with ``where``."""
    return _READERS[kind](value, where)


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> Optional[str]:
    """Return the most similar known word, None when none is as similar as ``cutoff`` (0 to 1)."""
    import difflib  # noqa: PLC0415  only for a mistake

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), None)


def _refuse(where: str, fault: str) -> ConfigError:
    return ConfigError(f"{where} {fault}")


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise _refuse(where, "must be a list of texts")
    if len(value) > _MOST_ENTRIES or any(len(entry) > _LONGEST for entry in value):
        raise _refuse(where, "is too long")
    if any(not entry.strip() or "\0" in entry for entry in value):
        raise _refuse(where, "holds an empty text")
    return tuple(value)


def _selectors(value: object, where: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in _texts(value, where))


def _threshold(value: object, where: str) -> str:
    return _one_of(value, FAIL_ON_WORDS, where)


def _one_of(value: object, words: tuple[str, ...], where: str) -> str:
    if isinstance(value, str) and value in words:
        return value
    near = nearest(value, words) if isinstance(value, str) else None
    hint = f', did you mean "{near}"?' if near else ""
    raise _refuse(where, f"must be one of {', '.join(words)}{hint}")


def _switch(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _refuse(where, "must be true or false")
    return value


def _count(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_JOBS:
        raise _refuse(where, f"must be a number from 0 to {_MOST_JOBS}")
    return value


def _size(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = re.match(_SIZE, value.strip()) if isinstance(value, str) else None
    size = int(match.group(1)) * _UNITS[match.group(2) or "B"] if match else 0
    if size < 1:
        raise _refuse(where, 'must be a number of bytes or a size such as "10MB"')
    return size


def _table(value: object, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise _refuse(where, "must be a table of path patterns and lists of rules")
    if len(value) > _MOST_ENTRIES or any(not key.strip() or len(key) > _LONGEST for key in value):
        raise _refuse(where, "holds an empty or too long pattern")
    return tuple((key, _selectors(value[key], where)) for key in value)


def _sdks(value: object, where: str) -> tuple[str, ...]:
    names = _texts(value, where)
    if names == (EVERY_SDK,):
        return SDK_IDS
    for name in names:
        _one_of(name, (*SDK_IDS, EVERY_SDK), where)
    if not names:
        raise _refuse(where, "must name at least one SDK")
    return names


def _accounts(value: object, where: str) -> tuple[str, ...]:
    names = _texts(value, where)
    if not all(re.match(_ACCOUNT, name) for name in names):
        raise _refuse(where, "must hold account numbers of twelve digits, as texts")
    return names


def _namespaces(value: object, where: str) -> tuple[str, ...]:
    names = _texts(value, where)
    if not all(re.match(_NAMESPACE, name) for name in names):
        raise _refuse(where, "must hold names of Kubernetes namespaces")
    return names


def _inner_file(value: object, where: str) -> str:
    parts = value.replace("\\", "/").split("/") if isinstance(value, str) else []
    drive = len(parts) > 0 and ":" in parts[0]
    if not parts or not all(parts) or ".." in parts or drive or "\0" in str(value):
        raise _refuse(where, "must be a path below the configuration's folder")
    return "/".join(parts)


_READERS: dict[str, Callable[[object, str], object]] = {
    "selectors": _selectors,
    "threshold": _threshold,
    "switch": _switch,
    "paths": _texts,
    "size": _size,
    "table": _table,
    "sdks": _sdks,
    "accounts": _accounts,
    "namespaces": _namespaces,
    "count": _count,
    "inner-file": _inner_file,
}
