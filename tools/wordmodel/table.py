"""What a letter costs after the two before it, from counted words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from credlint.secrets.generic.model import CODES_PER_BIT, EDGE, FIRST_CODE, SYMBOLS

# How much a shorter context counts where a longer one was seen seldom.
_SMOOTHING = 4.0
_MOST_BITS = 20.0


def symbols_of(word: str) -> list[int]:
    """Return the word as numbers, an edge on each side of it."""
    return [EDGE, EDGE, *(ord(letter) - 96 for letter in word), EDGE]


def make_costs(counts: Mapping[str, int]) -> str:
    """Return the table as text: one character a cost, in the order of three nested letters.

    A word weighs as the logarithm of the files that it stands in: a list of words, not a text,
    is what values are compared with. Probabilities of three letters lean on those of two and
    of one (Witten and Bell's interpolation with a constant).
    """
    three: Counter[tuple[int, int, int]] = Counter()
    two: Counter[tuple[int, int]] = Counter()
    one: Counter[int] = Counter()
    before_three: Counter[tuple[int, int]] = Counter()
    before_two: Counter[int] = Counter()
    for word, count in sorted(counts.items()):
        weight = math.log2(1 + count)
        text = symbols_of(word)
        for first, second, third in zip(text, text[1:], text[2:]):
            three[first, second, third] += weight  # type: ignore[assignment]
            two[second, third] += weight  # type: ignore[assignment]
            one[third] += weight  # type: ignore[assignment]
            before_three[first, second] += weight  # type: ignore[assignment]
            before_two[second] += weight  # type: ignore[assignment]
    total = sum(one.values())
    codes = []
    for first in range(SYMBOLS):
        for second in range(SYMBOLS):
            for third in range(SYMBOLS):
                lone = (one[third] + 1) / (total + SYMBOLS)
                pair = (two[second, third] + _SMOOTHING * lone) / (before_two[second] + _SMOOTHING)
                triple = (three[first, second, third] + _SMOOTHING * pair) / (
                    before_three[first, second] + _SMOOTHING
                )
                bits = min(-math.log2(triple), _MOST_BITS)
                codes.append(chr(FIRST_CODE + round(bits * CODES_PER_BIT)))
    return "".join(codes)
