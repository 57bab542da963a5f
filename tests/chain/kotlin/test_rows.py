"""What the AWS SDK for Kotlin does with set-ups that other SDKs read in another way."""

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
DEV = {"config": f"[profile dev]\n{pair('P1')}"}
PROPERTIES = (f"-Daws.accessKeyId={KEY}", f"-Daws.secretAccessKey={SECRET}")
ROLE = f"role_arn = {ARN}\n"
INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True, "region": "r9"}}
BACK = f"{ROLE}source_profile = default\n"
BLANK = {"AWS_SECRET_ACCESS_KEY": " "}
BROKEN_TOKEN = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "to\nken"}
REGION = {"AWS_REGION": "eu-west-1"}
FAULT = "[default]\nregion: eu-west-1\n"
WEB_PROFILE = f"[default]\n{ROLE}web_identity_token_file = {{home}}/tokens/web\n"

FULL = "-Daws.containerCredentialsFullUri=http://127.0.0.1:1/x"


def options(*words: str, **more: str) -> dict[str, Any]:
    return {"environment": {"JAVA_TOOL_OPTIONS": " ".join(words), **more}}


ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "keys of the environment": ({"environment": env()}, None, "env ENV"),
    "an explicit profile does not beat them": (
        {"environment": env(), "files": DEFAULT},
        "default",
        "env ENV",
    ),
    "system properties come first": (options(*PROPERTIES, **env()), None, "sysprops P1"),
    "half a pair of properties is passed over": (options(PROPERTIES[0], **env()), None, "env ENV"),
    "a property is no half of a pair of variables": (
        options(PROPERTIES[0], AWS_SECRET_ACCESS_KEY=SECRET),
        None,
        "none",
    ),
    "a property names the profile": (
        {**options("-Daws.profile=dev", AWS_PROFILE="gone"), "files": DEV},
        None,
        "static_config_file P1",
    ),
    "an empty property hides the variable": (
        {**options("-Daws.profile=", AWS_PROFILE="dev"), "files": DEV},
        None,
        "none",
    ),
    "a property forbids the instance": (
        {**INSTANCE, **options("-Daws.disableEc2Metadata=true")},
        None,
        "none",
    ),
    "a property keeps the config file unread": (
        {"files": DEV, **options("-Daws.configFile=/dev/null", AWS_PROFILE="dev")},
        None,
        "none",
    ),
    "a property names the container": (options(FULL), None, "container?"),
    "the proxy of the JVM": (
        {**ecs(), **options("-Dhttp.proxyHost=h", **ecs()["environment"])},
        None,
        "container?",
    ),
    "not for this host": (
        {
            **ecs(),
            **options("-Dhttp.proxyHost=h", "-Dhttp.nonProxyHosts=a|169.*", **ecs()["environment"]),
        },
        None,
        "container",
    ),
    "half a pair is passed over": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "a blank secret is none": (
        {"environment": env(**BLANK), "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "AWS_DEFAULT_PROFILE is not read": (
        {"environment": {"AWS_DEFAULT_PROFILE": "gone"}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "an empty AWS_PROFILE names a profile": (
        {"environment": {"AWS_PROFILE": ""}, "files": DEFAULT},
        None,
        "none",
    ),
    "a missing profile goes on to the instance": (
        {"environment": {"AWS_PROFILE": "gone"}, "files": DEFAULT, **INSTANCE},
        None,
        "imds",
    ),
    "token file of the environment": (
        {"environment": {**WEB, **REGION}, "files": {**DEFAULT, **TOKENS}},
        None,
        "web_identity_env",
    ),
    "token file without a region": (
        {"environment": WEB, "files": {**DEFAULT, **TOKENS}},
        None,
        "static_credentials_file DEF",
    ),
    "token file with an endpoint instead of a region": (
        {"environment": {**WEB, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "files": TOKENS},
        None,
        "web_identity_env",
    ),
    "a faulty config file spoils the token file of the environment": (
        {"environment": {**WEB, **REGION}, "files": {"config": FAULT, **TOKENS}},
        None,
        "none",
    ),
    "a faulty config file spoils the instance too": (
        {"files": {"config": FAULT}, **INSTANCE},
        None,
        "none",
    ),
    "a faulty config file spares the container": (
        {"files": {"config": FAULT}, **ecs()},
        None,
        "container",
    ),
    "keys beat the role beside them": (
        config(f"[default]\n{ROLE}source_profile = x\n{pair('DEF')}"),
        None,
        "static_config_file DEF",
    ),
    "key id and secret in different files": (
        {
            "files": {
                "config": f"[default]\naws_access_key_id = {KEY}\n",
                "credentials": f"[default]\naws_secret_access_key = {SECRET}\n",
            }
        },
        None,
        "static_config_file P1",
    ),
    "settings are written in lower case": (
        config(f"[default]\nAWS_ACCESS_KEY_ID = {KEY}\naws_secret_access_key = {SECRET}\n"),
        None,
        "none",
    ),
    "role with keys of another profile": (
        config(f"[default]\n{ROLE}source_profile = x\n[profile x]\n{pair('P1')}"),
        None,
        "role_profile",
    ),
    "role without source": (config(f"[default]\n{ROLE}"), None, "none"),
    "role with both sources": (
        config(f"[default]\n{ROLE}source_profile = x\ncredential_source = Environment\n"),
        None,
        "none",
    ),
    "roles in a circle": (
        config(f"[default]\n{ROLE}source_profile = x\n[profile x]\n{BACK}"),
        None,
        "none",
    ),
    "role of the instance": (
        {**config(f"[default]\n{ROLE}credential_source = Ec2InstanceMetadata\n"), **INSTANCE},
        None,
        "role_profile",
    ),
    "a source is compared with its case": (
        {**config(f"[default]\n{ROLE}credential_source = ec2InstanceMetadata\n"), **INSTANCE},
        None,
        "imds",
    ),
    "a source without role": (
        {**config("[default]\ncredential_source = Ec2InstanceMetadata\n"), **INSTANCE},
        None,
        "credential_source",
    ),
    "token file of a profile": (
        config(WEB_PROFILE, environment=REGION),
        None,
        "web_identity_profile",
    ),
    "token file of a profile without region": (config(WEB_PROFILE), None, "none"),
    "SSO": (config(f"[default]\n{SSO}", sso_cache=SSO_CACHE), None, "sso_profile"),
    "SSO without token, then the instance": (
        {**config(f"[default]\n{SSO}"), **INSTANCE},
        None,
        "imds",
    ),
    "SSO without token hides the program": (config(f"[default]\n{SSO}{PROCESS}"), None, "none"),
    "login without its cache": (config(f"[default]\n{LOGIN}", environment=REGION), None, "none"),
    "program": (config(f"[default]\n{PROCESS}"), None, "process_profile"),
    "missing program": (config("[default]\ncredential_process = /gone/x\n"), None, "none"),
    "container": (ecs(), None, "container"),
    "container behind a proxy": (ecs(http_proxy="http://127.0.0.1:1"), None, "container?"),
    "container past the proxy": (
        ecs(http_proxy="http://127.0.0.1:1", no_proxy="169.254.*"),
        None,
        "container",
    ),
    "a token of the container with a line break": (
        ecs(**BROKEN_TOKEN),
        None,
        "none",
    ),
    "another host of this machine": (
        {"environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.2/x"}},
        None,
        "none",
    ),
    "a user in the address spoils it": (
        {"environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://u@127.0.0.1/x"}},
        None,
        "none",
    ),
    "instance": (INSTANCE, None, "imds"),
    "instance with IMDSv1 alone": (
        {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": False}},
        None,
        "none",
    ),
    "instance forbidden": (
        {**INSTANCE, "environment": {"AWS_EC2_METADATA_DISABLED": "TRUE"}},
        None,
        "none",
    ),
    "nothing": ({}, None, "none"),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]

    assert verdict(trace_of(tmp_path, scenario, "kotlin", profile)) == expected


def region(tmp_path: Path, scenario: dict[str, Any], profile: Optional[str] = None) -> object:
    found = trace_of(tmp_path, scenario, "kotlin", profile).region
    return (found.value, found.source)


def test_region_of_the_environment_may_be_empty(tmp_path: Path) -> None:
    scenario = config("[default]\nregion = r1\n", environment={"AWS_REGION": ""})

    assert region(tmp_path, scenario) == ("", "env:AWS_REGION")


def test_region_pays_no_attention_to_the_other_variable(tmp_path: Path) -> None:
    scenario = config("[default]\nregion = r1\n", environment={"AWS_DEFAULT_REGION": "r2"})

    assert region(tmp_path, scenario) == ("r1", "profile:default")


def test_region_pays_no_attention_to_an_explicit_profile(tmp_path: Path) -> None:
    scenario = config("[default]\nregion = r1\n[profile dev]\nregion = r2\n")

    assert region(tmp_path, scenario, "dev") == ("r1", "profile:default")


def test_region_of_a_property(tmp_path: Path) -> None:
    scenario = options("-Daws.region=r3", AWS_REGION="r2")

    assert region(tmp_path, scenario) == ("r3", "property:aws.region")


def test_what_is_passed_over_is_told(tmp_path: Path) -> None:
    scenario = {**config("[default]\ncredential_process = /gone/x\n"), **INSTANCE}

    trace = trace_of(tmp_path, scenario, "kotlin")

    step = trace.step("process_profile")
    assert step is not None
    assert step.error is not None
    assert (step.status, step.error.name) == ("broken", "CredentialsProviderException")


def test_settings_that_the_profile_does_not_use_are_shadowed(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, config(f"[default]\n{pair('DEF')}{SSO}{PROCESS}"), "kotlin")

    shadowed = [step.source for step in trace.steps if step.status == "shadowed"]
    assert shadowed == ["sso_profile", "process_profile"]


def test_failure_is_named(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, {}, "kotlin")

    assert trace.notes == (
        "every request fails with IdentityProviderException: no source of the chain gives credentials",  # noqa: E501
    )
