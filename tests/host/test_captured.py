from __future__ import annotations

import base64
import re
import uuid
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint import samples
from credlint.host.captured import Capturer, flaws_of
from credlint.model.captured import CapturedValue, KeyId

KEY = b"k" * 32


def pieces(secret: str) -> set[str]:
    return {secret[i : i + 8] for i in range(len(secret) - 7)}


def survives(secret: str, text: str) -> bool:
    return any(piece in text for piece in pieces(secret))


def test_access_key_id_is_captured_as_facts():
    key_id = samples.key_id("AKIA", "123456789012")
    capturer = Capturer(KEY)

    actual = capturer.capture_secret(key_id)

    assert actual == CapturedValue(
        text=None,
        length=20,
        shape="access-key-id",
        key_id=KeyId("AKIA", key_id[-4:], "123456789012", example=False),
        fingerprint=capturer.fingerprint(key_id),
    )


def test_equal_values_have_equal_fingerprints_within_one_capture_only():
    value = samples.secret_key()
    one, same, other = Capturer(KEY), Capturer(KEY), Capturer(b"another")

    assert one.capture_secret(value) == same.capture_secret(value)
    assert one.capture_secret(value).fingerprint != other.capture_secret(value).fingerprint


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("", "empty"),
        (samples.secret_key(), "secret-access-key"),
        (samples.session_token(), "session-token"),
        ("hunter2", "other"),
        (f'"{samples.key_id()}"', "other"),
    ],
)
def test_shape_of_a_sensitive_value(value, shape):
    assert Capturer(KEY).capture_secret(value).shape == shape


@pytest.mark.parametrize(
    ("value", "flaws"),
    [
        ("plain", ()),
        ("", ()),
        ('"quoted"', ("quoted",)),
        ("'half", ("quoted",)),
        (" x", ("leading-space",)),
        ("x ", ("trailing-space",)),
        ("  ", ("blank", "leading-space", "trailing-space")),
        ("x\n", ("newline",)),
        ("x\r\n", ("newline", "carriage-return")),
        ("x\u00a0", ("trailing-space", "non-breaking-space", "non-ascii")),
        ("x # home", ("inline-comment",)),
        ("x#home", ()),
        ("x\x00y", ("control-character",)),
        ("schlüssel", ("non-ascii",)),
    ],
)
def test_flaws(value, flaws):
    assert flaws_of(value) == flaws


@pytest.mark.parametrize(
    "text",
    [
        "eu-west-1",
        "default",
        "profile dev",
        "arn:aws:iam::123456789012:role/eks-prod-cluster-NodeInstanceRole-1A2B3C4D5E6F",
        "arn:aws:iam::123456789012:role/MyAppStack-InstanceRole3CCE2F1D-1X2Y3Z4W5V6U7",
        "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
        "123456789012_AdministratorAccess",
        "123456789012_ReadOnly",
        "https://d-1234567890.awsapps.com/start#/",
        "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        "/opt/homebrew/Cellar/aws-vault/7.2.0/bin/aws-vault",
        "2026-01-01T00:00:00.000Z",
        "http://169.254.170.2/v2/credentials",
    ],
)
def test_ordinary_text_is_kept(text):
    assert Capturer(KEY).capture_text(text).text == text


@pytest.mark.parametrize(
    "secret",
    [
        samples.key_id("AKIA"),
        samples.key_id("ASIA"),
        samples.secret_key("a"),
        samples.secret_key("b"),
        samples.session_token(),
        samples.hexadecimal(40),
        samples.base62(48),
        str(uuid.UUID(int=0x2ED82146B1BF4286B456629FCA46CD55)),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "profile {}", "/v2/credentials/{}", "a={};b", '"{}"'])
def test_secret_shaped_text_is_redacted(secret, frame):
    actual = Capturer(KEY).capture_text(frame.format(secret)).text

    assert not survives(secret, actual)
    assert "[REDACTED-" in actual


def test_user_info_of_an_address_is_redacted():
    capturer = Capturer(KEY)

    actual = capturer.scrub("http://alice:wonderland@proxy.example:3128/")

    assert actual == f"http://{capturer.mark('alice:wonderland')}@proxy.example:3128/"


@pytest.mark.parametrize("encode", [str, lambda s: quote(s, safe=""), lambda s: s[3:15]])
def test_known_secret_without_a_shape_is_redacted_in_pieces(encode):
    secret = "correct/horse battery=staple"  # noqa: S105  made up
    capturer = Capturer(KEY, [secret])

    actual = capturer.scrub(f"profile {encode(secret)} x")

    assert not survives(encode(secret), actual)
    assert actual.startswith("profile [REDACTED-")


def test_known_secret_is_redacted_in_base64():
    secret = "correct horse battery staple"  # noqa: S105  made up
    encoded = base64.b64encode(secret.encode()).decode()

    assert not survives(encoded, Capturer(KEY, [secret]).scrub(f"x {encoded}"))


def test_region_survives_a_made_up_secret_that_contains_it():
    assert Capturer(KEY, ["us-east-1-secret"]).scrub("us-east-1") == "us-east-1"


def test_redacted_names_stay_equal():
    capturer = Capturer(KEY, ["my-very-own-secret"])

    section, variable = capturer.scrub("profile my-very-own"), capturer.scrub("my-very-own")

    assert section == f"profile {variable}"
    assert "very-own" not in section


def test_identifier_keeps_generated_role_names_but_no_key_id():
    capturer = Capturer(KEY)
    role = "MyAppStack-InstanceRole3CCE2F1D-1X2Y3Z4W5V6U7"

    assert capturer.scrub(role, identifier=True) == role
    assert not survives(samples.key_id(), capturer.scrub(samples.key_id(), identifier=True))


def test_nothing_shows_in_the_repr():
    secret = samples.secret_key()

    assert not survives(secret, repr(Capturer(KEY, [secret])))


# Words of the files' own language are kept even where a secret holds one. Hypothesis draws
# constants of the package, so that it finds each of them.
PUBLIC_WORDS = re.compile(
    r"[a-z]{2}(-[a-z]+)+-[0-9]|default|localhost|amazonaws|127\.0\.0\.1|169\.254\.1(69\.254|70\.2)"
    r"|Environment|EcsContainer|Ec2InstanceMetadata|sso-session|credential_process|source_profile"
)


@given(st.text(max_size=60), st.text(min_size=8, max_size=40), st.text(max_size=20))
def test_scrub_never_raises_and_leaves_no_piece_of_a_known_secret(before, secret, after):
    text = before + secret + after
    capturer = Capturer(KEY, [secret])

    kept = capturer.scrub(text).split("[REDACTED-")

    stripped = secret.strip()
    if len(stripped) >= 8 and not PUBLIC_WORDS.search(text):
        assert not any(piece in part for piece in pieces(stripped) for part in kept)


@given(st.text(max_size=200))
def test_scrubbed_text_stays_as_it_is_when_scrubbed_again(text):
    capturer = Capturer(KEY)
    once = capturer.scrub(text)

    assert capturer.scrub(once, identifier=True) == once
