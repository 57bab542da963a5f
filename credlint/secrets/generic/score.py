"""Weighs name, value and context: how many bits speak for a secret, how many are asked for."""

from __future__ import annotations

import re

from credlint.secrets.generic.model import LETTER_BITS, WordModel
from credlint.secrets.generic.values import plain_letters

_RUNS = re.compile(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+")
_CHANGE_BITS = 3.0


def randomness(text: str, model: WordModel) -> float:
    """Return by how many bits the text is likelier from a generator than from somebody's words.

    Letters by the model of words against 26 equal ones; each change between letters and digits
    beyond the first adds a constant, since names put their number at one end.
    """
    total = 0.0
    changes = -1
    before = ""
    for run in _RUNS.findall(text):
        if run.isalpha() and run.isascii():
            total += model.cost(run.lower()) - LETTER_BITS * min(len(run), 64)
            changes += before == "d"
            before = "a"
        elif run.isdigit():
            changes += before == "a"
            before = "d"
        else:
            before = ""
    if changes > 0:
        total += changes * _CHANGE_BITS
    leet = plain_letters(text)
    if leet != text.lower():
        run = "".join(c for c in leet if "a" <= c <= "z")
        spelt = model.cost(run) - LETTER_BITS * min(len(run), 64) if run else 0.0
        total = min(total, max(spelt, total - 12) if spelt < 0 else total)
    return total
