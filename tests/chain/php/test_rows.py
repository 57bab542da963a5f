"""What the AWS SDK for PHP does with set-ups that other SDKs read in another way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

import pytest

from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
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
from tests.support.scenario import build_snapshot

KEY = f"@@key-id:AKIA:{ACCOUNT}:P1@@"
ROLE = f"role_arn = {ARN}\n"
WEB_ROLE = f"{ROLE}web_identity_token_file = {{home}}/tokens/web\n"
INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True}}
SESSION = "sso_session = s\nsso_account_id = 123456789012\nsso_role_name = reader\n"
SESSION_BLOCK = "[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://x.example.com/\n"
PAST = '{"accessToken": "t", "expiresAt": "2020-01-01T00:00:00Z"}'
FUTURE = PAST.replace("2020", "2099")
RENEWABLE = PAST[:-1] + ', "clientId": "c", "clientSecret": "s", "refreshToken": "r"}'


def own(text: str, **more: Any) -> dict[str, Any]:
    """Return a scenario with a credentials file."""
    return {**config(""), "files": {**config("")["files"], "credentials": text}, **more}


ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "keys of the environment": ({"environment": env()}, None, "env ENV"),
    "half a pair is passed over": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "a client with a profile asks for nothing else": (
        {"environment": env(), "files": DEFAULT, **INSTANCE},
        "gone",
        "none",
    ),
    "a client with a profile": (
        {"environment": env(), "files": DEFAULT},
        "default",
        "static_credentials_file DEF",
    ),
    "an empty profile is that of the environment": (
        {"environment": {"AWS_PROFILE": "p1"}, "files": {"credentials": f"[p1]\n{pair('P1')}"}},
        "",
        "static_credentials_file P1",
    ),
    "AWS_PROFILE 0 is none": (
        {"environment": {"AWS_PROFILE": "0"}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "AWS_DEFAULT_PROFILE is not known": (
        own(f"[p1]\n{pair('P1')}", environment={"AWS_DEFAULT_PROFILE": "p1"}),
        None,
        "none",
    ),
    "default without prefix in the config file is not seen": (
        config(f"[default]\n{pair('DEF')}"),
        None,
        "none",
    ),
    "default with prefix in the config file": (
        config(f"[profile default]\n{pair('DEF')}"),
        None,
        "static_config_file DEF",
    ),
    "a variable merges the config file, where there is a credentials file": (
        {
            "environment": {"AWS_SDK_LOAD_NONDEFAULT_CONFIG": "1"},
            "files": {"config": f"[default]\n{pair('DEF')}", "credentials": ""},
        },
        None,
        "static_credentials_file DEF",
    ),
    "an empty secret counts": (
        own(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key =\n"),
        None,
        "static_credentials_file P1",
    ),
    "a later section replaces the first": (
        own(f"[default]\n{pair('DEF')}[default]\nregion = x\n"),
        None,
        "none",
    ),
    "quotes are taken off, a comment behind them too": (
        own(f"[default]\naws_access_key_id = \"{KEY}\" ; x\naws_secret_access_key = 'x'\n"),
        None,
        "static_credentials_file P1",
    ),
    "a number sign in a line of its own, indented, with a bracket": (
        own(f"[default]\n{pair('DEF')}  # (old)\n"),
        None,
        "none",
    ),
    "the same at the line's start": (
        own(f"[default]\n{pair('DEF')}# (old)\n"),
        None,
        "static_credentials_file DEF",
    ),
    "text behind a header": (
        own(f"[default] x\n{pair('DEF')}"),
        None,
        "static_credentials_file DEF",
    ),
    "a bracket behind a header": (own(f"[default] (x)\n{pair('DEF')}"), None, "none"),
    "the old name of the token": (
        own(f"[default]\n{pair('DEF')}aws_security_token = @@session-token:t@@\n"),
        None,
        "static_credentials_file DEF+token",
    ),
    "token file of the environment": (
        {"environment": WEB, **own(f"[default]\n{pair('DEF')}")},
        None,
        "web_identity_env",
    ),
    "token file that is missing, the next source is asked": (
        own(
            f"[default]\n{pair('DEF')}",
            environment={**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "/gone"},
        ),
        None,
        "static_credentials_file DEF",
    ),
    "token file of a relative path": (
        own(
            f"[default]\n{pair('DEF')}",
            environment={**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "tokens/web"},
        ),
        None,
        "static_credentials_file DEF",
    ),
    "token file of a profile, keys beside it": (
        config(f"[default]\n{WEB_ROLE}{pair('DEF')}"),
        None,
        "web_identity_profile",
    ),
    "a role that is no ARN": (
        own(f"[default]\nrole_arn = short\nsource_profile = b\n[b]\n{pair('BASE')}"),
        None,
        "none",
    ),
    "a role hides the keys of its profile": (own(f"[default]\n{ROLE}{pair('DEF')}"), None, "none"),
    "a role with its own keys": (
        own(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}"),
        None,
        "role_credentials_file",
    ),
    "a role that comes back to itself": (
        own(f"[default]\n{ROLE}source_profile = b\n[b]\n{ROLE}source_profile = b\n"),
        None,
        "none",
    ),
    "an MFA serial is not looked at": (
        own(f"[default]\n{ROLE}source_profile = b\nmfa_serial = x\n[b]\n{pair('BASE')}"),
        None,
        "role_credentials_file",
    ),
    "a source profile of the config file without its prefix": (
        config(f"[profile default]\n{ROLE}source_profile = b\n[profile b]\n{pair('BASE')}"),
        None,
        "none",
    ),
    "a source profile of the config file by its whole name": (
        config(f"[profile default]\n{ROLE}source_profile = profile b\n[profile b]\n{pair('BASE')}"),
        None,
        "role_config_file",
    ),
    "a source profile whose region is empty": (
        own(f"[default]\n{ROLE}source_profile = b\n[b]\n{pair('BASE')}region =\n"),
        None,
        "none",
    ),
    "credential_source of the instance": (
        {**own(f"[default]\n{ROLE}credential_source = Ec2InstanceMetadata\n"), **INSTANCE},
        None,
        "role_credentials_file",
    ),
    "SSO without prefix": (config(f"[default]\n{SSO}", sso_cache=SSO_CACHE), None, "sso_profile"),
    "SSO without token, the next source is asked": (
        config(f"[profile default]\n{SSO}{pair('DEF')}"),
        None,
        "static_config_file DEF",
    ),
    "an sso_session": (
        config(f"[default]\n{SESSION}{SESSION_BLOCK}", sso_cache={"s": FUTURE}),
        None,
        "sso_profile",
    ),
    "an expired token": (
        config(f"[default]\n{SESSION}{SESSION_BLOCK}", sso_cache={"s": PAST}),
        None,
        "none",
    ),
    "an expired token that can be renewed": (
        config(f"[default]\n{SESSION}{SESSION_BLOCK}", sso_cache={"s": RENEWABLE}),
        None,
        "sso_profile",
    ),
    "program of the credentials file before its keys": (
        own(f"[default]\n{PROCESS}{pair('DEF')}"),
        None,
        "process_credentials_file",
    ),
    "keys of the credentials file before the other's program": (
        {"files": {**config(f"[profile default]\n{PROCESS}")["files"], **DEFAULT}},
        None,
        "static_credentials_file DEF",
    ),
    "missing program": (
        own(f"[default]\ncredential_process = /gone/x\n{pair('DEF')}"),
        None,
        "static_credentials_file DEF",
    ),
    "container": (ecs(), None, "container"),
    "a container without answer, IMDS is not asked": (
        {**ecs(), "container": {"reachable": "refused"}, **INSTANCE},
        None,
        "none",
    ),
    "instance": (INSTANCE, None, "imds"),
    "endpoint modes have a case": (
        {**INSTANCE, "environment": {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"}},
        None,
        "none",
    ),
    "nothing": ({}, None, "none"),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]

    assert verdict(trace_of(tmp_path, scenario, "php-v3", profile)) == expected


def test_variables_name_the_files_of_some_sources(tmp_path: Path) -> None:
    """The keys of the named credentials file count, those of the named config file do not."""
    files = {
        "c": f"[profile default]\n{pair('CFG')}",
        "k": f"[p1]\n{pair('P1')}",
        "config": f"[profile default]\n{pair('DEF')}",
    }
    variables = {"AWS_CONFIG_FILE": "{home}/c", "AWS_SHARED_CREDENTIALS_FILE": "{home}/k"}
    named = {"environment": {**variables, "AWS_PROFILE": "p1"}, "files": files}

    first = verdict(trace_of(tmp_path, {"environment": variables, "files": files}, "php-v3"))
    second = verdict(trace_of(tmp_path, named, "php-v3"))

    assert (first, second) == ("static_config_file DEF", "static_credentials_file P1")


REGIONS: dict[str, tuple[dict[str, str], str, Optional[str]]] = {
    "of the environment": ({"AWS_REGION": "r1"}, "[default]\nregion = r3\n", "r1"),
    "AWS_DEFAULT_REGION is not known": ({"AWS_DEFAULT_REGION": "r2"}, "", None),
    "of the profile": ({}, "[default]\nregion = r3\n", "r3"),
    "a prefix hides it": ({"AWS_PROFILE": "p"}, "[profile p]\nregion = r3\n", None),
    "without prefix": ({"AWS_PROFILE": "p"}, "[p]\nregion = r3\n", "r3"),
    "quotes are taken off": ({}, "[default]\nregion = 'r3' ; x\n", "r3"),
    "words are values": ({}, "[default]\nregion = yes\n", "1"),
    "an equals sign in a value spoils the file": ({}, "[default]\nregion = r3\nx = a=b\n", None),
    "an operator in a value does too": ({}, "[default]\nregion = r3\nx = (old\n", None),
    "and in a secret": ({}, "[default]\nregion = r3\naws_session_token = a==\n", None),
    "variables are put in": ({"AWS_X": "r4"}, "[default]\nregion = ${AWS_X}\n", "r4"),
}


@pytest.mark.parametrize("name", REGIONS)
def test_region(tmp_path: Path, name: str) -> None:
    environment, text, expected = REGIONS[name]

    trace = trace_of(tmp_path, config(text, environment=environment), "php-v3")

    assert trace.region.value == expected


def test_an_empty_list_of_roles_is_asked_for_again_for_ever(tmp_path: Path) -> None:
    snapshot = build_snapshot(INSTANCE, tmp_path)
    snapshot = replace(snapshot, imds=replace(snapshot.imds, role_names=()))

    trace = resolve(snapshot, load_sdk("php-v3"))

    assert trace.error is not None
    assert trace.error.name == "never returns"
