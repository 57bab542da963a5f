"""What the AWS SDK for Ruby does with set-ups that other SDKs read in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    PROCESS,
    SSO,
    SSO_CACHE,
    WEB,
    config,
    ecs,
    env,
    pair,
    trace_of,
    verdict,
)

KEY = f"@@key-id:AKIA:{ACCOUNT}:P1@@"
SECRET = "@@secret-key:P1@@"  # noqa: S105  a placeholder
ROLE = f"role_arn = {ARN}\n"
WEB_ROLE = f"{ROLE}web_identity_token_file = {{home}}/tokens/web\n"
INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True}}
SESSION = "sso_session = s\nsso_account_id = 123456789012\nsso_role_name = reader\n"
SESSION_BLOCK = "[sso-session s]\nsso_region = eu-west-1\n"
PAST = '{"accessToken": "t", "expiresAt": "2020-01-01T00:00:00Z"}'
RENEWABLE = PAST[:-1] + ', "clientId": "c", "clientSecret": "s", "refreshToken": "r"}'

ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "keys of the environment": ({"environment": env()}, None, "env ENV"),
    "old names of key id and secret": (
        {"environment": {"AMAZON_ACCESS_KEY_ID": KEY, "AWS_SECRET_KEY": SECRET}},
        None,
        "env P1",
    ),
    "an empty variable ends the search": (
        {"environment": {"AWS_ACCESS_KEY_ID": "", "AWS_ACCESS_KEY": KEY, "AWS_SECRET_KEY": SECRET}},
        None,
        "none",
    ),
    "a client's profile stands before the environment": (
        {"environment": env(), "files": DEFAULT},
        "default",
        "static_credentials_file DEF",
    ),
    "a client's profile that is missing is passed over": (
        {"environment": env(), "files": DEFAULT},
        "gone",
        "env ENV",
    ),
    "AWS_PROFILE that is missing is passed over": (
        {"environment": {"AWS_PROFILE": "gone"}, "files": DEFAULT, **INSTANCE},
        None,
        "imds",
    ),
    "a profile without prefix in the config file": (
        config(f"[p1]\n{pair('P1')}", environment={"AWS_PROFILE": "p1"}),
        None,
        "static_config_file P1",
    ),
    "a profile with prefix in the credentials file": (
        {"files": {"credentials": f"[profile p1]\n{pair('P1')}"}},
        "p1",
        "static_credentials_file P1",
    ),
    "quotes belong to a profile's name": (
        {"files": {"config": f'[profile "p1"]\n{pair("P1")}'}},
        "p1",
        "none",
    ),
    "half a pair is passed over, the files do not complete each other": (
        {
            "files": {
                "credentials": f"[default]\naws_access_key_id = {KEY}\n",
                "config": f"[default]\naws_secret_access_key = {SECRET}\n",
            }
        },
        None,
        "none",
    ),
    "an empty secret with a blank behind the sign is a blank": (
        config(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = \n"),
        None,
        "static_config_file P1",
    ),
    "an empty secret is none": (
        config(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key =\n"),
        None,
        "none",
    ),
    "an indented first setting makes the SDK stumble": (
        {"environment": env(), **config(f"[default]\n  aws_access_key_id = {KEY}\n")},
        None,
        "NoMethodError",
    ),
    "an indented setting below another is dropped": (
        config(f"[default]\nregion = r1\n  aws_access_key_id = {KEY}\n"),
        None,
        "none",
    ),
    "an empty variable names the working directory": (
        {"environment": env(AWS_SHARED_CREDENTIALS_FILE="")},
        None,
        "Errno::EISDIR",
    ),
    "the config file is turned off": (
        config(f"[default]\n{pair('DEF')}", environment={"AWS_SDK_CONFIG_OPT_OUT": ""}),
        None,
        "none",
    ),
    "token file of the environment": (
        {"environment": WEB, **config(f"[default]\n{pair('DEF')}")},
        None,
        "web_identity_env",
    ),
    "token file that is missing": (
        {"environment": {**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "/gone"}},
        None,
        "Aws::Errors::MissingWebIdentityTokenFile",
    ),
    "token file of a profile": (
        config(f"[profile p1]\n{WEB_ROLE}", environment={"AWS_PROFILE": "p1"}),
        None,
        "web_identity_profile",
    ),
    "AWS_DEFAULT_PROFILE does not name the profile of a token file": (
        config(f"[profile p1]\n{WEB_ROLE}", environment={"AWS_DEFAULT_PROFILE": "p1"}),
        None,
        "Aws::Errors::NoSourceProfileError",
    ),
    "role without source": (
        config(f"[default]\n{ROLE}{pair('DEF')}"),
        None,
        "Aws::Errors::NoSourceProfileError",
    ),
    "role with its own keys": (
        config(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}"),
        None,
        "role_profile",
    ),
    "role that comes back to itself": (
        config(f"[default]\n{ROLE}source_profile = default\n"),
        None,
        "Aws::Errors::SourceProfileCircularReferenceError",
    ),
    "source profile that is missing": (
        config(f"[default]\n{ROLE}source_profile = gone\n"),
        None,
        "Aws::Errors::NoSuchProfileError",
    ),
    "source profile that is missing, and the config file with it": (
        {"files": {"credentials": f"[default]\n{ROLE}source_profile = gone\n"}},
        None,
        "NoMethodError",
    ),
    "source without a role": (
        config(f"[default]\nsource_profile = x\n[profile x]\n{pair('DEF')}"),
        None,
        "ArgumentError",
    ),
    "two sources": (
        config(f"[default]\n{ROLE}source_profile = x\ncredential_source = EcsContainer\n"),
        None,
        "Aws::Errors::CredentialSourceConflictError",
    ),
    "credential_source Environment is not known": (
        {"environment": {}, **config(f"[default]\n{ROLE}credential_source = Environment\n")},
        None,
        "Aws::Errors::InvalidCredentialSourceError",
    ),
    "credential_source without an instance": (
        config(f"[default]\n{ROLE}credential_source = Ec2InstanceMetadata\n"),
        None,
        "Aws::Errors::MissingCredentialsError",
    ),
    "an MFA code is never asked for": (
        config(f"[default]\n{ROLE}source_profile = default\nmfa_serial = x\n{pair('DEF')}"),
        None,
        "Aws::STS::Errors::AccessDenied",
    ),
    "SSO": (config(f"[default]\n{SSO}", sso_cache=SSO_CACHE), None, "sso_profile"),
    "SSO without token": (config(f"[default]\n{SSO}"), None, "Aws::Errors::InvalidSSOCredentials"),
    "SSO stands before the keys of its profile": (
        config(f"[default]\n{SSO}{pair('DEF')}", sso_cache=SSO_CACHE),
        None,
        "sso_profile",
    ),
    "an unusable sso_session ends clients with keys of the environment": (
        {
            "environment": env(),
            **config(f"[default]\n{SESSION}{SESSION_BLOCK}", sso_cache={"s": PAST}),
        },
        None,
        "Aws::Errors::InvalidSSOToken",
    ),
    "a token that can be renewed": (
        config(f"[default]\n{SESSION}{SESSION_BLOCK}", sso_cache={"s": RENEWABLE}),
        None,
        "sso_profile",
    ),
    "an sso_session in another file": (
        {"files": {"credentials": f"[default]\n{SESSION}", "config": SESSION_BLOCK}},
        None,
        "ArgumentError",
    ),
    "program": (config(f"[default]\n{PROCESS}"), None, "process_profile"),
    "missing program": (
        config("[default]\ncredential_process = /gone/x\n"),
        None,
        "Aws::Errors::InvalidProcessCredentialsPayload",
    ),
    "container": (ecs(), None, "container"),
    "a container without answer, IMDS is not asked": (
        {**ecs(), "container": {"reachable": "refused"}, **INSTANCE},
        None,
        "none",
    ),
    "container at a foreign address": (
        ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://10.0.0.5/x"),
        None,
        "ArgumentError",
    ),
    "container at a name without any address": (
        ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://example.invalid/x"),
        None,
        "none",
    ),
    "container token file that is missing": (
        ecs(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="/gone"),  # noqa: S106  a path
        None,
        "Aws::ECSCredentials::TokenFileReadError",
    ),
    "instance": (INSTANCE, None, "imds"),
    "instance with version 2 refused": (
        {
            "contexts": ["ec2"],
            "imds": {"role": "r", "v1": True, "v2": False},
            "environment": {"AWS_EC2_METADATA_V1_DISABLED": "TRUE"},
        },
        None,
        "none",
    ),
    "an endpoint mode that does not exist": (
        {"environment": {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv5"}},
        None,
        "ArgumentError",
    ),
    "nothing": ({}, None, "none"),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]

    assert verdict(trace_of(tmp_path, scenario, "ruby-v3", profile)) == expected


def test_file_variable_expands_the_home_directory(tmp_path: Path) -> None:
    scenario = {
        "environment": {"AWS_SHARED_CREDENTIALS_FILE": "~/keys"},
        "files": {"keys": DEFAULT["credentials"]},
    }

    found = verdict(trace_of(tmp_path, scenario, "ruby-v3"))

    assert found == "static_credentials_file DEF"


REGIONS: dict[str, tuple[dict[str, str], Optional[str]]] = {
    "first that exists": ({"AMAZON_REGION": "r1", "AWS_DEFAULT_REGION": "r2"}, "r1"),
    "an empty one hides the others": ({"AWS_REGION": "", "AMAZON_REGION": "r1"}, "r3"),
    "of the profile": ({}, "r3"),
    "AWS_DEFAULT_PROFILE names no region": ({"AWS_DEFAULT_PROFILE": "p1"}, "r3"),
    "of the profile of AWS_PROFILE": ({"AWS_PROFILE": "p1"}, "r4"),
}


@pytest.mark.parametrize("name", REGIONS)
def test_region(tmp_path: Path, name: str) -> None:
    environment, expected = REGIONS[name]
    scenario = config(
        "[default]\nregion = r3\n[profile p1]\nregion = r4\n", environment=environment
    )

    assert trace_of(tmp_path, scenario, "ruby-v3").region.value == expected


def test_what_an_error_hides_is_told(tmp_path: Path) -> None:
    scenario = {"environment": env(), **config(f"[default]\n{SESSION}{SESSION_BLOCK}")}

    trace = trace_of(tmp_path, scenario, "ruby-v3")

    step = trace.step("env")
    assert step is not None
    assert step.status == "shadowed"
