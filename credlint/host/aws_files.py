"""Captures the files that ``aws_reading`` reads: every structural character, no secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Optional

from credlint.host import aws_settings
from credlint.host.aws_lines import RawLine
from credlint.host.aws_reading import ReadFile
from credlint.host.captured import Capturer
from credlint.host.lookalikes import is_public
from credlint.host.masking import Masker
from credlint.host.process import executable_word
from credlint.host.readings import unquoted
from credlint.host.ways import Ways
from credlint.model.captured import CapturedValue
from credlint.model.host_file import AwsLine, HostFile

_REASON_LIMIT = 200
_NAME_LIMIT = 200
_COMMENT = re.compile(r"\s[#;]")


def iter_secrets(file: ReadFile) -> Iterator[str]:
    """Yield the values of the file that are secret by their setting's name."""
    for line in file.lines:
        if line.kind == "setting" and line.value and aws_settings.is_sensitive(line.name or ""):
            for value in (line.value, unquoted(line.value)):
                if not is_public(value):
                    yield from _secret_parts(value)


def _secret_parts(value: str) -> Iterator[str]:
    """Yield the value without what looks like a comment behind it.

    The same comment may stand behind a region, which must be told as it is. Words of a comment
    that are not all letters still count: a comment can hold a key.
    """
    comment = _COMMENT.search(value)
    if comment is None:
        yield value
        return
    yield value[: comment.start()]
    yield from (word for word in value[comment.start() :].split() if not word.isalpha())


def capture_file(file: ReadFile, masker: Masker, ways: Optional[Ways] = None) -> HostFile:
    """Return what may be kept of a file; ``ways`` None tells nothing of who may change it."""
    raw, capturer, path = file.raw, masker.capturer, file.request.path
    closed = ways is not None and raw.status == "unreadable"
    undecodable = raw.status == "read" and file.encoding in ("utf-16", "undecodable")
    return HostFile(
        role=file.request.role,
        path=capturer.scrub(file.request.shown),
        origin=file.request.origin,
        status="undecodable" if undecodable else raw.status,
        lines=tuple(_capture_lines(file.lines, capturer)),
        error=raw.error,
        encoding=file.encoding,
        mode=raw.mode,
        owner_uid=raw.owner_uid,
        symlink=raw.symlink,
        size=raw.size,
        undecodable_line=file.undecodable_line,
        text=masker.file(file.lines) if raw.status == "read" else None,
        modified=iso_time(raw.modified) if raw.modified is not None else None,
        way=ways.to(path) if ways is not None and raw.status != "absent" else (),
        closed_by=ways.closed_by(path) if ways is not None and closed else None,
    )


def iso_time(seconds: float) -> Optional[str]:
    """Return a file's time as ISO 8601 in whole seconds; None for one beyond the calendar."""
    try:
        return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return None


def _capture_lines(lines: Iterable[RawLine], capturer: Capturer) -> Iterator[AwsLine]:
    for line in lines:
        if line.kind == "setting":
            yield _capture_setting(line, capturer)
        elif line.kind == "section":
            yield _capture_section(line, capturer)
        elif line.kind == "comment":
            yield _place(line, ignore=_capture_directive(line, capturer))
        elif line.kind == "text":
            yield _place(line, whole=_capture_text(line, capturer))
        else:
            yield _place(line)


def _place(
    line: RawLine,
    name: Optional[str] = None,
    value: Optional[CapturedValue] = None,
    whole: Optional[CapturedValue] = None,
    ignore: Optional[str] = None,
) -> AwsLine:
    end = len(line.indent) + len(line.stripped) + 1
    has_value = line.value is not None
    return AwsLine(
        number=line.number,
        kind=line.kind,
        indent=len(line.indent),
        column=line.start + 1,
        name=name,
        delimiter=line.delimiter,
        value=value,
        value_column=line.value_start + 1 if has_value else line.start + 1,
        end_column=end,
        whole=whole,
        has_equals="=" in line.stripped,
        trailing=line.trailing,
        ignore=ignore,
    )


def _capture_setting(line: RawLine, capturer: Capturer) -> AwsLine:
    name, value = line.name or "", line.value or ""
    shown = _capture_name(name, capturer)
    plain = aws_settings.is_plain(name)
    whole = capturer.capture_text(line.stripped) if plain else _facts(line, capturer)
    return _place(line, shown, _capture_value(name, value, capturer), whole)


def _capture_value(name: str, value: str, capturer: Capturer) -> CapturedValue:
    if aws_settings.is_process(name):
        return _capture_command(value, capturer)
    if aws_settings.is_plain(name):
        return capturer.capture_text(value)
    return capturer.capture_secret(value)


def _facts(line: RawLine, capturer: Capturer) -> CapturedValue:
    return capturer.capture_secret(line.stripped)


def _capture_name(name: str, capturer: Capturer) -> str:
    if aws_settings.is_identifier(name.lstrip("\ufeff")):
        return capturer.scrub(name, fold_case=True)
    # Not a name but some text before the first delimiter, perhaps half of a pasted key.
    return capturer.mark(name.lower()) if name else ""


def _capture_command(value: str, capturer: Capturer) -> CapturedValue:
    word, rest = executable_word(value)
    shown = capturer.scrub(word)
    text = f"{shown} [{rest} more characters]" if rest else shown
    return capturer.capture_as(value, text)


def _capture_section(line: RawLine, capturer: Capturer) -> AwsLine:
    name = capturer.scrub(line.name or "")
    if len(name) > _NAME_LIMIT:
        name = name[:_NAME_LIMIT] + capturer.mark(line.name or "")
    whole = _facts(line, capturer) if line.trailing else capturer.capture_text(line.stripped)
    return _place(line, name, whole=whole)


def _capture_text(line: RawLine, capturer: Capturer) -> CapturedValue:
    # A byte order mark before a header is the one text line whose content matters to readers
    # that drop the mark; anything else may be a bare secret.
    if line.stripped.startswith("\ufeff") and _is_header(line.stripped[1:].strip()):
        return capturer.capture_text(line.stripped)
    return _facts(line, capturer)


def _is_header(text: str) -> bool:
    return text.startswith("[") and text.endswith("]") and "=" not in text


def _capture_directive(line: RawLine, capturer: Capturer) -> Optional[str]:
    directive = line.directive
    if directive is None:
        return None
    codes, reason = directive
    return capturer.scrub(f"ignore[{codes[:_REASON_LIMIT]}] {reason[:_REASON_LIMIT]}".rstrip())
