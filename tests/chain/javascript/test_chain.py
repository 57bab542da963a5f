"""The JavaScript SDK's chain on small hosts, each seen with the real SDK (tests/conformance)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import ARN, DEFAULT, TOKENS, env, pair, trace_of, verdict

ROLE = f"[profile r]\nrole_arn = {ARN}\nregion = eu-west-1\n"
CASES: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "environment": ({"environment": env(), **DEFAULT}, None, "env ENV"),
    "AWS_PROFILE puts the variables aside": (
        {"environment": env(AWS_PROFILE="default"), **DEFAULT},
        None,
        "static_profile DEF",
    ),
    "a profile of the program does, too": (
        {"environment": env(), **DEFAULT},
        "default",
        "static_profile DEF",
    ),
    "an empty one does not": (
        {"environment": env(AWS_PROFILE="default"), **DEFAULT},
        "",
        "env ENV",
    ),
    "half a pair is ignored": (
        {"environment": {"AWS_ACCESS_KEY_ID": env()["AWS_ACCESS_KEY_ID"]}, **DEFAULT},
        None,
        "static_profile DEF",
    ),
    "a missing profile passes on": ({"environment": {"AWS_PROFILE": "typo"}}, None, "none"),
    "halves of both files combine": (
        {
            "config": "[default]\n" + pair("CFG").splitlines()[0] + "\n",
            "credentials": "[default]\n" + pair("DEF").splitlines()[1] + "\n",
        },
        None,
        "static_profile CFG",
    ),
    "a role beats keys": (
        {
            "config": f"{ROLE}source_profile = base\n{pair('P1')}",
            "credentials": f"[base]\n{pair('BASE')}",
        },
        "r",
        "role_profile",
    ),
    "a role with two sources is none": (
        {"config": f"{ROLE}source_profile = x\ncredential_source = Environment\n{pair('P1')}"},
        "r",
        "static_profile P1",
    ),
    "MFA needs the program": (
        {
            "config": f"{ROLE}source_profile = base\nmfa_serial = arn:aws:iam::1:mfa/u\n",
            "credentials": f"[base]\n{pair('BASE')}",
        },
        "r",
        "CredentialsProviderError",
    ),
    "a loop passes on, keys or not": (
        {
            "config": f"{ROLE}source_profile = s\n{pair('P1')}"
            f"[profile s]\nrole_arn = {ARN}\nsource_profile = s\n"
        },
        "r",
        "none",
    ),
    "an unreadable token file ends it": (
        {"config": f"{ROLE}web_identity_token_file = {{home}}/none\n"},
        "r",
        "Error",
    ),
    "a token file": (
        {"config": f"{ROLE}web_identity_token_file = {{home}}/tokens/web\n", "files": TOKENS},
        "r",
        "web_identity_profile",
    ),
    "a missing sso-session ends it": (
        {"config": "[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = x\n"},
        None,
        "TypeError",
    ),
    "a program that is not there passes on": (
        {"config": "[default]\ncredential_process = {home}/none\n"},
        None,
        "none",
    ),
    "an invalid container address ends it": (
        {"environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "/x"}},
        None,
        "TypeError",
    ),
    "an unusable container host passes on": (
        {"environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://10.0.0.5/x"}},
        None,
        "none",
    ),
}


def shaped(scenario: dict[str, Any]) -> dict[str, Any]:
    """Return the scenario with its two files among the others."""
    shared = {name: scenario[name] for name in ("config", "credentials") if name in scenario}
    rest = {name: value for name, value in scenario.items() if name not in shared}
    return {**rest, "files": {**shared, **scenario.get("files", {})}}


@pytest.mark.parametrize("case", CASES)
def test_winner(tmp_path: Path, case: str) -> None:
    scenario, profile, expected = CASES[case]

    assert verdict(trace_of(tmp_path, shaped(scenario), "js-v3", profile)) == expected


@pytest.mark.parametrize(
    ("environment", "value", "source"),
    [
        ({"AWS_REGION": "us-east-2"}, "us-east-2", "env:AWS_REGION"),
        ({"AWS_DEFAULT_REGION": "us-east-2"}, "r-cred", "profile:default"),
        ({"AWS_REGION": ""}, None, None),
        ({"AWS_REGION": "us-gov-west-1-fips"}, "us-gov-west-1", "env:AWS_REGION"),
    ],
)
def test_region(
    tmp_path: Path, environment: dict[str, str], value: Optional[str], source: Optional[str]
) -> None:
    files = {
        "config": "[default]\nregion = r-conf\n",
        "credentials": "[default]\nregion = r-cred\n",
    }
    trace = trace_of(tmp_path, shaped({"environment": environment, **files}), "js-v3")

    assert (trace.region.value, trace.region.source) == (value, source)
