"""What is left of a file's text, and that its structure is whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint import samples
from credlint.host.aws_lines import read_lines
from credlint.host.captured import Capturer
from credlint.host.masking import Masker

SECRET = samples.secret_key("masking")
KEY = samples.key_id("AKIA", "123456789012", "masking")


def masked(text: str, known: tuple[str, ...] = ()) -> str:
    text = Masker(Capturer(b"k", known)).file(read_lines(text))
    return re.sub(r"<REDACTED-[0-9a-f]{12}>", "X", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[default]\r\nregion = eu-west-1\r", "[default]\r\nregion = eu-west-1\r"),
        (f"  aws_secret_access_key : {SECRET} \n", "  aws_secret_access_key : X \n"),
        (f'aws_access_key_id="{KEY}" # old', 'aws_access_key_id="X" # X'),
        ("unknown = a b;c", "unknown = X X;X"),
        ("; region = x\n# note", "; X = X\n# X"),
        ("[profile x] text ; y", "[profile x] X ; X"),
        (SECRET, "X"),
        ("[profile x\n", "[profile x\n"),
        ("credential_process = '/a b/get' --token hunter2", "credential_process = '/a b/get' X X"),
        ("pass word = x", "X X = X"),
        (f"role_arn = {KEY}", "role_arn = X"),
        (f"role_arn = acca{KEY[4:].lower()}", "role_arn = X"),
        (f"ca_bundle = /c/{'acca' + '17' * 10}", f"ca_bundle = /c/{'acca' + '17' * 10}"),
        ("\ufeff[default]\n", "\ufeff[default]\n"),
    ],
)
def test_structure_stays_and_secrets_go(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_known_secret_is_a_token_in_plain_settings_too() -> None:
    assert masked("sso_start_url = https://hunter22/x", ("hunter22",)) == (
        "sso_start_url = https://X/x"
    )


def test_token_is_revealed_and_its_facts_are_kept() -> None:
    masker = Masker(Capturer(b"k"))

    text = masker.file(read_lines(f"aws_access_key_id = {KEY}"))

    assert masker.reveal(text) == f"aws_access_key_id = {KEY}"
    assert masker.hidden == (Capturer(b"k").capture_secret(KEY),)
    assert KEY not in repr(masker)


@given(st.text(alphabet="ab[]=:#; \t\r\n\"'\\\x0b\x85\u2028\ufeff,x", max_size=60))
def test_every_text_keeps_its_structure_and_can_be_revealed(text: str) -> None:
    masker = Masker(Capturer(b"k"))

    actual = masker.file(read_lines(text))

    def skeleton(value: str) -> str:
        return re.sub(r"(?:<REDACTED-[0-9a-f]{12}>|[abx])+", "x", value)

    assert skeleton(actual) == skeleton(text)
