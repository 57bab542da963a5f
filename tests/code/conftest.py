from __future__ import annotations

import pytest

from credlint.rulebook import load_rules
from credlint.secrets.engine import Engine, build_engine
from credlint.secrets.facts import ScanFacts
from tests.support.cache import CACHE


@pytest.fixture(scope="session")
def engine() -> Engine:
    rules = [rule for rule in load_rules(("secrets",)) if rule.status == "stable"]
    return build_engine(rules, CACHE, facts=ScanFacts(now=1_780_272_000.0))
