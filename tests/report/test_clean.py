from __future__ import annotations

import pytest

from credlint.report.clean import for_terminal, safe_text, without_surrogates
from credlint.samples import key_id, secret_key, session_token


def test_key_ids_are_shortened():
    key = key_id()

    assert safe_text(f"key {key}.") == f"key AKIA…{key[-4:]}."


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_secret_keys_are_replaced(seed):
    assert safe_text(f"reason: {secret_key(seed)} ") == "reason: [REDACTED] "


@pytest.mark.parametrize("around", ["key={}", "'{}'", "({})", "x:{};", "-{}-", "{}."])
def test_secret_keys_are_replaced_whatever_stands_around(around):
    assert safe_text(around.format(secret_key())) == around.format("[REDACTED]")


def test_session_tokens_are_replaced():
    assert safe_text(f'"{session_token()}"') == '"[REDACTED]"'


def test_user_part_of_urls_is_replaced():
    assert safe_text("https:" + "//me:pass@host/x") == "https://[REDACTED]@host/x"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 40,
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "src/main/java/com/example/service/handlers/upload.py",
        "AKIA…WXYZ of account 123456789012",
        "https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html",
    ],
)
def test_ordinary_text_stays(text):
    assert safe_text(text) == text


def test_undecodable_bytes_are_written_out():
    assert without_surrogates("a\udcff\ud800") == "a\\xff\\ud800"


def test_controls_are_written_out():
    assert for_terminal("a\x1b\n\t\x7f\u202e\U000e0001é") == "a\\x1b\\n\\t\\x7f\\u202e\\U000e0001é"


def test_newlines_can_be_kept():
    assert for_terminal("é\n\x00", keep_newlines=True) == "é\n\\x00"
