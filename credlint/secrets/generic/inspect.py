"""Judges what is assigned to names that claim a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.generic import names, values
from credlint.secrets.generic.model import load
from credlint.secrets.generic.score import randomness
from credlint.secrets.generic.syntax import Literal, read_value

_BACK = re.compile(rb"[A-Za-z0-9_.\-]{0,48}")
_NAME = re.compile(rb"[A-Za-z0-9_\-]{1,48}(?:\.[A-Za-z0-9_\-]{1,24}){0,3}")
_CODE = frozenset(
    "py js jsx ts tsx mjs cjs java go rb php cs kt kts rs c cc cpp cxx h hpp swift scala ps1 psm1 lua "
    "pl pm dart groovy gradle m mm vue svelte html htm css scss ipynb pyi vb fs ex exs erl clj r jl "
    "sol proto graphql pug slim erb ejs j2 hbs tpl".split()
)
NEED = {names.PASSWORD: 2.0, names.SECRET: 4.0, names.TOKEN: 8.0, names.KEY: 12.0}
LEAST = {names.PASSWORD: 4, names.SECRET: 6, names.TOKEN: 8, names.KEY: 10}


def inspect_assignments(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge the matches of kind ``assignment``, each value once."""
    suffix = view.uri.rpartition("/")[2].rpartition(".")[2].lower()
    code = suffix in _CODE
    seen: set[int] = set()
    for match in sorted(matches, key=lambda entry: entry.start):
        found = _judge(match, view.data, seen, code=code)
        if found is not None:
            yield found


def _judge(match: Match, data: bytes, seen: set[int], *, code: bool) -> Optional[Candidate]:
    head = _BACK.match(data[max(0, match.start - 48) : match.start][::-1])
    start = match.start - len(head.group()) if head else match.start
    whole = _NAME.match(data, match.start)
    if whole is None:
        return None
    end = whole.end()
    name = data[start:end].decode("ascii")
    literal = read_value(data, start, end, lines=not code)
    if literal is None or literal.start in seen:
        return None
    seen.add(literal.start)
    claim = names.claim_of(name.rpartition(".")[2] if "." in name else name)
    if claim is None:
        claim = names.claim_of(name) if "." in name else None
    if claim is None or not is_secret(claim, name, literal, data, code=code):
        return None
    return Candidate(
        pattern=match.pattern,
        start=literal.start,
        end=literal.end,
        value=Secret(literal.text),
        level="warning",
        message=f"A {claim} by its name, with a value that looks made by a generator.",
        subject=name,
    )


def is_secret(claim: str, name: str, literal: Literal, data: bytes, *, code: bool) -> bool:
    text = literal.text
    if len(text) < LEAST[claim] or " " in text.strip():
        return False
    model = load()
    if model.knows(text.lower()):
        return False
    if values.is_reference(text) or values.is_stored_form(text) or values.is_number_or_place(text):
        return False
    if values.is_placeholder(text) or values.resembles(text, name):
        return False
    if values.is_uuid(text):
        return claim in (names.TOKEN, names.SECRET, names.PASSWORD)
    if values.is_hex(text):
        return len(text) >= 12 and len(set(text)) >= 8 and (claim != names.KEY or len(text) >= 32)
    need = NEED[claim]
    if not literal.quote and code:
        if literal.after in "([." or data.count(text.encode()) > 3:
            return False
        need += 6
    return randomness(text, model) >= need
