"""Which rules may find something in a text, told by the hints that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Optional

from credlint.code.formats import READERS
from credlint.model.aws_words import needed_by
from credlint.model.rule import Rule

# A hint that stands for what the text rules found.
KEY = "@key"
# A word that ends so stands for a name of JSON with a text for a value, however it is spaced.
_NAMES_TEXT = '": "'
_COLON = re.compile(rb'[ \t\r\n]*:[ \t\r\n]*"')


class Asked(NamedTuple):
    """A rule, the module that checks it, and its hints: one must be met in all its words."""

    rule: Rule
    module: str
    hints: tuple[tuple[str, ...], ...]


class Met:
    """Which words stand in one text, each looked for once.

    ``aws_words``: those that are known to, None where that is not known; ``has_key``: the text
    rules found something.
    """

    def __init__(
        self, text: bytes, aws_words: Optional[frozenset[str]] = None, *, has_key: bool
    ) -> None:
        self._text = text
        self._aws_words = aws_words
        self._known = {KEY: has_key}

    def has(self, word: str) -> bool:
        """Tell whether the word is there."""
        known = self._known.get(word)
        if known is None:
            known = self._aws_words is None or needed_by(word) <= self._aws_words
            known = self._known[word] = known and self._stands(word)
        return known

    def meets(self, hints: Iterable[tuple[str, ...]]) -> bool:
        """Tell whether of one of the hints all words are there."""
        return any(all(map(self.has, hint)) for hint in hints)

    def _stands(self, word: str) -> bool:
        text = self._text
        if not word.endswith(_NAMES_TEXT):
            return word.encode() in text
        name = word[: -len(_NAMES_TEXT) + 1].encode()
        at = text.find(name)
        while at >= 0:
            at += len(name)
            if _COLON.match(text, at):
                return True
            at = text.find(name, at)
        return False


class RulesByFormat:
    """The rules of a run under the formats that they are about."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[str, list[Asked]] = {}
        self._wanted: dict[str, frozenset[str]] = {}
        for rule in rules:
            for name, module in rule.detectors.items():
                told = rule.hints
                if isinstance(told, Mapping):
                    told = told.get(name, ())
                hints = tuple(
                    # Words that the first stage tells of cost nothing here.
                    tuple(sorted(hint.split(" + "), key=lambda word: not needed_by(word)))
                    for hint in told
                )
                self._rules.setdefault(name, []).append(Asked(rule, module, hints))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def asked(self, name: str, met: Met) -> list[Asked]:
        """Return the rules that may find something in a text of that very format."""
        return [
            asked
            for asked in self._rules.get(name, ())
            if not asked.hints or met.meets(asked.hints)
        ]

    def are_asked(self, name: str, met: Met) -> bool:
        """Tell whether any may, in a text of that format or in what such a text may hold."""
        reader = READERS[name]
        return any(
            self.asked(each, met)
            for each in reader.holds or (name,)
            if each not in reader.signs or met.meets(reader.signs[each])
        )

    def wanted(self, name: str) -> frozenset[str]:
        """Return told words of which one stands in every text of that format with a hint."""
        wanted = self._wanted.get(name)
        if wanted is None:
            wanted = self._wanted[name] = self._wanted_of(name)
        return wanted

    def _wanted_of(self, name: str) -> frozenset[str]:
        reader = READERS[name]
        wanted: set[str] = set()
        for each in reader.holds or (name,):
            for asked in self._rules.get(each, ()):
                for hint in asked.hints or ((),):
                    told = max((needed_by(word) for word in hint), key=len, default=frozenset())
                    if not told:
                        return reader.marks
                    wanted.add(max(told, key=len))
        return frozenset(wanted)
