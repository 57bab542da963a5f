"""What the C++ SDK does with set-ups that others, the Common Runtime included, read otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from credlint.chain.crt.cpp_file import CppProfile, read_cpp
from credlint.chain.file_text import FileText
from credlint.model.host_file import HostFile
from credlint.model.snapshot import HostSnapshot
from tests.chain.support import (
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

ROLE = f"role_arn = {ARN}\n"
INSTANCE: dict[str, Any] = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True}}
BASED = f"[default]\n{ROLE}source_profile = base\n[profile base]\n{pair('BASE')}"
TOKEN = "web_identity_token_file = {home}/tokens/web\n"  # noqa: S105  a path
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105  a variable's name
SESSION = (
    "[default]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = reader\n"
    "[sso-session s]\nsso_start_url = https://x.example.com/start\nsso_region = eu-west-1\n"
)
PORTAL = next(iter(SSO_CACHE))
EXPIRED = '{"accessToken": "t", "expiresAt": "2020-01-01T00:00:00Z"'
RENEWABLE = ', "refreshToken": "r", "clientId": "c", "clientSecret": "s", "region": "eu-west-1"}'


def profiles_of(text: str) -> dict[str, CppProfile]:
    file = HostFile("config", "~/.aws/config", "default", "read", text=text)
    return read_cpp(FileText(HostSnapshot("2026-07-01T12:00:00+00:00"), file))


def settings(text: str) -> dict[str, Any]:
    found = profiles_of(text).items()
    return {name: {k: one.text for k, one in it.settings.items()} for name, it in found}


def lasting(text: str) -> dict[str, Any]:
    found = profiles_of(text).items()
    return {name: {k: one.text for k, one in it.lasting.items()} for name, it in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[default]\nregion = r1\n", {"default": {"region": "r1"}}),
        ("[profile x]\nregion=r1 # c", {"x": {"region": "r1"}}),
        ("[profile x] # c\n\tregion = r1\n", {"x": {"region": "r1"}}),
        (" [ profile  x ]\nregion = r1\n", {"x": {"region": "r1"}}),
        ("[x]\nregion = r1\n", {}),
        ("[profile x] y\nregion = r1\n", {}),
        ("[my-profile x]\nregion = r1\n", {}),
        ("a[profile x]\nregion = r1\n", {}),
        ("[profile sso-session]\nregion = r1\n", {}),
        # The last section of a name counts, whatever it was introduced by.
        ("[default]\nregion = r1\n[profile default]\nother = 2\n", {"default": {"other": "2"}}),
        # Blocks have no depth.
        ("[default]\ns3 =\n  region = r1\n", {"default": {"s3": "", "region": "r1"}}),
        # What is in brackets is a header wherever it stands.
        ("[default]\na = b\nregion = r[1]\nc = d\n", {"default": {"a": "b"}}),
        # A line that is nothing loses its section and what follows.
        ("[profile x]\na = b\n[default]\nc = d\nword\ne = f\n[profile y]\n", {"x": {"a": "b"}}),
        ("word\n[default]\na = b\n", {}),
        ("ab\n[default]\na = b\n", {"default": {"a": "b"}}),
        ("[default]\r\na = b\r\n", {"default": {"a": "b"}}),
        ("[default]\ra = b\r", {}),
    ],
)
def test_profiles(text: str, expected: dict[str, Any]) -> None:
    assert settings(text) == expected


def test_what_all_sections_of_a_name_give() -> None:
    """Half of an SSO setup counts as none, whatever another section has."""
    whole = "[default]\nrole_arn = a\n[default]\nregion = r1\n"
    half = "[default]\nsso_region = r1\na = b\n"

    assert lasting(whole) == {"default": {"role_arn": "a", "region": "r1"}}
    assert lasting(half) == {"default": {"a": "b"}}


def on_instance(scenario: dict[str, Any], **environment: str) -> dict[str, Any]:
    return {**scenario, **INSTANCE, "environment": environment}


ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "keys of the environment": ({"environment": env()}, "env ENV"),
    "AWS_DEFAULT_PROFILE has no say on keys": (
        {"environment": {"AWS_DEFAULT_PROFILE": "gone"}, "files": DEFAULT},
        "static_credentials_file DEF",
    ),
    "roles are never assumed": (on_instance(config(BASED)), "imds"),
    "a role hides the static keys beside it": (
        config(f"[default]\n{ROLE}source_profile = default\n{pair('CFG')}"),
        "none",
    ),
    "a profile's token file ends the program": (
        on_instance(config(f"[default]\n{ROLE}{TOKEN}region = r1\n")),
        "SIGABRT",
    ),
    "not where keys come first": (
        {**config(f"[default]\n{ROLE}{TOKEN}region = r1\n"), "environment": env()},
        "env ENV",
    ),
    "nor without a region": (config(f"[default]\n{ROLE}{TOKEN}"), "none"),
    "nor as the profile of AWS_DEFAULT_PROFILE": (
        {
            **config(f"[profile p1]\n{ROLE}{TOKEN}region = r1\n"),
            "environment": {"AWS_DEFAULT_PROFILE": "p1"},
        },
        "web_identity",
    ),
    "a program": (config(f"[default]\n{PROCESS}"), "process_profile"),
    "a token file of the environment": (
        config("", environment={**WEB, "AWS_REGION": "r1"}),
        "web_identity",
    ),
    "its region may be that of AWS_DEFAULT_PROFILE": (
        config("[profile p1]\nregion = r1\n", environment={**WEB, "AWS_DEFAULT_PROFILE": "p1"}),
        "web_identity",
    ),
    "SSO": (config(f"[default]\n{SSO}", sso_cache=SSO_CACHE), "sso_profile"),
    "SSO after static keys": (
        config(f"[default]\n{SSO}{pair('CFG')}", sso_cache=SSO_CACHE),
        "static_config_file CFG",
    ),
    "SSO of AWS_DEFAULT_PROFILE": (
        config(
            f"[profile p1]\n{SSO}",
            sso_cache=SSO_CACHE,
            environment={"AWS_DEFAULT_PROFILE": "p1"},
        ),
        "sso_profile",
    ),
    "an expired session without what renews it": (
        config(SESSION, sso_cache={"s": EXPIRED + "}"}),
        "none",
    ),
    "an expired session that may be renewed": (
        config(SESSION, sso_cache={"s": EXPIRED + RENEWABLE}),
        "sso_profile?",
    ),
    "SSO in a region that is no name of a host": (
        config(f"[default]\n{SSO}".replace("eu-west-1", "eu west"), sso_cache=SSO_CACHE),
        "none",
    ),
    "SSO without a cached token": (config(f"[default]\n{SSO}"), "none"),
    "SSO with an expired one": (
        config(f"[default]\n{SSO}", sso_cache={PORTAL: EXPIRED + "}"}),
        "none",
    ),
    "SSO without role": (
        config(SESSION.replace("sso_role_name", "other"), sso_cache={"s": SSO_CACHE[PORTAL]}),
        "none",
    ),
    "a session and a profile that disagree": (
        config("[default]\nsso_region = us-east-1\n" + SESSION[10:], sso_cache=SSO_CACHE),
        "none",
    ),
    "SSO beside a credentials file elsewhere": (
        config(
            f"[default]\n{SSO}",
            sso_cache=SSO_CACHE,
            environment={"AWS_SHARED_CREDENTIALS_FILE": "/elsewhere/credentials"},
        ),
        "sso_profile?",
    ),
    "SSO beside a credentials file of a folder called ~": (
        config(
            f"[default]\n{SSO}",
            sso_cache=SSO_CACHE,
            environment={"AWS_SHARED_CREDENTIALS_FILE": "~/.aws/other"},
        ),
        "none",
    ),
    "SSO beside another file of the folder": (
        config(
            f"[default]\n{SSO}",
            sso_cache=SSO_CACHE,
            environment={"AWS_SHARED_CREDENTIALS_FILE": "{home}/.aws/other"},
        ),
        "sso_profile",
    ),
    "an instance role": (INSTANCE, "imds"),
    "only true disables IMDS": (on_instance({}, AWS_EC2_METADATA_DISABLED="1"), "imds"),
    "TRUE does": (on_instance({}, AWS_EC2_METADATA_DISABLED="TRUE"), "none"),
    "another mode than IPv4 and IPv6 leaves no address": (
        on_instance({}, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE="both"),
        "none",
    ),
    "a container": (ecs(), "container"),
    "a container variable takes IMDS out, whatever it says": (
        on_instance({}, AWS_CONTAINER_CREDENTIALS_FULL_URI="http://[::1/x"),
        "none",
    ),
    "a container token that is missing": (ecs(**{TOKEN_FILE: "/gone"}), "none"),
    "a folder as token ends the program": (ecs(**{TOKEN_FILE: "/"}, **env()), "SIGABRT"),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, expected = ROWS[name]

    assert verdict(trace_of(tmp_path, scenario, "cpp")) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("r-default", "profile:default")),
        ({"AWS_PROFILE": "p1"}, ("r1", "profile:p1")),
        ({"AWS_PROFILE": "p1", "AWS_DEFAULT_PROFILE": "p2"}, ("r2", "profile:p2")),
        ({"AWS_PROFILE": "gone"}, ("us-east-1", "fallback")),
        ({"AWS_CONFIG_FILE": ""}, ("r-default", "profile:default")),
        ({"AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"}, ("b", "env:AWS_DEFAULT_REGION")),
        ({"AWS_REGION": "a", "AWS_DEFAULT_REGION": ""}, ("a", "env:AWS_REGION")),
    ],
)
def test_region(
    tmp_path: Path, environment: dict[str, str], expected: tuple[Optional[str], str]
) -> None:
    text = "[default]\nregion=r-default\n[profile p1]\nregion=r1\n[profile p2]\nregion=r2\n"
    trace = trace_of(tmp_path, {**config(text), "environment": environment}, "cpp")

    assert (trace.region.value, trace.region.source) == expected


def test_a_short_line_is_passed_over(tmp_path: Path) -> None:
    """However long what the capture put in its place."""
    trace = trace_of(tmp_path, config("[default]\nab\nregion = r1\n"), "cpp")

    assert trace.region.value == "r1"


def test_the_two_profiles_are_told_of(tmp_path: Path) -> None:
    scenario = config("[profile p2]\nregion = r2\n", environment={"AWS_DEFAULT_PROFILE": "p2"})

    assert trace_of(tmp_path, scenario, "cpp").notes == (
        'the region is that of profile "p2", which only region and SSO are read from',
    )
