"""How surprising letters are for one who knows the words of code: random text costs more bits.

The model is ``words.txt``, made by ``python -m tools.wordmodel``: words in three ranks of
frequency and, for everything else, what a letter costs after the two before it.
"""

from __future__ import annotations

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
FILE_NAME = "words.txt"
# Longer texts are judged by their beginning: the verdict is certain by then.
_LONGEST_RUN = 64


class WordModel:
    """Known words with their ranks, and the costs of letters after two others.

    ``costs`` has ``SYMBOLS`` to the third power entries, by first, second and third letter.
    """

    def __init__(self, ranks: tuple[frozenset[str], ...], costs: str) -> None:
        self._ranks = ranks
        self._costs = costs

    def knows(self, word: str) -> bool:
        """Tell whether the word, in lower case, is one of the list."""
        return any(word in rank for rank in self._ranks)

    def letters_cost(self, word: str) -> float:
        """Return the bits of a run of lower-case letters by the table alone."""
        codes = self._costs
        first = second = EDGE
        total = 0
        for character in word:
            third = ord(character) - 96
            total += ord(codes[(first * SYMBOLS + second) * SYMBOLS + third]) - FIRST_CODE
            first, second = second, third
        total += ord(codes[(first * SYMBOLS + second) * SYMBOLS + EDGE]) - FIRST_CODE
        return total / CODES_PER_BIT

    def cost(self, word: str) -> float:
        """Return the bits of a run of lower-case letters: the cheapest reading of it.

        A reading is any sequence of known words and of letters in between.
        """
        word = word[:_LONGEST_RUN]
        best = [0.0]
        codes = self._costs
        first = second = EDGE
        for end in range(1, len(word) + 1):
            third = ord(word[end - 1]) - 96
            code = codes[(first * SYMBOLS + second) * SYMBOLS + third]
            cheapest = best[end - 1] + (ord(code) - FIRST_CODE) / CODES_PER_BIT
            for start in range(max(0, end - LONGEST_WORD), end - SHORTEST_WORD + 1):
                piece = word[start:end]
                for rank, words in enumerate(self._ranks):
                    if piece in words:
                        cheapest = min(cheapest, best[start] + RANK_BITS[rank])
                        break
            best.append(cheapest)
            first, second = second, third
        return best[-1]


def parse(text: str) -> WordModel:
    """Read the model from its text: three lists of words and the table, parted by empty lines."""
    *ranks, table = text.split("\n\n")
    return WordModel(tuple(frozenset(rank.split()) for rank in ranks), "".join(table.split("\n")))


@lru_cache(maxsize=1)
def load() -> WordModel:
    """Return the model that stands beside this module, wherever the package lies (a zip too)."""
    path = os.path.join(os.path.dirname(__file__), FILE_NAME)  # noqa: PTH118, PTH120  a zip's member
    loader = __spec__.loader
    return parse(loader.get_data(path).decode("ascii"))  # type: ignore[union-attr]
