"""A sample of the differential test for every run of the suite; the long one is ``run.py``."""

from __future__ import annotations

import pytest

from tests.conformance.judge import all_judges
from tests.conformance.run import compare_all

# Chosen once; another seed would do as well.
SEED = 2026
COUNT = 50


@pytest.mark.parametrize("sdk", sorted(all_judges()))
def test_no_disagreement_with_the_real_sdk(sdk: str) -> None:
    why = all_judges()[sdk].missing(sdk)
    if why:
        pytest.skip(why)

    tally = compare_all(sdk, SEED, range(COUNT))

    assert [problem for _, problem, _, _ in tally.disagreements] == []
    assert tally.agreements >= COUNT - 2
    assert len(tally.outcomes) >= 6
