"""Names and values of keys of AWS, as every reader of code knows them."""

from __future__ import annotations

import pytest

from credlint import samples
from credlint.code.credential_names import (
    BEARER,
    KEY_ID,
    SECRET_KEY,
    TOKEN,
    kind_of,
    kind_of_ending,
    kind_of_spelling,
)
from credlint.code.issued_keys import is_issued


@pytest.mark.parametrize(
    ("name", "exact", "ending", "spelling"),
    [
        ("AWS_ACCESS_KEY_ID", KEY_ID, KEY_ID, KEY_ID),
        ("AWS_SECURITY_TOKEN", TOKEN, TOKEN, TOKEN),
        ("AWS_BEARER_TOKEN_BEDROCK", BEARER, BEARER, BEARER),
        ("aws_secret_access_key", "", SECRET_KEY, SECRET_KEY),
        ("prod_aws_secret_access_key", "", SECRET_KEY, ""),
        ("aws-access-key.id ", "", "", KEY_ID),
        ("AWS_SECRET_ACCESS_KEY_ID", "", "", SECRET_KEY),
        ("AWS_ACCESS_KEY_IDS", "", "", ""),
        ("AWS_REGION", "", "", ""),
    ],
)
def test_names(name, exact, ending, spelling):
    assert kind_of(name) == exact
    assert kind_of_ending(name) == ending
    assert kind_of_spelling(name) == spelling


def test_made_values_are_issued():
    assert is_issued(KEY_ID, samples.key_id("AKIA", "210987654321", "a"))
    assert is_issued(SECRET_KEY, samples.secret_key("a"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (KEY_ID, "AKIAIOSFODNN7EXAMPLE"),
        (KEY_ID, "AKIAIOSFODNN7" + "ABCDEFG"),  # the documented one with another end
        (KEY_ID, "AKIA" + "ABCDE222" * 2),
        (KEY_ID, "minioadmin"),
        (SECRET_KEY, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        (SECRET_KEY, "wJalrXUtnFEMI/" + "K7MDENGbPxRfiCYabcdefghijk"[:26]),
        (SECRET_KEY, "abcdefghij" * 4),
        (TOKEN, "test"),
        (TOKEN, "the token of the session goes here " * 4),
    ],
)
def test_others_are_not(kind, value):
    assert not is_issued(kind, value)
