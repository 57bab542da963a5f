"""Both engines over the same rules, and what one of them says of a document."""

from __future__ import annotations

import sys
from functools import lru_cache
from unittest import mock

from credlint.model.document import Document
from credlint.rulebook import load_rules
from credlint.secrets.engine import Engine, build_engine
from credlint.secrets.matcher import HyperscanMatcher
from credlint.secrets.plain_matcher import PlainMatcher
from tests.support.cache import CACHE


def without_hyperscan() -> mock._patch_dict:
    """Make ``import hyperscan`` fail, as where it is not installed."""
    return mock.patch.dict(sys.modules, {"hyperscan": None})


@lru_cache(maxsize=1)
def both() -> tuple[Engine, Engine]:
    """Return the engine with hyperscan and the one without."""
    rules = load_rules(("secrets",))
    usual = build_engine(rules, CACHE)
    with without_hyperscan():
        plain = build_engine(rules)
    assert isinstance(usual._matcher, HyperscanMatcher)
    assert isinstance(plain._matcher, PlainMatcher)
    return usual, plain


def told(engine: Engine, data: bytes, uri: str = "file.txt") -> tuple[object, ...]:
    """Return all that an engine says of a document, in a form that can be compared."""
    result = engine.scan(Document(uri, data))
    spans = tuple((span.code, span.start, span.end) for span in result.spans)
    return (
        result.findings,
        result.directives,
        spans,
        result.skipped,
        result.aws_words,
    )
