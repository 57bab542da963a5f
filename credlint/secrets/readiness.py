"""What nearly every tree needs of the second stage, for making it ready before workers fork.

A worker that meets the first hit imports the judges and compiles their expressions, some 80 ms,
and each worker does that for itself. While the tree is being walked there is time to do it once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from typing import Callable

from credlint.secrets.inspection import BY_NAME, GENERIC
from credlint.secrets.patterns import Pattern

# In the order in which trees of source code and documentation ask for them.
_MODULES = (
    "file_kinds",
    "candidate",
    "inspection",
    "encoded",
    "decoding",
    "base64_runs",
    "generic.inspect",
    "generic.score",
    "generic.chosen",
    "services.inspect",
    "services.table",
    "connection_strings",
    "basic_logins",
    "aws.keys",
    "aws.file_rules",
    "urls",
    "tokens",
    "private_keys",
    "jwk",
)
# Rules with these tags go by words that stand in any text.
_OF_ANY_TEXT = frozenset((GENERIC, BY_NAME))


def steps(patterns: Sequence[Pattern]) -> Iterator[Callable[[], object]]:
    """Yield short pieces of that work, the most wanted first; any number of them may be done.

    ``patterns``: those of the engine; the expressions of such as hit in most trees are compiled.
    """
    for module in _MODULES:
        yield partial(import_module, f"credlint.secrets.{module}")
    from credlint.secrets.generic.model import load  # noqa: PLC0415

    yield load
    for pattern in patterns:
        if not _OF_ANY_TEXT.isdisjoint(pattern.rule.tags):
            yield partial(_compile, pattern)


def _compile(pattern: Pattern) -> object:
    return pattern.second_stage
