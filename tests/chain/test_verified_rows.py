"""The verified rows of the reference, diagnostics §4, one test each."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest

from tests.chain.support import (
    ARN,
    DEFAULT,
    PROCESS,
    PROGRAM,
    SSO,
    SSO_CACHE,
    THREE,
    TOKENS,
    WEB,
    Scenario,
    config,
    ecs,
    env,
    pair,
    trace_of,
    verdict,
)

# name, scenario, explicit profile, verdict
ROWS: list[tuple[str, Scenario, Optional[str], str]] = [
    # diagnostics §4
    (
        "B-01 env and AWS_PROFILE",
        {"environment": env(AWS_PROFILE="p1"), "files": THREE},
        None,
        "env ENV",
    ),
    (
        "B-01 env and profile option",
        {"environment": env(), "files": THREE},
        "p1",
        "static_credentials_file P1",
    ),
    (
        "B-01 default profile first",
        {"environment": {"AWS_DEFAULT_PROFILE": "p1", "AWS_PROFILE": "p2"}, "files": THREE},
        None,
        "static_credentials_file P1",
    ),
    (
        "B-01 empty AWS_PROFILE",
        {"environment": {"AWS_PROFILE": ""}, "files": THREE},
        None,
        "ProfileNotFound",
    ),
    (
        "B-01 both keys empty",
        {"environment": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    (
        "B-01 key id only",
        {"environment": {"AWS_ACCESS_KEY_ID": env()["AWS_ACCESS_KEY_ID"]}, "files": DEFAULT},
        None,
        "PartialCredentialsError",
    ),
    (
        "B-01 secret only",
        {"environment": {"AWS_SECRET_ACCESS_KEY": "x"}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    (
        "B-01 token alone",
        {"environment": {"AWS_SESSION_TOKEN": "x"}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    (
        "B-02 web identity and default",
        {"environment": WEB, "files": {**DEFAULT, **TOKENS}},
        None,
        "web_identity",
    ),
    (
        "B-02 role_arn beats web identity",
        {
            "environment": WEB,
            "files": {
                "config": f"[default]\nrole_arn = {ARN}\nsource_profile = base\n",
                "credentials": "[base]\n" + pair("BASE"),
                **TOKENS,
            },
        },
        None,
        "role_profile",
    ),
    (
        "B-02 web identity and AWS_PROFILE",
        {"environment": {**WEB, "AWS_PROFILE": "p1"}, "files": {**THREE, **TOKENS}},
        None,
        "web_identity",
    ),
    (
        "B-02 web identity and option",
        {"environment": WEB, "files": {**THREE, **TOKENS}},
        "p1",
        "static_credentials_file P1",
    ),
    (
        "B-02 env before web identity",
        {"environment": {**WEB, **env()}, "files": TOKENS},
        None,
        "env ENV",
    ),
    ("B-02 env before ECS", ecs(**env()), None, "env ENV"),
    (
        "B-02 role without token file",
        {"environment": {"AWS_ROLE_ARN": ARN}, "files": DEFAULT},
        None,
        "static_credentials_file DEF",
    ),
    (
        "B-02 token file without role",
        {"environment": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/tokens/web"}, "files": TOKENS},
        None,
        "InvalidConfigError",
    ),
    (
        "B-03 boto before ECS",
        {**ecs(), "files": {"boto": "[Credentials]\n" + pair("BOTO")}},
        None,
        "boto2_config BOTO",
    ),
    (
        "B-03 EC2 tools",
        {
            "files": {
                "ec2_credential_file": "AWSAccessKeyId=@@key-id:AKIA:123456789012:EC2@@\nAWSSecretKey=@@secret-key:EC2@@\n"  # noqa: E501  a file on one line
            }
        },
        None,
        "ec2_credential_file EC2",
    ),
    (
        "B-04 token in config dropped",
        {"files": {**DEFAULT, "config": "[default]\naws_session_token = x\n"}},
        None,
        "static_credentials_file DEF",
    ),
    (
        "B-05 process and static in credentials",
        {"files": {**DEFAULT, "config": "[default]\n" + PROCESS, **PROGRAM}},
        None,
        "static_credentials_file DEF",
    ),
    (
        "B-05 SSO and static",
        config("[default]\n" + SSO + pair("CFG"), sso_cache=SSO_CACHE),
        None,
        "sso_profile",
    ),
    (
        "B-05 keys in both files",
        {"files": {**DEFAULT, "config": "[default]\n" + pair("CFG")}},
        None,
        "static_credentials_file DEF",
    ),
    (
        "B-05 process below tilde",
        config("[default]\ncredential_process = ~/bin/give\n"),
        None,
        "FileNotFoundError",
    ),
    (
        "B-05 expiration passed",
        {"environment": env(AWS_CREDENTIAL_EXPIRATION="2020-01-01T00:00:00Z")},
        None,
        "env ENV!RuntimeError",
    ),
    ("B-06 missing profile and ECS", ecs(AWS_PROFILE="nope"), None, "ProfileNotFound"),
    (
        "B-06 config without prefix",
        {"environment": {"AWS_PROFILE": "dev"}, "files": {"config": "[dev]\n" + pair("P1")}},
        None,
        "ProfileNotFound",
    ),
    (
        "B-06 credentials with prefix",
        {
            "environment": {"AWS_PROFILE": "dev"},
            "files": {"credentials": "[profile dev]\n" + pair("P1")},
        },
        None,
        "ProfileNotFound",
    ),
    (
        "B-06 files missing",
        {
            "environment": {
                "AWS_CONFIG_FILE": "{home}/no",
                "AWS_SHARED_CREDENTIALS_FILE": "{home}/no",
            }
        },
        None,
        "none",
    ),
    ("B-06 file is a directory", {"files": {"config": {"directory": True}}}, None, "none"),
    (
        "B-06 misspelled keys",
        {"files": {"credentials": "[default]\naws_access_key = x\naws_secret_key = y\n"}},
        None,
        "none",
    ),
    (
        "B-07 doubled section",
        {"files": {"credentials": "[default]\n[default]\n"}},
        None,
        "ConfigParseError",
    ),
    (
        "B-07 doubled key",
        {"files": {"config": "[default]\nregion = a\nregion = b\n"}},
        None,
        "ConfigParseError",
    ),
    (
        "B-07 BOM",
        {"files": {"config": {"hex": "efbbbf", "text": "[default]\n"}}},
        None,
        "ConfigParseError",
    ),
    ("B-07 UTF-16", {"files": {"config": {"hex": "fffe5b006100"}}}, None, "ConfigParseError"),
    (
        "B-07 CRLF, colon, upper case",
        {
            "files": {
                "credentials": ("[default]\n" + pair("DEF"))
                .replace(" = ", ": ")
                .replace("aws_access_key_id", "AWS_ACCESS_KEY_ID")
                .replace("\n", "\r\n")
            }
        },
        None,
        "static_credentials_file DEF",
    ),
    (
        "B-07 quoted key",
        {
            "files": {
                "credentials": '[default]\naws_access_key_id = "Q"\naws_secret_access_key = x\n'
            }
        },
        None,
        "static_credentials_file",
    ),
    (
        "B-07 indented second key",
        {"files": {"credentials": "[default]\n" + pair("DEF").replace("\naws", "\n  aws")}},
        None,
        "PartialCredentialsError",
    ),
    (
        "B-07 DEFAULT leaks",
        {
            "environment": {"AWS_PROFILE": "p1"},
            "files": {"credentials": f"[DEFAULT]\n{pair('ALL')}[p1]\nregion = x\n"},
        },
        None,
        "static_credentials_file ALL",
    ),
    (
        "B-07 DEFAULT is no profile",
        {"files": {"credentials": "[DEFAULT]\n" + pair("ALL")}},
        None,
        "none",
    ),
    (
        "B-07 later default wins",
        {"files": {"config": f"[default]\n{pair('P1')}[profile default]\n{pair('P2')}"}},
        None,
        "static_config_file P2",
    ),
    (
        "B-07 later default wins, reversed",
        {"files": {"config": f"[profile default]\n{pair('P2')}[default]\n{pair('P1')}"}},
        None,
        "static_config_file P1",
    ),
    (
        "B-08 source missing",
        config(f"[default]\nrole_arn = {ARN}\nsource_profile = no\n"),
        None,
        "InvalidConfigError",
    ),
    (
        "B-08 loop",
        config(
            f"[default]\nrole_arn = {ARN}\nsource_profile = a\n[profile a]\nrole_arn = {ARN}\nsource_profile = default\n"  # noqa: E501  a file on one line
        ),
        None,
        "InfiniteLoopConfigError",
    ),
    ("B-08 role alone", config(f"[default]\nrole_arn = {ARN}\n"), None, "PartialCredentialsError"),
    (
        "B-08 both sources",
        config(
            f"[default]\nrole_arn = {ARN}\nsource_profile = default\ncredential_source = Environment\n"  # noqa: E501  a file on one line
        ),
        None,
        "InvalidConfigError",
    ),
    (
        "B-08 source in wrong case",
        config(f"[default]\nrole_arn = {ARN}\ncredential_source = EC2InstanceMetadata\n"),
        None,
        "InvalidConfigError",
    ),
    (
        "B-08 role and static, no source",
        config(f"[default]\nrole_arn = {ARN}\n" + pair("CFG")),
        None,
        "PartialCredentialsError",
    ),
    (
        "B-09 token with newline",
        {**ecs(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{home}/auth"), "files": {"auth": "token\n"}},  # noqa: S106  a path
        None,
        "ValueError",
    ),
    (
        "B-09 example.com",
        ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://example.com/x"),
        None,
        "ValueError",
    ),
    (
        "B-09 private address",
        ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://10.0.0.5/x"),
        None,
        "ValueError",
    ),
    (
        "B-09 pod identity",
        ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://169.254.170.23/x"),
        None,
        "container",
    ),
    (
        "B-09 any https",
        ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="https://example.com/x"),
        None,
        "container",
    ),
]


@pytest.mark.parametrize(
    ("scenario", "profile", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_row(tmp_path: Path, scenario: Scenario, profile: Optional[str], expected: str) -> None:
    trace = trace_of(tmp_path, scenario, "boto3", profile)

    assert verdict(trace) == expected


def test_older_token_variable_wins(tmp_path: Path) -> None:
    environment = env(AWS_SECURITY_TOKEN="OLD", AWS_SESSION_TOKEN="NEW")  # noqa: S106

    trace = trace_of(tmp_path, {"environment": environment})

    assert trace.winner is not None
    assert trace.winner.detail.endswith("session token in AWS_SECURITY_TOKEN")
