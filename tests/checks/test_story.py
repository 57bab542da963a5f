"""The scenario that named this project, word for word."""

from __future__ import annotations

import pytest

from credlint.model.location import Location
from credlint.samples import key_id, secret_key
from tests.checks.running import findings_of, run_sample

KEY = key_id("AKIA", "210987654321", "user")
OTHER = key_id("AKIA", "123456789012", "file")
STORY = {
    "contexts": ["ec2"],
    "environment": {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": secret_key("user"),
        "AWS_SESSION_TOKEN": "",
        "AWS_DEFAULT_REGION": "eu-west-1",
    },
    "imds": {"role": "app-role", "account": "123456789012"},
}
WITH_FILE = {
    **STORY,
    "files": {
        "credentials": (
            f"[default]\naws_access_key_id = {OTHER}\naws_secret_access_key = {secret_key('f')}\n"
        )
    },
}


@pytest.fixture
def finding(tmp_path):
    (found,) = findings_of("CHN101", STORY, tmp_path)
    return found


def test_the_message_names_key_account_role_and_sdks(finding):
    assert finding.message == (
        f"Environment keys (AKIA…{KEY[-4:]}, long-term, account 210987654321) win over instance "
        "role `app-role`; the role is never used by boto3, AWS CLI v1 and AWS CLI v2."
    )


def test_the_remedy_is_in_order_and_unsets_what_is_set(finding):
    key = f"<the key starting AKIA and ending in {KEY[-4:]}>"

    assert finding.remedy.splitlines() == [
        (
            "1. Find what sets them: `systemctl cat UNIT` for a service, `grep -lrs "
            "AWS_ACCESS_KEY_ID /etc/environment /etc/profile.d /etc/systemd/system ~/.profile "
            "~/.bash_profile ~/.bashrc ~/.zshrc .env` for the rest (it prints file names only); "
            "delete the lines there."
        ),
        "2. In open shells: `unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN`.",
        "3. Restart what was started with them: `systemctl restart UNIT`.",
        "4. `aws sts get-caller-identity` must show `assumed-role/app-role`.",
        (
            f"5. When `aws iam get-access-key-last-used --access-key-id {key}` shows no other "
            f"user of it, deactivate the key: `aws iam update-access-key --access-key-id {key} "
            "--status Inactive`."
        ),
    ]


def test_the_place_is_the_variable_in_the_sorted_listing(finding):
    assert finding.location == Location(
        "environment", "environment", "CREDLINTHOST", 1, logical="environment/AWS_ACCESS_KEY_ID"
    )


def test_the_role_is_the_related_place(finding):
    assert finding.related == (
        Location(
            "imds",
            "imds",
            "CREDLINTHOST",
            logical="imds/iam/security-credentials/app-role",
            message="Instance role `app-role` is never used.",
        ),
    )


def test_level_subject_and_facts_for_machines(finding):
    assert (finding.level, finding.subject, finding.sdks, finding.fix) == (
        "error",
        f"AKIA…{KEY[-4:]}",
        ("boto3", "aws-cli-v1", "aws-cli-v2"),
        "display",
    )
    assert finding.properties == (
        ("key_id", f"AKIA…{KEY[-4:]}"),
        ("account", "210987654321"),
        ("role", "app-role"),
        ("role_account", "123456789012"),
    )


def test_another_hidden_source_is_related_and_in_the_fourth_step(tmp_path):
    (finding,) = findings_of("CHN101", WITH_FILE, tmp_path)

    assert [(place.display(), place.message) for place in finding.related] == [
        ("the instance metadata service", "Instance role `app-role` is never used."),
        (
            "~/.aws/credentials:2",
            (
                f"Also hidden: keys in the credentials file (AKIA…{OTHER[-4:]}, long-term, account "
                "123456789012)."
            ),
        ),
    ]
    assert finding.remedy.splitlines()[3] == (
        "4. `aws sts get-caller-identity` must show `assumed-role/app-role`; keys in the "
        "credentials file (~/.aws/credentials:2) would come next, so remove that too."
    )


def test_the_foreign_account_is_told_as_well(tmp_path):
    findings = run_sample(STORY, tmp_path)

    assert [finding.code for finding in findings] == ["CHN101", "CHN110"]
    assert findings[1].message == (
        f"The winning key AKIA…{KEY[-4:]} decodes to account 210987654321, but this instance "
        "belongs to account 123456789012."
    )


def test_no_text_of_any_finding_holds_the_key_or_its_secret(tmp_path):
    text = repr(run_sample(WITH_FILE, tmp_path))

    for secret in (KEY, OTHER, secret_key("user"), secret_key("f")):
        assert secret not in text
        assert not any(secret[i : i + 8] in text for i in range(len(secret) - 7))


def test_one_sdk_is_named_in_the_singular(tmp_path):
    (finding,) = findings_of("CHN101", {**STORY, "sdk": ["boto3"]}, tmp_path)

    assert finding.message.endswith("the role is never used by boto3.")
