"""Weighs name, value and context: how many bits speak for a secret, how many are asked for."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple, Optional

from credlint.secrets.generic import values
from credlint.secrets.generic.model import LETTER_BITS, WordModel, load
from credlint.secrets.generic.names import KEY, PASSWORD, SECRET, TOKEN

_RUNS = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+")
_CHANGE_BITS = 3.0
_HUMP_BITS = 2.0
# Signs for letters that spell so much of a word are meant as letters.
_SPELT_BITS = -6.0
# The padding of base64, where letters and digits are mixed.
_PADDING_BITS = 4.0
_LONGEST_RUN = 64
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}\Z")
# The bits that a value owes, by what its name claims: a name that says less asks for more.
_NEED = {PASSWORD: 2.0, SECRET: 4.0, TOKEN: 7.0, KEY: 12.0}
_LEAST = {PASSWORD: 4, SECRET: 6, TOKEN: 8, KEY: 10}
# A word without quotation marks in code is mostly a name of something.
_BARE_IN_CODE = 5.0
# One of two arguments.
_LOOSE_SYNTAX = 6.0
# A default inside a reference, which the real value replaces.
_DEFAULT_VALUE = 24.0
# Hex digits: how many make a secret's length, by the claim.
_HEX_LENGTH = {PASSWORD: 12, SECRET: 16, TOKEN: 12, KEY: 32}


class Context(NamedTuple):
    """What stands around a value."""

    name: str
    claim: str
    sign: str
    quoted: bool = False
    code: bool = False
    templated: bool = False
    basic: bool = False


def letters_bits(run: str, model: WordModel) -> float:
    """Return by how many bits a run of letters is likelier drawn than written."""
    bits = model.cost(run.lower()) - LETTER_BITS * min(len(run), _LONGEST_RUN)
    humps = sum(1 for a, b in zip(run, run[1:]) if a.islower() and b.isupper())
    if humps * 4 > len(run):
        bits += humps * _HUMP_BITS
    return bits


def randomness(text: str, model: WordModel) -> float:
    """Return by how many bits the text is likelier from a generator than from somebody's words.

    Letters by the model of words against 26 equal ones; each change between letters and digits
    beyond the first adds a constant, since names put their number at one end. Digits and signs
    that imitate letters are read as those too, and the likelier reading counts.
    """
    total = 0.0
    changes = -1
    before = ""
    for run in _RUNS.findall(text):
        if run.isalpha() and run.isascii():
            total += letters_bits(run, model)
            changes += before == "d"
            before = "a"
        elif run.isdigit():
            changes += before == "a"
            before = "d"
        else:
            before = ""
    total += max(0, changes) * _CHANGE_BITS
    leet = "".join(c for c in values.plain_letters(text) if "a" <= c <= "z")
    if len(leet) > sum(c.isalpha() for c in text):
        spelt = letters_bits(leet, model)
        if spelt < _SPELT_BITS:
            total = min(total, spelt)
    if text.endswith("=") and changes > 0:
        total += _PADDING_BITS
    return total


def verdict(text: str, context: Context) -> Optional[str]:
    """Return the level of a finding, None when the value is no secret."""
    claim = context.claim
    if len(text) < _LEAST[claim] or " " in text or "\t" in text:
        return None
    model = load()
    if model.knows(text.lower()):
        return None
    if values.is_reference(text) or values.is_stored_form(text) or values.is_number_or_place(text):
        return None
    if values.is_placeholder(text) or values.resembles(text, context.name):
        return None
    if values.is_uuid(text):
        return "warning" if claim in (TOKEN, SECRET, PASSWORD) else None
    if values.is_hex(text):
        return "warning" if len(text) >= _HEX_LENGTH[claim] and len(set(text)) >= 8 else None  # noqa: PLR2004
    inner = decoded(text)
    if inner is not None:
        text = inner.partition(":")[2] if context.basic else inner
        if values.is_placeholder(text) or values.is_reference(text) or model.knows(text.lower()):
            return None
    need = _NEED[claim]
    if context.code and not context.quoted:
        need += _BARE_IN_CODE
    if context.sign == ",":
        need += _LOOSE_SYNTAX
    if context.templated:
        need += _DEFAULT_VALUE
    return "warning" if randomness(text, model) >= need else None


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
