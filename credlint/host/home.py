"""Home directories and paths as Python's os.path expands them, over a given environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

_VARIABLE = re.compile(r"\$(\w+|\{[^}]*\})", re.ASCII)


def home_of(environment: Mapping[str, str], uid: Optional[int]) -> Optional[str]:
    """Return the home directory: HOME when set (even if empty), else the password entry's.

    None when there is neither (posixpath.expanduser, CPython 3.11, leaves ``~`` as it is then).
    """
    if "HOME" in environment:
        return environment["HOME"]
    return entry_home(uid) if uid is not None else None


def entry_home(who: object) -> Optional[str]:
    """Return the home directory of a user's password entry, by number or name."""
    try:
        import pwd  # noqa: PLC0415  absent on Windows

        entry = pwd.getpwuid(who) if isinstance(who, int) else pwd.getpwnam(str(who))
    except (ImportError, KeyError, OverflowError, ValueError):
        return None
    return entry.pw_dir


def expand_user(path: str, home: Optional[str]) -> str:
    """Expand ``~`` and ``~user`` as posixpath.expanduser does with that home directory."""
    if not path.startswith("~"):
        return path
    name, slash, rest = path[1:].partition("/")
    base = entry_home(name) if name else home
    if base is None:
        return path
    return (base.rstrip("/") + slash + rest) or "/"


def expand_variables(path: str, environment: Mapping[str, str]) -> str:
    """Expand ``$NAME`` and ``${NAME}`` as posixpath.expandvars does; unknown ones stay."""

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        name = name[1:-1] if name.startswith("{") else name
        return environment.get(name, match.group())

    return _VARIABLE.sub(replace, path)


def display_path(path: str, home: Optional[str]) -> str:
    """Return a path for people: below ``~`` when it lies in the home directory."""
    if home:
        base = home.rstrip("/")
        if base and (path == base or path.startswith(base + "/")):
            return "~" + path[len(base) :]
    return path
