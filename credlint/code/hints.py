"""Which rules may find something in a text, told by the hints that stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Optional

from credlint.code.formats import READERS
from credlint.model.aws_words import needed_by
from credlint.model.lean_tuples import NamedTuple
from credlint.model.rule import Rule

# A hint that stands for what the text rules found.
KEY = "@key"
# Stands between words of which one will do.
_OR = "|"
# A word that ends so stands for a name of JSON with a text for a value, however it is spaced.
_NAMES_TEXT = '": "'
_COLON = re.compile(rb'[ \t\r\n]*:[ \t\r\n]*"')
# Of one of them all words must be met (``a|b``: either); no words at all always are.
Hints = tuple[tuple[str, ...], ...]
_NOTHING: Hints = ((),)
_MOST_KEPT = 1024


class Asked(NamedTuple):
    """A rule, the module that checks it, and its hints: one must be met in all its words."""

    rule: Rule
    module: str
    hints: Hints


class _Held(NamedTuple):
    """What a text of a format may turn out to be or hold: of each thing the signs and hints.

    ``tell``: the told words that matter for it; ``marks``: those of which one has to be there,
    none where every hint holds a told word.
    """

    things: list[tuple[Hints, Hints]]
    tell: frozenset[str]
    marks: frozenset[str]


class Met:
    """Which words stand in one text, each looked for once.

    ``aws_words``: those that are known to, None where that is not known; ``has_key``: the text
    rules found something.
    """

    def __init__(
        self, text: bytes, aws_words: Optional[frozenset[str]] = None, *, has_key: bool
    ) -> None:
        self._text = text
        self.told = aws_words
        self._known = {KEY: has_key}

    def has(self, word: str) -> bool:
        """Tell whether the word is there."""
        known = self._known.get(word)
        if known is None:
            if _OR in word:
                known = any(map(self.has, word.split(_OR)))
            else:
                known = self.told is not None and word in self.told
                known = known or (may_stand(word, self.told) and self._stands(word))
            self._known[word] = known
        return known

    def meets(self, hints: Hints) -> bool:
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


def may_stand(word: str, told: Optional[frozenset[str]]) -> bool:
    """Tell whether a word, or one of several, may be there by the told ones; None: not known."""
    return told is None or any(needed_by(each) <= told for each in word.split(_OR))


def _is_told(word: str) -> bool:
    """Tell whether the first stage tells of something in the word, or in each of several."""
    return all(map(needed_by, word.split(_OR)))


class RulesByFormat:
    """The rules of a run under the formats that they are about."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._open = lru_cache(maxsize=_MOST_KEPT)(self._open_after)
        self._held = lru_cache(maxsize=None)(self._held_in)
        self._rules: dict[str, list[Asked]] = {}
        for rule in rules:
            for name, module in rule.detectors.items():
                told = rule.hints
                if isinstance(told, Mapping):
                    told = told.get(name, ())
                hints = tuple(
                    # Words that the first stage tells of cost nothing here.
                    tuple(sorted(hint.split(" + "), key=lambda word: not _is_told(word)))
                    for hint in told
                )
                self._rules.setdefault(name, []).append(Asked(rule, module, hints or _NOTHING))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def asked(self, name: str, met: Met) -> list[Asked]:
        """Return the rules that may find something in a text of that very format."""
        return [asked for asked in self._rules.get(name, ()) if met.meets(asked.hints)]

    def are_asked(self, name: str, met: Met) -> bool:
        """Tell whether any may, in a text of that format or in what such a text may hold."""
        told = met.told
        if told is not None:
            told &= self._held(name).tell
        return any(met.meets(signs) and met.meets(hints) for signs, hints in self._open(name, told))

    def _held_in(self, name: str) -> _Held:
        reader = READERS[name]
        things = [
            (
                reader.signs.get(each, _NOTHING),
                tuple({hint: 0 for asked in self._rules.get(each, ()) for hint in asked.hints}),
            )
            for each in reader.holds or (name,)
        ]
        words = {word for thing in things for hints in thing for hint in hints for word in hint}
        told = {each for word in words for one in word.split(_OR) for each in needed_by(one)}
        # Where every hint holds a told word, these say it; else one of the marks has to be there.
        says = all(any(map(_is_told, hint)) for _, hints in things for hint in hints)
        return _Held(things, reader.marks | told, frozenset() if says else reader.marks)

    def _open_after(self, name: str, told: Optional[frozenset[str]]) -> list[tuple[Hints, Hints]]:
        """Return what is left to look for: of each thing that a text may hold, signs and hints.

        ``told`` as ``aws_words`` of Met. Many texts have the same words, and most leave nothing.
        """

        def left(hints: Hints) -> Hints:
            return tuple(hint for hint in hints if all(may_stand(word, told) for word in hint))

        held = self._held(name)
        if told is not None and held.marks and told.isdisjoint(held.marks):
            return []
        pairs = ((left(signs), left(hints)) for signs, hints in held.things)
        return [(signs, hints) for signs, hints in pairs if signs and hints]
