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
