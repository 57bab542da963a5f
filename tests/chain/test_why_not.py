"""The fewest changes after which a source wins, each answer true of the changed host."""

from __future__ import annotations

import pytest

from credlint.chain.sdk import load_sdk
from credlint.chain.why_not import why_not
from credlint.model.why_not import WhyNot
from tests.chain.support import env, pair
from tests.support.scenario import build_snapshot


def answer(tmp_path, source, sdk="boto3", profile=None, **scenario) -> WhyNot:
    return why_not(build_snapshot(scenario, tmp_path), load_sdk(sdk), source, profile)


def texts(found: WhyNot) -> list[str]:
    return [change.text for change in found.changes]


def test_source_that_wins_needs_nothing(tmp_path):
    assert answer(tmp_path, "env", environment=env()) == WhyNot("boto3", "env", "wins")


def test_every_earlier_source_is_one_change(tmp_path):
    found = answer(
        tmp_path,
        "imds",
        environment=env(),
        files={"credentials": f"[default]\n{pair('DEF')}"},
        imds={"role": "app"},
    )

    assert (found.answer, found.needs) == ("changes", ())
    assert texts(found) == [
        "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",
        "remove aws_access_key_id, aws_secret_access_key of [default] in ~/.aws/credentials:2",
    ]


def test_switch_that_disables_the_source_is_one_change(tmp_path):
    found = answer(
        tmp_path, "imds", environment={"AWS_EC2_METADATA_DISABLED": "true"}, imds={"role": "app"}
    )

    assert texts(found) == ["unset AWS_EC2_METADATA_DISABLED"]


def test_missing_profile_is_one_change(tmp_path):
    found = answer(tmp_path, "env", environment=env(AWS_PROFILE="nope"))

    assert texts(found) == ["unset AWS_PROFILE"]


def test_explicit_profile_is_one_change(tmp_path):
    found = answer(
        tmp_path,
        "env",
        profile="p",
        environment=env(),
        files={"credentials": f"[p]\n{pair('P1')}"},
    )

    assert texts(found) == ["do not name a profile explicitly (--profile, profile_name=)"]


def test_faulty_line_is_one_change(tmp_path):
    found = answer(
        tmp_path,
        "imds",
        files={"config": "[default]\nregion = eu-west-1\nregion = eu-west-2\n"},
        imds={"role": "app"},
    )

    assert texts(found) == ["remove region of [default] in ~/.aws/config:2"]


@pytest.mark.parametrize(
    ("source", "need"),
    [
        ("env", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set"),
        ("imds", "an instance profile is attached and the instance metadata service answers"),
        (
            "container",
            "the container platform sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI",
        ),
        ("web_identity", "AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are set"),
    ],
)
def test_what_is_not_there_is_a_need(tmp_path, source, need):
    assert answer(tmp_path, source) == WhyNot("boto3", source, "changes", needs=(need,))


def test_profile_source_that_nothing_configures_is_impossible(tmp_path):
    found = answer(tmp_path, "sso_profile", environment=env())

    reason = 'no sso_role_name or sso_account_id in profile "default"'
    assert (found.answer, found.reason) == ("impossible", reason)


def test_region_that_an_sdk_insists_upon_is_one_change(tmp_path):
    found = answer(tmp_path, "env", sdk="terraform", environment=env())

    assert (found.answer, texts(found)) == ("changes", ["set AWS_REGION"])
