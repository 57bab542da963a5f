"""The JavaScript SDK v2 on small hosts, each seen with the real SDK (tests/conformance)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.javascript.test_chain import shaped
from tests.chain.support import ACCOUNT, ARN, DEFAULT, PROGRAM, SSO, env, pair, trace_of, verdict

LOAD = {"AWS_SDK_LOAD_CONFIG": "1"}
AMAZON = {
    "AMAZON_ACCESS_KEY_ID": f"@@key-id:AKIA:{ACCOUNT}:P1@@",
    "AMAZON_SECRET_ACCESS_KEY": "@@secret-key:P1@@",
}
ROLE = f"role_arn = {ARN}\n"
TOKEN = {
    "https://x.example.com/start": '{"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z", '
    '"startUrl": "https://x.example.com/start", "region": "eu-west-1"}'
}
CASES: dict[str, tuple[dict[str, Any], Optional[str], str]] = {
    "environment, whatever AWS_PROFILE says": (
        {"environment": env(AWS_PROFILE="default"), "files": DEFAULT},
        None,
        "env ENV",
    ),
    "the second set of variables": ({"environment": AMAZON}, None, "env_amazon P1"),
    "the sets are not mixed": (
        {"environment": {"AWS_ACCESS_KEY_ID": "x", **AMAZON}},
        None,
        "env_amazon P1",
    ),
    "the config file does not count": ({"config": f"[default]\n{pair('CFG')}"}, None, "none"),
    "unless it is asked for": (
        {"environment": LOAD, "config": f"[default]\n{pair('CFG')}"},
        None,
        "static_profile CFG",
    ),
    "then it must be there": (
        {"environment": LOAD, "files": DEFAULT},
        None,
        "Error",
    ),
    "or the region must be known": (
        {"environment": {**LOAD, "AWS_REGION": "us-east-2"}, "files": DEFAULT},
        None,
        "none",
    ),
    "a profile with and without prefix": (
        {"environment": LOAD, "config": "[dev]\na = b\n[profile dev]\nc = d\n"},
        None,
        "TypeError",
    ),
    "keys come before SSO": (
        {"credentials": f"[default]\n{SSO}{pair('DEF')}", "sso_cache": TOKEN},
        None,
        "static_profile DEF",
    ),
    "a role comes before its own keys": (
        {"credentials": f"[default]\n{ROLE}source_profile = default\n{pair('DEF')}"},
        None,
        "role_profile",
    ),
    "MFA is passed over": (
        {"credentials": f"[default]\n{ROLE}source_profile = b\nmfa_serial = x\n[b]\n{pair('P1')}"},
        None,
        "role_profile",
    ),
    "a loop of roles ends the process": (
        {"credentials": f"[default]\n{ROLE}source_profile = b\n[b]\n{ROLE}source_profile = b\n"},
        None,
        "abort",
    ),
    "a loop without roles is followed for ever": (
        {"credentials": "[default]\nsource_profile = default\n"},
        None,
        "endless loop",
    ),
    "a role that STS refuses passes on": (
        {
            "credentials": f"[default]\n{ROLE}source_profile = b\nduration_seconds = 60\n"
            f"credential_process = {{home}}/bin/give\n[b]\n{pair('P1')}",
            "files": PROGRAM,
        },
        None,
        "process_profile",
    ),
    "an explicit profile replaces the chain": (
        {"environment": env(), "files": DEFAULT},
        "default",
        "static_profile DEF",
    ),
    "and fails alone": ({"environment": env(), "files": DEFAULT}, "x", "CredentialsError"),
    "a container token that is missing ends the process": (
        {
            "environment": {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/none",
            },
            "container": {"reachable": "refused"},
        },
        None,
        "Error",
    ),
    "an unusable container host passes on": (
        {"environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://10.0.0.5/x"}},
        None,
        "none",
    ),
    "the endpoint mode is compared with its case": (
        {"environment": {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv6"}},
        None,
        "Error",
    ),
    "IMDS is off for any text": (
        {
            "environment": {"AWS_EC2_METADATA_DISABLED": "false"},
            "contexts": ["ec2"],
            "imds": {"role": "r", "v1": True, "v2": True},
        },
        None,
        "none",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_winner(tmp_path: Path, case: str) -> None:
    scenario, profile, expected = CASES[case]

    assert verdict(trace_of(tmp_path, shaped(scenario), "js-v2", profile)) == expected


@pytest.mark.parametrize(
    ("environment", "value", "source"),
    [
        ({}, None, None),
        (LOAD, "r-cred", "profile:default"),
        ({"AMAZON_REGION": "us-east-2", "AWS_REGION": ""}, "us-east-2", "env:AMAZON_REGION"),
        ({"AWS_REGION": "aws-us-gov-global"}, "us-gov-west-1", "env:AWS_REGION"),
    ],
)
def test_region(
    tmp_path: Path, environment: dict[str, str], value: Optional[str], source: Optional[str]
) -> None:
    files = {
        "config": "[default]\nregion = r-conf\n",
        "credentials": "[default]\nregion = r-cred\n",
    }
    trace = trace_of(tmp_path, shaped({"environment": environment, **files}), "js-v2")

    assert (trace.region.value, trace.region.source) == (value, source)


def test_variables_for_files_count_with_load_config_alone(tmp_path: Path) -> None:
    files = {"credentials": f"[default]\n{pair('DEF')}", "other": f"[default]\n{pair('P1')}"}
    named = {"AWS_SHARED_CREDENTIALS_FILE": "{home}/other", "AWS_REGION": "us-east-2"}
    usual = trace_of(tmp_path, {"environment": named, "files": files}, "js-v2")
    config = {**files, "config": "[default]\noutput = json\n"}
    loaded = trace_of(tmp_path, {"environment": {**named, **LOAD}, "files": config}, "js-v2")

    assert [verdict(usual), verdict(loaded)] == ["static_profile DEF", "static_profile P1"]
