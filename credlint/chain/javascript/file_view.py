"""The view that the JavaScript SDKs have of one captured file.

Source: @smithy/core 3.41.0, submodules/config, ``parseIni`` and ``getConfigData``. Names keep
their case; sections of one name are merged, the last value wins; an empty value opens a block
whose indented settings are called ``block.name``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Optional

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.patterns import pattern
from credlint.model.host_file import HostFile
from credlint.model.snapshot import HostSnapshot

Sections = Mapping[str, Mapping[str, Setting]]
# String.prototype.trim and \s (ECMA-262, WhiteSpace and LineTerminator): the byte order mark is
# among them, the information separators that Python counts are not.
WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_LINE = pattern(r"(.*?)(?:\r?\n|\Z)", re.DOTALL)
_COMMENT = pattern(f"(?:^|[{WHITE_SPACE}])[;#]")
_TYPES = ("profile", "sso-session", "services")
_PREFIXED = pattern(f"([A-Za-z0-9_-]+)[{WHITE_SPACE}]([\"'])?([A-Za-z0-9_\\-@+.%:/]+)(?(2)\\2)\\Z")
_REFUSED = ("__proto__", "profile __proto__")
# For such a file the SDK finds nothing: each line of UTF-16 holds zeros that no trim takes off.
_NOTHING = frozenset({"absent", "not-a-file", "unreadable"})


def text_of(snapshot: HostSnapshot, file: Optional[HostFile]) -> Optional[FileText]:
    """Return the file's text, None when the SDK cannot read one; raises Unknown."""
    if file is None or file.status in _NOTHING or file.encoding == "utf-16":
        return None
    return FileText(snapshot, file)


def iter_lines(text: FileText) -> Iterator[tuple[int, str, str]]:
    """Yield each line's number, its text and what is left of that without comment and margins."""
    for match in _LINE.finditer(text.text):
        line = match.group(1)
        comment = _COMMENT.search(line)
        bare = (line[: comment.start()] if comment else line).strip(WHITE_SPACE)
        if bare:
            yield text.number_at(match.start()), line, bare


def header_of(bare: str) -> Optional[str]:
    """Return a header's name, None for other lines."""
    return bare[1:-1] if bare[0] == "[" and bare[-1] == "]" else None


def view(text: Optional[FileText]) -> Sections:
    """Return the sections by the SDK's own names (``profile.dev``)."""
    sections: dict[str, dict[str, Setting]] = {}
    current: Optional[str] = None
    block: Optional[str] = None
    header = ""
    for number, line, bare in iter_lines(text) if text is not None else ():
        found = header_of(bare)
        if found is not None:
            if found in _REFUSED:
                return {}  # the whole file is given up
            header, current, block = found, _section_key(found), None
            continue
        name, equals, value = (part.strip(WHITE_SPACE) for part in bare.partition("="))
        if text is None or not current or not equals or not name:
            continue
        if not value:
            block = name
            continue
        if line[0] not in WHITE_SPACE:
            block = None
        key = f"{block}.{name}" if block else name
        sections.setdefault(current, {})[key] = text.setting(key, value, number, header)
    return sections


def profiles_of(sections: Sections) -> dict[str, Mapping[str, Setting]]:
    """Return the config file's profiles; sso-session and services keep their prefix.

    ``[profile default]`` replaces ``[default]`` whole; other sections without prefix are lost.
    """
    profiles = {"default": sections["default"]} if "default" in sections else {}
    for key, settings in sections.items():
        prefix, dot, rest = key.partition(".")
        if dot and prefix in _TYPES:
            profiles[rest if prefix == "profile" else key] = settings
    return profiles


def sso_sessions_of(sections: Sections) -> dict[str, Mapping[str, Setting]]:
    """Return the sso-sessions by name."""
    start = "sso-session."
    return {key[len(start) :]: value for key, value in sections.items() if key.startswith(start)}


def _section_key(name: str) -> Optional[str]:
    match = _PREFIXED.match(name)
    if match is None:
        return name
    prefix = match.group(1)
    return f"{prefix}.{match.group(3)}" if prefix in _TYPES else None
