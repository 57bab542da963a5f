from __future__ import annotations

import re
import sys
from pathlib import Path

import botocore.configprovider
import pytest

from credlint.checks import known_names
from credlint.checks.misspelled import setting_meant, variable_meant
from credlint.checks.slips import distance
from credlint.host import aws_settings
from credlint.rulebook import rules_root

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("aws_acces_key_id", "aws_access_key_id"),
        ("aws_secret_acces_key", "aws_secret_access_key"),
        ("role_arm", "role_arn"),
        ("rolearn", "role_arn"),
        ("source-profile", "source_profile"),
        ("sourceprofile", "source_profile"),
        ("sso_acount_id", "sso_account_id"),
        ("regon", "region"),
        ("credentials_process", "credential_process"),
        ("web_identity_token_flie", "web_identity_token_file"),
        ("profile_source", "source_profile"),
        ("aws_secret_key", "aws_secret_access_key"),
    ],
)
def test_a_setting_with_a_slip(written, meant):
    assert setting_meant(written) == meant


@pytest.mark.parametrize(
    "name",
    ["colour", "s4", "regions", "region2", "role", "my_role_arn", "source", "[x]"],
)
def test_a_setting_of_somebody_s_own(name):
    assert setting_meant(name) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AWS_SECRET_ACCES_KEY", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_ACCESS_KEYID", "AWS_ACCESS_KEY_ID"),
        ("AWS_ACCESS_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_PROFIL", "AWS_PROFILE"),
        ("AWS_SHARED_CREDENTIAL_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
        ("AWS_WEB_IDENTITY_TOKENFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    ],
)
def test_a_variable_with_a_slip(written, meant):
    assert variable_meant(written) == meant


@pytest.mark.parametrize(
    "name",
    ["AWS_REGIONAL", "AWS_S3_REGION", "AWS_PROFILES", "AWS_PROFILE1", "AWS_BUCKET", "AWS_RULE_ARN"],
)
def test_a_variable_of_somebody_s_own(name):
    assert variable_meant(name) is None


def test_every_setting_that_capture_knows_is_known():
    plain = aws_settings._PLAIN

    assert {name: setting_meant(name) for name in sorted(plain) if setting_meant(name)} == {}


def test_every_name_of_botocore_is_known():
    entries = botocore.configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES.values()
    settings = {entry[0] for entry in entries if isinstance(entry[0], str)}
    variables = {entry[1] for entry in entries if isinstance(entry[1], str)}

    assert {name for name in settings if setting_meant(name)} == set()
    assert {name for name in variables if variable_meant(name)} == set()


def test_every_variable_and_setting_that_a_chain_reads_is_known():
    texts = [path.read_text("utf-8") for path in (rules_root() / "sdks").glob("*.toml")]
    variables = set(re.findall(r'"(AWS_[A-Z0-9_]+)"', "\n".join(texts)))
    options = {
        name
        for text in texts
        for name in [
            *tomllib.loads(text).get("profile_options", []),
            *tomllib.loads(text).get("profile_values", {}),
        ]
    }

    assert len(variables) > 30
    assert len(options) > 20
    assert {name for name in variables if variable_meant(name)} - {"AWS_SECRET_KEY"} == set()
    assert {name for name in options if setting_meant(name)} == set()


def test_no_known_name_is_a_slip_of_another():
    for names in (known_names.SETTINGS, known_names.HELPER_SETTINGS):
        assert {name for name in names if setting_meant(name)} == set()
    for names in (known_names.VARIABLES, known_names.HELPER_VARIABLES - {"AWS_SECRET_KEY"}):
        assert {name for name in names if variable_meant(name)} == set()


def test_every_variable_that_the_chains_code_reads_is_known():
    folder = Path(known_names.__file__).parents[1] / "chain"
    text = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    read = set(re.findall(r'"(AWS_[A-Z0-9_]+[A-Z0-9])"', text))

    assert len(read) > 20
    assert {name for name in read if variable_meant(name)} - {"AWS_SECRET_KEY"} == set()


@pytest.mark.parametrize(
    ("first", "second", "slips"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ab", 1),
        ("abc", "abxc", 1),
        ("abc", "xy", None),
    ],
)
def test_distance_counts_a_swap_as_one(first, second, slips):
    assert distance(first, second, 2) == slips
