"""What Java v1 does with set-ups that other SDKs read in another way."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    ECS,
    PROCESS,
    PROGRAM,
    WEB,
    config,
    env,
    pair,
    trace_of,
    verdict,
)

KEY = f"-Daws.accessKeyId=@@key-id:AKIA:{ACCOUNT}:P1@@"
SECRET = "-Daws.secretKey=@@secret-key:P1@@"  # noqa: S105  a placeholder
ROLE = f"role_arn = {ARN}\n"
BASE = f"[base]\n{pair('BASE')}"
INSTANCE: dict[str, Any] = {"imds": {"role": "r", "v1": True, "v2": True}}
REGION = {"AWS_REGION": "eu-west-1"}


def options(*words: str, **more: str) -> dict[str, Any]:
    return {"environment": {"JAVA_TOOL_OPTIONS": " ".join(words), **more}}


def credentials(text: str, **more: Any) -> dict[str, Any]:
    return {"files": {"credentials": text, **PROGRAM, "tokens/web": "t"}, **more}


ROWS: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "keys of the environment come first": (options(KEY, SECRET, **env()), None, "env ENV"),
    "then the system properties": (options(KEY, SECRET), None, "sysprops P1"),
    "the property that v2 knows is none": (
        options(KEY, SECRET.replace("secretKey", "secretAccessKey")),
        None,
        "none",
    ),
    "aliases, mixed": (
        {"environment": {**env(), "AWS_SECRET_ACCESS_KEY": False, "AWS_SECRET_KEY": "x"}},
        None,
        "env ENV",
    ),
    "the first name counts even if empty": (
        {"environment": {**env(), "AWS_SECRET_KEY": ""}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    "explicit profile is asked alone": (
        {"environment": env(), "files": DEFAULT},
        "default",
        "static_credentials_file DEF",
    ),
    "and nothing follows": ({"environment": env(), **INSTANCE}, "gone", "none"),
    "the role without its token file asks itself": (
        {"environment": {"AWS_ROLE_ARN": ARN}, "files": DEFAULT},
        None,
        "StackOverflowError",
    ),
    "unless something comes before it": (
        {"environment": {"AWS_ROLE_ARN": ARN, **env()}},
        None,
        "env ENV",
    ),
    "the token file needs a region": (config("", environment=WEB), None, "none"),
    "any region": (config("", environment={**WEB, "AWS_REGION": ""}), None, "web_identity_env"),
    "a time-out that is no number": (
        {"environment": {**env(), "AWS_METADATA_SERVICE_TIMEOUT": "soon"}},
        None,
        "ExceptionInInitializerError",
    ),
    "a time-out of nothing": (
        {"environment": {**env(), "AWS_METADATA_SERVICE_TIMEOUT": "0"}},
        None,
        "ExceptionInInitializerError",
    ),
    "a container endpoint keeps it from being read": (
        {
            "environment": {**env(), **ECS, "AWS_METADATA_SERVICE_TIMEOUT": "0"},
            "container": {"reachable": "yes"},
        },
        None,
        "env ENV",
    ),
    "until it is asked itself": (
        {
            "environment": {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "nowhere",
                "AWS_METADATA_SERVICE_TIMEOUT": "0",
            }
        },
        None,
        "ExceptionInInitializerError",
    ),
    "a dead container endpoint ends the chain": (
        {"environment": ECS, "container": {"reachable": "refused"}, **INSTANCE},
        None,
        "none",
    ),
    "AWS_SHARED_CREDENTIALS_FILE is not known": (
        {
            "environment": {"AWS_SHARED_CREDENTIALS_FILE": "{home}/keys"},
            "files": {"keys": f"[default]\n{pair('P1')}", **DEFAULT},
        },
        None,
        "static_credentials_file DEF",
    ),
    "AWS_CREDENTIAL_PROFILES_FILE is": (
        {
            "environment": {"AWS_CREDENTIAL_PROFILES_FILE": "{home}/keys"},
            "files": {"keys": f"[default]\n{pair('P1')}", **DEFAULT},
        },
        None,
        "static_credentials_file P1",
    ),
    "and must exist": (
        {"environment": {"AWS_CREDENTIAL_PROFILES_FILE": "{home}/none"}, "files": DEFAULT},
        None,
        "none",
    ),
    "the config file where there is no other": (
        config(f"[profile p1]\n{pair('P1')}", environment={"AWS_PROFILE": "p1"}),
        None,
        "static_config_file P1",
    ),
    "which else is not read": (
        {
            "environment": {"AWS_PROFILE": "p1"},
            "files": {"config": f"[profile p1]\n{pair('P1')}", **DEFAULT},
        },
        None,
        "none",
    ),
    "user.home, not HOME": (
        {
            **options("-Duser.home={home}/entry"),
            "files": {"entry/.aws/credentials": f"[default]\n{pair('P1')}", **DEFAULT},
        },
        None,
        "static_credentials_file P1",
    ),
    "a semicolon begins no comment": (
        credentials(f"[default]\n; mine\n{pair('DEF')}"),
        None,
        "none",
    ),
    "indentation means nothing": (
        credentials("[default]\n" + pair("DEF").replace("aws", "  aws")),
        None,
        "static_credentials_file DEF",
    ),
    "the last of equal sections counts alone": (
        credentials(f"[default]\n{pair('DEF')}[default]\nregion = r1\n"),
        None,
        "none",
    ),
    "an empty session token": (
        credentials(f"[default]\n{pair('DEF')}aws_session_token =\n"),
        None,
        "none",
    ),
    "role with a source profile": (
        credentials(f"[default]\n{ROLE}source_profile = base\n{BASE}"),
        None,
        "role_profile",
    ),
    "role whose source is itself": (
        credentials(f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}"),
        None,
        "role_profile",
    ),
    "the source's own role is passed over": (
        credentials(f"[default]\n{ROLE}source_profile = base\n{BASE}{ROLE}source_profile = x\n"),
        None,
        "role_profile",
    ),
    "role without a source fails": (
        credentials(f"[default]\n{ROLE}{pair('DEF')}"),
        None,
        "none",
    ),
    "a token file needs a source profile as well": (
        credentials(f"[default]\n{ROLE}web_identity_token_file = {{home}}/tokens/web\n"),
        None,
        "none",
    ),
    "and then is what is used": (
        credentials(
            f"[default]\n{ROLE}web_identity_token_file = {{home}}/tokens/web\n"
            f"source_profile = base\n{BASE}",
            environment=REGION,
        ),
        None,
        "web_identity_profile",
    ),
    "a program": (credentials(f"[default]\n{PROCESS}{pair('DEF')}"), None, "process_profile"),
    "a server's error for the token ends IMDS": (
        {"imds": {"role": "r", "v1": True, "token_status": 500}},
        None,
        "none",
    ),
    "a refusal of it does not": (
        {"imds": {"role": "r", "v1": True, "token_status": 403}},
        None,
        "imds",
    ),
    "only true disables": (
        {"environment": {"AWS_EC2_METADATA_DISABLED": "1"}, **INSTANCE},
        None,
        "imds",
    ),
}


@pytest.mark.parametrize(("scenario", "profile", "expected"), ROWS.values(), ids=ROWS)
def test_row(
    tmp_path: Path, scenario: dict[str, Any], profile: Optional[str], expected: str
) -> None:
    assert verdict(trace_of(tmp_path, scenario, "java-v1", profile)) == expected


def test_region_of_a_variable_counts_even_if_empty(tmp_path: Path) -> None:
    scenario = options("-Daws.region=r1", AWS_REGION="", AWS_DEFAULT_REGION="r3")

    region = trace_of(tmp_path, scenario, "java-v1").region

    assert (region.value, region.source) == ("", "env:AWS_REGION")
    assert region.ignored == (("env:AWS_DEFAULT_REGION", "r3"),)


def test_region_of_the_config_file(tmp_path: Path) -> None:
    scenario = config("[profile p1]\nregion = r1\n", environment={"AWS_PROFILE": "p1"})

    region = trace_of(tmp_path, scenario, "java-v1").region

    assert (region.value, region.source) == ("r1", "profile:p1")


def test_a_place_stands_with_the_refused_line(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, credentials("[default]\n\ntext\n"), "java-v1")

    step = trace.step("role_profile")
    assert step is not None
    assert step.location is not None
    assert (step.status, step.location.uri, step.location.line) == (
        "broken",
        ".aws/credentials",
        3,
    )
