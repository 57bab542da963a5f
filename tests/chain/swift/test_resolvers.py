"""The AWS SDK for Swift by its source: each row names the file and the function that it follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    LOGIN,
    PROCESS,
    SSO,
    SSO_CACHE,
    TOKENS,
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
REGION = {"AWS_REGION": "eu-west-1"}
INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True}}
FAULT = "region = eu-west-1\n"
EMPTY_FILE = {"AWS_CONFIG_FILE": ""}
WEB_PROFILE = f"[default]\n{ROLE}web_identity_token_file = {{home}}/tokens/web\n"
LOGIN_WHOLE = {
    "arn:aws:iam::123456789012:user/someone": '{"accessToken": {"accessKeyId": "a", '
    '"secretAccessKey": "b", "sessionToken": "c", "accountId": "d", "expiresAt": '
    '"2099-01-01T00:00:00Z"}, "tokenType": "t", "idToken": "i", "refreshToken": "r", '
    '"clientId": "c", "dpopKey": "k"}'
}
SESSION = (
    "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = reader\n"
    "[sso-session s]\nsso_start_url = https://x.example.com/start\nsso_region = eu-west-1\n"
)
PAST = '{"accessToken": "t", "expiresAt": "2020-01-01T00:00:00Z"}'
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
BROKEN_TOKEN = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "to\nken"}
Row = tuple[dict[str, Any], Optional[str], str]

CHAIN: dict[str, Row] = {
    "environment first": ({"environment": {**env(), **WEB, **REGION}}, None, "env ENV"),
    "then the token file, before the profile": (
        {"environment": {**WEB, **REGION}, "files": {**DEFAULT, **TOKENS}},
        None,
        "web_identity_env",
    ),
    "then the profile": (
        {"files": DEFAULT, **INSTANCE},
        None,
        "static_credentials_file DEF",
    ),
    "then the container": ({**ecs(), **INSTANCE}, None, "container"),
    "then the instance": (INSTANCE, None, "imds"),
    "a missing profile is passed over": (
        {"environment": {"AWS_PROFILE": "gone"}, "files": DEFAULT, **INSTANCE},
        None,
        "imds",
    ),
    "nothing": ({}, None, "none"),
}

ENVIRONMENT: dict[str, Row] = {
    "half a pair is passed over": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "an empty key is none": (
        {"environment": env(AWS_ACCESS_KEY_ID=""), "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
}

WEB_IDENTITY: dict[str, Row] = {
    "AWS_REGION must be set": ({"environment": WEB, "files": TOKENS}, None, "none"),
    "AWS_DEFAULT_REGION does not do": (
        {"environment": {**WEB, "AWS_DEFAULT_REGION": "eu-west-1"}, "files": TOKENS},
        None,
        "none",
    ),
    "the token file must be there": ({"environment": {**WEB, **REGION}}, None, "none"),
    "an empty file variable spoils it": (
        {"environment": {**WEB, **REGION, **EMPTY_FILE}, "files": TOKENS},
        None,
        "none",
    ),
    "a profile needs a region of its own": (config(WEB_PROFILE, environment=REGION), None, "none"),
    "a profile with its region": (
        config(f"{WEB_PROFILE}region = eu-west-1\n"),
        None,
        "web_identity_profile",
    ),
}

PROFILE: dict[str, Row] = {
    "AWS_DEFAULT_PROFILE is not read": (
        {"environment": {"AWS_DEFAULT_PROFILE": "gone"}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "an explicit profile leaves everything else out": (
        {"environment": env(), "files": DEFAULT, **INSTANCE},
        "gone",
        "none",
    ),
    "the session token comes along": (
        config(f"[default]\n{pair('DEF')}aws_session_token = @@session-token:t@@\n"),
        None,
        "static_config_file DEF+token",
    ),
    "a pair split over both files": (
        {
            "files": {
                "config": f"[default]\naws_access_key_id = {KEY}\n",
                "credentials": f"[default]\naws_secret_access_key = {SECRET}\n",
            }
        },
        None,
        "static_config_file P1",
    ),
    "role with source leaves the keys beside it": (
        config(
            f"[default]\n{ROLE}source_profile = x\n{pair('DEF')}[profile x]\n{pair('P1')}",
            environment=REGION,
        ),
        None,
        "role_profile",
    ),
    "role with itself as source": (
        config(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}", environment=REGION),
        None,
        "role_profile",
    ),
    "a role that fails does not give way to the keys beside it": (
        config(f"[default]\n{ROLE}source_profile = gone\n{pair('DEF')}", environment=REGION),
        None,
        "none",
    ),
    "a role that fails gives way to the program": (
        config(f"[default]\n{ROLE}source_profile = gone\n{PROCESS}", environment=REGION),
        None,
        "process_profile",
    ),
    "keys beat credential_source": (
        config(
            f"[default]\n{ROLE}credential_source = Ec2InstanceMetadata\n{pair('DEF')}",
            environment=REGION,
            **INSTANCE,
        ),
        None,
        "static_config_file DEF",
    ),
    "role of the instance": (
        config(
            f"[default]\n{ROLE}credential_source = Ec2InstanceMetadata\n",
            environment=REGION,
            **INSTANCE,
        ),
        None,
        "credential_source",
    ),
    "role_arn alone is nothing": (config(f"[default]\n{ROLE}", environment=REGION), None, "none"),
    "a role needs a region": (
        config(f"[default]\n{ROLE}source_profile = x\n[profile x]\n{pair('P1')}"),
        None,
        "none",
    ),
    "a circle": (
        config(
            f"[default]\n{ROLE}source_profile = x\n[profile x]\n{ROLE}source_profile = default\n",
            environment=REGION,
        ),
        None,
        "none",
    ),
    "a setting above the first section makes the file unusable": (
        {"files": {"config": f"{FAULT}[default]\n{pair('CFG')}", **DEFAULT}},
        None,
        "static_credentials_file DEF",
    ),
}

OTHERS: dict[str, Row] = {
    "legacy SSO": (config(f"[default]\n{SSO}", sso_cache=SSO_CACHE), None, "sso_profile"),
    "SSO session": (
        config(SESSION, sso_cache={"s": next(iter(SSO_CACHE.values()))}),
        None,
        "sso_profile",
    ),
    "an expired token that cannot be renewed": (
        config(SESSION, sso_cache={"s": PAST}),
        None,
        "none",
    ),
    "SSO without token gives way to the program": (
        config(f"[default]\n{SSO}{PROCESS}"),
        None,
        "process_profile",
    ),
    "login": (config(f"[default]\n{LOGIN}", login_cache=LOGIN_WHOLE), None, "login_profile"),
    "login beside SSO": (
        config(f"[default]\n{LOGIN}{SSO}", login_cache=LOGIN_WHOLE, sso_cache=SSO_CACHE),
        None,
        "sso_profile?",
    ),
    "program": (config(f"[default]\n{PROCESS}"), None, "process_profile"),
    "a missing program may keep it waiting": (
        config("[default]\ncredential_process = /gone/x\n"),
        None,
        "process_profile?",
    ),
}

CONTAINER: dict[str, Row] = {
    "the token goes with the full address alone": (
        {
            "environment": {
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x",
                **BROKEN_TOKEN,
            },
            "container": {"reachable": "yes"},
        },
        None,
        "container",
    ),
    "a line break in the token": (ecs(**BROKEN_TOKEN), None, "none"),
    "a host in words": ({"environment": {FULL: "http://localhost/x"}}, None, "none"),
    "a host in IPv6": ({"environment": {FULL: "http://[::1]/x"}}, None, "none"),
    "any address of this machine": (
        {"environment": {FULL: "http://127.9.9.9/x"}, "container": {"reachable": "yes"}},
        None,
        "container",
    ),
    "another address": ({"environment": {FULL: "http://10.0.0.5/x"}}, None, "none"),
}

IMDS: dict[str, Row] = {
    "version 1 alone": (
        {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": False}},
        None,
        "none",
    ),
    "forbidden by the environment": (
        {**INSTANCE, "environment": {"AWS_EC2_METADATA_DISABLED": "TRUE"}},
        None,
        "none",
    ),
    "forbidden by the profile": (
        {**config("[default]\ndisable_ec2_metadata = true\n"), **INSTANCE},
        None,
        "none",
    ),
    "an empty file variable spoils it": (
        {**INSTANCE, "environment": EMPTY_FILE},
        None,
        "none",
    ),
    "a blank name of the role": (
        {**INSTANCE, "environment": {"AWS_EC2_INSTANCE_PROFILE_NAME": " "}},
        None,
        "none",
    ),
    "another role than IMDS lists": (
        {**INSTANCE, "environment": {"AWS_EC2_INSTANCE_PROFILE_NAME": "other"}},
        None,
        "imds?",
    ),
}

TABLES = {
    "DefaultAWSCredentialIdentityResolverChain.getIdentity": CHAIN,
    "EnvironmentAWSCredentialIdentityResolver.getIdentity": ENVIRONMENT,
    "STSWebIdentityAWSCredentialIdentityResolver.resolveConfiguration": WEB_IDENTITY,
    "ProfileAWSCredentialIdentityResolver.credentialResolvers": PROFILE,
    "SSO, Login and ProcessAWSCredentialIdentityResolver.getIdentity": OTHERS,
    "ECSAWSCredentialIdentityResolver.validateResolvedURL": CONTAINER,
    "IMDSAWSCredentialIdentityResolver.getIdentity": IMDS,
}
ROWS = {f"{place}: {row}": table[row] for place, table in TABLES.items() for row in table}
Region = tuple[dict[str, Any], Optional[str], tuple[Optional[str], Optional[str]]]
REGIONS: dict[str, Region] = {
    "AWS_REGION first": (
        {"environment": {"AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"}},
        None,
        ("r1", "env:AWS_REGION"),
    ),
    "then AWS_DEFAULT_REGION": (
        config("[default]\nregion = r3\n", environment={"AWS_DEFAULT_REGION": "r2"}),
        None,
        ("r2", "env:AWS_DEFAULT_REGION"),
    ),
    "then the profile": (config("[default]\nregion = r3 # x\n"), None, ("r3", "profile:default")),
    "an explicit profile has no say": (
        config("[default]\nregion = r3\n[profile dev]\nregion = r4\n"),
        "dev",
        ("r3", "profile:default"),
    ),
    "nothing": ({}, None, (None, None)),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]

    assert verdict(trace_of(tmp_path, scenario, "swift", profile)) == expected


@pytest.mark.parametrize("name", REGIONS)
def test_default_region_resolver(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = REGIONS[name]

    region = trace_of(tmp_path, scenario, "swift", profile).region

    assert (region.value, region.source) == expected


def test_what_is_passed_over_keeps_its_error(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, {"environment": WEB, "files": {**DEFAULT, **TOKENS}}, "swift")

    step = trace.step("web_identity_env")
    assert step is not None
    assert step.error is not None
    assert (step.status, step.error.name) == ("broken", "AWSCredentialIdentityResolverError")
