"""How surprising letters are for one who knows the words of code: random text costs more bits.

The model is ``words.txt``, made by ``python -m tools.wordmodel``: words in three ranks of
frequency and, for everything else, what a letter costs after the two before it.
"""

from __future__ import annotations

import math
import os
from functools import lru_cache

# A letter drawn evenly from 26, in bits.
LETTER_BITS = 4.700439718141092
# What a word of each rank costs, in bits: about the logarithm of how many there are, and the
# mark that one begins.
RANK_BITS = (11.0, 13.5, 15.5)
LONGEST_WORD = 16
SHORTEST_WORD = 3
# The alphabet of the table: the edge of a word, then the letters.
EDGE = 0
SYMBOLS = 27
# A cost in the table is one character, counted from this one in quarters of a bit.
FIRST_CODE = 33
CODES_PER_BIT = 4
_NUMBERS = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", bytes(range(1, SYMBOLS)))
FILE_NAME = "words.txt"
# Longer texts are judged by their beginning: the verdict is certain by then.
_LONGEST_RUN = 64


class WordModel:
    """Known words with what they cost, and the costs of letters after two others.

    ``costs`` has ``SYMBOLS`` to the third power entries, by first, second and third letter.
    """

    def __init__(self, words: dict[str, float], costs: str) -> None:
        self._words = words
        self._costs = costs.encode("ascii")

    def knows(self, word: str) -> bool:
        """Tell whether the word, in lower case, is one of the list."""
        return word in self._words

    def letter_costs(self, word: str) -> list[float]:
        """Return the bits of each letter of a lower-case run, by the table alone."""
        costs = self._costs
        letters = word.encode("ascii").translate(_NUMBERS)
        rows = zip(bytes((EDGE, EDGE)) + letters, bytes((EDGE,)) + letters, letters)
        return [
            (costs[(first * SYMBOLS + second) * SYMBOLS + third] - FIRST_CODE) / CODES_PER_BIT
            for first, second, third in rows
        ]

    def loose(self, run: str) -> float:
        """Return the same as :meth:`excess` without known words: never less, and soon told."""
        run = run[:_LONGEST_RUN]
        return sum(self.letter_costs(run)) - LETTER_BITS * len(run)

    def excess(self, run: str, wanted: float = -math.inf) -> float:
        """Return by how many bits a run of lower-case letters is likelier drawn than written.

        Written is the cheapest reading as any sequence of known words and of letters between
        them; drawn is ``LETTER_BITS`` a letter. Below ``wanted`` any value below it may be
        returned: reading for words only lowers what the letters cost.
        """
        run = run[:_LONGEST_RUN]
        letters = self.letter_costs(run)
        drawn = LETTER_BITS * len(run)
        loose = sum(letters) - drawn
        if loose < wanted or len(run) < SHORTEST_WORD:
            return loose
        best = [0.0]
        words = self._words
        for end, cost in enumerate(letters, 1):
            cheapest = best[-1] + cost
            for start in range(max(0, end - LONGEST_WORD), end - SHORTEST_WORD + 1):
                piece = run[start:end]
                if piece in words and best[start] + words[piece] < cheapest:
                    cheapest = best[start] + words[piece]
            best.append(cheapest)
        return best[-1] - drawn


def parse(text: str) -> WordModel:
    """Read the model from its text: three lists of words and the table, parted by empty lines."""
    *ranks, table = text.split("\n\n")
    words: dict[str, float] = {}
    for rank, bits in zip(ranks, RANK_BITS):
        words.update(dict.fromkeys(rank.split(), bits))
    return WordModel(words, table.replace("\n", ""))


@lru_cache(maxsize=1)
def load() -> WordModel:
    """Return the model that stands beside this module, wherever the package lies (a zip too)."""
    path = os.path.join(os.path.dirname(__file__), FILE_NAME)  # noqa: PTH118, PTH120  a zip's member
    loader = __spec__.loader
    return parse(loader.get_data(path).decode("ascii"))  # type: ignore[union-attr]
