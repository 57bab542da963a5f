"""The reference's verified rows, one test each: diagnostics §4, credential-chains §12.1–12.3."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest
from tests.chain.support import ARN, PACKAGES, WITH_CRT, env, pair, trace_of, verdict

Scenario = dict[str, Any]
DEFAULT = {"credentials": "[default]\n" + pair("DEF")}
THREE = {
    "credentials": f"[default]\n{pair('DEF')}[p1]\n{pair('P1')}[p2]\n{pair('P2')}",
    "config": "[profile p1]\nregion = r1\n[profile p2]\nregion = r2\n",
}
TOKENS = {"tokens/web": "made.up.token"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/tokens/web", "AWS_ROLE_ARN": ARN}
PROGRAM = {"bin/give": {"text": "#!/bin/sh\n", "mode": "0755"}}
PROCESS = "credential_process = {home}/bin/give\n"
LOGIN = "login_session = arn:aws:iam::123456789012:user/someone\n"
LOGIN_CACHE = {
    "arn:aws:iam::123456789012:user/someone": '{"accessToken": {"expiresAt": '
    '"2099-01-01T00:00:00Z"}, "refreshToken": "r", "dpopKey": "k", "clientId": "c"}'
}
SSO = (
    "sso_account_id = 123456789012\nsso_role_name = reader\n"
    "sso_start_url = https://x.example.com/start\nsso_region = eu-west-1\n"
)
SSO_CACHE = {
    "https://x.example.com/start": '{"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z"}'
}
ECS = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/x"}


def config(text: str, **more: Any) -> Scenario:
    return {"files": {"config": text, **PROGRAM, **TOKENS}, "packages": WITH_CRT, **more}


def ecs(**more: str) -> Scenario:
    return {"environment": {**ECS, **more}, "container": {"reachable": "yes"}}


# name, scenario, explicit profile, verdict
ROWS: list[tuple[str, Scenario, Optional[str], str]] = [
    # diagnostics §4
    ("B-01 env and AWS_PROFILE", {"environment": env(AWS_PROFILE="p1"), "files": THREE}, None, "env ENV"),
    ("B-01 env and profile option", {"environment": env(), "files": THREE}, "p1", "static_credentials_file P1"),
    ("B-01 default profile first", {"environment": {"AWS_DEFAULT_PROFILE": "p1", "AWS_PROFILE": "p2"}, "files": THREE}, None, "static_credentials_file P1"),
    ("B-01 empty AWS_PROFILE", {"environment": {"AWS_PROFILE": ""}, "files": THREE}, None, "ProfileNotFound"),
    ("B-01 both keys empty", {"environment": {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "files": DEFAULT}, None, "static_credentials_file DEF"),
    ("B-01 key id only", {"environment": {"AWS_ACCESS_KEY_ID": env()["AWS_ACCESS_KEY_ID"]}, "files": DEFAULT}, None, "PartialCredentialsError"),
    ("B-01 secret only", {"environment": {"AWS_SECRET_ACCESS_KEY": "x"}, "files": DEFAULT}, None, "static_credentials_file DEF"),
    ("B-01 token alone", {"environment": {"AWS_SESSION_TOKEN": "x"}, "files": DEFAULT}, None, "static_credentials_file DEF"),
    ("B-02 web identity and default", {"environment": WEB, "files": {**DEFAULT, **TOKENS}}, None, "web_identity"),
    ("B-02 role_arn beats web identity", {"environment": WEB, "files": {"config": f"[default]\nrole_arn = {ARN}\nsource_profile = base\n", "credentials": "[base]\n" + pair("BASE"), **TOKENS}}, None, "role_profile"),
    ("B-02 web identity and AWS_PROFILE", {"environment": {**WEB, "AWS_PROFILE": "p1"}, "files": {**THREE, **TOKENS}}, None, "web_identity"),
    ("B-02 web identity and option", {"environment": WEB, "files": {**THREE, **TOKENS}}, "p1", "static_credentials_file P1"),
    ("B-02 env before web identity", {"environment": {**WEB, **env()}, "files": TOKENS}, None, "env ENV"),
    ("B-02 env before ECS", ecs(**env()), None, "env ENV"),
    ("B-02 role without token file", {"environment": {"AWS_ROLE_ARN": ARN}, "files": DEFAULT}, None, "static_credentials_file DEF"),
    ("B-02 token file without role", {"environment": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/tokens/web"}, "files": TOKENS}, None, "InvalidConfigError"),
    ("B-03 boto before ECS", {**ecs(), "files": {"boto": "[Credentials]\n" + pair("BOTO")}}, None, "boto2_config BOTO"),
    ("B-03 EC2 tools", {"files": {"ec2_credential_file": "AWSAccessKeyId=@@key-id:AKIA:123456789012:EC2@@\nAWSSecretKey=@@secret-key:EC2@@\n"}}, None, "ec2_credential_file EC2"),
    ("B-04 token in config dropped", {"files": {**DEFAULT, "config": "[default]\naws_session_token = x\n"}}, None, "static_credentials_file DEF"),
    ("B-05 process and static in credentials", {"files": {**DEFAULT, "config": "[default]\n" + PROCESS, **PROGRAM}}, None, "static_credentials_file DEF"),
    ("B-05 SSO and static", config("[default]\n" + SSO + pair("CFG"), sso_cache=SSO_CACHE), None, "sso_profile"),
    ("B-05 keys in both files", {"files": {**DEFAULT, "config": "[default]\n" + pair("CFG")}}, None, "static_credentials_file DEF"),
    ("B-05 process below tilde", config("[default]\ncredential_process = ~/bin/give\n"), None, "FileNotFoundError"),
    ("B-05 expiration passed", {"environment": env(AWS_CREDENTIAL_EXPIRATION="2020-01-01T00:00:00Z")}, None, "env ENV!RuntimeError"),
    ("B-06 missing profile and ECS", ecs(AWS_PROFILE="nope"), None, "ProfileNotFound"),
    ("B-06 config without prefix", {"environment": {"AWS_PROFILE": "dev"}, "files": {"config": "[dev]\n" + pair("P1")}}, None, "ProfileNotFound"),
    ("B-06 credentials with prefix", {"environment": {"AWS_PROFILE": "dev"}, "files": {"credentials": "[profile dev]\n" + pair("P1")}}, None, "ProfileNotFound"),
    ("B-06 files missing", {"environment": {"AWS_CONFIG_FILE": "{home}/no", "AWS_SHARED_CREDENTIALS_FILE": "{home}/no"}}, None, "none"),
    ("B-06 file is a directory", {"files": {"config": {"directory": True}}}, None, "none"),
    ("B-06 misspelled keys", {"files": {"credentials": "[default]\naws_access_key = x\naws_secret_key = y\n"}}, None, "none"),
    ("B-07 doubled section", {"files": {"credentials": "[default]\n[default]\n"}}, None, "ConfigParseError"),
    ("B-07 doubled key", {"files": {"config": "[default]\nregion = a\nregion = b\n"}}, None, "ConfigParseError"),
    ("B-07 BOM", {"files": {"config": {"hex": "efbbbf", "text": "[default]\n"}}}, None, "ConfigParseError"),
    ("B-07 UTF-16", {"files": {"config": {"hex": "fffe5b006100"}}}, None, "ConfigParseError"),
    ("B-07 CRLF, colon, upper case", {"files": {"credentials": ("[default]\n" + pair("DEF")).replace(" = ", ": ").replace("aws_access_key_id", "AWS_ACCESS_KEY_ID").replace("\n", "\r\n")}}, None, "static_credentials_file DEF"),
    ("B-07 quoted key", {"files": {"credentials": '[default]\naws_access_key_id = "Q"\naws_secret_access_key = x\n'}}, None, "static_credentials_file"),
    ("B-07 indented second key", {"files": {"credentials": "[default]\n" + pair("DEF").replace("\naws", "\n  aws")}}, None, "PartialCredentialsError"),
    ("B-07 DEFAULT leaks", {"environment": {"AWS_PROFILE": "p1"}, "files": {"credentials": f"[DEFAULT]\n{pair('ALL')}[p1]\nregion = x\n"}}, None, "static_credentials_file ALL"),
    ("B-07 DEFAULT is no profile", {"files": {"credentials": "[DEFAULT]\n" + pair("ALL")}}, None, "none"),
    ("B-07 later default wins", {"files": {"config": f"[default]\n{pair('P1')}[profile default]\n{pair('P2')}"}}, None, "static_config_file P2"),
    ("B-07 later default wins, reversed", {"files": {"config": f"[profile default]\n{pair('P2')}[default]\n{pair('P1')}"}}, None, "static_config_file P1"),
    ("B-08 source missing", config(f"[default]\nrole_arn = {ARN}\nsource_profile = no\n"), None, "InvalidConfigError"),
    ("B-08 loop", config(f"[default]\nrole_arn = {ARN}\nsource_profile = a\n[profile a]\nrole_arn = {ARN}\nsource_profile = default\n"), None, "InfiniteLoopConfigError"),
    ("B-08 role alone", config(f"[default]\nrole_arn = {ARN}\n"), None, "PartialCredentialsError"),
    ("B-08 both sources", config(f"[default]\nrole_arn = {ARN}\nsource_profile = default\ncredential_source = Environment\n"), None, "InvalidConfigError"),
    ("B-08 source in wrong case", config(f"[default]\nrole_arn = {ARN}\ncredential_source = EC2InstanceMetadata\n"), None, "InvalidConfigError"),
    ("B-08 role and static, no source", config(f"[default]\nrole_arn = {ARN}\n" + pair("CFG")), None, "PartialCredentialsError"),
    ("B-09 token with newline", {**ecs(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{home}/auth"), "files": {"auth": "token\n"}}, None, "ValueError"),
    ("B-09 example.com", ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://example.com/x"), None, "ValueError"),
    ("B-09 private address", ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://10.0.0.5/x"), None, "ValueError"),
    ("B-09 pod identity", ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://169.254.170.23/x"), None, "container"),
    ("B-09 any https", ecs(AWS_CONTAINER_CREDENTIALS_FULL_URI="https://example.com/x"), None, "container"),
    # credential-chains §12.1
    ("12.1 env and default", {"environment": env(), "files": DEFAULT}, None, "env ENV"),
    ("12.1 env, AWS_PROFILE missing", {"environment": env(AWS_PROFILE="nope"), "files": DEFAULT}, None, "ProfileNotFound"),
    ("12.1 env, AWS_DEFAULT_PROFILE missing", {"environment": env(AWS_DEFAULT_PROFILE="nope"), "files": DEFAULT}, None, "ProfileNotFound"),
    ("12.1 AWS_DEFAULT_PROFILE alone", {"environment": {"AWS_DEFAULT_PROFILE": "p2"}, "files": THREE}, None, "static_credentials_file P2"),
    ("12.1 process and static in config", config("[default]\n" + PROCESS + pair("CFG")), None, "process_profile"),
    ("12.1 login and static in config", config("[default]\n" + LOGIN + pair("CFG"), login_cache=LOGIN_CACHE), None, "login_profile"),
    ("12.1 login and process", config("[default]\n" + LOGIN + PROCESS, login_cache=LOGIN_CACHE), None, "login_profile"),
    ("12.1 login without CRT", config("[default]\n" + LOGIN + pair("CFG"), packages=PACKAGES), None, "MissingDependencyException"),
    ("12.1 login, static in credentials", {"files": {**DEFAULT, "config": "[default]\n" + LOGIN}}, None, "static_credentials_file DEF"),
    ("12.1 pair over two files", {"files": {"credentials": "[default]\n" + pair("DEF").splitlines()[0] + "\n", "config": "[default]\naws_secret_access_key = x\n"}}, None, "PartialCredentialsError"),
    ("12.1 half pair in config", config("[default]\n" + pair("CFG").splitlines()[0] + "\n"), None, "PartialCredentialsError"),
    ("12.1 process and web identity", {"environment": WEB, "files": {"config": "[default]\n" + PROCESS, **PROGRAM, **TOKENS}}, None, "web_identity"),
    # credential-chains §12.2, with an instance role
    ("12.2 half pair", {"files": {"config": "[default]\n" + pair("CFG").splitlines()[0] + "\n"}, "imds": {"role": "r"}}, None, "PartialCredentialsError"),
    ("12.2 SSO token missing", {"files": {"config": "[default]\n" + SSO}, "imds": {"role": "r"}}, None, "sso_profile!SSOTokenLoadError"),
    ("12.2 profile missing", {"environment": {"AWS_PROFILE": "nope"}, "imds": {"role": "r"}}, None, "ProfileNotFound"),
    ("12.2 container dead", {"environment": ECS, "container": {"reachable": "refused"}, "imds": {"role": "r"}}, None, "CredentialRetrievalError"),
    ("12.2 token file missing", {"environment": WEB, "imds": {"role": "r"}}, None, "web_identity!FileNotFoundError"),
    ("12.2 key id only", {"environment": {"AWS_ACCESS_KEY_ID": "x"}, "imds": {"role": "r"}}, None, "PartialCredentialsError"),
    # credential-chains §12.3
    ("12.3 version 2", {"imds": {"role": "r"}}, None, "imds"),
    ("12.3 version 1 only", {"imds": {"role": "r", "v1": True, "v2": False}}, None, "imds"),
    ("12.3 token 500", {"imds": {"role": "r", "v1": True, "v2": False, "token_status": 500}}, None, "imds"),
    ("12.3 token 400", {"imds": {"role": "r", "v1": True, "v2": False, "token_status": 400}}, None, "none"),
    ("12.3 version 1 disabled", {"environment": {"AWS_EC2_METADATA_V1_DISABLED": "true"}, "imds": {"role": "r", "v1": True, "v2": False}}, None, "MetadataRetrievalError"),
    ("12.3 version 1 disabled in config", {"files": {"config": "[default]\nec2_metadata_v1_disabled = true\n"}, "imds": {"role": "r", "v1": True, "v2": False}}, None, "MetadataRetrievalError"),
    ("12.3 switched off", {"environment": {"AWS_EC2_METADATA_DISABLED": "TRUE"}, "imds": {"role": "r"}}, None, "none"),
    ("12.3 not switched off by 1", {"environment": {"AWS_EC2_METADATA_DISABLED": "1"}, "imds": {"role": "r"}}, None, "imds"),
    ("12.3 not switched off by a space", {"environment": {"AWS_EC2_METADATA_DISABLED": "TRUE "}, "imds": {"role": "r"}}, None, "imds"),
    ("12.3 no role", {"imds": {}}, None, "none"),
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


# name, SDK, environment, config, region
REGIONS = [
    ("only AWS_REGION", "boto3", {"AWS_REGION": "r1"}, "", (None, None)),
    ("AWS_DEFAULT_REGION", "boto3", {"AWS_DEFAULT_REGION": "r2"}, "", ("r2", "env:AWS_DEFAULT_REGION")),
    ("both", "boto3", {"AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"}, "", ("r2", "env:AWS_DEFAULT_REGION")),
    ("both, v2", "aws-cli-v2", {"AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"}, "", ("r1", "env:AWS_REGION")),
    ("only AWS_REGION, v1", "aws-cli-v1", {"AWS_REGION": "r1"}, "", (None, None)),
    ("default profile", "boto3", {}, "[default]\nregion = r3\n", ("r3", "profile:default")),
    ("no inheritance", "boto3", {"AWS_PROFILE": "p"}, "[default]\nregion = r3\n[profile p]\n", (None, None)),
    ("comment is part", "boto3", {}, "[default]\nregion = r3 # home\n", ("r3 # home", "profile:default")),
    ("empty variable hides", "boto3", {"AWS_DEFAULT_REGION": ""}, "[default]\nregion = r3\n", ("", "env:AWS_DEFAULT_REGION")),
]


@pytest.mark.parametrize(
    ("sdk", "environment", "config_text", "expected"),
    [row[1:] for row in REGIONS],
    ids=[row[0] for row in REGIONS],
)
def test_region(
    tmp_path: Path,
    sdk: str,
    environment: dict[str, str],
    config_text: str,
    expected: tuple[Optional[str], Optional[str]],
) -> None:
    scenario = {"environment": environment, "files": {"config": config_text}}

    region = trace_of(tmp_path, scenario, sdk).region

    assert (region.value, region.source) == expected


def test_region_of_instance_for_cli_v2_only(tmp_path: Path) -> None:
    scenario = {"imds": {"role": "r", "availability_zone": "eu-west-1a"}}

    chosen = [trace_of(tmp_path, scenario, sdk).region for sdk in ("boto3", "aws-cli-v2")]

    assert [(region.value, region.source) for region in chosen] == [
        (None, None),
        ("eu-west-1", "imds"),
    ]


def test_other_places_of_a_region_are_named(tmp_path: Path) -> None:
    scenario = {
        "environment": {"AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"},
        "files": {"config": "[default]\nregion = r3\n"},
    }

    region = trace_of(tmp_path, scenario).region

    assert region.ignored == (("env:AWS_REGION", "r1"), ("profile:default", "r3"))


def test_cli_v2_prefers_aws_profile(tmp_path: Path) -> None:
    scenario = {
        "environment": {"AWS_DEFAULT_PROFILE": "p1", "AWS_PROFILE": "p2"},
        "files": THREE,
    }

    trace = trace_of(tmp_path, scenario, "aws-cli-v2")

    assert (verdict(trace), trace.profile_source) == (
        "static_credentials_file P2",
        "env:AWS_PROFILE",
    )
