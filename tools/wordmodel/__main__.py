"""``python -m tools.wordmodel FOLDER…``: make ``credlint/secrets/generic/words.txt`` anew.

The folders are those whose names and sentences are to be known. The file that is committed was
made from the standard library of Python 3.11 and the packages of credlint's extras ``test`` and
``conformance``, where they are installed: the folders that ``sysconfig.get_paths()`` calls
``stdlib`` and ``purelib``. Other versions of them give a slightly different file of the same worth;
the tests of the model hold for either.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections import Counter
from pathlib import Path

from credlint.secrets.generic.model import (
    FILE_NAME,
    LETTER_BITS,
    LONGEST_WORD,
    SHORTEST_WORD,
    SYMBOLS,
    parse,
)
from tools.wordmodel.table import make_costs
from tools.wordmodel.words import count_words, files_below

_HERE = Path(__file__).resolve().parent
_TARGET = _HERE.parents[1] / "credlint" / "secrets" / "generic" / FILE_NAME
# In so many files a word of 3, 4, 5 and more letters must stand: pieces of random text are short.
_LEAST_FILES = {3: 20, 4: 8, 5: 6}
_LEAST_FILES_LONG = 5
# The ranks: so many words are in the first, so many in the first two.
_RANKS = (1_000, 6_000)
# A longer word that its letters tell as well need not be in the list.
_PRUNED_FROM, _PRUNED_BITS = 6, 6.0
_WIDTH = 100


def usual_words() -> list[str]:
    """Return the words of ``usual.txt``."""
    lines = (_HERE / "usual.txt").read_text("ascii").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def make_model(counts: Counter[str]) -> str:
    """Return the text of the model for words that stand in so many files each."""
    known = {
        word: count
        for word, count in counts.items()
        if SHORTEST_WORD <= len(word) <= LONGEST_WORD
        and count >= _LEAST_FILES.get(len(word), _LEAST_FILES_LONG)
    }
    table = make_costs(known)
    rows = [table[i : i + SYMBOLS * 3] for i in range(0, len(table), SYMBOLS * 3)]
    letters = parse("\n\n\n\n\n\n" + table)
    order = sorted(known, key=lambda word: (-known[word], word))
    first, second = set(order[: _RANKS[0]]), set(order[_RANKS[0] : _RANKS[1]])
    usual = {word for word in usual_words() if len(word) >= SHORTEST_WORD} - first
    third = {
        word
        for word in order[_RANKS[1] :]
        if len(word) < _PRUNED_FROM
        or sum(letters.letter_costs(word)) > LETTER_BITS * len(word) - _PRUNED_BITS
    }
    ranks = (first, second | usual, third - usual)
    paragraphs = [textwrap.fill(" ".join(sorted(rank)), _WIDTH) for rank in ranks]
    return "\n\n".join([*paragraphs, "\n".join(rows)]) + "\n"


def main() -> int:
    """Write the model of the folders that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tools.wordmodel", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    given = parser.parse_args()
    text = make_model(count_words(files_below(given.folders)))
    _TARGET.write_text(text, "ascii")
    sys.stdout.write(f"{_TARGET.name}: {len(text):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
