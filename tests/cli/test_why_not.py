"""``doctor --why-not``."""

from __future__ import annotations

import json

from credlint import samples
from tests.cli.conftest import Runner

KEYS = {
    "AWS_ACCESS_KEY_ID": samples.key_id(),
    "AWS_SECRET_ACCESS_KEY": samples.secret_key(),
}
DOCTOR = ("doctor", "--sdk", "boto3,aws-cli-v2", "--no-network")


def test_changes_are_listed_first(credlint: Runner) -> None:
    done = credlint(*DOCTOR, "--why-not", "imds", **KEYS)

    need = "an instance profile is attached and the instance metadata service answers"
    assert done.out.splitlines()[:3] == [
        "instance metadata for boto3 and AWS CLI v2: it would win after 1 change:",
        "  1. unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",
        f"  and only where {need}.",
    ]


def test_json_has_the_answers(credlint: Runner) -> None:
    done = credlint(*DOCTOR, "--format", "json", "--why-not", "env", **KEYS)

    assert json.loads(done.out)["why_not"] == [
        {
            "sdk": sdk,
            "source": "env",
            "answer": "wins",
            "changes": [],
            "needs": [],
            "reason": "",
        }
        for sdk in ("boto3", "aws-cli-v2")
    ]


def test_unknown_source_gives_the_list_and_the_nearest(credlint: Runner) -> None:
    done = credlint(*DOCTOR, "--why-not", "imdss")

    assert done.code == 2
    assert done.err.endswith('container, imds, did you mean "imds"?\n')
