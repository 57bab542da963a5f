"""What other tools' files say of the keys in them: the setting's name, and whose keys they are.

Keys for another S3 service (MinIO, Ceph, Google's interoperable storage …) have the form of AWS'
own; the endpoint beside them tells. Pure; nothing that could be a secret comes out.

Formats: s3cmd 2.4 (``host_base``), rclone 1.68 (``provider``, ``endpoint``), boto 2 and gsutil
(``[Credentials]``, ``gs_*``, ``s3_host``), mc (``aliases``: ``url``), Hadoop 3 core-site.xml and
Spark's defaults (``fs.s3a.endpoint``), s3fs-fuse 1.9 (``BUCKET:ID:SECRET``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Callable, Optional

from credlint.model.lean_dataclasses import dataclass

_SECTION = re.compile(r"[ \t]*\[([^\]\r\n]{1,200})\]")
_SETTING = re.compile(r"[ \t]*([A-Za-z][\w.-]{0,80})[ \t]*[=:][ \t]*(\S{0,300})")
_BLANK_SETTING = re.compile(r"[ \t]*([A-Za-z][\w.-]{0,120})[ \t]+(\S{1,300})")
_PROPERTY = re.compile(
    r"<name>\s{0,20}([\w.-]{1,120})\s{0,20}</name>\s{0,99}"
    r"(?:<[a-z]{1,20}>[^<]{0,200}</[a-z]{1,20}>\s{0,99})?<value>([^<]{0,400})"
)
_ALIAS = re.compile(r'"([^"\r\n]{1,80})"\s{0,20}:\s{0,20}\{([^{}]{0,1500})\}')
_URL = re.compile(r'"url"\s{0,20}:\s{0,20}"([^"]{0,300})"')
_MEMBER = re.compile(r'"(accessKey|secretKey|sessionToken)"\s{0,20}:\s{0,20}"')
_BUCKET = re.compile(r"([a-z0-9][a-z0-9.-]{1,62}):[A-Z0-9]{16,}:")
_ITEM = re.compile(r"( {0,20})- ")
_USER_NAME = re.compile(r"[ -]{0,24}name: *[\"']?([^\s\"']{1,120})")
_USER = re.compile(r"[A-Za-z0-9@:/._-]{1,100}\Z")
_ENDPOINTS = frozenset(
    (
        "host_base",
        "endpoint",
        "s3_host",
        "s3_endpoint",
        "s3_endpoint_url",
        "fs.s3a.endpoint",
        "aws_endpoint",
        "aws_endpoint_url",
        "aws_endpoint_url_s3",
        "aws_s3_endpoint",
        "aws_s3_endpoint_url",
    )
)
_AWS_HOST = re.compile(r"(?:^|[./@])amazonaws\.com|\.api\.aws\b|^%|^\$", re.IGNORECASE)
# No such file comes near this; what stands behind it has no name.
_LIMIT = 256 * 1024
_NAME = re.compile(r"[A-Za-z0-9 ._-]{1,48}\Z")
# A name without a break may be a value that does not belong on a screen.
_LONG_WORD = re.compile(r"[A-Za-z0-9]{16,}")


@dataclass(frozen=True)
class Setting:
    """The setting on a line: ``name`` for people, empty when there is none to show.

    ``foreign``: it belongs to an S3 service that is not AWS.
    """

    line: int
    name: str
    foreign: bool = False


@dataclass
class _Section:
    name: str
    settings: list[tuple[int, str]]
    foreign: bool = False


def read_store(tool: str, data: bytes) -> dict[int, Setting]:
    """Return the settings at the head of a file by their line, from 1; raises nothing."""
    text = data[:_LIMIT].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    reader = _READERS.get(tool, _ini)
    return {setting.line: setting for setting in reader(text)}


def _is_foreign(endpoint: str) -> bool:
    return bool(endpoint) and _AWS_HOST.search(endpoint) is None


def _shown(name: str) -> str:
    """Return a name if it may be shown, else nothing."""
    return name if _NAME.match(name) and not _LONG_WORD.search(name) else ""


def _ini(text: str) -> Iterator[Setting]:
    sections = [_Section("", [])]
    for number, line in enumerate(text.split("\n"), 1):
        header = _SECTION.match(line)
        if header:
            sections.append(_Section(_shown(header.group(1).strip()), []))
            continue
        found = _SETTING.match(line)
        if found is None:
            continue
        name, value = found.group(1), found.group(2)
        here = sections[-1]
        if name.lower() in _ENDPOINTS:
            here.foreign = here.foreign or _is_foreign(value)
        elif name == "provider":  # rclone
            here.foreign = here.foreign or value not in ("", "AWS")
        here.settings.append((number, name))
    for section in sections:
        label = f"[{section.name}] " if section.name else ""
        for number, name in section.settings:
            foreign = section.foreign or name.lower().startswith("gs_")
            yield Setting(number, f"{label}{_shown(name)}".strip(), foreign)


def _aliases(text: str) -> Iterator[Setting]:
    line_of = _line_numbers(text)
    for alias in _ALIAS.finditer(text):
        url = _URL.search(alias.group(2))
        foreign = url is not None and _is_foreign(url.group(1).partition("?")[0])
        for member in _MEMBER.finditer(text, *alias.span(2)):
            name = f"{_shown(alias.group(1))} {member.group(1)}".strip()
            yield Setting(line_of(member.start()), name, foreign)


def _properties(text: str) -> Iterator[Setting]:
    found = [(match, match.group(1), match.group(2).strip()) for match in _PROPERTY.finditer(text)]
    foreign = any(name in _ENDPOINTS and _is_foreign(value) for _, name, value in found)
    line_of = _line_numbers(text)
    for match, name, _ in found:
        yield Setting(line_of(match.start(2)), _dotted(name), foreign and ".s3" in name)


def _defaults(text: str) -> Iterator[Setting]:
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _BLANK_SETTING.match(line) or _SETTING.match(line)
        if match:
            found.append((number, match.group(1), match.group(2)))
    foreign = any(name.endswith("fs.s3a.endpoint") and _is_foreign(v) for _, name, v in found)
    for number, name, _ in found:
        yield Setting(number, _dotted(name), foreign and ".s3" in name)


def _buckets(text: str) -> Iterator[Setting]:
    for number, line in enumerate(text.split("\n"), 1):
        bucket = _BUCKET.match(line.strip())
        name = _shown(bucket.group(1)) if bucket else ""
        yield Setting(number, f"bucket {name}" if name else "")


def _users(text: str) -> Iterator[Setting]:
    """Yield the user of a kubeconfig that each line belongs to (kubectl's order: name first)."""
    indent: Optional[int] = None
    inside, user = False, ""
    for number, line in enumerate(text.split("\n"), 1):
        item = _ITEM.match(line)
        if line[:1].isalpha():
            inside, indent, user = line.startswith("users:"), None, ""
        elif inside and item and (indent is None or len(item.group(1)) == indent):
            indent, user = len(item.group(1)), ""
        named = _USER_NAME.match(line) if inside and not user else None
        if named and _USER.match(named.group(1)) and not _LONG_WORD.search(named.group(1)):
            user = named.group(1)
        if user:
            yield Setting(number, f"user {user}")


def _dotted(name: str) -> str:
    """Return a property's name; its words are those of the tool."""
    parts = name.split(".")
    return name if all(_shown(part) for part in parts) else ""


def _line_numbers(text: str) -> Callable[[int], int]:
    """Return what tells the line, from 1, of an offset."""
    starts = [found.end() for found in re.finditer("\n", text)]
    return lambda offset: bisect_right(starts, offset) + 1


_Reader = Callable[[str], Iterator[Setting]]
_READERS: dict[str, _Reader] = {
    "mc": _aliases,
    "hadoop": _properties,
    "spark": _defaults,
    "s3fs": _buckets,
    "kubernetes": _users,
}
