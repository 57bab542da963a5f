"""The first stage: where in a document each expression ends, by hyperscan or without it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Protocol

from credlint.model.lean_tuples import NamedTuple

if TYPE_CHECKING:
    import hyperscan

    from credlint.secrets.database import Content
    from credlint.secrets.expressions import Wanted

_LETTERS = re.compile(r"([\w-]+)\[(\w{2,6})\](\??)(?![?*+{])", re.ASCII)
_BOUNDED = r"\{([0-9]+),([0-9]+)\}"
_FEW = 3


class Expression(NamedTuple):
    r"""One expression, as both engines read it.

    ``starts``: texts of ASCII of which every match begins with one, in any case when the
    expression begins with ``(?i:``; empty for any beginning. ``run``: so many characters of
    ``A-Za-z0-9/+%\`` every match holds in a row, 0 for none; ``word``: the same of
    ``A-Za-z0-9_-``; ``longest``: its bytes at most. ``once``: its first place is enough.
    ``loose``: hyperscan may look for more than it (see :func:`loosened`).
    """

    source: str
    starts: tuple[str, ...] = ()
    run: int = 0
    word: int = 0
    longest: int = 0
    once: bool = False
    loose: bool = False


class Matcher(Protocol):
    """What finds the places for the second stage."""

    def collect(self, data: bytes, hits: list[tuple[int, int]], limit: int) -> bool:
        """Append (number of the expression, end offset); return False when stopped at the limit.

        Every match has a hit whose end lies behind its beginning and is no further from its own
        end than the longest match of that expression; places may be told in any order, and more
        ends than that one.
        """


class HyperscanMatcher:
    """All expressions in one pass, in linear time.

    ``stopped`` is what hyperscan raises when the limit has ended a scan.
    """

    def __init__(self, database: hyperscan.Database, stopped: type[Exception]) -> None:
        self._database = database
        self._stopped = stopped

    def collect(self, data: bytes, hits: list[tuple[int, int]], limit: int) -> bool:
        """Append (number of the expression, end offset); return False when stopped at the limit."""
        append = hits.append

        def on_match(
            number: int, _start: int, end: int, _flags: int, _context: object
        ) -> Optional[bool]:
            append((number, end))
            return True if len(hits) >= limit else None

        try:
            self._database.scan(data, match_event_handler=on_match)
        except self._stopped:
            return False
        return True


def make_matcher(wanted: Wanted, cache_directory: Optional[Path]) -> Matcher:
    """Return hyperscan's matcher where it can be imported, else the plain one.

    The encoded spellings of the hints are told too, under the numbers of ``encoded_hints``, modulo
    COUNT, behind those of the expressions. ``cache_directory`` as in ``database.load_database``.
    Raises PatternsRefusedError.
    """
    try:
        import hyperscan  # noqa: PLC0415  10 ms, and only for runs that scan
    except ImportError:  # a single file for any host, or a processor that hyperscan cannot use
        from credlint.secrets.plain_matcher import PlainMatcher  # noqa: PLC0415

        return PlainMatcher(wanted.expressions(), wanted.hints())
    from credlint.secrets.database import load_database  # noqa: PLC0415

    database = load_database(wanted.key(), lambda: _content(wanted), cache_directory)
    return HyperscanMatcher(database, hyperscan.ScanTerminated)


def _content(wanted: Wanted) -> Content:
    """Return what hyperscan is to compile; those that are told ``once`` stand last."""
    from credlint.secrets.database import Content  # noqa: PLC0415  for a new database only
    from credlint.secrets.encoded_hints import COUNT, iter_hints  # noqa: PLC0415  likewise

    expressions = wanted.expressions()
    return Content(
        [spelled_out(loosened(one.source) if one.loose else one.source) for one in expressions],
        once=sum(1 for one in expressions if one.once),
        literals=iter_hints(wanted.hints()),
        kinds=COUNT,
    )


def spelled_out(source: str) -> tuple[str, ...]:
    """Return expressions that together find the same, without choices of letters at the beginning.

    For ``gh[pours]_`` hyperscan looks for ``gh`` and takes a closer look at each, which is what
    costs it most; it joins the choices again however a single expression puts them.
    """
    found = _LETTERS.match(source)
    if found is None:
        return (source,)
    before, letters, optional = found.groups()
    choices = [*letters, ""] if optional else [*letters]
    rest = source[found.end() :]
    return tuple(one for choice in choices for one in spelled_out(before + choice + rest))


def loosened(source: str) -> str:
    """Return the expression without the upper bounds of its longer repetitions.

    It finds all that the bounded one does; for each count hyperscan keeps a state, which for words
    that stand on every page is half of the time.
    """

    def unbounded(found: re.Match[str]) -> str:
        least, most = int(found.group(1)), int(found.group(2))
        return f"{{{least},}}" if most - least > _FEW else found.group()

    return re.sub(_BOUNDED, unbounded, source)
