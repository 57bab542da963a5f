"""Which rules are enabled: ``--select``, ``--ignore``, ``--extend-select``.

A selector is a code (``CHN101``), the beginning of codes (``CHN1``, ``SEC``), a rule's name or
``ALL``. Where two selectors speak about one rule, the longer one decides; ``ignore`` decides a
tie. Rules about the run itself (RUN9xx) cannot be switched off: they tell what was not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Optional

from credlint.config_values import nearest
from credlint.model.lean_dataclasses import dataclass
from credlint.model.rule import Rule

EVERYTHING = "ALL"

_CODE_LIKE = r"[A-Z]{1,3}\d{0,3}\Z"
_EXACT = 99  # outweighs every prefix


class SelectionError(Exception):
    """A selector names no rule, or one that cannot be switched off; the message says which."""


@dataclass(frozen=True)
class RuleIndex:
    """The codes and names that selectors are checked against."""

    rules: tuple[Rule, ...]

    def weight(self, selector: str, rule: Rule) -> Optional[int]:
        """Return how exactly the selector names the rule, None when it does not."""
        wanted = selector.strip()
        upper = wanted.upper()
        if upper == EVERYTHING:
            return 0
        if rule.id == upper or rule.name == wanted.lower():
            return _EXACT
        if re.match(_CODE_LIKE, upper) and rule.id.startswith(upper):
            return len(upper)
        return None

    def matches(self, selector: str) -> tuple[Rule, ...]:
        """Return the rules that the selector names.

        Raises SelectionError with the nearest known selector when there are none.
        """
        found = tuple(rule for rule in self.rules if self.weight(selector, rule) is not None)
        if found:
            return found
        message = f'unknown rule "{selector}"{self.suggestion(selector)}; see "credlint rules"'
        raise SelectionError(message)

    def suggestion(self, selector: str) -> str:
        """Return ``, did you mean "…"`` with the nearest code or name, or nothing."""
        known = {rule.name: rule.name for rule in self.rules}
        known.update((rule.id.lower(), rule.id) for rule in self.rules)
        near = nearest(selector.strip().lower(), known)
        return f', did you mean "{known[near]}"' if near else ""


def split_selectors(values: Iterable[str]) -> tuple[str, ...]:
    """Split comma-separated selectors, as given on a command line, into a flat tuple."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(part for part in parts if part)


def select_rules(
    rules: Sequence[Rule],
    select: Optional[Sequence[str]] = None,
    ignore: Sequence[str] = (),
    extend_select: Sequence[str] = (),
) -> tuple[Rule, ...]:
    """Return the enabled rules, in their order; ``select`` None means all stable rules.

    Preview and deprecated rules are enabled by their own code or name only, removed ones never.

    Raises SelectionError for a selector that names no rule and for an ``ignore`` that names
    only rules about the run.
    """
    index = RuleIndex(tuple(rule for rule in rules if rule.status != "removed"))
    wanted = (EVERYTHING,) if select is None else tuple(select)
    wanted += tuple(extend_select)
    for selector in wanted:
        index.matches(selector)
    for selector in ignore:
        if all(rule.room == "run" for rule in index.matches(selector)):
            message = f'"{selector}" cannot be ignored: it tells what was not examined'
            raise SelectionError(message)
    return tuple(
        rule for rule in index.rules if rule.room == "run" or _enabled(index, rule, wanted, ignore)
    )


def _enabled(index: RuleIndex, rule: Rule, wanted: Sequence[str], ignore: Sequence[str]) -> bool:
    chosen = _heaviest(index, rule, wanted)
    if chosen is None or (rule.status != "stable" and chosen < _EXACT):
        return False
    refused = _heaviest(index, rule, ignore)
    return refused is None or chosen > refused


def _heaviest(index: RuleIndex, rule: Rule, selectors: Sequence[str]) -> Optional[int]:
    weights = [index.weight(selector, rule) for selector in selectors]
    return max((weight for weight in weights if weight is not None), default=None)
