"""One cause is one finding: what these rules explain, the general ones do not say again."""

from __future__ import annotations

import pytest

from tests.checks.running import RULES, run_sample

GENERAL = ("CHN233", "CHN401")
PAIR = (
    "aws_access_key_id = @@key-id:AKIA:123456789012:a@@\naws_secret_access_key = @@secret-key:a@@\n"
)
SESSION = {
    "AWS_ACCESS_KEY_ID": "@@key-id:ASIA:123456789012:a@@",
    "AWS_SECRET_ACCESS_KEY": "@@secret-key:a@@",
    "AWS_SESSION_TOKEN": "@@session-token:a@@",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
}
ROLE = (
    "[default]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/admin\n"
    "source_profile = base\n"
)
CAUSES = {
    "CHN302": {
        "environment": {**SESSION, "AWS_CREDENTIAL_EXPIRATION": "2026-07-01T10:00:00Z"},
        "sdk": ["boto3", "aws-cli-v2"],
    },
    "CHN309": {
        "files": {
            "config": f"{ROLE}mfa_serial = arn:aws:iam::123456789012:mfa/alice\n",
            "credentials": f"[base]\n{PAIR}",
        },
        "sdk": ["boto3", "go-v2", "terraform", "js-v3", "ruby-v3"],
        "interactive": False,
    },
    "CHN311": {
        "files": {"config": f"{ROLE}mfa_serial = x\n", "credentials": f"[base]\n{PAIR}"},
        "sdk": ["boto3"],
    },
    "CHN313": {
        "files": {"config": f"{ROLE}duration_seconds = 10\n", "credentials": f"[base]\n{PAIR}"},
        "sdk": ["boto3"],
    },
    "CHN403": {
        "environment": {"AWS_PROFILE": "build"},
        "files": {"config": "[default]\nregion = eu-west-1\n[profile build]\noutput = json\n"},
    },
    "CHN409": {
        "environment": {**SESSION, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "1"},
        "sdk": ["go-v2", "terraform", "dotnet-v4"],
    },
    "CHN414": {
        "environment": {**SESSION, "AWS_CA_BUNDLE": "/nonexistent/ca.pem"},
        "sdk": ["go-v2", "boto3"],
    },
}


@pytest.mark.parametrize("code", CAUSES)
def test_the_general_rule_keeps_silent(code, tmp_path):
    codes = [finding.code for finding in run_sample(CAUSES[code], tmp_path)]

    assert codes.count(code) == 1
    assert not set(codes) & set(GENERAL)


@pytest.mark.parametrize("code", sorted(set(CAUSES) - {"CHN311"}))
def test_without_the_rule_the_general_one_speaks(code, tmp_path):
    """The samples above are worth something, and nothing is lost when a rule is switched off."""
    rules = tuple(rule for rule in RULES if rule.id != code)

    findings = run_sample(CAUSES[code], tmp_path, rules)

    assert {finding.code for finding in findings} & set(GENERAL)


def test_sdks_without_region_for_another_reason_are_told_apart(tmp_path):
    sample = {**CAUSES["CHN403"], "sdk": ["boto3", "go-v1"]}

    findings = {finding.code: finding.sdks for finding in run_sample(sample, tmp_path)}

    assert findings["CHN403"] == ("boto3",)
    assert findings["CHN401"] == ("go-v1",)
