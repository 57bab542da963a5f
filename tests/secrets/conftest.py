from __future__ import annotations

import pytest

from credlint.rulebook import load_rules
from credlint.secrets.engine import Engine, build_engine
from credlint.secrets.facts import ScanFacts
from tests.support.cache import CACHE

# 2026-06-01: what ended before that has expired, in every sample.
NOW = 1_780_272_000.0


@pytest.fixture(scope="session")
def engine() -> Engine:
    return build_engine(load_rules(("secrets",)), CACHE, facts=ScanFacts(now=NOW))
