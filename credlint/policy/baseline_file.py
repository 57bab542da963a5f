"""The text of a baseline: one entry a line, so that git merges two of them like any list.

::

    # a comment
    credlint-baseline/1
    salt 6b0f…
    SEC102 3f9c1c2ab04d77e1 in="config/prod.env" until="2027-01-31" reason="revoked, a fixture"

Lines may stand twice and in any order, as ``merge=union`` leaves them; two salts are what remains
of two baselines made apart. Whatever else is not understood is refused with its line: an entry
that is passed over is either a finding too many or, mistyped, an acceptance that never ends.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.baseline import Baseline, BaselineEntry, join_entries

VERSION_LINE = "credlint-baseline/1"
SIZE_LIMIT = 10_000_000  # bytes: some 80,000 entries
SALT_BYTES = 16
# Each salt costs every value another stretched digest.
MOST_SALTS = 4

_COMMENT = "# Findings that are accepted here: docs/baseline.md; what a reason says is up to you."
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_SALT = re.compile(r"salt ([0-9a-f]{32})\Z")
_HEAD = re.compile(r"([A-Z]{3}[0-9]{3}) (@?[0-9a-f]{16})(?= |\Z)")
_FIELD = re.compile(r" +([a-z]+)=(?=\")")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_FIELDS = {"in": "place", "until": "until", "reason": "reason"}


class BaselineError(Exception):
    """A baseline cannot be used; the message names the file, the line and what to do."""


def read_baseline(data: bytes, name: str) -> Baseline:
    """Return what the file says; duplicates are joined, the strictest date counts.

    ``name`` is the file's for messages. Raises BaselineError.
    """
    text = _decode(data, name)
    salts: list[bytes] = []
    entries: dict[tuple[str, str], BaselineEntry] = {}
    versions = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip(" \t\r")
        if not line or line.startswith("#"):
            continue
        if line.startswith(_CONFLICT):
            raise _fault(name, number, "a merge conflict is not resolved; keep both sides")
        if line.startswith("credlint-baseline/"):
            if line != VERSION_LINE:
                raise _fault(name, number, f'this version reads "{VERSION_LINE}" alone')
            versions += 1
            continue
        if not versions:
            raise _fault(name, number, f'no baseline: "{VERSION_LINE}" must come first')
        salt = _SALT.match(line)
        if salt is not None:
            salts.append(bytes.fromhex(salt.group(1)))
            continue
        entry = _entry(line, name, number)
        known = entries.get(entry.key)
        entries[entry.key] = join_entries(known, entry) if known else entry
    if not versions:
        raise _fault(name, 1, f'no baseline: "{VERSION_LINE}" is missing')
    salts = sorted(set(salts))
    if not 0 < len(salts) <= MOST_SALTS:
        message = f'"{name}" has {len(salts)} different salts, it must be 1 to {MOST_SALTS}'
        raise BaselineError(message)
    return Baseline(name, tuple(salts), tuple(entries.values()))


def write_baseline(baseline: Baseline) -> str:
    """Return the file's text: sorted, one entry a line; equal baselines give equal texts."""
    lines = [_COMMENT, VERSION_LINE, *(f"salt {salt.hex()}" for salt in sorted(baseline.salts))]
    for entry in sorted(baseline.entries, key=lambda one: one.key):
        fields = [f"{entry.code} {entry.digest}"]
        if entry.place:
            fields.append(f"in={_quoted(entry.place)}")
        if entry.until:
            fields.append(f"until={_quoted(entry.until)}")
        fields.append(f"reason={_quoted(entry.reason)}")
        lines.append(" ".join(fields))
    return "\n".join(lines) + "\n"


def read_date(text: str) -> Optional[str]:
    """Return the day as ``YYYY-MM-DD``, None for what is no day of the calendar."""
    import datetime as dt  # noqa: PLC0415  only for an entry that ends

    if not _DATE.match(text):
        return None
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return None
    return text


def _decode(data: bytes, name: str) -> str:
    if len(data) > SIZE_LIMIT:
        message = f'"{name}" is larger than {SIZE_LIMIT:,} bytes'
        raise BaselineError(message)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fault(name, data.count(b"\n", 0, error.start) + 1, "not UTF-8") from error


def _fault(name: str, line: int, text: str) -> BaselineError:
    return BaselineError(f'"{name}", line {line}: {text}')


def _entry(line: str, name: str, number: int) -> BaselineEntry:
    head = _HEAD.match(line)
    if head is None:
        raise _fault(name, number, "neither an entry nor a salt")
    fields: dict[str, str] = {}
    position = head.end()
    while position < len(line):
        found = _FIELD.match(line, position)
        if found is None or found.group(1) not in _FIELDS:
            raise _fault(name, number, f"after the digest stand {', '.join(_FIELDS)}, quoted")
        value, position = _unquoted(line, found.end(), name, number)
        if _FIELDS[found.group(1)] in fields:
            raise _fault(name, number, f'"{found.group(1)}" stands twice')
        fields[_FIELDS[found.group(1)]] = value
    if fields.get("until") and read_date(fields["until"]) is None:
        raise _fault(name, number, '"until" must be a day such as "2027-01-31"')
    place = fields.pop("place", "").replace("\\", "/")
    return BaselineEntry(head.group(1), head.group(2), place=place, line=number, **fields)


def _unquoted(line: str, start: int, name: str, number: int) -> tuple[str, int]:
    import json  # noqa: PLC0415  only for an entry with fields

    try:
        value, end = json.JSONDecoder().raw_decode(line, start)
    except ValueError as error:
        raise _fault(name, number, "a text is not quoted as JSON does it") from error
    return value, end


def _quoted(text: str) -> str:
    import json  # noqa: PLC0415  likewise

    return json.dumps(text, ensure_ascii=not text.isprintable())
