from __future__ import annotations

import pytest

from credlint.host.lookalikes import is_public, placeholder_of, signs_of
from credlint.samples import key_id, secret_key, session_token


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("test", "test"),
        (" Testing ", "testing"),
        ("minioadmin", "minioadmin"),
        ("xxxxxxxx", "xxx"),
        ("********", "***"),
        ("${AWS_ACCESS_KEY_ID}", "${…}"),
        ("$(AWS_ACCESS_KEY_ID)", "$(…)"),
        ("$AWS_ACCESS_KEY_ID", "$…"),
        ("{{ .Values.key }}", "{{…}}"),
        ("<your key>", "<…>"),
        ("YOUR_ACCESS_KEY", "your…"),
    ],
)
def test_a_made_up_value_is_told_by_a_word_of_our_own(value, shown):
    assert placeholder_of(value) == shown


@pytest.mark.parametrize(
    "value", ["", key_id(), secret_key(), session_token(), "test-department", "storeadmin", "$1a2"]
)
def test_what_may_be_meant_is_no_placeholder(value):
    assert placeholder_of(value) == ""


@pytest.mark.parametrize(
    "value", ["test", "$(AWS_ACCESS_KEY_ID)", "${{ secrets.AWS_ACCESS_KEY_ID }}", "YOUR_ACCESS_KEY"]
)
def test_words_that_stand_for_a_secret_hide_none(value):
    assert is_public(value)


@pytest.mark.parametrize("value", [f"<{secret_key()}>", "[hunter2hunter]", "your_mothers_name"])
def test_what_stands_between_brackets_may_be_the_secret_itself(value):
    assert not is_public(value)


@pytest.mark.parametrize(
    ("value", "signs"),
    [
        (secret_key(), ("secret-key-length",)),
        (secret_key()[:-1], ()),
        (key_id(), ()),
        (key_id()[:-2], ("key-id-too-short",)),
        (key_id() + "AB", ("key-id-too-long",)),
        (key_id().lower(), ("key-id-in-lower-case",)),
        ("AIDA" + key_id()[3:], ("principal-id",)),
        ("arn:aws:iam::123456789012:user/x", ("arn",)),
        ("-----BEGIN " + "RSA", ("pem",)),
        ("a%2F" + secret_key().replace("/", "x").replace("+", "x")[2:], ("url-encoded",)),
        ("a%2Fb", ("percent-signs",)),
        ("BA" + "x" * 42, ("ses-smtp-password",)),
        ("Ag" + "x" * 42, ("ses-smtp-password",)),
        ("CA" + "x" * 42, ()),
        ("ABSK" + "x" * 30, ("bedrock-long-term",)),
        ("bedrock-api-key-" + "x" * 30, ("bedrock-short-term",)),
        ("é" * 40, ()),
    ],
)
def test_signs_of_being_something_else(value, signs):
    assert signs_of(value) == signs
