"""The rules about code and infrastructure, made ready when the first text asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Callable, Optional

from credlint.code.always_read import is_always_read
from credlint.model.document import Document
from credlint.model.rule import Rule
from credlint.secrets.facts import ScanFacts

if TYPE_CHECKING:
    from pathlib import Path

    from credlint.code.analysis import Analyser


_USUAL = "python"


class CodeRules:
    """The rules of ``code`` and ``iac`` of a run.

    ``root``: where the paths of documents begin on the disk, None where files that stand beside
    them are not to be looked at. ``keys_are_told``: the text rules report keys of AWS, so that what
    they are silent about has none. A run that meets no word of AWS loads nothing of it.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        facts: ScanFacts,
        root: Optional[Path],
        *,
        keys_are_told: bool = True,
    ) -> None:
        self._rules = rules
        self._facts = facts
        self._root = root
        self.keys_are_told = keys_are_told

    def steps(self) -> Iterator[Callable[[], object]]:
        """Yield short pieces of what makes ready for Python, which most trees have, in any number.

        As ``secrets.readiness``: for making it ready before workers fork.
        """
        yield lambda: self.analyser
        modules = [rule.detectors[_USUAL] for rule in self._rules if _USUAL in rule.detectors]
        # In the order of the rules: the first are asked most.
        for module in dict.fromkeys((f"{_USUAL}.module", *modules)):
            yield partial(import_module, f"credlint.code.{module}")

    @cached_property
    def analyser(self) -> Analyser:
        """Return what applies them."""
        from credlint.code.analysis import Analyser  # noqa: PLC0415  start-up
        from credlint.sources.surroundings import FilesBeside  # noqa: PLC0415

        beside = FilesBeside(self._root) if self._root is not None else None
        return Analyser(self._rules, self._facts.identify, beside)

    def are_for(self, uri: str, aws_words: AbstractSet[str]) -> bool:
        """Tell whether a file of that name would be read if those words stand in it."""
        from credlint.code.file_names import format_of  # noqa: PLC0415  start-up
        from credlint.code.formats import READERS  # noqa: PLC0415

        name = format_of(uri, b"")
        return name is not None and not READERS[name].marks.isdisjoint(aws_words)

    def format_of(
        self, document: Document, aws_words: frozenset[str], *, has_key: bool
    ) -> Optional[str]:
        """Return the format under which a document is to be analysed, None for not at all.

        ``aws_words``: those that the engine met in it; ``has_key``: it found something.
        """
        if not aws_words and not is_always_read(document.uri):
            return None
        return self.analyser.selects(document, aws_words, has_key=has_key)
