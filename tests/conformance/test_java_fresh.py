"""The JVM that serves many set-ups answers as one that is started for each."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.generator import make
from tests.conformance.judge import all_judges
from tests.conformance.setups import put
from tests.conformance.stand_ins import StandIns

SEED = 99
# Chosen for what they have: options variables, a role, a program, files named by a property.
NUMBERS = (2, 7, 17, 46)
# Made anew by STS for each request.
_BY_CHANCE = ("key", "message")


def _lasting(verdict: dict[str, Any]) -> dict[str, Any]:
    if not verdict.get("role"):
        return {name: value for name, value in verdict.items() if name != "message"}
    return {name: value for name, value in verdict.items() if name not in _BY_CHANCE}


@pytest.mark.parametrize("sdk", ["java-v1", "java-v2"])
def test_a_fresh_jvm_says_the_same(sdk: str) -> None:
    module = all_judges()[sdk]
    why = module.missing(sdk)
    if why:
        pytest.skip(why)

    with StandIns() as servers, module.Judge(sdk) as judge:
        addresses = servers.addresses(module)
        for number in NUMBERS:
            with tempfile.TemporaryDirectory() as folder:
                setup = make(SEED, number, sdk)
                place = put(setup, Path(folder).resolve(), addresses).for_judge()
                shared, fresh = judge.ask(place), module.fresh_verdict(sdk, place)

            assert _lasting(shared) == _lasting(fresh)
