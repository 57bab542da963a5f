"""The minimiser, with a made-up SDK that is wrong about one line."""

from __future__ import annotations

from typing import Optional

from tests.conformance.minimise import minimise
from tests.conformance.setups import SetUp


def test_only_what_the_problem_needs_is_left() -> None:
    setup = SetUp(
        environment={"AWS_REGION": "eu-west-1", "AWS_PROFILE": "dev", "X": "y"},
        files={"a": "1\n2\n3\n4\n5\n6\n7\n", "b": "text\n", "bin/x": "exec:#!/bin/sh\n"},
        profile="dev",
        sso={"s": "{}"},
    )

    def problem(candidate: SetUp) -> Optional[str]:
        wrong = "5\n" in candidate.files.get("a", "") and "AWS_PROFILE" in candidate.environment
        return "ours is wrong" if wrong else None

    actual = minimise(setup, problem)

    assert actual == SetUp(environment={"AWS_PROFILE": "dev"}, files={"a": "5\n"})
