"""Every pattern's second stage on text made of its beginnings takes time linear in the bytes."""

from __future__ import annotations

import time

import pytest

from credlint.model.document import Document
from credlint.rulebook import load_rules
from credlint.secrets.engine import build_engine
from credlint.secrets.patterns import make_patterns
from tests.support.cache import CACHE

RULES = load_rules(("secrets",))
ENGINE = build_engine(RULES, CACHE)
PATTERNS = [pattern for pattern in make_patterns(RULES) if pattern.starts]
TAILS = ("", "A" * 40, ' = "a/B3', " : x1 = ", "_" * 20, '{"', "%2F" * 10, "\\/" * 20)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.spec.id)
def test_text_of_beginnings(pattern):
    """Seconds of the processor for 100 KB: some tenths are usual, a square of them is minutes."""
    for tail in TAILS:
        unit = pattern.starts[0] + tail
        before = time.process_time()
        ENGINE.scan(Document("a.txt", (unit * (100_000 // len(unit))).encode()))

        assert time.process_time() - before < 4, tail
