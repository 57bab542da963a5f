from __future__ import annotations

import pytest

from credlint import samples
from credlint.host.captured import Capturer
from credlint.host.environ import capture_environment, is_captured, is_sensitive, iter_secrets

KEY = b"k" * 32


def captured(**environment):
    found = capture_environment(environment, Capturer(KEY, iter_secrets(environment)))
    return {entry.name: entry.value for entry in found}


@pytest.mark.parametrize(
    "name",
    [
        "AWS_PROFILE",
        "AMAZON_SOMETHING",
        "BOTO_CONFIG",
        "SECRET_ACCESS_KEY",
        "https_proxy",
        "NO_PROXY",
        "HOME",
        "PATH",
        "KUBERNETES_SERVICE_HOST",
        "CI",
        "GRANTED_SSO",
        "AWS_VAULT",
    ],
)
def test_captured_names(name):
    assert is_captured(name)


@pytest.mark.parametrize("name", ["EDITOR", "LS_COLORS", "DATABASE_URL", "aws_profile", "CIVIL"])
def test_other_names_stay_out(name):
    assert not is_captured(name)


@pytest.mark.parametrize(
    ("name", "sensitive"),
    [
        ("AWS_ACCESS_KEY_ID", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("AWS_SESSION_TOKEN", True),
        ("AWS_SECURITY_TOKEN", True),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", True),
        ("AWS_BEARER_TOKEN_BEDROCK", True),
        ("AWS_SECRET_KEY", True),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", False),
        ("AWS_SHARED_CREDENTIALS_FILE", False),
        ("AWS_CREDENTIAL_FILE", False),
        ("AWS_CREDENTIAL_EXPIRATION", False),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", False),
        ("AWS_PROFILE", False),
        ("AWS_ROLE_ARN", False),
    ],
)
def test_sensitive_names(name, sensitive):
    assert is_sensitive(name) is sensitive


def test_secret_variables_have_no_text():
    found = captured(AWS_ACCESS_KEY_ID=samples.key_id(), AWS_SECRET_ACCESS_KEY=samples.secret_key())

    assert [value.text for value in found.values()] == [None, None]
    assert found["AWS_ACCESS_KEY_ID"].key_id.last_four == samples.key_id()[-4:]


def test_home_and_path_are_told_without_text():
    found = captured(HOME="/home/alice", PATH="/usr/bin")

    assert [(value.text, value.length) for value in found.values()] == [(None, 11), (None, 8)]


@pytest.mark.parametrize(
    "value", [f"{scheme}bob:builder9@proxy:3128" for scheme in ("http://", "")]
)
def test_user_info_of_proxies_is_removed(value):
    text = captured(http_proxy=value)["http_proxy"].text

    assert "builder9" not in text
    assert text.endswith("@proxy:3128")


def test_query_of_a_credentials_address_is_cut():
    text = captured(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://localhost/c?id=1")

    assert text["AWS_CONTAINER_CREDENTIALS_FULL_URI"].text == "http://localhost/c?[4 characters]"


def test_a_secret_pasted_into_a_plain_variable_is_scrubbed():
    secret = "correct horse battery"  # noqa: S105  made up

    found = captured(AWS_SECRET_ACCESS_KEY=secret, AWS_DEFAULT_REGION=f"x {secret}")

    assert found["AWS_DEFAULT_REGION"].text.startswith("x [REDACTED-")


def test_a_generated_token_of_another_tool_is_scrubbed_too():
    secret = "-".join(("Zq7", "pL2m.Xw9", "rT4k"))  # noqa: FLY002  kept apart for scanners

    found = captured(OTHER_TOKEN=secret, AWS_PROFILE=f"dev {secret}")

    assert "Xw9-rT4k" not in found["AWS_PROFILE"].text


def test_empty_is_not_unset():
    assert captured(AWS_PROFILE="")["AWS_PROFILE"].shape == "empty"


def test_variables_are_sorted():
    assert list(captured(AWS_Z="1", AWS_A="2")) == ["AWS_A", "AWS_Z"]
