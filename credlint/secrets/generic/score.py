"""Weighs name, value and context: how many bits speak for a secret, how many are asked for."""

from __future__ import annotations

import base64
import binascii
import math
import re
from functools import lru_cache
from typing import Optional

from credlint.model.finding import Level
from credlint.secrets.generic import values
from credlint.secrets.generic.context import HEXADECIMAL, Context, Verdict
from credlint.secrets.generic.model import WordModel, load
from credlint.secrets.generic.names import KEY, PASSWORD, SECRET, TOKEN
from credlint.secrets.generic.published import is_published

_RUNS = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+")
_HUMP = re.compile(r"[a-z](?=[A-Z])")
_CHANGE_BITS = 3.0
_HUMP_BITS = 2.0
# One capital inside in so many letters is what names have.
_LEAST_HUMP = 4
# So many kinds of signs stand in no name, template or call, whatever the words between them.
_KINDS_OF_SIGNS = frozenset("!@#$%^&*()[]{}<>~|?+")
_MANY_KINDS = 8
# Of all that is neither letter, digit nor space: addresses and patterns have some of each.
_MANY_KINDS_AT_ALL = 10
# Signs for letters that save so many bits a letter spell words, and are meant as letters.
_SPELT_BITS = -1.2
# The padding of base64, where letters and digits are mixed.
_PADDING_BITS = 4.0
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}\Z")
# The bits that a value owes, by what its name claims: a name that says less asks for more.
_NEED = {PASSWORD: 0.5, SECRET: 4.0, TOKEN: 7.0, KEY: 12.0}
_LEAST = {PASSWORD: 4, SECRET: 6, TOKEN: 8, KEY: 10}
# A word without quotation marks in code is mostly a name of something.
_BARE_IN_CODE = 5.0
# One of two arguments.
_LOOSE_SYNTAX = 6.0
# A call whose name may as well be the type's: `new Password("…")`.
_CALL = 2.0
# A default inside a reference, which the real value replaces.
_DEFAULT_VALUE = 24.0
# What people are asked to put into a password: so long, so many kinds of characters.
_CHOSEN_LENGTH = 8
_CHOSEN_KINDS = 3
_SIGNS = "!@#$%^&*+?~"
_HEX_DIGITS = 8
_INTERFACE_KEY = re.compile(r"(?i)(?:api|access)[_-]?key")
# A name that says no more than this is a hint.
_WEAKEST_NAMES = frozenset(("key", "auth"))
# Beyond so many bits a name is not shown.
_NAME_BITS = 8.0
# Of a longer text, as registries' tokens of thousands of characters, the beginning tells.
_HEAD = 512
# Hex digits: how many make a secret's length, by the claim.
_HEX_LENGTH = {PASSWORD: 12, SECRET: 16, TOKEN: 12, KEY: 32}


def _hump_bits(run: str) -> float:
    humps = len(_HUMP.findall(run))
    return humps * _HUMP_BITS if humps * _LEAST_HUMP > len(run) else 0.0


def _letters(run: str, model: WordModel, wanted: float = -math.inf) -> float:
    word = run.lower()
    if model.knows(word):
        # Even a short one, which by its letters alone might be drawn: it stands by itself here.
        return min(0.0, model.excess(word))
    bits = _hump_bits(run)
    return bits + model.excess(word, wanted - bits)


def randomness(text: str, model: WordModel, wanted: float = -math.inf) -> float:
    """Return by how many bits the text is likelier from a generator than from somebody's words.

    Letters by the model of words against 26 equal ones, with a bonus where capitals come more
    often than words begin; each change between letters and digits beyond the first adds a
    constant, since names put their number at one end; so does the padding of base64. Digits and
    signs that imitate letters are read as those too, and where they spell a word, that counts.
    Below ``wanted`` any value below it may be returned.
    """
    runs = _RUNS.findall(text)
    kinds = "".join("a" if run.isalpha() else "d" if run.isdigit() else "o" for run in runs)
    changes = max(0, kinds.count("ad") + kinds.count("da") - 1)
    total = changes * _CHANGE_BITS
    if changes and text.endswith("="):
        total += _PADDING_BITS
    words = [run for run in runs if run.isalpha() and run.isascii()]
    # Reading for words only lowers what the letters cost: no more than this can come of them.
    most = [_hump_bits(run) + model.loose(run.lower()) for run in words]
    rest = sum(most)
    for run, bits in zip(words, most):
        if total + rest < wanted:
            return total + rest
        rest -= bits
        total += _letters(run, model, wanted - total - rest)
    leet = "".join(c for c in values.imitated_letters(text) if "a" <= c <= "z")
    if total >= wanted and len(leet) > sum(len(run) for run in words):
        spelt = _letters(leet, model)
        if spelt < _SPELT_BITS * len(leet):
            total = min(total, spelt)
    return total


@lru_cache(maxsize=1024)
def judge(text: str, context: Context) -> Optional[Verdict]:
    """Return level and reason of a finding, None when the value is no secret.

    Half of what code assigns to such names it assigns more than once.
    """
    if _is_none(text, context):
        return None
    level: Level = "note" if context.name.lower() in _WEAKEST_NAMES else "warning"
    signs = {c for c in text if not c.isalnum()}
    many = len(_KINDS_OF_SIGNS & signs) >= _MANY_KINDS or len(signs) >= _MANY_KINDS_AT_ALL
    if many and any(c.isalnum() for c in text):
        return Verdict(level, "holds many kinds of signs")
    if values.is_reference(text) or values.is_stored_form(text) or values.is_number_or_place(text):
        return None
    if values.is_uuid(text) or values.is_hexadecimal(text):
        return _judge_digits(text, context, level)
    plain = decoded(text)
    verdict = _judge_letters(text, context, level)
    if verdict is not None and plain is not None:
        none = _is_none(plain, context) or values.is_reference(plain)
        verdict = None if none else _judge_letters(plain, context, level)
    return verdict


def _judge_digits(text: str, context: Context, level: Level) -> Optional[Verdict]:
    claim = context.claim
    if values.is_uuid(text):
        # Mostly an identifier; some issuers make their tokens and keys of an interface so.
        secret = claim != KEY or _INTERFACE_KEY.search(context.name) is not None
        return Verdict(level, "is a UUID") if secret else None
    if len(text) < _HEX_LENGTH[claim] or len(set(text)) < _HEX_DIGITS:
        return None
    if values.is_row_of_bytes(text) or (claim == KEY and values.is_fingerprint(text)):
        return None
    return Verdict(level, HEXADECIMAL)


def _judge_letters(text: str, context: Context, level: Level) -> Optional[Verdict]:
    need = _NEED[context.claim] + _extra_need(context)
    if randomness(text[:_HEAD], load(), need) >= need:
        return Verdict(level, "looks made by a generator")
    if context.claim == PASSWORD and context.quoted and is_chosen(text):
        return Verdict("note", "is made as people make passwords")
    return None


def _is_none(text: str, context: Context) -> bool:
    """Tell whether a glance suffices: too short, words, a placeholder, a printed example."""
    return (
        len(text) < _LEAST[context.claim]
        or " " in text
        or "\t" in text
        or load().knows(text.lower())
        or values.is_placeholder(text)
        or values.resembles(text, context.name)
        or is_published(text)
    )


def _extra_need(context: Context) -> float:
    bits = 0.0
    if context.code and not context.quoted:
        bits += _BARE_IN_CODE
    if context.sign == "(":
        bits += _CALL
    if context.sign == ",":
        bits += _LOOSE_SYNTAX
    if context.templated:
        bits += _DEFAULT_VALUE
    return bits


@lru_cache(maxsize=1024)
def reads_as_words(name: str) -> bool:
    """Tell whether an identifier is made of words, and so no piece of something secret."""
    return randomness(name, load()) < _NAME_BITS


def is_chosen(text: str) -> bool:
    """Tell whether the text is made as people make passwords: a word, with a number and a sign."""
    kinds = (
        any("a" <= c <= "z" for c in text),
        any("A" <= c <= "Z" for c in text),
        any(c.isdigit() for c in text),
        any(c in _SIGNS for c in text),
    )
    return len(text) >= _CHOSEN_LENGTH and sum(kinds) >= _CHOSEN_KINDS and (kinds[2] or kinds[3])


def decoded(text: str) -> Optional[str]:
    """Return what a text in base64 says, when that is plain text again; else None."""
    if not _BASE64.match(text):
        return None
    body = text.rstrip("=")
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=None)
        inner = raw.decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return inner if inner.isprintable() and len(inner) > 4 else None  # noqa: PLR2004
