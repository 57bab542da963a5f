"""The sets of CredentialProfileTypeDetector.cs, one by one."""

from __future__ import annotations

import itertools

import pytest

from credlint.chain.dotnet.store import kind_of
from credlint.chain.sdk import load_sdk

SSO = "sso_session sso_region sso_registration_scopes sso_start_url"
ACCOUNT = "aws_account_id"
# v3, AWSSDK.Core 3.7.402.25: each set stands there bare and with "services", "endpoint_url", both.
V3 = {
    "aws_access_key_id aws_secret_access_key": "static_profile",
    "aws_access_key_id aws_secret_access_key aws_session_token": "static_profile",
    "role_arn source_profile": "role_profile",
    "role_arn source_profile role_session_name": "role_profile",
    "role_arn source_profile external_id": "role_profile",
    "role_arn source_profile external_id role_session_name": "role_profile",
    "role_arn source_profile mfa_serial": "role_profile",
    "role_arn source_profile mfa_serial role_session_name": "role_profile",
    "role_arn source_profile external_id mfa_serial": "role_profile",
    "role_arn source_profile external_id mfa_serial role_session_name": "role_profile",
    "role_arn credential_source": "role_profile",
    "role_arn credential_source role_session_name": "role_profile",
    "role_arn web_identity_token_file": "web_identity_profile",
    "role_arn web_identity_token_file role_session_name": "web_identity_profile",
}
# v4, commit 557313aa.
_FOUR = ("", ACCOUNT, SSO, f"{ACCOUNT} {SSO}")
V4 = {
    **{
        f"{base} {more}": "role_profile"
        for base in V3
        if V3[base] == "role_profile"
        for more in _FOUR
        if base != "role_arn source_profile external_id mfa_serial" or ACCOUNT not in more
    },
    **{
        f"{base} {more}": "static_profile"
        for base in V3
        if V3[base] == "static_profile"
        for more in ("", ACCOUNT)
    },
    "role_arn web_identity_token_file": "web_identity_profile",
    f"role_arn web_identity_token_file {SSO}": "web_identity_profile",
    **{
        f"role_arn web_identity_token_file {extra} {more}": "web_identity_profile"
        for extra in ("credential_source", "role_session_name")
        for more in _FOUR
    },
    "credential_process": "process_profile",
    f"credential_process {ACCOUNT}": "process_profile",
    f"sso_account_id sso_role_name {SSO}": "sso_profile",
    SSO: "sso_profile",
    "sso_region sso_session sso_start_url": "sso_profile",
    "sso_region sso_start_url": "sso_profile",
    "sso_region sso_start_url sso_registration_scopes": "sso_profile",
    "sso_session": "sso_profile",
    "login_session": "login_profile",
}


def kind(sdk: str, options: str) -> str:
    return kind_of(load_sdk(sdk), frozenset(options.split()))


@pytest.mark.parametrize("options", V3)
@pytest.mark.parametrize("more", ["", "services", "endpoint_url", "services endpoint_url"])
def test_v3(options: str, more: str) -> None:
    assert kind("dotnet-v3", f"{options} {more}") == V3[options]


@pytest.mark.parametrize("options", V4)
def test_v4(options: str) -> None:
    assert kind("dotnet-v4", options) == V4[options]
    assert kind("powershell", options) == V4[options]


def test_v4_takes_no_other_set_of_a_role() -> None:
    names = (
        *("role_arn", "source_profile", "credential_source", "external_id", "mfa_serial"),
        *("role_session_name", "web_identity_token_file", ACCOUNT, "credential_process"),
    )
    known = {frozenset(options.split()): one for options, one in V4.items()}

    for size in range(len(names) + 1):
        for options in itertools.combinations(names, size):
            expected = known.get(frozenset(options), "")
            assert kind("dotnet-v4", " ".join(options)) == expected, options


@pytest.mark.parametrize("name", SSO.split())
def test_any_sso_setting_makes_it_sso_in_v3_alone(name: str) -> None:
    keys = "aws_access_key_id aws_secret_access_key"

    assert kind("dotnet-v3", f"{keys} {name}") == "sso_profile"
    assert kind("dotnet-v4", f"{keys} {name}") == ""
    assert kind("dotnet-v4", f"{keys} sso_role_name") == "sso_profile"


def test_login_goes_with_any_other_set_and_comes_before_none() -> None:
    assert kind("dotnet-v4", "login_session role_arn source_profile") == "role_profile"
    assert kind("dotnet-v4", "login_session role_arn") == "login_profile"
    assert kind("dotnet-v3", "login_session") == ""
