from __future__ import annotations

import base64
import hashlib
import json
import os
import re

import pytest
from botocore.utils import SSOTokenLoader, generate_login_cache_key

from credlint.host.aws_reading import FileRequest, read_aws_file
from credlint.host.captured import Capturer
from credlint.host.masking import Masker
from credlint.host.paths import Subject, capture_paths
from credlint.model.host_file import PathFact


def facts(tmp_path, config="", credentials="", **environment):
    files = []
    for role, text in (("config", config), ("credentials", credentials)):
        (tmp_path / role).write_text(text)
        files.append(read_aws_file(FileRequest(role, str(tmp_path / role), f"~/{role}", "default")))
    return capture_paths(Subject(environment, str(tmp_path)), files, Masker(Capturer(b"k")))


def token_of(claims) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in ({}, claims)
    ]
    return ".".join([*parts, "signature"])


@pytest.mark.parametrize(
    ("content", "status", "expires"),
    [
        (token_of({"exp": 1_900_000_000}), "present", "2030-03-17T17:46:40Z"),
        (token_of({"exp": "soon"}), "present", None),
        (token_of({"exp": 1e300}), "present", None),
        (token_of([1]), "present", None),
        ("not a token", "present", None),
        ("a.!!!.c", "present", None),
        ("", "empty", None),
        (None, "absent", None),
    ],
)
def test_web_identity_token(tmp_path, content, status, expires):
    if content is not None:
        (tmp_path / "token").write_text(content)

    actual = facts(tmp_path, AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "token"))

    assert actual == (
        PathFact(
            "web-identity-token",
            "environment/AWS_WEB_IDENTITY_TOKEN_FILE",
            "~/token",
            status,
            error="ENOENT" if status == "absent" else None,
            expires=expires,
            named=str(tmp_path / "token"),
            size=None if content is None else len(content),
        ),
    )


def test_tilde_of_a_token_file_is_not_expanded(tmp_path):
    (tmp_path / "token").write_text("x")

    (fact,) = facts(tmp_path, AWS_WEB_IDENTITY_TOKEN_FILE="~/token")  # noqa: S106  a path

    assert fact.status == "absent"


def test_token_files_of_profiles_in_both_files(tmp_path):
    text = "[{}]\nrole_arn = x\nweb_identity_token_file = /no/such\n"

    actual = facts(tmp_path, text.format("profile a"), text.format("a"))

    assert [fact.setting for fact in actual] == [
        "config/profile a/web_identity_token_file",
        "credentials/a/web_identity_token_file",
    ]


@pytest.mark.parametrize(
    ("data", "newline", "error"),
    [
        (b"abc", False, None),
        (b"abc\n", True, None),
        (b"a\rb", True, None),
        (b"\xff", False, "UnicodeDecodeError"),
    ],
)
def test_container_token(tmp_path, data, newline, error):
    (tmp_path / "token").write_bytes(data)

    (fact,) = facts(tmp_path, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(tmp_path / "token"))

    assert (fact.purpose, fact.status, fact.newline, fact.error) == (
        "container-token",
        "present",
        newline,
        error,
    )


def test_fifo_as_a_token_file_is_told_and_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "fifo")

    (fact,) = facts(tmp_path, AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "fifo"))

    assert fact.status == "not-a-file"


def test_credential_process_keeps_the_program_alone(tmp_path):
    program = tmp_path / "helper"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)

    actual = facts(
        tmp_path, "[default]\ncredential_process = helper --secret hunter2\n", PATH=str(tmp_path)
    )

    setting = "config/default/credential_process"
    named = actual[0].named
    assert actual == (
        PathFact("credential-process", setting, "~/helper", "present", named=named),
        PathFact("credential-process-shell", setting, "~/helper", "present", named=named),
    )
    assert re.sub(r"<REDACTED-[0-9a-f]{12}>", "X", named) == "helper X X"


def cache(tmp_path, folder, name, text):
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / folder / f"{name}.json").write_text(text)


SSO = """[profile a]
sso_session = corp
[profile b]
sso_start_url = https://b/start
[sso-session corp]
"""


def test_sso_tokens_are_found_where_botocore_looks(tmp_path):
    loader = SSOTokenLoader()
    loader.save_token("https://c/start", {"n": 1}, session_name="corp")
    loader.save_token("https://b/start", {"n": 2})
    session, url = loader._cache
    cached = '{"accessToken": "x", "expiresAt": "2026-07-01T13:00:00Z"}'
    cache(tmp_path, ".aws/sso/cache", session, cached)
    cache(tmp_path, ".aws/sso/cache", url, cached.replace("Z", "UTC"))

    actual = [(f.setting, f.path, f.status, f.expires) for f in facts(tmp_path, SSO)]

    expiry = "2026-07-01T13:00:00Z"
    assert actual == [
        ("config/profile a/sso_session", f"~/.aws/sso/cache/{session}.json", "present", expiry),
        ("config/profile b/sso_start_url", f"~/.aws/sso/cache/{url}.json", "present", expiry),
        ("config/sso-session corp", f"~/.aws/sso/cache/{session}.json", "present", expiry),
    ]


@pytest.mark.parametrize(
    ("text", "status", "error"),
    [
        ("", "empty", None),
        ("{", "present", "malformed"),
        ("[]", "present", "malformed"),
        ("[" * 100_000, "present", "malformed"),
        ('{"accessToken": "x"}', "present", "incomplete"),
        ('{"accessToken": "x", "expiresAt": 5}', "present", None),
        ('{"accessToken": "x", "expiresAt": "not a time"}', "present", None),
    ],
)
def test_sso_cache_of_untrusted_content(tmp_path, text, status, error):
    cache(
        tmp_path, ".aws/sso/cache", hashlib.sha1(b"corp", usedforsecurity=False).hexdigest(), text
    )

    fact = facts(tmp_path, "[profile a]\nsso_session = corp\n")[0]

    assert (fact.status, fact.error, fact.expires) == (status, error, None)


@pytest.mark.parametrize("variable", [None, "$HOME/elsewhere"])
def test_login_token(tmp_path, variable):
    session = "arn:aws:iam::123456789012:user/alice"
    folder = ".aws/login/cache" if variable is None else "elsewhere"
    token = {"accessToken": {"expiresAt": "2026-07-01T13:00:00Z"}}
    token.update(refreshToken="r", dpopKey="d", clientId="c")
    cache(tmp_path, folder, generate_login_cache_key(session), json.dumps(token))
    environment = {"HOME": str(tmp_path)}
    if variable:
        environment["AWS_LOGIN_CACHE_DIRECTORY"] = variable

    (fact,) = facts(tmp_path, f"[default]\nlogin_session = {session}\n", **environment)

    assert (fact.purpose, fact.setting, fact.status, fact.error, fact.expires) == (
        "login-token",
        "config/default/login_session",
        "present",
        None,
        "2026-07-01T13:00:00Z",
    )


def test_nothing_named_nothing_told(tmp_path):
    assert facts(tmp_path, "[default]\nregion = x\nweb_identity_token_file =\n") == ()


def test_parts_of_a_cached_token(tmp_path):
    text = '{"accessToken": "", "expiresAt": "2030-01-01T00:00:00UTC", "clientId": "x"}'
    cache(
        tmp_path, ".aws/sso/cache", hashlib.sha1(b"corp", usedforsecurity=False).hexdigest(), text
    )

    fact = facts(tmp_path, "[profile a]\nsso_session = corp\n")[0]

    assert fact.written == "2030-01-01T00:00:00UTC"
    assert fact.empty == ("accessToken",)
    assert fact.lacks == ("startUrl", "region", "clientSecret", "refreshToken")


def test_account_of_a_cached_login_stands_in_its_token(tmp_path):
    session = "arn:aws:iam::123456789012:user/someone"
    key = generate_login_cache_key(session)
    cache(tmp_path, ".aws/login/cache", key, '{"accessToken": {"accountId": ""}}')

    fact = facts(tmp_path, f"[profile a]\nlogin_session = {session}\n")[0]

    assert fact.empty == ("accessToken.accountId",)
    assert {"clientId", "refreshToken", "dpopKey", "accessToken.expiresAt"} <= set(fact.lacks)
