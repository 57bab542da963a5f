"""What Rust does with set-ups that other SDKs read in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    ECS,
    LOGIN,
    LOGIN_CACHE,
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
REGION = {"environment": {"AWS_REGION": "eu-west-1"}}
INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True}}
Row = tuple[dict[str, Any], Optional[str], str]


def roles(text: str, **environment: str) -> dict[str, Any]:
    """Return a config file and a region, without which no role is assumed."""
    return config(text, environment={"AWS_REGION": "eu-west-1", **environment})


ENVIRONMENT: dict[str, Row] = {
    "keys of the environment": ({"environment": env()}, None, "env ENV"),
    "half a pair is passed over": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "a blank key id counts as unset": (
        {"environment": env(AWS_ACCESS_KEY_ID="  "), "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "the secret has an alias": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY, "SECRET_ACCESS_KEY": SECRET}},
        None,
        "env P1",
    ),
    "a blank secret makes room for its alias": (
        {
            "environment": {
                "AWS_ACCESS_KEY_ID": KEY,
                "AWS_SECRET_ACCESS_KEY": " ",
                "SECRET_ACCESS_KEY": SECRET,
            }
        },
        None,
        "env P1",
    ),
    "a blank token is none": (
        {"environment": {**env(), "AWS_SESSION_TOKEN": " "}},
        None,
        "env ENV",
    ),
    "keys beat an explicit profile": (
        {"environment": env(), "files": DEFAULT},
        "default",
        "env ENV",
    ),
    "keys beat a file that does not parse": (
        config("[default\n", environment=env()),
        None,
        "env ENV",
    ),
    "AWS_DEFAULT_PROFILE is not read": (
        {"environment": {"AWS_DEFAULT_PROFILE": "gone"}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "a missing profile lets the chain go on": (
        {**INSTANCE, "environment": {"AWS_PROFILE": "gone"}, "files": DEFAULT},
        None,
        "imds",
    ),
    "an empty AWS_PROFILE names a profile": (
        {"environment": {"AWS_PROFILE": ""}, "files": DEFAULT},
        None,
        "none",
    ),
    "the empty profile can exist": (
        {"environment": {"AWS_PROFILE": ""}, "files": {"credentials": f"[]\n{pair('P1')}"}},
        None,
        "static_credentials_file P1",
    ),
    "zero attempts make the SDK panic": (
        {"environment": env(AWS_MAX_ATTEMPTS="0")},
        None,
        "panic",
    ),
    "a retry mode that Rust does not know makes it panic": (
        config("[default]\nretry_mode = legacy\n", environment=env()),
        None,
        "panic",
    ),
    "the default profile comes before the token file of the environment": (
        {"environment": WEB, **config(f"[default]\n{pair('DEF')}")},
        None,
        "static_config_file DEF",
    ),
    "a token file without a region": (config("", environment=WEB), None, "ProviderError"),
    "a token file with an address of its own needs no region": (
        config("", environment={**WEB, "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9"}),
        None,
        "web_identity_env",
    ),
    "a token file without role is passed over": (
        {"environment": {"AWS_WEB_IDENTITY_TOKEN_FILE": "/gone"}},
        None,
        "none",
    ),
    "empty variables of web identity count": (
        {"environment": {"AWS_WEB_IDENTITY_TOKEN_FILE": "", "AWS_ROLE_ARN": ""}},
        None,
        "ProviderError",
    ),
}

PROFILE: dict[str, Row] = {
    "a pair may stand in two files": (
        {
            "files": {
                "config": f"[default]\naws_access_key_id = {KEY}\n",
                "credentials": f"[default]\naws_secret_access_key = {SECRET}\n",
            }
        },
        None,
        "static_config_file P1",
    ),
    "the credentials file wins setting by setting": (
        {
            "files": {
                "config": f"[default]\n{pair('DEF')}aws_session_token = @@session-token:x@@\n",
                "credentials": f"[default]\n{pair('P1')}",
            }
        },
        None,
        "static_credentials_file P1+token",
    ),
    "half a pair ends the chain": (
        {**INSTANCE, **config(f"[default]\naws_access_key_id = {KEY}\n")},
        None,
        "InvalidConfiguration",
    ),
    "a token alone ends the chain": (
        config("[default]\naws_session_token = x\n"),
        None,
        "InvalidConfiguration",
    ),
    "empty halves make a pair": (
        config("[default]\naws_access_key_id =\naws_secret_access_key =\n"),
        None,
        "static_config_file",
    ),
    "role with keys of the same profile": (
        roles(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}"),
        None,
        "role_profile",
    ),
    "role of itself without keys lets the chain go on": (
        {**INSTANCE, **config(f"[default]\n{ROLE}source_profile = default\n")},
        None,
        "imds",
    ),
    "role without a region": (
        config(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}"),
        None,
        "ProviderError",
    ),
    "region that is no part of a host name": (
        roles(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}", AWS_REGION="eu west"),
        None,
        "ProviderError",
    ),
    "role without any source": (roles(f"[default]\n{ROLE}"), None, "InvalidConfiguration"),
    "role with both sources": (
        roles(f"[default]\n{ROLE}source_profile = p1\ncredential_source = Environment\n"),
        None,
        "InvalidConfiguration",
    ),
    "a missing source profile lets the chain go on": (
        {**INSTANCE, **roles(f"[default]\n{ROLE}source_profile = gone\n")},
        None,
        "imds",
    ),
    "a source profile without credentials does not": (
        {**INSTANCE, **roles(f"[default]\n{ROLE}source_profile = p1\n[profile p1]\n")},
        None,
        "InvalidConfiguration",
    ),
    "source profiles in a circle": (
        roles(
            f"[default]\n{ROLE}source_profile = p1\n[profile p1]\n{ROLE}source_profile = default\n"
        ),
        None,
        "InvalidConfiguration",
    ),
    "keys of a source profile come before its role": (
        roles(f"[default]\n{ROLE}source_profile = p1\n[profile p1]\n{ROLE}{pair('P1')}"),
        None,
        "role_profile",
    ),
    "an external id that STS refuses": (
        roles(f"[default]\n{ROLE}source_profile = default\nexternal_id = x\n{pair('DEF')}"),
        None,
        "ProviderError",
    ),
    "MFA is not asked for": (
        roles(f"[default]\n{ROLE}source_profile = default\nmfa_serial = x\n{pair('DEF')}"),
        None,
        "role_profile",
    ),
    "a role is not assumed with an empty endpoint": (
        roles(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}", AWS_ENDPOINT_URL_STS=""),
        None,
        "panic",
    ),
    "credential_source whatever its case": (
        roles(f"[default]\n{ROLE}credential_source = ENVIRONMENT\n"),
        None,
        "ProviderError",
    ),
    "credential_source without a role gives what it names": (
        {
            **INSTANCE,
            **config(f"[default]\ncredential_source = Ec2InstanceMetadata\n{pair('DEF')}"),
        },
        None,
        "credential_source",
    ),
    "unknown credential_source": (
        config("[default]\ncredential_source = Elsewhere\n"),
        None,
        "InvalidConfiguration",
    ),
    "role with its own token file": (
        roles(f"[default]\n{ROLE}web_identity_token_file = {{home}}/tokens/web\nexternal_id = x\n"),
        None,
        "web_identity_profile",
    ),
    "token file without role": (
        config("[default]\nweb_identity_token_file = {home}/tokens/web\n"),
        None,
        "InvalidConfiguration",
    ),
    "SSO comes before keys": (
        config(f"[default]\n{SSO}{pair('DEF')}", sso_cache=SSO_CACHE),
        None,
        "sso_profile",
    ),
    "SSO without a token": (config(f"[default]\n{SSO}"), None, "ProviderError"),
    "a time with an offset is no time": (
        config(
            f"[default]\n{SSO}",
            sso_cache={
                "https://x.example.com/start": '{"accessToken": "t",'
                ' "expiresAt": "2099-01-01T00:00:00+00:00"}'
            },
        ),
        None,
        "ProviderError",
    ),
    "an expired token without a session": (
        config(
            f"[default]\n{SSO}",
            sso_cache={
                "https://x.example.com/start": '{"accessToken": "t",'
                ' "expiresAt": "2020-01-01T00:00:00Z"}'
            },
        ),
        None,
        "ProviderError",
    ),
    "SSO without a region lets the chain go on": (
        {**INSTANCE, **config(f"[default]\n{SSO.replace('sso_region', 'other')}{pair('DEF')}")},
        None,
        "imds",
    ),
    "SSO for a token alone lets the chain go on": (
        {
            **INSTANCE,
            **config("[default]\nsso_region = eu-west-1\nsso_start_url = https://x.example.com/\n"),
        },
        None,
        "imds",
    ),
    "SSO account without role": (
        config(f"[default]\n{SSO.replace('sso_role_name', 'other')}"),
        None,
        "InvalidConfiguration",
    ),
    "sso_session beside a start URL": (
        config(f"[default]\n{SSO}sso_session = x\n[sso-session x]\n{SSO}"),
        None,
        "InvalidConfiguration",
    ),
    "SSO with an empty role": (
        config(f"[default]\n{SSO.replace('= reader', '=')}", sso_cache=SSO_CACHE),
        None,
        "ProviderError",
    ),
    "missing sso-session": (
        config("[default]\nsso_session = x\n"),
        None,
        "InvalidConfiguration",
    ),
    "a login cache without account": (
        config(f"[default]\n{LOGIN}", login_cache=LOGIN_CACHE),
        None,
        "ProviderError",
    ),
    "program": (config(f"[default]\n{PROCESS}{pair('DEF')}"), None, "process_profile"),
    "missing program": (
        config("[default]\ncredential_process = /gone/x\n"),
        None,
        "ProviderError",
    ),
    "empty program": (config("[default]\ncredential_process =\n"), None, "ProviderError"),
}

FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
MACHINE: dict[str, Row] = {
    "container": (ecs(), None, "container"),
    "container that refuses": (
        {"environment": ECS, "container": {"reachable": "refused"}},
        None,
        "Unhandled",
    ),
    "a missing token file counts without an endpoint": (
        {**INSTANCE, "environment": {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/gone"}},
        None,
        "ProviderError",
    ),
    "a line break in the token": (
        {**INSTANCE, "environment": {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb"}},
        None,
        "InvalidConfiguration",
    ),
    "an empty address": ({"environment": {FULL: ""}}, None, "InvalidConfiguration"),
    "an address of another machine": (
        {"environment": {FULL: "http://10.0.0.5/x"}},
        None,
        "InvalidConfiguration",
    ),
    "an address without a scheme": ({"environment": {FULL: "127.0.0.1:9"}}, None, "panic"),
    "instance": (INSTANCE, None, "imds"),
    "instance with version 1 alone": (
        {**INSTANCE, "imds": {"role": "r", "v1": True, "v2": False}},
        None,
        "ProviderError",
    ),
    "instance without a role": (
        {**INSTANCE, "imds": {"v1": True, "v2": True}},
        None,
        "none",
    ),
    "instance metadata switched off": (
        {**INSTANCE, "environment": {"AWS_EC2_METADATA_DISABLED": "TRUE"}},
        None,
        "none",
    ),
    "an endpoint without a scheme is passed over": (
        {**INSTANCE, "environment": {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "localhost:9"}},
        None,
        "none",
    ),
    "an endpoint that is no address": (
        {**INSTANCE, "environment": {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://"}},
        None,
        "ProviderError",
    ),
    "an endpoint mode that there is not": (
        {**INSTANCE, "environment": {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": ""}},
        None,
        "ProviderError",
    ),
    "nothing": ({}, None, "none"),
}
ROWS = {**ENVIRONMENT, **PROFILE, **MACHINE}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]

    assert verdict(trace_of(tmp_path, scenario, "rust", profile)) == expected


def test_role_tells_whose_credentials_it_uses(tmp_path: Path) -> None:
    scenario = roles(f"[default]\n{ROLE}source_profile = p1\n[profile p1]\n{pair('P1')}")

    trace = trace_of(tmp_path, scenario, "rust")

    assert trace.winner is not None
    assert trace.winner.offer is not None
    assert (trace.winner.offer.role, trace.winner.offer.source) == (ARN, "static_config_file")


def test_what_else_a_profile_has_is_told(tmp_path: Path) -> None:
    scenario = config(f"[default]\n{SSO}{LOGIN}{pair('DEF')}", sso_cache=SSO_CACHE)

    trace = trace_of(tmp_path, scenario, "rust")

    statuses = {step.source: step.status for step in trace.steps}
    assert statuses["sso_profile"] == "selected"
    assert statuses["login_profile"] == "shadowed"
    assert statuses["static_config_file"] == "shadowed"
    assert statuses["web_identity_profile"] == "absent"
