"""Repairs of single lines of the AWS configuration and credentials file, and of file modes.

What a line must become is told by botocore 1.42 ``configloader.build_profile_map``: in the
configuration file a profile is ``[profile NAME]`` (quoted where it has blanks), in the credentials
file ``[NAME]``; values are what stands behind the sign of equality, quotes included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Optional

from credlint.model.fix import Edit
from credlint.model.lean_tuples import NamedTuple

_HEADER = re.compile(r"(\s*\[\s*)([^\[\]]*?)\s*\]")
_SETTING = re.compile(r"(\s*[A-Za-z_][\w.-]*\s*[=:])(.*)\Z", re.DOTALL)
# What is put around a value by mistake: quotes, blanks of any kind, ends of lines.
_AROUND = "\"'\u201c\u201d\u2018\u2019 \t\r\u00a0\ufeff\u200b"
_COMMENT = re.compile(r"[ \t]+([#;].*)\Z", re.DOTALL)


class Repair(NamedTuple):
    """What a rule's finding wants of the line it stands on.

    ``edits``: of a line without its end, offsets in characters; None where the line is not of the
    form that the finding was about.
    """

    summary: str
    edits: Callable[[str], Optional[list[Edit]]]


def _profile_prefix(line: str) -> Optional[list[Edit]]:
    found = _HEADER.match(line)
    if found is None or found.group(2).startswith("profile ") or not found.group(2):
        return None
    name = found.group(2)
    start, end = found.span(2)
    plain = name.strip("\"'")
    if len(plain.split()) > 1 and plain == name:
        return [Edit(start, start, 'profile "'), Edit(end, end, '"')]
    return [Edit(start, start, "profile ")]


def _bare_name(line: str) -> Optional[list[Edit]]:
    found = _HEADER.match(line)
    if found is None:
        return None
    inner = re.match(r"profile\s+([\"']?)(.+?)\1\Z", found.group(2))
    if inner is None:
        return None
    at = found.start(2)
    edits = [Edit(at, at + inner.start(2), "")]
    if inner.end(2) < len(found.group(2)):
        edits.append(Edit(at + inner.end(2), found.end(2), ""))
    return edits


def _small_default(line: str) -> Optional[list[Edit]]:
    found = _HEADER.match(line)
    if found is None or found.group(2) != "DEFAULT":
        return None
    return [Edit(*found.span(2), "default")]


def _bare_value(line: str) -> Optional[list[Edit]]:
    found = _SETTING.match(line)
    if found is None:
        return None
    value = found.group(2)
    bare = value.strip(_AROUND)
    if not bare or not bare.isprintable() or any(mark in bare for mark in "\"'"):
        return None
    start = found.start(2)
    first = value.index(bare)
    lead = " " if value[:1] in (" ", "\t") else ""
    edits = [Edit(start, start + first, lead)] if value[:first] != lead else []
    if first + len(bare) < len(value):
        edits.append(Edit(start + first + len(bare), len(line), ""))
    return edits or None


def _comment_above(line: str) -> Optional[list[Edit]]:
    found = _SETTING.match(line)
    comment = _COMMENT.search(line, found.start(2)) if found else None
    if found is None or comment is None:
        return None
    indent = line[: len(line) - len(line.lstrip())]
    return [Edit(0, 0, f"{indent}{comment.group(1)}\n"), Edit(comment.start(), len(line), "")]


def _no_indentation(line: str) -> Optional[list[Edit]]:
    blanks = len(line) - len(line.lstrip(" \t"))
    return [Edit(0, blanks, "")] if blanks and line.strip() else None


REPAIRS = {
    "CHN202": Repair("Write the section as [profile NAME].", _profile_prefix),
    "CHN203": Repair("Write the section as [NAME].", _bare_name),
    "CHN206": Repair("Write the section as [default].", _small_default),
    "CHN208": Repair("Remove what stands around the value.", _bare_value),
    "CHN209": Repair("Put the comment on a line of its own above.", _comment_above),
    "CHN210": Repair("Remove the blanks at the start of the line.", _no_indentation),
}
# Permission bits to take away, by rule: all of group and others.
MODES = {"HST202": 0o077, "HST203": 0o077}


def line_edits(data: bytes, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], list[Edit]]:
    """Return, for each (line, code) that can be repaired, its edits as bytes of the file.

    Lines count from 1 and end at LF, CR LF or CR. Of two repairs of one line the first is made.
    """
    lines = data.splitlines(keepends=True)
    starts = [0]
    for piece in lines:
        starts.append(starts[-1] + len(piece))
    made: dict[tuple[int, str], list[Edit]] = {}
    touched: set[int] = set()
    for number, code in wanted:
        repair = REPAIRS.get(code)
        if repair is None or not 1 <= number <= len(lines) or number in touched:
            continue
        whole = lines[number - 1]
        end = b"\r\n" if whole.endswith(b"\r\n") else whole[len(whole.rstrip(b"\r\n")) :]
        try:
            line = whole[: len(whole) - len(end)].decode("utf-8")
        except UnicodeDecodeError:
            continue
        edits = repair.edits(line)
        if not edits:
            continue
        touched.add(number)
        start = starts[number - 1]
        made[number, code] = [
            Edit(
                start + len(line[: edit.start].encode()),
                start + len(line[: edit.end].encode()),
                edit.text.replace("\n", end.decode() or "\n"),
            )
            for edit in edits
        ]
    return made
