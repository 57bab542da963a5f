"""One cause is one finding: whole lists of what is shown for one mistake."""

from __future__ import annotations

import pytest

from credlint.samples import key_id, secret_key, session_token
from tests.checks.running import run_sample

KEYS = f"aws_access_key_id = {key_id()}\naws_secret_access_key = {secret_key()}\n"
ROLE = "role_arn = arn:aws:iam::123456789012:role/admin\n"
REGION = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
OTHER_KEYS = KEYS.replace(key_id(), key_id(seed="2"))
SESSION_KEYS = KEYS.replace(key_id(), key_id("ASIA"))
ENV_KEYS = {"AWS_ACCESS_KEY_ID": key_id(), "AWS_SECRET_ACCESS_KEY": secret_key()}


def codes(sample, tmp_path):
    return [finding.code for finding in run_sample(sample, tmp_path)]


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        pytest.param({"environment": REGION}, ["CHN232"], id="nothing"),
        pytest.param(
            {"environment": {**REGION, "AWS_PROFILE": "nope"}}, ["CHN201"], id="no such profile"
        ),
        pytest.param({"environment": {**REGION, "AWS_PROFILE": ""}}, ["CHN228"], id="empty name"),
        pytest.param(
            {"environment": {**ENV_KEYS, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": ""}},
            ["CHN228"],
            id="empty region",
        ),
        pytest.param(
            {"environment": {**ENV_KEYS, "AWS_DEFAULT_REIGON": "eu-west-1"}},
            ["CHN211"],
            id="misspelt region",
        ),
        pytest.param(
            {
                "environment": {**REGION, "AWS_PROFILE": "admin"},
                "files": {"config": f"[profile admin]\n{ROLE}source-profile = base\n"},
            },
            ["CHN211"],
            id="misspelt source",
        ),
        pytest.param(
            {
                "environment": {**REGION, "AWS_PROFILE": "admin"},
                "files": {
                    "config": f"[profile admin]\n{ROLE}source_profile = base\n"
                    f"credential_source = Environment\n[profile base]\n{KEYS}"
                },
            },
            ["CHN216"],
            id="two sources",
        ),
        pytest.param(
            {
                "environment": {**REGION, "AWS_PROFILE": "admin"},
                "files": {"config": f"[profile admin]\n{ROLE}credential_source = Env\n"},
            },
            ["CHN217"],
            id="no such source",
        ),
        pytest.param(
            {
                "contexts": ["ec2"],
                "environment": {
                    **REGION,
                    "AWS_ACCESS_KEY_ID": "test",
                    "AWS_SECRET_ACCESS_KEY": "test",
                },
                "imds": {"role": "app-role"},
            },
            ["CHN120"],
            id="placeholder before a role",
        ),
        pytest.param(
            {
                "contexts": ["lambda"],
                "environment": {**REGION, **ENV_KEYS, "AWS_SESSION_TOKEN": session_token()},
            },
            ["CHN121"],
            id="long-term key in Lambda",
        ),
        pytest.param(
            {
                "environment": REGION,
                "files": {
                    "config": f"[default]\naws_session_token = {session_token()}\n",
                    "credentials": f"[default]\n{SESSION_KEYS}",
                },
                "sdk": ["boto3", "go-v2"],
            },
            ["CHN226"],
            id="token in the other file",
        ),
        pytest.param(
            {
                "environment": {**REGION, "AWS_CREDENTIALS_FILE": "{home}/keys"},
                "files": {"keys": f"[default]\n{KEYS}"},
            },
            ["CHN223"],
            id="wrong variable for the file",
        ),
        pytest.param(
            {"environment": REGION, "files": {"config": f"[DEFAULT]\n{KEYS}"}},
            ["CHN206"],
            id="default in capitals",
        ),
        pytest.param(
            {
                "environment": REGION,
                "files": {"config": f"[default]\n{KEYS}[profile default]\n{OTHER_KEYS}"},
                "sdk": ["go-v2", "dotnet-v4"],
            },
            # The keys are long-term ones that nothing protects, whichever are taken.
            ["CHN205", "CHN310"],
            id="both forms of default",
        ),
        pytest.param(
            {"contexts": ["ec2"], "environment": REGION, "imds": {}},
            ["CHN232"],
            id="instance without role",
        ),
    ],
)
def test_one_mistake_is_one_finding(sample, expected, tmp_path):
    assert codes(sample, tmp_path) == expected
