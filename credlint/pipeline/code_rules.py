"""The rules about code and infrastructure, made ready when the first text asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING, Optional

from credlint.code.always_read import is_always_read
from credlint.model.document import Document
from credlint.model.rule import Rule
from credlint.secrets.facts import ScanFacts

if TYPE_CHECKING:
    from pathlib import Path

    from credlint.code.analysis import Analyser


class CodeRules:
    """The rules of ``code`` and ``iac`` of a run.

    ``root``: where the paths of documents begin on the disk, None where files that stand beside
    them are not to be looked at. A run that meets no word of AWS loads nothing of it.
    """

    def __init__(self, rules: Sequence[Rule], facts: ScanFacts, root: Optional[Path]) -> None:
        self._rules = rules
        self._facts = facts
        self._root = root

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
