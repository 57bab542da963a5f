"""The observed rows of the reference, credential-chains §12, one test each."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest

from tests.chain.support import (
    DEFAULT,
    ECS,
    LOGIN,
    LOGIN_CACHE,
    PACKAGES,
    PROCESS,
    PROGRAM,
    SSO,
    THREE,
    TOKENS,
    WEB,
    Scenario,
    config,
    env,
    pair,
    trace_of,
    verdict,
)

# name, scenario, explicit profile, verdict
ROWS: list[tuple[str, Scenario, Optional[str], str]] = [
    # credential-chains §12.1
    ("12.1 env and default", {"environment": env(), "files": DEFAULT}, None, "env ENV"),
    (
        "12.1 env, AWS_PROFILE missing",
        {"environment": env(AWS_PROFILE="nope"), "files": DEFAULT},
        None,
        "ProfileNotFound",
    ),
    (
        "12.1 env, AWS_DEFAULT_PROFILE missing",
        {"environment": env(AWS_DEFAULT_PROFILE="nope"), "files": DEFAULT},
        None,
        "ProfileNotFound",
    ),
    (
        "12.1 AWS_DEFAULT_PROFILE alone",
        {"environment": {"AWS_DEFAULT_PROFILE": "p2"}, "files": THREE},
        None,
        "static_credentials_file P2",
    ),
    (
        "12.1 process and static in config",
        config("[default]\n" + PROCESS + pair("CFG")),
        None,
        "process_profile",
    ),
    (
        "12.1 login and static in config",
        config("[default]\n" + LOGIN + pair("CFG"), login_cache=LOGIN_CACHE),
        None,
        "login_profile",
    ),
    (
        "12.1 login and process",
        config("[default]\n" + LOGIN + PROCESS, login_cache=LOGIN_CACHE),
        None,
        "login_profile",
    ),
    (
        "12.1 login without CRT",
        config("[default]\n" + LOGIN + pair("CFG"), packages=PACKAGES),
        None,
        "MissingDependencyException",
    ),
    (
        "12.1 login, static in credentials",
        {"files": {**DEFAULT, "config": "[default]\n" + LOGIN}},
        None,
        "static_credentials_file DEF",
    ),
    (
        "12.1 pair over two files",
        {
            "files": {
                "credentials": "[default]\n" + pair("DEF").splitlines()[0] + "\n",
                "config": "[default]\naws_secret_access_key = x\n",
            }
        },
        None,
        "PartialCredentialsError",
    ),
    (
        "12.1 half pair in config",
        config("[default]\n" + pair("CFG").splitlines()[0] + "\n"),
        None,
        "PartialCredentialsError",
    ),
    (
        "12.1 process and web identity",
        {"environment": WEB, "files": {"config": "[default]\n" + PROCESS, **PROGRAM, **TOKENS}},
        None,
        "web_identity",
    ),
    # credential-chains §12.2, with an instance role
    (
        "12.2 half pair",
        {
            "files": {"config": "[default]\n" + pair("CFG").splitlines()[0] + "\n"},
            "imds": {"role": "r"},
        },
        None,
        "PartialCredentialsError",
    ),
    (
        "12.2 SSO token missing",
        {"files": {"config": "[default]\n" + SSO}, "imds": {"role": "r"}},
        None,
        "sso_profile!SSOTokenLoadError",
    ),
    (
        "12.2 profile missing",
        {"environment": {"AWS_PROFILE": "nope"}, "imds": {"role": "r"}},
        None,
        "ProfileNotFound",
    ),
    (
        "12.2 container dead",
        {"environment": ECS, "container": {"reachable": "refused"}, "imds": {"role": "r"}},
        None,
        "CredentialRetrievalError",
    ),
    (
        "12.2 token file missing",
        {"environment": WEB, "imds": {"role": "r"}},
        None,
        "web_identity!FileNotFoundError",
    ),
    (
        "12.2 key id only",
        {"environment": {"AWS_ACCESS_KEY_ID": "x"}, "imds": {"role": "r"}},
        None,
        "PartialCredentialsError",
    ),
    # credential-chains §12.3
    ("12.3 version 2", {"imds": {"role": "r"}}, None, "imds"),
    ("12.3 version 1 only", {"imds": {"role": "r", "v1": True, "v2": False}}, None, "imds"),
    (
        "12.3 token 500",
        {"imds": {"role": "r", "v1": True, "v2": False, "token_status": 500}},
        None,
        "imds",
    ),
    (
        "12.3 token 400",
        {"imds": {"role": "r", "v1": True, "v2": False, "token_status": 400}},
        None,
        "none",
    ),
    (
        "12.3 version 1 disabled",
        {
            "environment": {"AWS_EC2_METADATA_V1_DISABLED": "true"},
            "imds": {"role": "r", "v1": True, "v2": False},
        },
        None,
        "MetadataRetrievalError",
    ),
    (
        "12.3 version 1 disabled in config",
        {
            "files": {"config": "[default]\nec2_metadata_v1_disabled = true\n"},
            "imds": {"role": "r", "v1": True, "v2": False},
        },
        None,
        "MetadataRetrievalError",
    ),
    (
        "12.3 switched off",
        {"environment": {"AWS_EC2_METADATA_DISABLED": "TRUE"}, "imds": {"role": "r"}},
        None,
        "none",
    ),
    (
        "12.3 not switched off by 1",
        {"environment": {"AWS_EC2_METADATA_DISABLED": "1"}, "imds": {"role": "r"}},
        None,
        "imds",
    ),
    (
        "12.3 not switched off by a space",
        {"environment": {"AWS_EC2_METADATA_DISABLED": "TRUE "}, "imds": {"role": "r"}},
        None,
        "imds",
    ),
    ("12.3 no role", {"imds": {}}, None, "none"),
]


@pytest.mark.parametrize(
    ("scenario", "profile", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_row(tmp_path: Path, scenario: Scenario, profile: Optional[str], expected: str) -> None:
    trace = trace_of(tmp_path, scenario, "boto3", profile)

    assert verdict(trace) == expected
