"""What names claim, and what takes it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.secrets.generic.names import claim_of, parts_of, sets_value

CLAIMS = {
    "password": "password DB_PASSWORD dbPassword ADMIN-PASSWORD MYSQL_PWD userPass pass PASS1 "
    "keystore_password dbpassword rootPasswd sshPassphrase ses_smtp_password_v4 PasswordProd",
    "secret": "secret clientSecret CLIENT_SECRET SECRET_KEY jwt_secret secretKey session-secret "
    "hmacSecret oauth_token_secret aws_secret_access_key",
    "token": "token accessToken ACCESS_TOKEN X-Auth-Token apitoken refresh_token bearer GH_TOKEN "
    "token_live AuthToken2",
    "key": "key apiKey API_KEY apikey licenseKey auth authorization credentials consumer_key nkey",
}
NONE = [
    *("password_field", "passwordHint", "max_tokens", "tokenizer", "token_type"),
    *("keyword", "monkey", "author", "authority", "public_key", "publicKeyToken"),
    *("primaryKey", "foreign_key", "key_id", "secret_name", "secretArn"),
    *("password_length", "next_token", "pageToken", "csrf_token"),
    *("client_request_token", "key_file", "tokens_used", "password_url"),
    *("keyboard", "pwd_policy", "invalid_password", "encrypted_key", "S3Key"),
    *("password_reset_at", "secretsmanager", "keynote", "passive"),
    *("websocket_key", "Sec-WebSocket-Key", "compass", "bypass", "passenger"),
    *("username", "path"),
]


@pytest.mark.parametrize(
    ("name", "claim"), [(name, claim) for claim, names in CLAIMS.items() for name in names.split()]
)
def test_a_name_claims(name, claim):
    assert claim_of(name) == claim


@pytest.mark.parametrize("name", NONE)
def test_a_name_claims_nothing(name):
    assert claim_of(name) is None


@pytest.mark.parametrize("name", ["maxTokens", "max_tokens", "MAX-TOKENS", "MaxTokens2"])
def test_spellings_of_one_name_have_the_same_parts(name):
    assert parts_of(name) == ["max", "tokens"]


@given(st.text(max_size=60))
def test_any_text_has_a_claim_or_none(name):
    assert claim_of(name) in (None, "password", "secret", "token", "key")


def test_only_calls_that_set_a_value_give_it_a_meaning():
    assert sets_value("setPassword")
    assert sets_value("clientSecret")
    assert not sets_value("splitpasswd")
    assert not sets_value("checkPassword")
    assert not sets_value("decryptKey")
