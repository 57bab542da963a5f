"""Hashes of passwords: fast ones wherever they stand, slow ones in lists of accounts alone.

A slow hash in a configuration (``password: "$2a$…"``) is what documentation advises instead of a
password. A list of accounts (``shadow``, a dump of a table, a file of users) is what is stolen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.tokens import inspect_tokens

_ACCOUNT = re.compile(rb"(?:^|[\s\"'])[A-Za-z0-9_.@+\\-]{1,64}:(?:\{[A-Za-z0-9]{1,12}\})?\Z")
# A row of SQL, or of comma- or tab-separated values; a call's second argument is none.
_ROW = re.compile(
    rb"(?i)\binsert\s|\bvalues\b|^[\s,]{0,16}\([^)]|\bpassword\s+'\Z|^[^,;\t(]{1,80}[,;\t][\"']?\Z"
)
TABLES = (".sql", ".ldif", ".csv", ".tsv", ".dump")
_REACH = 400


def inspect_hashes(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge hashes; those of the level ``note`` are the slow ones."""
    listed = [
        match
        for match in matches
        if match.pattern.options.get("level") != "note" or _in_a_list(match, view)
    ]
    return inspect_tokens(listed, view)


def _in_a_list(match: Match, view: TextView) -> bool:
    start, _ = view.lines.line_bounds(match.start)
    before = view.data[max(start, match.start - _REACH) : match.start]
    if not before.strip(b"\"' \t") or _ACCOUNT.search(before):
        return True
    return view.uri.lower().endswith(TABLES) or (
        match.start - start < _REACH and _ROW.search(before) is not None
    )
