"""What .NET v3, v4 and PowerShell do with one set-up each.

Named after the source file and method of aws-sdk-net (aws-tools-for-powershell for the last) that
decides. ``v3 | v4 | powershell``: the verdicts in this order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import (
    ACCOUNT,
    ARN,
    DEFAULT,
    ECS,
    LOGIN,
    LOGIN_CACHE,
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

SDKS = ("dotnet-v3", "dotnet-v4", "powershell")
KEY = f"@@key-id:AKIA:{ACCOUNT}:P1@@"
ROLE = f"role_arn = {ARN}\n"
INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True}}
FOREIGN = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://foreign.invalid/x"}
LATE = "web_identity_env!InvalidOperationException"
MFA = "role_profile!InvalidOperationException"
Row = tuple[dict[str, Any], Optional[str], str]


def default(text: str, **more: Any) -> dict[str, Any]:
    return config(f"[default]\n{text}", **more)


CHAIN: dict[str, Row] = {
    "FallbackCredentialsFactory.Reset: the default profile comes before the keys": (
        {"environment": env(), "files": DEFAULT},
        None,
        "static_credentials_file DEF | env ENV | env ENV",
    ),
    "FallbackCredentialsFactory.Reset: web identity comes before the profile": (
        {"environment": WEB, "files": {**DEFAULT, "tokens/web": "made.up.token"}},
        None,
        "web_identity_env | web_identity_env | static_credentials_file DEF",
    ),
    "FallbackCredentialsFactory.Reset: web identity against keys": (
        {"environment": env(**WEB), "files": {"tokens/web": "made.up.token"}},
        None,
        "web_identity_env | env ENV | env ENV",
    ),
    "FallbackCredentialsFactory.Reset: nothing": ({}, None, "none | none | none"),
    "DefaultAWSCredentialsIdentityResolver.GetProfileCredentials: a named profile must exist": (
        {"environment": {"AWS_PROFILE": "gone"}, "files": DEFAULT, **INSTANCE},
        None,
        "imds | ProfileNotFoundException | role_profile?",
    ),
    "DefaultAWSCredentialsIdentityResolver.GetProfileCredentials: keys come before that": (
        {"environment": env(AWS_PROFILE="gone")},
        None,
        "env ENV | env ENV | env ENV",
    ),
    "DefaultAWSCredentialsIdentityResolver.GetProfileCredentials: default in any case may miss": (
        {"environment": {"AWS_PROFILE": "Default"}, **INSTANCE},
        None,
        "imds | imds | imds",
    ),
    "FallbackCredentialsFactory.GetProfileName: a blank name is none": (
        {"environment": {"AWS_PROFILE": "  "}, "files": DEFAULT},
        None,
        " | ".join(["static_credentials_file DEF"] * 3),
    ),
    "FallbackCredentialsFactory.GetCredentials: the client's profile alone": (
        {"environment": env(), "files": {"credentials": f"[p1]\n{pair('P1')}"}},
        "p1",
        " | ".join(["static_credentials_file P1"] * 3),
    ),
    "FallbackCredentialsFactory.GetCredentials: the client's profile must exist": (
        {"environment": env()},
        "gone",
        "AmazonClientException | AmazonClientException | InvalidOperationException",
    ),
    "DefaultAWSCredentialsIdentityResolver.GetProfileCredentials: one that is refused is none": (
        {
            "environment": {"AWS_PROFILE": "p1"},
            "files": {"credentials": f"[p1]\n{pair('P1')}max_attempts = 0\n"},
            **INSTANCE,
        },
        None,
        "imds | ProfileNotFoundException | role_profile?",
    ),
    "AWSCredentialsFactory: a named profile of no kind is passed over": (
        {
            "environment": {"AWS_PROFILE": "p1"},
            "files": {"credentials": f"[p1]\n{pair('P1')}{ROLE}"},
            **INSTANCE,
        },
        None,
        "imds | imds | role_profile?",
    ),
    "ICredentialsArgumentsMethods.TryGetCredentials: the legacy profile": (
        {"files": {"credentials": f"[AWS PS Default]\n{pair('P1')}"}},
        None,
        "none | none | static_credentials_file P1",
    ),
}

ENVIRONMENT: dict[str, Row] = {
    "EnvironmentVariablesAWSCredentials.FetchCredentials: half a pair is passed over": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY}, "files": DEFAULT},
        None,
        " | ".join(["static_credentials_file DEF"] * 3),
    ),
    "EnvironmentVariablesAWSCredentials.FetchCredentials: the old name of the secret": (
        {"environment": {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_KEY": "@@secret-key:P1@@"}},
        None,
        "env P1 | env P1 | env P1",
    ),
    "EnvironmentVariablesAWSCredentials.FetchCredentials: no other name of the key id": (
        {"environment": {"AWS_ACCESS_KEY": KEY, "AWS_SECRET_KEY": "@@secret-key:P1@@"}},
        None,
        "none | none | none",
    ),
    "EnvironmentVariablesAWSCredentials.FetchCredentials: an empty token is none": (
        {"environment": env(AWS_SESSION_TOKEN="")},
        None,
        "env ENV | env ENV | env ENV",
    ),
    "EnvironmentVariablesAWSCredentials.FetchCredentials: token": (
        {"environment": env(AWS_SESSION_TOKEN="@@session-token:ENV@@")},  # noqa: S106  made up
        None,
        "env ENV+token | env ENV+token | env ENV+token",
    ),
    "AssumeRoleWithWebIdentityCredentials..ctor: the path must be absolute": (
        {"environment": {**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "tokens/web"}, "files": DEFAULT},
        None,
        " | ".join(["static_credentials_file DEF"] * 3),
    ),
    "AssumeRoleWithWebIdentityCredentials..ctor: the role must be there": (
        {"environment": {"AWS_WEB_IDENTITY_TOKEN_FILE": "/x"}, "files": DEFAULT},
        None,
        " | ".join(["static_credentials_file DEF"] * 3),
    ),
    "AssumeRoleWithWebIdentityCredentials..ctor: a session name of one letter is refused": (
        {"environment": {**WEB, "AWS_ROLE_SESSION_NAME": "x"}, "files": DEFAULT},
        None,
        " | ".join(["static_credentials_file DEF"] * 3),
    ),
    "AssumeRoleWithWebIdentityCredentials.GenerateNewCredentials: the file is read at first use": (
        {"environment": {**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/gone"}, "files": DEFAULT},
        None,
        f"{LATE} | {LATE} | static_credentials_file DEF",
    ),
}

KINDS: dict[str, Row] = {
    "CredentialProfileTypeDetector: keys and a role are no kind": (
        default(f"{pair('DEF')}{ROLE}", environment=env()),
        None,
        "env ENV | env ENV | env ENV",
    ),
    "CredentialProfileTypeDetector: unknown settings change nothing": (
        default(f"{pair('DEF')}output = json\naws_security_token = x\n"),
        None,
        " | ".join(["static_config_file DEF"] * 3),
    ),
    "CredentialProfileTypeDetector: an empty setting is none": (
        default(f"{pair('DEF')}aws_session_token =\nrole_arn =\n"),
        None,
        " | ".join(["static_config_file DEF"] * 3),
    ),
    "CredentialProfileTypeDetector: half a pair is no kind": (
        default(f"aws_access_key_id = {KEY}\n", **INSTANCE),
        None,
        "imds | imds | imds",
    ),
    "CredentialProfileTypeDetector: a region of SSO alone makes it SSO, in v3": (
        default(f"{pair('DEF')}sso_region = eu-west-1\n", **INSTANCE),
        None,
        "imds | imds | imds",
    ),
    "CredentialProfileTypeDetector: both sources are no kind": (
        default(f"{ROLE}source_profile = p1\ncredential_source = Environment\n", **INSTANCE),
        None,
        "imds | imds | imds",
    ),
    "CredentialProfileTypeDetector: an external id has no place beside credential_source": (
        default(f"{ROLE}credential_source = Ec2InstanceMetadata\nexternal_id = x\n", **INSTANCE),
        None,
        "imds | imds | imds",
    ),
    "CredentialProfileTypeDetector: an endpoint may stand there": (
        default(f"{pair('DEF')}endpoint_url = http://127.0.0.1:1\n"),
        None,
        " | ".join(["static_config_file DEF"] * 3),
    ),
    "CredentialProfileTypeDetector: an endpoint beside a program is no kind in v3": (
        default(f"{PROCESS}endpoint_url = http://127.0.0.1:1\n", **INSTANCE),
        None,
        "imds | process_profile | process_profile",
    ),
    "CredentialProfileTypeDetector: the account is an option of v4": (
        default(f"{ROLE}web_identity_token_file = /x\naws_account_id = {ACCOUNT}\n", **INSTANCE),
        None,
        "web_identity_profile!InvalidOperationException | imds | imds",
    ),
    "CredentialProfileTypeDetector: login beats a mixture, not a valid kind": (
        default(f"{LOGIN}{pair('DEF')}"),
        None,
        " | ".join(["static_config_file DEF"] * 3),
    ),
    "CredentialProfileTypeDetector: login with half a pair": (
        default(f"{LOGIN}aws_access_key_id = {KEY}\n", login_cache=LOGIN_CACHE, **INSTANCE),
        None,
        "imds | login_profile | login_profile",
    ),
    "CredentialProfileTypeDetector: login alone, no cache": (
        default(LOGIN, **INSTANCE),
        None,
        "imds | login_profile!AmazonClientException | login_profile!AmazonClientException",
    ),
    "SharedCredentialsFile.PropertyMapping: names are used in lower case alone": (
        default(f"AWS_ACCESS_KEY_ID = {KEY}\naws_secret_access_key = x\n", **INSTANCE),
        None,
        "imds | imds | imds",
    ),
}

PROFILES: dict[str, Row] = {
    "AWSCredentialsFactory: role of another profile": (
        config(f"[default]\n{ROLE}source_profile = p1\n[profile p1]\n{pair('P1')}"),
        None,
        "role_profile | role_profile | role_profile",
    ),
    "AWSCredentialsFactory: the source profile does not exist": (
        default(f"{ROLE}source_profile = gone\n", **INSTANCE),
        None,
        "imds | imds | InvalidDataException",
    ),
    "AWSCredentialsFactory: the profile is its own source": (
        default(f"{ROLE}source_profile = default\n", **INSTANCE),
        None,
        "imds | imds | InvalidDataException",
    ),
    "AWSCredentialsFactory: explicit profile, its own source": (
        default(f"{ROLE}source_profile = default\n", **INSTANCE),
        "default",
        " | ".join(["InvalidDataException"] * 3),
    ),
    "AWSCredentialsFactory: MFA cannot be asked for": (
        config(
            f"[default]\n{ROLE}source_profile = p1\nmfa_serial = m\n[profile p1]\n{pair('P1')}",
            **INSTANCE,
        ),
        None,
        "imds | imds | role_profile",
    ),
    "AWSCredentialsFactory: MFA with a session name is taken and fails": (
        config(
            f"[default]\n{ROLE}source_profile = p1\nmfa_serial = m\nrole_session_name = me\n"
            f"[profile p1]\n{pair('P1')}",
            **INSTANCE,
        ),
        None,
        f"{MFA} | {MFA} | role_profile",
    ),
    "AWSCredentialsFactory: credential_source in any case": (
        default(f"{ROLE}credential_source = ENVIRONMENT\n", environment=env()),
        "default",
        " | ".join(["role_profile"] * 3),
    ),
    "AWSCredentialsFactory: credential_source as a number": (
        default(f"{ROLE}credential_source = 1\n", environment=env()),
        "default",
        " | ".join(["role_profile"] * 3),
    ),
    "AWSCredentialsFactory: credential_source Environment without keys": (
        default(f"{ROLE}credential_source = Environment\n", **INSTANCE),
        "default",
        " | ".join(["InvalidOperationException"] * 3),
    ),
    "AWSCredentialsFactory: credential_source EcsContainer without address": (
        default(f"{ROLE}credential_source = EcsContainer\n", **INSTANCE),
        "default",
        " | ".join(["InvalidDataException"] * 3),
    ),
    "AWSCredentialsFactory: an unknown credential_source": (
        default(f"{ROLE}credential_source = Somewhere\n", **INSTANCE),
        "default",
        " | ".join(["InvalidDataException"] * 3),
    ),
    "AWSCredentialsFactory: SSO with a cached token": (
        default(SSO, sso_cache=SSO_CACHE),
        None,
        "sso_profile | sso_profile | sso_profile",
    ),
    "AWSCredentialsFactory: SSO without a cached token is passed over": (
        default(SSO, **INSTANCE),
        None,
        "imds | imds | sso_profile!AmazonClientException",
    ),
    "SSOAWSCredentials..ctor: the region must be there": (
        default(SSO.replace("sso_region = eu-west-1\n", ""), sso_cache=SSO_CACHE, **INSTANCE),
        "default",
        " | ".join(["ArgumentNullException"] * 3),
    ),
    "SSOAWSCredentials.ValidateCredentialsInputs: the role is looked for at first use": (
        default(SSO.replace("sso_role_name = reader\n", ""), sso_cache=SSO_CACHE),
        None,
        " | ".join(["sso_profile!ArgumentNullException"] * 3),
    ),
    "SharedCredentialsFile.TryGetProfile: the sso-session must exist": (
        default("sso_session = gone\nsso_account_id = 1\n", **INSTANCE),
        "default",
        " | ".join(["AmazonClientException"] * 3),
    ),
    "ProcessAWSCredentials: a program": (
        default(PROCESS),
        None,
        "process_profile | process_profile | process_profile",
    ),
    "ProcessAWSCredentials: the program is looked for at first use": (
        default("credential_process = {home}/bin/gone\n", **INSTANCE),
        None,
        " | ".join(["process_profile!ProcessAWSCredentialException"] * 3),
    ),
}

ELSEWHERE: dict[str, Row] = {
    "GenericContainerCredentials.DetermineEndpoint: a foreign host is refused, IMDS not asked": (
        {"environment": FOREIGN, **INSTANCE},
        None,
        "none | none | none",
    ),
    "GenericContainerCredentials.DetermineEndpoint: https goes anywhere": (
        {
            "environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://foreign.invalid/x"},
            "container": {"reachable": "yes"},
        },
        None,
        "container | container | container",
    ),
    "GenericContainerCredentials.DetermineEndpoint: a path is no address": (
        {"environment": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "/x"}},
        None,
        "none | none | none",
    ),
    "GenericContainerCredentials.DetermineEndpoint: ECS": (
        ecs(),
        None,
        " | ".join(["container"] * 3),
    ),
    "GenericContainerCredentials.CreateAuthorizationHeader: the token file must be there": (
        ecs(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="{home}/gone"),  # noqa: S106  a path
        None,
        " | ".join(["container!AmazonServiceException"] * 3),
    ),
    "GenericContainerCredentials.GenerateNewCredentials: nobody answers": (
        {"environment": ECS, "container": {"reachable": "refused"}},
        None,
        " | ".join(["container!AmazonServiceException"] * 3),
    ),
    "EC2InstanceMetadata.IsIMDSEnabled: true in any case": (
        {"environment": {"AWS_EC2_METADATA_DISABLED": "TRUE"}, **INSTANCE},
        None,
        "none | none | none",
    ),
    "EC2InstanceMetadata.IsIMDSEnabled: 1 is not true": (
        {"environment": {"AWS_EC2_METADATA_DISABLED": "1"}, **INSTANCE},
        None,
        "imds | imds | imds",
    ),
    "EC2InstanceMetadata.FetchApiToken: v4 speaks version 2 alone": (
        {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": False}},
        None,
        "imds | none | none",
    ),
    "EC2InstanceMetadata.EC2MetadataV1Disabled: variable": (
        {
            "environment": {"AWS_EC2_METADATA_V1_DISABLED": "true"},
            "contexts": ["ec2"],
            "imds": {"role": "r", "v1": True, "v2": False},
        },
        None,
        "none | none | none",
    ),
    "FallbackInternalConfigurationFactory: an unreadable file breaks IMDS": (
        config("garbage\n", **INSTANCE),
        None,
        "none | none | InvalidDataException",
    ),
    "FallbackInternalConfigurationFactory: an unreadable file breaks every client": (
        config("garbage\n", environment=env()),
        None,
        " | ".join(["env ENV!TypeInitializationException"] * 3),
    ),
    "ClientConfig: an unknown defaults mode breaks every client": (
        default(f"{pair('DEF')}defaults_mode = in-region\n"),
        None,
        " | ".join(["static_config_file DEF!AmazonClientException"] * 3),
    ),
    "DefaultConfigurationAutoModeResolver: auto asks IMDS for the region, which throws": (
        {
            "environment": {
                **env(),
                "AWS_DEFAULTS_MODE": "auto",
                "AWS_EC2_METADATA_V1_DISABLED": "true",
            }
        },
        None,
        "env ENV!AmazonClientException | env ENV | env ENV",
    ),
    "DefaultConfigurationAutoModeResolver: IMDS that is switched off gives no region": (
        {
            "environment": {
                **env(),
                "AWS_DEFAULTS_MODE": "auto",
                "AWS_EC2_METADATA_V1_DISABLED": "true",
                "AWS_EC2_METADATA_DISABLED": "true",
            }
        },
        None,
        "env ENV | env ENV | env ENV",
    ),
}

ROWS = {**CHAIN, **ENVIRONMENT, **KINDS, **PROFILES, **ELSEWHERE}


@pytest.mark.parametrize("name", ROWS)
def test_row(tmp_path: Path, name: str) -> None:
    scenario, profile, expected = ROWS[name]

    found = []
    for sdk in SDKS:
        place = tmp_path / sdk
        place.mkdir()
        found.append(verdict(trace_of(place, scenario, sdk, profile)))

    assert " | ".join(found) == expected
