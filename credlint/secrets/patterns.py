"""Patterns: what a rule file says, made ready for both stages of the engine.

The first stage (hyperscan, or ``re`` without it) and the second (``re`` on a window) use the same
expression, so a pattern is written in what both understand: no look-around, no back reference.
What must not stand beside a match is an option, checked in the second stage alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any, Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.model.lean_tuples import NamedTuple
from credlint.model.rule import PatternSpec, Rule

# A word character glued to the left makes it part of something longer, unless it belongs to an
# escape (`\n`, `\t`, `%3D`, `\u0022`, `\x22`) that stands for a delimiter, or ends the sequence
# by which a terminal changes its colour (ECMA-48, SGR).
_LEFT = (
    rb"(?:(?<![%s])|(?<=\\[nrtbf])|(?<=%%[0-9A-Fa-f]{2})|(?<=\\u00[0-9A-Fa-f]{2})"
    rb"|(?<=\\x[0-9A-Fa-f]{2})|(?<=\x1b\[m)|(?<=\x1b\[[0-9]m)|(?<=\x1b\[[0-9]{2}m)"
    rb"|(?<=\x1b\[[0-9];[0-9]{2}m))"
)
_RIGHT = rb"(?![%s])"
DEFAULT_NEIGHBOURS = "A-Za-z0-9_"
DEFAULT_WINDOW = 1024

# Options that a [[patterns]] table may carry beside id, regex and kind.
# hit: what the first stage looks for instead of the whole expression; every match holds one.
# loose: hyperscan looks for it without the bounds of its gaps: for words that are everywhere.
# starts, run, word: for the engine without hyperscan (see matcher.Expression).
# before, after: characters (as inside brackets) that must not stand beside a match; "" for any.
# extend: characters that the second stage goes on with after what the first has matched.
# window: bytes around a hit that the second stage looks at; at least the longest match.
# min_entropy, min_changes: how random a token's body must be. checksum: a key of CHECKSUMS.
# decoded: what the base64 of a JSON object in the token must hold.
# label, level: words and level of a token's finding. named: what the name beside it is worth.
# syntax: how a name and its value stand together, `assignment` only (see generic/readers.py).
# files: names of files; the pattern is looked for in these alone (see file_kinds.py).
# weak: "note" for a stored value that only stands in for one; without it such a value is silent.
# spelling: "escaped" for a secret key that is found only with escapes in it (see spelling.py).
OPTIONS = frozenset(
    {
        "hit",
        "loose",
        "starts",
        "run",
        "word",
        "before",
        "after",
        "extend",
        "window",
        "min_entropy",
        "min_changes",
        "checksum",
        "decoded",
        "label",
        "level",
        "named",
        "spelling",
        "syntax",
        "files",
        "weak",
    }
)


class SecondStage(NamedTuple):
    """How the matches in a window are found.

    ``group``: the number of the group that is the secret, 0 for the whole match. ``beginnings``
    finds the texts with one of which each begins, None where there are none to go by; with them,
    ``left`` matches where a match may begin, None for anywhere.
    """

    expression: re.Pattern[bytes]
    group: int
    beginnings: Optional[re.Pattern[bytes]]
    left: Optional[re.Pattern[bytes]]
    window: int


class PatternError(Exception):
    """A pattern cannot be used; the message names the rule, the pattern and the fault."""


@dataclass
class Pattern:
    """One compiled pattern. The expression is compiled at the first hit: most runs have none."""

    rule: Rule
    spec: PatternSpec
    window: int

    @property
    def options(self) -> Mapping[str, Any]:
        """Return the options as the rule file gives them."""
        return self.spec.options

    @property
    def hit(self) -> str:
        """Return the expression of the first stage: cheap to look for, in every match."""
        return str(self.options.get("hit", self.spec.regex))

    @property
    def loose(self) -> bool:
        """Tell whether the first stage may leave out the bounds of its gaps."""
        return bool(self.options.get("loose", False))

    @property
    def starts(self) -> tuple[str, ...]:
        """Return the texts of which every hit begins with one; none when the rule tells none."""
        return tuple(self.options.get("starts", ()))

    @cached_property
    def any_case(self) -> bool:
        """Tell whether matches begin with one of ``starts`` in any case."""
        return self.spec.regex.startswith("(?i:")

    @cached_property
    def beginnings(self) -> Optional[re.Pattern[bytes]]:
        """Return what finds ``starts``, in lower case where case does not matter; None for none."""
        if not self.starts or "hit" in self.options:
            return None
        texts = [start.lower() if self.any_case else start for start in self.starts]
        return re.compile("|".join(map(re.escape, texts)).encode())

    @property
    def run(self) -> int:
        """Return how many characters of a key every match holds in a row, 0 for none."""
        return int(self.options.get("run", 0))

    @property
    def word(self) -> int:
        """Return how many characters of a token every match holds in a row, 0 for none."""
        return int(self.options.get("word", 0))

    @property
    def files(self) -> tuple[str, ...]:
        """Return the names of the files that it is for, none when it is for any text."""
        return tuple(self.options.get("files", ()))

    @cached_property
    def precise(self) -> re.Pattern[bytes]:
        """Return the expression of the second stage, neighbours included."""
        return re.compile(_left_of(self._before) + self._expression)

    @property
    def _before(self) -> str:
        return str(self.options.get("before", DEFAULT_NEIGHBOURS))

    @property
    def _expression(self) -> bytes:
        """Return that expression without what may stand before it."""
        after = str(self.options.get("after", DEFAULT_NEIGHBOURS)).encode()
        right = _RIGHT % after if after else b""
        extend = str(self.options.get("extend", "")).encode()
        more = b"[%s]{0,%d}" % (extend, self.window) if extend else b""
        return b"(?:" + self.spec.regex.encode() + b")" + more + right

    @cached_property
    def second_stage(self) -> SecondStage:
        """Return what each hit asks for."""
        before, beginnings = self._before, self.beginnings
        # What may stand before a token takes four times as long to compile as most tokens.
        apart = beginnings is not None and bool(before)
        expression = re.compile(self._expression) if apart else self.precise
        left = _compile_left(before) if apart else None
        group = expression.groupindex.get("secret", 0)
        return SecondStage(expression, group, beginnings, left, self.window)


def _left_of(before: str) -> bytes:
    return _LEFT % before.encode() if before else b""


@cache
def _compile_left(before: str) -> re.Pattern[bytes]:
    """Return what matches where such characters do not stand before; patterns share it."""
    return re.compile(_left_of(before))


def make_patterns(rules: Iterable[Rule]) -> tuple[Pattern, ...]:
    """Return the patterns of the rules in a stable order; raises PatternError.

    Those that are for files of one name stand last.
    """
    patterns = []
    for rule in sorted(rules, key=lambda entry: entry.id):
        for spec in rule.patterns:
            unknown = sorted(set(spec.options) - OPTIONS)
            if unknown:
                message = f'rule {rule.id}, pattern "{spec.id}": unknown option "{unknown[0]}"'
                raise PatternError(message)
            window = spec.options.get("window", DEFAULT_WINDOW)
            patterns.append(Pattern(rule, spec, int(window)))
    return tuple(sorted(patterns, key=lambda pattern: bool(pattern.files)))
