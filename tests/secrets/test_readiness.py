"""What is made ready ahead exists, and is what a scan would load by itself."""

from __future__ import annotations

import sys

from credlint.model.document import Document
from credlint.secrets.readiness import steps


def test_every_step_can_be_done(engine):
    for step in steps(engine.patterns):
        step()


def test_a_hit_of_a_generic_rule_loads_no_module_of_judges_beyond(engine):
    for step in steps(engine.patterns):
        step()
    before = set(sys.modules)
    engine.scan(Document("a.py", b'password = "wrong"\nself.key = config["token_x9"]\n'))

    assert {name for name in set(sys.modules) - before if name.startswith("credlint.")} == set()
