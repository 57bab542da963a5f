"""The console's download for a new user: its ``Password`` column opens the console itself.

IAM user guide, "Create an IAM user": ``User name,Password,Console sign-in URL`` (before:
``User name,Password,Access key ID,Secret access key,Console login link``).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.secret import Secret
from credlint.secrets.aws.key_ids import account_properties, account_words
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.randomness import is_placeholder

_LINE = re.compile(rb"[^\r\n]+")
_LONGEST = 2000
_SHORTEST_PASSWORD = 6  # of an account's password policy
_SIGN_IN = ".signin.aws.amazon.com"


def inspect_console_csv(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge the rows below each header, up to the next."""
    starts = [match.start for match in matches]
    for match, after in zip(matches, [*starts[1:], len(view.data)]):
        place, end = view.lines.line_bounds(match.start)
        header = _cells(view.data[place:end])
        names = [cell.strip().lower().replace("_", " ") for cell in header]
        column = names.index("password") if "password" in names else -1
        rows = _iter_lines(view.data, end, after)
        for start, end in rows if column >= 0 else ():
            row = _cells(view.data[start:end])
            if len(row) != len(header):
                break
            candidate = _candidate(match, row, column, (start, end), view)
            if candidate is not None:
                yield candidate


def _iter_lines(data: bytes, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Yield where the lines that hold something begin and end between two offsets."""
    return (line.span() for line in _LINE.finditer(data, low, high))


def _cells(line: bytes) -> list[str]:
    text = line[:_LONGEST].decode("utf-8", "replace")
    return next(csv.reader([text]), []) if "\0" not in text else []


def _candidate(
    match: Match, row: Sequence[str], column: int, line: tuple[int, int], view: TextView
) -> Optional[Candidate]:
    password = row[column].strip()
    if len(password) < _SHORTEST_PASSWORD or is_placeholder(password):
        return None
    place = view.data.find(password.encode(), *line)
    links = [cell for cell in row if _SIGN_IN in cell]
    if place < 0 or not links:
        return None
    account = links[0].partition("://")[2].partition(".")[0]
    told = account if account.isdigit() and len(account) == 12 else None  # noqa: PLR2004
    return Candidate(
        pattern=match.pattern,
        start=place,
        end=place + len(password.encode()),
        value=Secret(password),
        level="error",
        message=f"Password for the AWS console{account_words(told, view)}.",
        subject="AWS console password",
        properties=(("kind", "console-password"), *account_properties(told, view)),
    )
