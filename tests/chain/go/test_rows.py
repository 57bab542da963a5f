"""What Go v2 does with set-ups that other SDKs read in another way."""

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
INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True}}

ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "keys of the environment": ({"environment": env()}, None, "env ENV"),
    "half a pair is passed over": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "key id and secret under different names": (
        {"environment": {"AWS_ACCESS_KEY": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}},
        None,
        "env P1",
    ),
    "explicit profile leaves the environment out": (
        {"environment": env(), "files": DEFAULT},
        "default",
        "static_credentials_file DEF",
    ),
    "empty explicit profile is none": ({"environment": env()}, "", "env ENV"),
    "AWS_PROFILE must exist even with keys": (
        {"environment": env(AWS_PROFILE="gone")},
        None,
        "SharedConfigProfileNotExistError",
    ),
    "AWS_DEFAULT_PROFILE may be missing": (
        {"environment": env(AWS_DEFAULT_PROFILE="gone")},
        None,
        "env ENV",
    ),
    "a half pair in the profile fails with environment keys": (
        {"environment": env(), **config(f"[default]\naws_access_key_id = {KEY}\n")},
        None,
        "error",
    ),
    "the credentials file takes a half pair of the config file away": (
        {
            "files": {
                "config": f"[default]\naws_access_key_id = {KEY}\n",
                "credentials": f"[default]\n{pair('DEF')}",
            }
        },
        None,
        "static_credentials_file DEF",
    ),
    "profile prefix in the credentials file is dropped": (
        {"files": {"credentials": f"[profile p1]\n{pair('P1')}"}},
        "p1",
        "SharedConfigProfileNotExistError",
    ),
    "repeated section and key, the last counts": (
        config(f"[profile p1]\n{pair('P2')}[default]\n[profile p1]\n{pair('P1')}"),
        "p1",
        "static_config_file P1",
    ),
    "quotes and comments are taken off": (
        config(f"[default] # x\naws_access_key_id = \"{KEY}\" # x\naws_secret_access_key='x'\n"),
        None,
        "static_config_file P1",
    ),
    "a comment needs a blank": (
        config(f"[default]\naws_access_key_id = {KEY}#x\naws_secret_access_key = x\n"),
        None,
        "static_config_file",
    ),
    "text after a header makes it none": (
        config(f"[default] x\n{pair('DEF')}"),
        None,
        "none",
    ),
    "an indented setting below an empty one is its block": (
        config(f"[default]\ns3 =\n  aws_access_key_id = {KEY}\n  aws_secret_access_key = x\n"),
        None,
        "none",
    ),
    "a lone quote makes the SDK panic": (config('[other]\nregion = "\n'), None, "panic"),
    "carriage returns alone end no line": (
        config(f"[default]\n{pair('DEF')}".replace("\n", "\r")),
        None,
        "none",
    ),
    "token file of the environment": (
        {"environment": WEB, **config(f"[default]\n{pair('DEF')}")},
        None,
        "web_identity_env",
    ),
    "token file without role": (
        {"environment": {"AWS_WEB_IDENTITY_TOKEN_FILE": "/x"}},
        None,
        "error",
    ),
    "role with keys of the same profile": (
        config(f"[default]\n{ROLE}{pair('DEF')}"),
        None,
        "role_profile",
    ),
    "role without any source uses the instance": (
        {**config(f"[default]\n{ROLE}"), **INSTANCE},
        None,
        "role_profile",
    ),
    "role without any source nor instance": (
        config(f"[default]\n{ROLE}"),
        None,
        "role_profile!RequestSendError",
    ),
    "role with its own token file": (
        config(f"[default]\n{ROLE}web_identity_token_file = {{home}}/tokens/web\n"),
        None,
        "web_identity_profile",
    ),
    "source_profile without role": (
        config("[default]\nsource_profile = x\n"),
        None,
        "CredentialRequiresARNError",
    ),
    "source profile without credentials": (
        config(f"[default]\n{ROLE}source_profile = x\n[profile x]\n"),
        None,
        "SharedConfigAssumeRoleError",
    ),
    "a login session is no source of a role": (
        config(f"[default]\n{ROLE}source_profile = x\n[profile x]\n{LOGIN}"),
        None,
        "SharedConfigAssumeRoleError",
    ),
    "two givers": (
        config(f"[default]\n{ROLE}source_profile = x\ncredential_source = Environment\n"),
        None,
        "error",
    ),
    "credential_source Environment without keys": (
        config(f"[default]\n{ROLE}credential_source = Environment\n"),
        None,
        "role_profile!StaticCredentialsEmptyError",
    ),
    "an MFA code cannot be asked for": (
        config(f"[default]\n{ROLE}{pair('DEF')}mfa_serial = x\n"),
        None,
        "AssumeRoleTokenProviderNotSetError",
    ),
    "legacy SSO without token": (
        config(f"[default]\n{SSO}"),
        None,
        "sso_profile!InvalidTokenError",
    ),
    "keys beat SSO": (config(f"[default]\n{SSO}{pair('DEF')}"), None, "static_config_file DEF"),
    "program": (config(f"[default]\n{PROCESS}"), None, "process_profile"),
    "missing program": (
        config("[default]\ncredential_process = /gone/x\n"),
        None,
        "process_profile!ProviderError",
    ),
    "container": (ecs(), None, "container"),
    "refused value in the environment": (
        {"environment": env(AWS_EC2_METADATA_V1_DISABLED="1")},
        None,
        "error",
    ),
    "refused value in the profile": (config("[default]\nretry_mode = legacy\n"), None, "error"),
    "instance": (INSTANCE, None, "imds"),
    "nothing": ({}, None, "none"),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]
    if "files" in scenario and "credentials" in scenario["files"]:
        scenario = {**scenario, "files": dict(scenario["files"])}

    assert verdict(trace_of(tmp_path, scenario, "go-v2", profile)) == expected


def test_variable_names_the_file_without_expansion(tmp_path: Path) -> None:
    scenario = {
        "environment": {"AWS_SHARED_CREDENTIALS_FILE": "~/keys"},
        "files": {"keys": DEFAULT["credentials"]},
    }

    assert verdict(trace_of(tmp_path, scenario, "go-v2")) == "none"
    assert verdict(trace_of(tmp_path, scenario)) == "static_credentials_file DEF"


def test_empty_variable_leaves_the_usual_file(tmp_path: Path) -> None:
    scenario = {"environment": {"AWS_SHARED_CREDENTIALS_FILE": ""}, "files": DEFAULT}

    assert verdict(trace_of(tmp_path, scenario, "go-v2")) == "static_credentials_file DEF"


def test_region_of_the_environment_comes_first(tmp_path: Path) -> None:
    scenario = config("[default]\nregion = 'r3' # x\n", environment={"AWS_DEFAULT_REGION": "r2"})

    trace = trace_of(tmp_path, scenario, "go-v2")

    assert (trace.region.value, trace.region.source) == ("r2", "env:AWS_DEFAULT_REGION")
    assert trace.region.ignored == (("profile:default", "r3"),)


def test_role_tells_whose_credentials_it_uses(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, config(f"[default]\n{ROLE}{pair('DEF')}"), "go-v2")

    assert trace.winner is not None
    assert trace.winner.offer is not None
    assert trace.winner.offer.source == "static_config_file"
