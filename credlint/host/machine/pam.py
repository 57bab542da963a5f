"""What pam_env gives to a login: /etc/environment, pam_env.conf, ~/.pam_environment.

Source: Linux-PAM 1.5.2 and 1.7.2, modules/pam_env/pam_env.c (_parse_env_file, _parse_line,
_expand_arg, _check_var) and libpam_internal/pam_line.c; compared with ``su`` over pam_env.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Optional

from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.texts import Texts
from credlint.host.machine.users import HostUser
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.lean_tuples import NamedTuple

ENVIRONMENT_FILE = "/etc/environment"
CONFIGURATION_FILE = "/etc/security/pam_env.conf"
_USER_FILE = ".pam_environment"
_KEY = re.compile(r"[A-Za-z0-9_]+\Z")
_REFERENCE = re.compile(r"\\(.?)|([$@])\{([^}]*)\}", re.DOTALL)
_INCLUDES = frozenset(("include", "substack"))
_DEPTH = 8
_LINE_LIMIT = 20_000


class PamLine(NamedTuple):
    """A logical line: its text and, for its first piece, line and column."""

    text: str
    line: int
    column: int
    single: bool


@dataclass(frozen=True)
class PamCall:
    """One line of a PAM stack that calls pam_env; paths as its options have them."""

    environment_file: Optional[str] = ENVIRONMENT_FILE
    configuration_file: str = CONFIGURATION_FILE
    user_file: Optional[str] = None


def logical_lines(text: str) -> Iterator[PamLine]:
    """Yield the lines as libpam puts them together: comments cut, a backslash joins the next."""
    parts: list[str] = []
    first = (1, 1)
    for number, raw in enumerate(text.removesuffix("\n").split("\n")[:_LINE_LIMIT], 1):
        stripped = raw.rstrip(" \t")
        joins = stripped.endswith("\\") and "#" not in raw
        body = stripped[:-1] if joins else raw
        begin = len(body) - len(body.lstrip(" \t"))
        piece = body[begin:].partition("#")[0]
        if not parts:
            first = (number, begin + 1)
        parts.append(piece)
        if not joins:
            if "".join(parts).strip():
                yield PamLine("".join(parts), *first, single=len(parts) == 1)
            parts = []


def parse_environment(text: str, path: str, kind: str = "etc-environment") -> list[RawAssignment]:
    """Return the assignments of a file such as /etc/environment."""
    found = []
    for line in logical_lines(text):
        body, offset = line.text, 0
        if body.startswith("export "):
            offset = len("export ")
        name, equals, value = body[offset:].partition("=")
        if not equals or not _KEY.match(name):
            continue
        start = offset + len(name) + 1
        end = start + len(value)
        if value[:1] in ("'", '"'):
            inner = value[1:]
            closed = inner[-1:] in ("'", '"')
            value = inner[:-1] if closed else inner
            start, end = start + 1, start + 1 + len(value)
        found.append(
            RawAssignment(
                kind=kind,
                path=path,
                line=line.line,
                column=line.column + start,
                end_column=line.column + (end if line.single else start),
                variable=name,
                value=value,
            )
        )
    return found


def parse_configuration(
    text: str, path: str, user: Optional[HostUser], known: Mapping[str, str]
) -> list[tuple[str, Optional[RawAssignment]]]:
    """Return what a file such as pam_env.conf does to variables: a line, or None to unset one.

    ``known``: the variables before it. Without a user ``@{HOME}`` and the like cannot be told.
    """
    found: list[tuple[str, Optional[RawAssignment]]] = []
    seen = dict(known)
    for line in logical_lines(text):
        entry = _configuration_line(line.text)
        if entry is None:
            continue
        one = _chosen(line, *entry, path, user, seen)
        found.append((entry[0], one))
        if one is None:
            seen.pop(entry[0], None)
        elif one.literal:
            seen[one.variable] = one.value
    return found


def _chosen(
    line: PamLine,
    name: str,
    values: Mapping[str, tuple[str, int]],
    path: str,
    user: Optional[HostUser],
    known: Mapping[str, str],
) -> Optional[RawAssignment]:
    """Return the value that counts: OVERRIDE's unless it comes to be nothing, else DEFAULT's."""
    for option in ("OVERRIDE", "DEFAULT"):
        if option not in values:
            continue
        written, start = values[option]
        value = _expand(written, user, known)
        if option == "OVERRIDE" and value == "":
            continue
        return RawAssignment(
            kind="pam-env",
            path=path,
            line=line.line,
            column=line.column + start,
            end_column=line.column + start + (len(written) if line.single else 0),
            variable=name,
            value=written if value is None else value,
            literal=value is not None,
        )
    return None


def _configuration_line(text: str) -> Optional[tuple[str, dict[str, tuple[str, int]]]]:
    words = re.match(r"([^ \t]+)", text)
    if words is None:
        return None
    name, position = words.group(1), words.end()
    values: dict[str, tuple[str, int]] = {}
    option = re.compile(r'[ \t]+(?:(DEFAULT|OVERRIDE)=(?:"([^"]*)"(?=[ \t]|\Z)|([^" \t][^ \t]*)?))')
    while position < len(text):  # white space at the end makes a bad line, too
        found = option.match(text, position)
        if found is None:
            return None
        group = 2 if found.group(2) is not None else 3
        value = found.group(group)
        if value or group == 2:  # noqa: PLR2004  "" is an empty value, nothing is none
            values[found.group(1)] = (value, found.start(group))
        position = found.end()
    return name, values


def _expand(text: str, user: Optional[HostUser], known: Mapping[str, str]) -> Optional[str]:
    unknown = False

    def replace(found: re.Match[str]) -> str:
        nonlocal unknown
        escaped, sign, name = found.groups()
        if sign is None:
            return escaped
        if sign == "$":
            return known.get(name, "")
        if name in ("HOME", "SHELL", "PAM_USER") and user is not None:
            return {"HOME": user.home, "SHELL": user.shell, "PAM_USER": user.name}[name]
        unknown = True
        return ""

    expanded = _REFERENCE.sub(replace, text)
    return None if unknown else expanded


def pam_calls(texts: Texts, services: tuple[str, ...]) -> tuple[PamCall, ...]:
    """Return how the first of these services that there is calls pam_env.

    Where the host says nothing of PAM at all it is taken to read /etc/environment.
    """
    for service in services:
        if texts.read(f"/etc/pam.d/{service}") is not None:
            return tuple(dict.fromkeys(_calls(texts, service, 0)))
    if texts.is_folder("/etc/pam.d"):
        return ()
    return (PamCall(),)


def _calls(texts: Texts, service: str, depth: int) -> Iterator[PamCall]:
    text = texts.read(service if service.startswith("/") else f"/etc/pam.d/{service}")
    if text is None or depth > _DEPTH:
        return
    for line in logical_lines(text):
        words = line.text.split()
        if words[0] == "@include" and len(words) > 1:
            yield from _calls(texts, words[1], depth + 1)
            continue
        words = re.sub(r"\[[^\]]*\]", "[control]", line.text).split()
        if len(words) < 3 or words[0].lstrip("-") not in ("auth", "session"):  # noqa: PLR2004
            continue
        if words[1] in _INCLUDES:
            yield from _calls(texts, words[2], depth + 1)
        elif words[2].rpartition("/")[2] == "pam_env.so":
            yield _call(words[3:])


def _call(options: list[str]) -> PamCall:
    said = dict(option.partition("=")[::2] for option in options)
    reads = said.get("readenv", "1") != "0"
    user_file = said.get("user_envfile") or _USER_FILE
    return PamCall(
        (said.get("envfile") or ENVIRONMENT_FILE) if reads else None,
        said.get("conffile") or CONFIGURATION_FILE,
        user_file if said.get("user_readenv", "0") not in ("", "0") else None,
    )


def pam_environment(
    texts: Texts, services: tuple[str, ...], user: HostUser
) -> dict[str, RawAssignment]:
    """Return what pam_env sets for a user who comes in by the first of these services."""
    found: dict[str, RawAssignment] = {}
    for call in pam_calls(texts, services):
        paths = [(call.configuration_file, False), (call.environment_file, True)]
        if call.user_file:
            paths.append((f"{user.home.rstrip('/')}/{call.user_file}", False))
        for path, plain in paths:
            text = texts.read(path) if path else None
            if text is None or path is None:
                continue
            if plain:
                found.update((one.variable, one) for one in parse_environment(text, path))
                continue
            known = {name: one.value for name, one in found.items() if one.literal}
            for name, line in parse_configuration(text, path, user, known):
                if line is None:
                    found.pop(name, None)
                else:
                    own = path != call.configuration_file
                    found[name] = replace(line, user=user.name) if own else line
    return found
