"""A sample of the differential test for every run of the suite; the long one is ``run.py``."""

from __future__ import annotations

import pytest

from tests.conformance import judge
from tests.conformance.run import compare_all

# Chosen once; another seed would do as well.
SEED = 2026
# A set-up costs the CLIs more, which read whole service models.
COUNTS = {"boto3": 150, "aws-cli-v1": 60, "aws-cli-v2": 80, "go-v2": 150}


@pytest.mark.parametrize("sdk", COUNTS)
def test_no_disagreement_with_the_real_sdk(sdk: str) -> None:
    why = judge.missing(sdk)
    if why:
        pytest.skip(why)

    tally = compare_all(sdk, SEED, range(COUNTS[sdk]))

    assert [problem for _, problem, _, _ in tally.disagreements] == []
    assert tally.agreements >= COUNTS[sdk] * 0.97
    assert len(tally.outcomes) >= 12
