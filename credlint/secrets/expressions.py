"""What the first stage looks for, and what tells that a kept database was made from just that."""

from __future__ import annotations

import marshal
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from credlint import __version__
from credlint.cache import digest_of
from credlint.model.aws_words import TOLD_WORDS
from credlint.secrets.directives import DIRECTIVE, DIRECTIVE_STARTS
from credlint.secrets.matcher import Expression
from credlint.secrets.patterns import Pattern

# 1F 8B 08 and a byte of flags (RFC 1952 §2.3.1) in base64.
_GZIP = "H4sI[A-H]"
# The modules that decide what becomes of the patterns.
CODE = ("database", "directives", "encoded_hints", "escapes", "expressions", "matcher", "patterns")


class Wanted:
    """The expressions and hints of some patterns, made when they are asked for.

    To make them takes 5 ms, and the hook, which has 50 in all, finds the database ready.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns

    def key(self) -> str:
        """Return a digest of all that they are made of: what the rules say, and our own code."""
        said = [(pattern.spec.regex, dict(pattern.options)) for pattern in self._patterns]
        said.append((" ".join(TOLD_WORDS), {}))
        # Version 2 has no references between parts, so that equal texts give equal bytes.
        return digest_of(marshal.dumps(said, 2), *_code())

    def expressions(self) -> list[Expression]:
        """Return those of the patterns, then the engine's own; the last are told ``once``."""
        from credlint.secrets.escapes import escape_expressions  # noqa: PLC0415  start-up

        of_patterns = [
            Expression(
                pattern.hit,
                pattern.starts,
                pattern.run,
                pattern.word,
                pattern.window,
                loose=pattern.loose,
            )
            for pattern in self._patterns
            if not pattern.files
        ]
        directive = Expression(DIRECTIVE, DIRECTIVE_STARTS)
        aws = [Expression(re.escape(word), (word,), once=True) for word in TOLD_WORDS]
        gzip = Expression(_GZIP, (_GZIP[:4],))
        return [*of_patterns, directive, *escape_expressions(), gzip, *aws]

    def hints(self) -> tuple[str, ...]:
        """Return the texts whose encoded spellings are looked for."""
        from credlint.secrets.encoded_hints import hints_of  # noqa: PLC0415  start-up

        return hints_of(self._patterns)


def _code() -> Iterable[bytes]:
    """Yield the source of the modules; where it is not to be had, the version stands for it."""
    folder = os.path.dirname(__file__)  # noqa: PTH120  as the loader names its files
    for name in CODE:
        source = __version__.encode()
        with suppress(OSError, AttributeError):
            source = __spec__.loader.get_data(os.path.join(folder, f"{name}.py"))  # type: ignore[union-attr]  # noqa: PTH118
        yield source
