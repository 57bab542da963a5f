"""What the Common Runtime's default chain does with set-ups that others read in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    PROCESS,
    WEB,
    config,
    ecs,
    env,
    pair,
    trace_of,
    verdict,
)

KEY = f"@@key-id:AKIA:{ACCOUNT}:P1@@"
ROLE = f"role_arn = {ARN}\n"
INSTANCE: dict[str, Any] = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True}}
BASE = f"[profile base]\n{pair('BASE')}"
BASED = f"[default]\n{ROLE}source_profile = base\n{BASE}"
NOWHERE = {"AWS_ENDPOINT_URL": "http://localhost", "AWS_REGION": "eu-west-1"}
SERVED = BASED.replace("[profile", "services = s\n[profile") + "[default]\n"
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105  a variable's name
TOKEN = "web_identity_token_file = {home}/tokens/web\n"  # noqa: S105  a path


def on_instance(scenario: dict[str, Any], **environment: str) -> dict[str, Any]:
    return {**scenario, **INSTANCE, "environment": environment}


ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "keys of the environment": ({"environment": env()}, "env ENV"),
    "they win over any profile": (
        {"environment": env(AWS_PROFILE="gone"), "files": DEFAULT},
        "env ENV",
    ),
    "half a pair is passed over": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY}, "files": DEFAULT},
        "static_credentials_file DEF",
    ),
    "an empty AWS_PROFILE names a profile": (
        {"environment": {"AWS_PROFILE": ""}, "files": DEFAULT},
        "none",
    ),
    "AWS_DEFAULT_PROFILE is not read": (
        {"environment": {"AWS_DEFAULT_PROFILE": "gone"}, "files": DEFAULT},
        "static_credentials_file DEF",
    ),
    "a missing profile is passed over": (
        on_instance({"files": DEFAULT}, AWS_PROFILE="gone"),
        "imds",
    ),
    "a pair may be split over both files": (
        {
            "files": {
                "config": "[default]\naws_secret_access_key = @@secret-key:CFG@@\n",
                "credentials": f"[default]\naws_access_key_id = {KEY}\n",
            }
        },
        "static_credentials_file P1",
    ),
    "a role comes before static keys": (config(BASED + pair("DEF")), "role_profile"),
    "a role whose source is itself": (
        config(f"[default]\n{ROLE}source_profile = default\n{pair('CFG')}"),
        "role_profile",
    ),
    "a role without source leaves the static keys unused": (
        config(f"[default]\n{ROLE}{pair('CFG')}"),
        "none",
    ),
    "source_profile before credential_source": (
        config(f"[default]\n{ROLE}source_profile = gone\ncredential_source = Environment\n"),
        "none",
    ),
    "a circle": (
        config(
            f"[default]\n{ROLE}source_profile = a\n[profile a]\n{ROLE}source_profile = default\n"
        ),
        "none",
    ),
    "the case of credential_source does not matter": (
        on_instance(config(f"[default]\n{ROLE}credential_source = EC2INSTANCEMETADATA\n")),
        "role_profile",
    ),
    "credential_source asks a disabled IMDS": (
        on_instance(
            config(f"[default]\n{ROLE}credential_source = Ec2InstanceMetadata\n"),
            AWS_EC2_METADATA_DISABLED="true",
        ),
        "role_profile",
    ),
    "a role that STS refuses falls through": (
        on_instance(config(BASED.replace(ARN, "short"))),
        "imds",
    ),
    "an endpoint URL makes every role fail": (
        on_instance(config(BASED), AWS_ENDPOINT_URL_STS="https://sts.eu-west-1.amazonaws.com"),
        "imds",
    ),
    "an endpoint URL ends the program where the role is all there is": (
        {**config(BASED), "environment": {**NOWHERE, "AWS_EC2_METADATA_DISABLED": "true"}},
        "SIGABRT",
    ),
    "not where another source is left to ask": (
        {
            **config(BASED),
            "environment": {**NOWHERE, **WEB, "AWS_EC2_METADATA_DISABLED": "true"},
        },
        "none",
    ),
    "nor for the role of a source profile": (
        {
            **config(
                f"[default]\n{ROLE}source_profile = p1\n{BASE}"
                f"[profile p1]\n{ROLE}source_profile = base\nregion = eu west\n"
            ),
            "environment": {"AWS_EC2_METADATA_DISABLED": "true"},
        },
        "none",
    ),
    "an endpoint that is a host name needs a region": (
        {**config(BASED), "environment": {"AWS_ENDPOINT_URL": "localhost"}},
        "none",
    ),
    "an endpoint that is a host name": (
        {
            **config(BASED),
            "environment": {"AWS_ENDPOINT_URL": "localhost", "AWS_REGION": "eu-west-1"},
        },
        "role_profile",
    ),
    "a services section without the endpoint ends the program": (
        {
            **config("[default]\nservices = s\n[services s]\nsts =\n  other = x\n"),
            "environment": env(),
        },
        "SIGSEGV",
    ),
    "not where a variable has it": (
        {
            **config("[default]\nservices = s\n[services s]\nsts =\n  other = x\n"),
            "environment": env(AWS_ENDPOINT_URL="localhost"),
        },
        "env ENV",
    ),
    "an endpoint of a services section": (
        config(f"[services s]\nsts =\n  endpoint_url = localhost\n{SERVED}region = r1\n"),
        "role_profile",
    ),
    "an external id that STS refuses": (
        config(BASED.replace("[profile", "external_id = a\n[profile")),
        "none",
    ),
    "an external id": (
        config(BASED.replace("[profile", "external_id = team-a\n[profile")),
        "role_profile",
    ),
    "an external id with blanks": (
        config(BASED.replace("[profile", "external_id = team a\n[profile")),
        "none",
    ),
    "an empty session name": (
        config(BASED.replace("[profile", "role_session_name =\n[profile")),
        "none",
    ),
    "a session name that STS refuses": (
        config(BASED.replace("[profile", "role_session_name = x\n[profile")),
        "none",
    ),
    "a long session name is cut": (
        config(BASED.replace("[profile", f"role_session_name = {'x' * 70}\n[profile")),
        "role_profile",
    ),
    "a region that is no name of a host": (
        config(BASED.replace("[profile", "region = eu west\n[profile")),
        "none",
    ),
    "the same through a services section that is not there": (
        config(BASED.replace("[profile", "services = gone\nendpoint_url = http://x\n[profile")),
        "role_profile",
    ),
    "a services section without STS": (
        config(f"[services s]\ns3 =\n  endpoint_url = http://x\n{SERVED}"),
        "role_profile",
    ),
    "an endpoint of the profile": (
        config(BASED.replace("[profile", "endpoint_url = http://x\nregion = r1\n[profile")),
        "none",
    ),
    "an unknown credential_source": (
        config(f"[default]\n{ROLE}credential_source = Elsewhere\n"),
        "none",
    ),
    "credential_source EcsContainer": (
        {**config(f"[default]\n{ROLE}credential_source = ecscontainer\n"), **ecs()},
        "role_profile",
    ),
    "a source_profile over several lines": (
        config(f"[default]\n{ROLE}source_profile =\n  x = base\n{BASE}"),
        "none",
    ),
    "a source profile that has a program": (
        config(f"[default]\n{ROLE}source_profile = base\n[profile base]\n{PROCESS}"),
        "role_profile",
    ),
    "an empty program": (config("[default]\ncredential_process =\n"), "none"),
    "a program that is missing": (
        config("[default]\ncredential_process = {home}/bin/gone\n"),
        "none",
    ),
    "a program that only a shell finds": (
        config("[default]\ncredential_process = $(which give)\n"),
        "process_profile?",
    ),
    "keys with a session token": (
        config(f"[default]\n{pair('CFG')}aws_session_token = @@session-token:CFG@@\n"),
        "static_config_file CFG+token",
    ),
    "a token file without a role": (
        config("", environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "/x", "AWS_REGION": "r1"}),
        "none",
    ),
    "a role without a token file": (
        config("[default]\nregion = r1\n", environment={"AWS_ROLE_ARN": ARN}),
        "none",
    ),
    "a token file that is missing": (
        config(
            "",
            environment={**WEB, "AWS_REGION": "r1", "AWS_WEB_IDENTITY_TOKEN_FILE": "/gone"},
        ),
        "none",
    ),
    "a token file whose profile has neither role nor region": (
        config("[default]\n", environment={"AWS_WEB_IDENTITY_TOKEN_FILE": "/x"}),
        "none",
    ),
    "static keys before a program": (
        config(f"[default]\n{PROCESS}{pair('CFG')}"),
        "static_config_file CFG",
    ),
    "half a pair hides the program": (
        config(f"[default]\n{PROCESS}aws_access_key_id = {KEY}\n"),
        "none",
    ),
    "a program": (config(f"[default]\n{PROCESS}"), "process_profile"),
    "a profile's token file comes before the environment's": (
        {**config(f"[default]\n{ROLE}{TOKEN}region = r1\n"), "environment": WEB},
        "web_identity_profile",
    ),
    "a token file needs a region": (config("", environment=WEB), "none"),
    "a token file with a region": (
        config("", environment={**WEB, "AWS_DEFAULT_REGION": "r1"}),
        "web_identity",
    ),
    "the region may be the profile's": (
        config("[default]\nregion = r1\n", environment=WEB),
        "web_identity",
    ),
    "profiles win over the environment's token file": (
        {"environment": {**WEB, "AWS_REGION": "r1"}, "files": DEFAULT},
        "static_credentials_file DEF",
    ),
    "an instance role": (INSTANCE, "imds"),
    "everything but false disables IMDS": (
        on_instance({}, AWS_EC2_METADATA_DISABLED="no"),
        "none",
    ),
    "false does not": (on_instance({}, AWS_EC2_METADATA_DISABLED="FALSE"), "imds"),
    "version 1 cannot be forbidden": (
        on_instance({}, AWS_EC2_METADATA_V1_DISABLED="true"),
        "imds",
    ),
    "a container": (ecs(), "container"),
    "a container takes IMDS out": (
        {**ecs(), **INSTANCE, "container": {"reachable": "refused"}},
        "none",
    ),
    "an address that cannot be split counts as none": (
        on_instance({}, AWS_CONTAINER_CREDENTIALS_FULL_URI="http://[::1/x"),
        "imds",
    ),
    "a token file that is missing stops everything": (
        ecs(**{TOKEN_FILE: "/gone"}),
        "never returns",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, expected = ROWS[name]

    assert verdict(trace_of(tmp_path, scenario, "crt")) == expected


@pytest.mark.parametrize(("profile", "expected"), [("base", "BASE"), ("default", "DEF"), ("", "")])
@pytest.mark.parametrize("sdk", ["crt", "cpp"])
def test_a_profile_that_is_given(tmp_path: Path, sdk: str, profile: str, expected: str) -> None:
    scenario = {
        "files": {**DEFAULT, "config": BASE},
        "environment": {"AWS_PROFILE": "gone", "AWS_DEFAULT_PROFILE": "gone"},
    }
    found = verdict(trace_of(tmp_path, scenario, sdk, profile)).partition(" ")[2]

    assert found == expected


def test_a_file_in_utf_16_holds_nothing(tmp_path: Path) -> None:
    data = "[default]\nregion = r1\n".encode("utf-16").hex()
    scenario = {"files": {"config": {"hex": data}, **DEFAULT}}

    assert verdict(trace_of(tmp_path, scenario, "crt")) == "static_credentials_file DEF"
    assert trace_of(tmp_path, scenario, "cpp").region.source == "fallback"


@pytest.mark.parametrize(
    ("path", "outcome"), [("a\\b", "undecided"), ("~/$X/config", "undecided"), ("$X/y", "none")]
)
def test_a_path_that_no_other_sdk_would_open(tmp_path: Path, path: str, outcome: str) -> None:
    """The Common Runtime takes backslashes for slashes."""
    environment = {"AWS_CONFIG_FILE": path, "X": "x"}

    assert trace_of(tmp_path, {"environment": environment}, "crt").outcome == outcome


def test_a_word_that_the_capture_hid_is_still_a_word(tmp_path: Path) -> None:
    """A lone word makes the file useless, two words are passed over."""
    lone = {"files": {"credentials": f"[default]\n{pair('DEF')}lone\n"}}
    two = {"files": {"credentials": f"[default]\n{pair('DEF')}two words\n"}}

    assert verdict(trace_of(tmp_path / "lone", lone, "crt")) == "none"
    assert verdict(trace_of(tmp_path / "two", two, "crt")) == "static_credentials_file DEF"


def test_an_unusable_file_is_told_of(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, config("[default]\n  region = r1\n"), "crt")
    why = "an indented line stands where there is no setting to continue (line 2)"

    assert trace.notes == (f"~/.aws/config is of no use to the SDK: {why}",)


def test_the_chain_gives_no_region(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, {"environment": env(AWS_REGION="r1")}, "crt")

    assert (trace.region.value, trace.region.source) == (None, "program")


def test_a_role_tells_what_it_is_assumed_with(tmp_path: Path) -> None:
    scenario = {**config(f"[default]\n{ROLE}credential_source = environment\n")}
    trace = trace_of(tmp_path, {**scenario, "environment": env()}, "crt")
    step = trace.step("role_profile")

    assert step is not None
    assert step.offer is not None
    assert (step.status, step.offer.role, step.offer.source) == ("shadowed", ARN, "env")
