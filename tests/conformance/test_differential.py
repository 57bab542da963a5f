"""A sample of the differential test for every run of the suite; the long one is ``run.py``."""

from __future__ import annotations

import pytest
from tests.conformance import judge
from tests.conformance.run import compare_all

# Chosen once; another seed would do as well.
SEED = 2026
COUNT = 120


@pytest.mark.parametrize("sdk", ["boto3", "aws-cli-v1", "aws-cli-v2"])
def test_no_disagreement_with_the_real_sdk(sdk: str) -> None:
    why = judge.missing(sdk)
    if why:
        pytest.skip(why)

    tally = compare_all(sdk, SEED, range(COUNT))

    assert [problem for _, problem, _, _ in tally.disagreements] == []
    assert tally.agreements >= COUNT * 0.97
    assert len(tally.outcomes) >= 12
