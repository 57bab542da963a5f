from __future__ import annotations

import pytest

from credlint.rulebook import load_rules
from credlint.secrets.engine import Engine, build_engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    return build_engine(load_rules(("secrets",)), None)
