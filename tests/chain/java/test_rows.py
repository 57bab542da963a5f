"""What Java v2 does with set-ups that other SDKs read in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    LOGIN,
    LOGIN_CACHE,
    PROCESS,
    SSO,
    SSO_CACHE,
    WEB,
    config,
    env,
    pair,
    trace_of,
    verdict,
)

KEY = f"-Daws.accessKeyId=@@key-id:AKIA:{ACCOUNT}:P1@@"
SECRET = "-Daws.secretAccessKey=@@secret-key:P1@@"  # noqa: S105  a placeholder
ROLE = f"role_arn = {ARN}\n"
BASE = f"[profile base]\n{pair('BASE')}"
INSTANCE: dict[str, Any] = {"imds": {"role": "r", "v1": True, "v2": True}}


def options(*words: str, **more: str) -> dict[str, Any]:
    return {"environment": {"JAVA_TOOL_OPTIONS": " ".join(words), **more}}


ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "keys of the environment": ({"environment": env()}, None, "env ENV"),
    "system properties come first": (options(KEY, SECRET, **env()), None, "sysprops P1"),
    "half of the properties": (options(KEY, **env()), None, "env ENV"),
    "the property that v1 knows is none": (
        options(KEY, SECRET.replace("secretAccessKey", "secretKey"), **env()),
        None,
        "env ENV",
    ),
    "the last options variable counts": (
        {
            "environment": {
                "JAVA_TOOL_OPTIONS": KEY,
                "_JAVA_OPTIONS": f"-Daws.accessKeyId= {SECRET}",
            },
            "files": DEFAULT,
        },
        None,
        "static_credentials_file DEF",
    ),
    "explicit profile leaves the environment in": (
        {"environment": env(), "files": DEFAULT},
        "default",
        "env ENV",
    ),
    "blank keys are none": (
        {"environment": {**env(), "AWS_SECRET_ACCESS_KEY": "  "}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "aliases are not known": (
        {"environment": {"AWS_ACCESS_KEY": "x", "AWS_SECRET_KEY": "y"}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "AWS_DEFAULT_PROFILE is not known": (
        config(f"[default]\n{pair('DEF')}", environment={"AWS_DEFAULT_PROFILE": "gone"}),
        None,
        "static_config_file DEF",
    ),
    "a missing profile goes on": (
        {"environment": {"AWS_PROFILE": "gone"}, "files": DEFAULT, **INSTANCE},
        None,
        "imds",
    ),
    "token file of the environment": (config("", environment=WEB), None, "web_identity_env"),
    "a line without = takes the token file away": (
        config("[default]\ntext\n", environment=WEB),
        None,
        "none",
    ),
    "and the instance role": (config("[default]\ntext\n", **INSTANCE), None, "none"),
    "unless nothing of the profile is needed for it": (
        config(
            "[default]\ntext\n",
            environment={
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://169.254.169.254",
                "AWS_METADATA_SERVICE_TIMEOUT": "1",
            },
            **INSTANCE,
        ),
        None,
        "imds",
    ),
    "an indented comment continues nothing": (
        config(f"[default]\n  # mine\n{pair('DEF')}"),
        None,
        "none",
    ),
    "a comment at the margin is one": (
        config(f"[default]\n# mine\n{pair('DEF')}"),
        None,
        "static_config_file DEF",
    ),
    "a section of the config file without prefix": (
        config(f"[p1]\n{pair('P1')}", environment={"AWS_PROFILE": "p1"}),
        None,
        "none",
    ),
    "[profile default] replaces [default]": (
        config(f"[default]\n{pair('DEF')}[profile default]\n{pair('P1')}"),
        None,
        "static_config_file P1",
    ),
    "names of settings keep their case": (
        config(f"[default]\n{pair('DEF').replace('aws_access', 'AWS_ACCESS')}"),
        None,
        "none",
    ),
    "a key pair from both files": (
        {
            "files": {
                "config": f"[default]\n{pair('DEF').splitlines()[1]}\n",
                "credentials": f"[default]\n{pair('DEF').splitlines()[0]}\n",
            }
        },
        None,
        "static_credentials_file DEF",
    ),
    "an empty session token counts": (
        config(f"[default]\n{pair('DEF')}aws_session_token =\n"),
        None,
        "static_config_file DEF+token",
    ),
    "static keys come last": (
        config(f"[default]\n{pair('DEF')}{PROCESS}"),
        None,
        "process_profile",
    ),
    "a kind that fails hides the others": (
        config(f"[default]\n{pair('DEF')}credential_process =\n", **INSTANCE),
        None,
        "imds",
    ),
    "role with a source profile": (
        config(f"[default]\n{ROLE}source_profile = base\n{BASE}"),
        None,
        "role_profile",
    ),
    "a role with an external id, which is masked": (
        config(f"[default]\n{ROLE}source_profile = base\nexternal_id = aB3-x\n{BASE}"),
        None,
        "role_profile",
    ),
    "a blank in it is still seen": (
        config(f"[default]\n{ROLE}source_profile = base\nexternal_id = aB3 x\n{BASE}"),
        None,
        "none",
    ),
    "role without a source is passed over": (
        config(f"[default]\n{ROLE}{pair('DEF')}"),
        None,
        "static_config_file DEF",
    ),
    "role whose source is itself": (
        config(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}"),
        None,
        "none",
    ),
    "credential_source in any case": (
        config(
            f"[default]\n{ROLE}credential_source = environment\n",
            environment={"AWS_ACCESS_KEY_ID": env()["AWS_ACCESS_KEY_ID"]},
        ),
        None,
        "none",
    ),
    "a role with an empty region fails": (
        config(f"[default]\n{ROLE}source_profile = base\nregion =\n{BASE}"),
        None,
        "none",
    ),
    "SSO": (config(f"[default]\n{SSO}", sso_cache=SSO_CACHE), None, "sso_profile"),
    "any setting of SSO makes it the kind": (
        config(f"[default]\nsso_region = eu-west-1\n{pair('DEF')}"),
        None,
        "none",
    ),
    "a login session needs a region": (
        config(f"[default]\n{LOGIN}", login_cache=LOGIN_CACHE),
        None,
        "none",
    ),
    "a value that no client can be made with": (
        config("", environment={**WEB, "AWS_RETRY_MODE": "turbo"}),
        None,
        "none",
    ),
    "a dead container endpoint goes on": (
        {
            "environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/x"},
            "container": {"reachable": "refused"},
            **INSTANCE,
        },
        None,
        "imds",
    ),
    "neither true nor false": (
        {"environment": {"AWS_EC2_METADATA_DISABLED": "1"}, **INSTANCE},
        None,
        "none",
    ),
}


@pytest.mark.parametrize(("scenario", "profile", "expected"), ROWS.values(), ids=ROWS)
def test_row(
    tmp_path: Path, scenario: dict[str, Any], profile: Optional[str], expected: str
) -> None:
    assert verdict(trace_of(tmp_path, scenario, "java-v2", profile)) == expected


def test_every_failure_is_a_step(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, config("[default]\n[\n", environment=WEB), "java-v2")

    broken = [step for step in trace.steps if step.status == "broken"]
    assert [step.source for step in broken][:2] == ["web_identity_env", "web_identity_profile"]
    assert broken[0].error is not None
    assert broken[0].error.name == "StringIndexOutOfBoundsException"
    assert broken[0].location is not None
    assert broken[0].location.line == 2


def test_region_of_the_property_comes_first(tmp_path: Path) -> None:
    scenario = options("-Daws.region=r1", AWS_REGION="r2", AWS_DEFAULT_REGION="r3")

    region = trace_of(tmp_path, scenario, "java-v2").region

    assert (region.value, region.source) == ("r1", "property:aws.region")
    assert region.ignored == (("env:AWS_REGION", "r2"), ("env:AWS_DEFAULT_REGION", "r3"))


def test_region_is_encoded_for_an_address(tmp_path: Path) -> None:
    region = trace_of(tmp_path, {"environment": {"AWS_REGION": " eu west "}}, "java-v2").region

    assert region.value == "eu%20west"


def test_properties_name_other_files(tmp_path: Path) -> None:
    scenario = options("'-Daws.configFile={home}/my config'")
    scenario["files"] = {"my config": f"[default]\n{pair('P1')}", **DEFAULT}

    trace = trace_of(tmp_path, scenario, "java-v2")

    # The key of the credentials file still counts before that of the config file.
    assert verdict(trace) == "static_credentials_file DEF"
