"""What Go v1 does with set-ups that v2 reads in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from credlint.chain.go import values
from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    LOGIN,
    SSO,
    THREE,
    config,
    ecs,
    env,
    pair,
    trace_of,
    verdict,
)
from tests.support.scenario import build_snapshot

ROLE = f"role_arn = {ARN}\n"
ON = {"environment": {"AWS_SDK_LOAD_CONFIG": "1"}}
KEYS_IN_CONFIG = config(f"[default]\n{pair('CFG')}region = r1\n")
SESSION = (
    "[profile p1]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = reader\n"
    "[sso-session s]\nsso_start_url = https://x.example.com/start\nsso_region = eu-west-1\n"
)
CERTIFICATE = (Path(__file__).parents[2] / "support" / "certificate.pem").read_text("utf-8")

ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "the config file is not read": (KEYS_IN_CONFIG, None, "none"),
    "unless AWS_SDK_LOAD_CONFIG is true": (
        {**KEYS_IN_CONFIG, **ON},
        None,
        "static_config_file CFG",
    ),
    "of which yes is no form": (
        {**KEYS_IN_CONFIG, "environment": {"AWS_SDK_LOAD_CONFIG": "yes"}},
        None,
        "none",
    ),
    "AWS_DEFAULT_PROFILE counts only then": (
        {"environment": {"AWS_DEFAULT_PROFILE": "p1"}, "files": THREE},
        None,
        "static_credentials_file DEF",
    ),
    "and does then": (
        {"environment": {"AWS_DEFAULT_PROFILE": "p1", "AWS_SDK_LOAD_CONFIG": "t"}, "files": THREE},
        None,
        "static_credentials_file P1",
    ),
    "a missing profile is no error": (
        {"environment": {"AWS_PROFILE": "gone"}, "files": DEFAULT},
        None,
        "none",
    ),
    "a role of the credentials file is not read": (
        {"files": {"credentials": f"[default]\n{ROLE}{pair('DEF')}"}},
        None,
        "static_credentials_file DEF",
    ),
    "so its token file has no role": (
        {"files": {"credentials": f"[default]\n{ROLE}web_identity_token_file = /x\n"}},
        None,
        "CredentialRequiresARNError",
    ),
    "half a pair is ignored": (
        {"files": {"credentials": "[default]\naws_secret_access_key = x\n"}},
        None,
        "none",
    ),
    "the credentials file may say profile, too": (
        {"files": {"credentials": f"[profile p1]\n{pair('P1')}"}},
        "p1",
        "static_credentials_file P1",
    ),
    "keys of the environment forgive a broken file": (
        {"environment": env(), "files": {"credentials": "[]\n"}},
        None,
        "env ENV",
    ),
    "not where a profile is named": (
        {"environment": env(AWS_PROFILE="default"), "files": {"credentials": "[]\n"}},
        None,
        "SharedConfigLoadError",
    ),
    "a source profile with role and keys uses the role": (
        {
            **config(
                f"[default]\n{ROLE}source_profile = p1\n"
                f"[profile p1]\n{ROLE}source_profile = p2\n{pair('P1')}[profile p2]\n{pair('P2')}"
            ),
            **ON,
        },
        None,
        "role_profile",
    ),
    "a missing source profile": (
        {**config(f"[default]\n{ROLE}source_profile = gone\n"), **ON},
        None,
        "SharedConfigAssumeRoleError",
    ),
    "a role name of one character is not sent": (
        {**config(f"[default]\n{ROLE}{pair('DEF')}role_session_name = x\n"), **ON},
        None,
        "role_profile!InvalidParameter",
    ),
    "a login session is unknown": ({**config(f"[default]\n{LOGIN}"), **ON}, None, "none"),
    "legacy SSO without token": (
        {**config(f"[default]\n{SSO}"), **ON},
        None,
        "sso_profile!SSOProviderInvalidToken",
    ),
    "an sso-session does not survive a broken default profile": (
        {**config(f"{SESSION}[default]\nsource_profile = x\n"), **ON},
        "p1",
        "panic",
    ),
    "EcsContainer looks for the relative address": (
        {
            **config(f"[default]\n{ROLE}credential_source = EcsContainer\n"),
            **ecs(AWS_SDK_LOAD_CONFIG="1"),
        },
        None,
        "SharedConfigErr",
    ),
    "Ec2InstanceMetadata is the container where there is one": (
        {
            **config(f"[default]\n{ROLE}credential_source = Ec2InstanceMetadata\n"),
            **ecs(AWS_SDK_LOAD_CONFIG="1"),
        },
        None,
        "role_profile",
    ),
    "a refused container is told at first use": (
        {"environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://10.0.0.5/x"}},
        None,
        "container!NoCredentialProviders",
    ),
    "certificates that are not there": (
        {"environment": env(AWS_CA_BUNDLE="{home}/gone")},
        None,
        "LoadCustomCABundleError",
    ),
    "certificates": (
        {"environment": env(AWS_CA_BUNDLE="{home}/bundle"), "files": {"bundle": CERTIFICATE}},
        None,
        "env ENV",
    ),
    "half a client certificate": (
        {"environment": env(AWS_SDK_GO_CLIENT_TLS_CERT="{home}/x")},
        None,
        "LoadClientTLSCertError",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]
    scenario = {**scenario, "files": dict(scenario.get("files", {}))}

    assert verdict(trace_of(tmp_path, scenario, "go-v1", profile)) == expected


def test_region_of_the_profile_only_with_the_switch(tmp_path: Path) -> None:
    without = trace_of(tmp_path / "a", KEYS_IN_CONFIG, "go-v1")
    with_it = trace_of(tmp_path / "b", {**KEYS_IN_CONFIG, **ON}, "go-v1")

    assert (without.region.value, with_it.region.value) == (None, "r1")
    assert without.notes[1].startswith("~/.aws/config is not read")


def test_role_tells_that_the_container_stands_for_the_instance(tmp_path: Path) -> None:
    scenario, profile, _ = ROWS["Ec2InstanceMetadata is the container where there is one"]

    trace = trace_of(tmp_path, scenario, "go-v1", profile)

    assert trace.winner is not None
    assert trace.winner.offer is not None
    assert (trace.winner.offer.source, trace.winner.offer.account) == ("container", ACCOUNT)


@pytest.mark.parametrize("file", ["gone", "text", "folder"])
def test_go_v2_needs_its_certificates_as_well(tmp_path: Path, file: str) -> None:
    (tmp_path / "home" / "folder").mkdir(parents=True)
    scenario = {
        "environment": env(AWS_CA_BUNDLE=f"{{home}}/{file}"),
        "files": {"text": "no certificate\n"},
    }

    assert verdict(trace_of(tmp_path, scenario, "go-v2")) == "error"


@pytest.mark.parametrize("sdk", ["go-v1", "go-v2"])
def test_every_variable_that_is_looked_at_keeps_its_name(tmp_path: Path, sdk: str) -> None:
    names = (*values.VARIABLES_V1, *values.VARIABLES)

    snapshot = build_snapshot({"environment": dict.fromkeys(names, "x")}, tmp_path)

    assert {entry.name for entry in snapshot.environment} >= set(names)
    assert resolve(snapshot, load_sdk(sdk)).outcome == "error"
