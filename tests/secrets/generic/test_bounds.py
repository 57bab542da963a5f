"""Hostile texts take time in proportion to their length."""

from __future__ import annotations

import time

import pytest

from credlint.model.document import Document
from credlint.secrets.generic.readers import readings

UNITS = [
    "password: qzvwtrk\n",
    'password = "qzvwtrk9x" ',
    "{password: qzvwtrk},",
    'token="aB9x" ',
    "--password qzvwt9 ",
    "curl -u a:qzvwt9 ",
    "Authorization: Bearer qzv9wtrkqzv9wtrk",
    '"token":"{\\"',
    "\" == password ' == token ",
    'password="' + "aB9" * 2000 + '" ',
    "login('a','qzvwt9x') ",
    "key=" + "a1" * 3000 + " ",
    '"name": "password", "value": "qzvwt9x" ',
]


@pytest.mark.parametrize("path", ["a.js", "a.conf"])
@pytest.mark.parametrize("unit", UNITS, ids=range(len(UNITS)))
def test_a_text_full_of_assignments_takes_seconds_at_most(engine, unit, path):
    """Measured, by the processor's time: 2 s at most for 250 KB, 8 s per MB of nothing else."""
    data = (unit * (250_000 // len(unit))).encode()
    before = time.process_time()
    engine.scan(Document(path, data))

    assert time.process_time() - before < 8


def test_readers_are_known_by_the_rules(engine):
    syntaxes = {
        pattern.options.get("syntax", "assignment")
        for pattern in engine.patterns
        if pattern.spec.kind == "assignment"
    }

    assert syntaxes == set(readings.__globals__["_READERS"])
