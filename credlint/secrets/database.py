"""The hyperscan database: built once, kept in a cache that only its owner can write.

A serialised database is executed trust: see :mod:`credlint.cache` for what is believed. Its name
is a digest of what it was made from. Whatever is wrong with the cache, the run goes on with a
database built in memory.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional

from credlint.cache import digest_of, read_cached, write_cached
from credlint.model.lean_tuples import NamedTuple

if TYPE_CHECKING:
    import hyperscan

PROOF = b"# credlint: ignore"
# From 10,000 literals on, hyperscan's matcher of literals tells places by 15 bits of two bytes
# instead of 13 (chooseEngine in src/fdr/fdr_engine_description.cpp of vectorscan 5.4.12) and stops
# in vain less often: source code takes 7 to 10 % less time. With these all rules are beyond that.
_FEWEST_FILLED = 6_000
_FILLERS = 2_500
_FILLER_LENGTH = 7
_DIGITS_TO_CONTROLS = bytes.maketrans(b"01234567", bytes(range(1, 9)))


class PatternsRefusedError(Exception):
    """Hyperscan refuses the patterns; the message tells which and why."""


class Content(NamedTuple):
    """What a database is compiled from.

    Each of ``expressions`` is one, or several that are told under one number. The last ``once`` of
    them are told once a scan, not at every place. ``literals`` are fixed
    texts that are looked for too, there may be thousands: (number behind the expressions', text)
    pairs. ``kinds``: how many such numbers there are; what is told is a number, or one a multiple
    higher.
    """

    expressions: Sequence[Sequence[str]]
    once: int = 0
    literals: Iterable[tuple[int, str]] = ()
    kinds: int = 0


def _file_name(key: str) -> str:
    """Return the name of the file that holds a database of that key for this machine.

    The processor's features are told by its architecture here; a database made for features
    that this processor lacks is refused by hyperscan itself when it is loaded.
    """
    import hyperscan  # noqa: PLC0415  10 ms, and only for runs that scan

    version = str(getattr(hyperscan, "__version__", ""))
    # The platform module would cost an import of subprocess on Python 3.9.
    machine = os.uname().machine if hasattr(os, "uname") else str(sys.maxsize)
    parts = (key, version, sys.platform, machine)
    return f"patterns-{digest_of(*(part.encode() for part in parts))}.hs"


def _compile(content: Content, *, filled: bool) -> hyperscan.Database:
    import hyperscan  # noqa: PLC0415

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    encoded: list[bytes] = []
    ids: list[int] = []
    for number, expressions in enumerate(content.expressions):
        encoded.extend(expression.encode() for expression in expressions)
        ids.extend([number] * len(expressions))
    first = len(content.expressions) - content.once
    flags = [hyperscan.HS_FLAG_SINGLEMATCH if number >= first else 0 for number in ids]
    # Each has an id of its own: thousands that share one take hyperscan five times as long.
    for place, (number, literal) in enumerate(sorted(set(content.literals))):
        encoded.append(re.escape(literal).encode())
        ids.append(len(content.expressions) + place * content.kinds + number)
        flags.append(0)
    if filled and len(encoded) >= _FEWEST_FILLED:
        encoded.extend(_fillers())
        # Where one stands all the same, nothing is told; that holds only for ids of their own.
        ids.extend(range(max(ids) + 1, max(ids) + 1 + _FILLERS))
        flags.extend([hyperscan.HS_FLAG_QUIET] * _FILLERS)
    try:
        database.compile(expressions=encoded, ids=ids, elements=len(encoded), flags=flags)
    except hyperscan.error as error:
        raise PatternsRefusedError(_name_culprit(encoded, error)) from error
    return database


def _fillers() -> Iterator[bytes]:
    """Yield literals of control characters, which stand in no text, scattered over all."""
    for number in range(_FILLERS):
        scattered = number * 1_047_533 % 8**_FILLER_LENGTH
        yield (b"%0*o" % (_FILLER_LENGTH, scattered)).translate(_DIGITS_TO_CONTROLS)


def _name_culprit(encoded: Sequence[bytes], error: Exception) -> str:
    import hyperscan  # noqa: PLC0415

    for expression in encoded:
        try:
            hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(
                expressions=[expression], ids=[0], elements=1, flags=[0]
            )
        except hyperscan.error as fault:  # noqa: PERF203  the one that fails is looked for
            return f'hyperscan refuses the pattern "{expression.decode()}": {fault}'
    return f"hyperscan refuses the patterns: {error}"


def _works(database: hyperscan.Database) -> bool:
    """Tell whether the database finds what it must: a mute one would give a false all-clear."""
    found: list[int] = []
    database.scan(PROOF, match_event_handler=lambda number, *_rest: found.append(number))
    return bool(found)


def load_database(
    key: str, make: Callable[[], Content], cache_directory: Optional[Path]
) -> hyperscan.Database:
    """Return a database, from the cache when there is a sound one of that ``key``.

    ``make`` gives its content, if need be. One of the expressions must match ``PROOF``: a cached
    database that misses it is not used. ``cache_directory`` None means that nothing is read or
    written. Raises PatternsRefusedError; a broken, foreign or unwritable cache raises nothing.
    """
    import hyperscan  # noqa: PLC0415

    path = None
    if cache_directory is not None:
        path = cache_directory / _file_name(key)
        # Hyperscan sums it up once more: a digest of 2 MB would be a tenth of the hook's time.
        payload = read_cached(path, summed=False)
        if payload is not None:
            # A damaged one, or one of another platform, is refused by hyperscan: built anew below.
            with suppress(hyperscan.error):
                database = hyperscan.loadb(payload, hyperscan.HS_MODE_BLOCK)
                database.scratch = hyperscan.Scratch(database)  # a loaded one comes without
                if _works(database):
                    return database
    # To fill it takes 0.2 s more, which is for those that are kept.
    database = _compile(make(), filled=path is not None)
    if path is not None:
        write_cached(path, hyperscan.dumpb(database))
    return database
