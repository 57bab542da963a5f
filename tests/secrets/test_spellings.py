"""One secret, many spellings: escapes, encodings and wrappings must not hide a key."""

from __future__ import annotations

import base64
from urllib.parse import quote, quote_plus

import pytest

from credlint import samples
from credlint.model.document import Document

KEY_ID = samples.key_id("AKIA", "210987654321", "spelling")


def _with_both_signs():
    return next(
        secret
        for secret in (samples.secret_key(f"spelling{number}") for number in range(999))
        if "/" in secret[1:-1] and "+" in secret[1:-1]
    )


SECRET = _with_both_signs()
STARTING = "/" + SECRET[:39]
MANY = "a/b+c/d+e/" + SECRET[10:]


def _codes(engine, text, uri="file.txt"):
    data = text if isinstance(text, bytes) else text.encode()
    return sorted({finding.code for finding in engine.scan(Document(uri, data)).findings})


def _values(engine, text):
    spans = engine.scan(Document("file.txt", text.encode())).spans
    return [span.value.reveal() for span in spans if span.code == "SEC102"]


ESCAPES = {
    "json_encode": lambda text: text.replace("/", "\\/"),
    "json in json": lambda text: text.replace("/", "\\\\/"),
    "unicode": lambda text: text.replace("/", "\\u002f").replace("+", "\\u002B"),
    "percent": lambda text: quote(text, safe=""),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
}
PLACES = {
    "json": '{{"SecretAccessKey":"{secret}"}}',
    "nested json": '{{"a":"{{\\"SecretAccessKey\\":\\"{secret}\\"}}"}}',
    "query": "?aws_secret_access_key={secret}&region=x",
    "userinfo": "s3://{key_id}:{secret}@bucket/path",
    "broker": 'broker = "sqs://{key_id}:{secret}@"',
    "pair": '["{key_id}","{secret}"]',
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("secret", [SECRET, STARTING, MANY])
def test_escaped_secret_key_is_read(engine, place, escape, secret):
    text = PLACES[place].format(key_id=KEY_ID, secret=ESCAPES[escape](secret))

    assert _values(engine, text) == [secret]


@pytest.mark.parametrize("escape", ESCAPES)
def test_part_of_a_longer_escaped_text_is_none(engine, escape):
    longer = ESCAPES[escape](SECRET + "/" + SECRET[:7] + "/" + SECRET)

    assert _values(engine, f'{{"SecretAccessKey":"{longer}","id":"{KEY_ID}"}}') == []


@pytest.mark.parametrize("before", ["\\x22", "\x1b[32m", "\x1b[1;31m", "\x1b[m"])
def test_key_id_behind_an_escape(engine, before):
    assert _codes(engine, f"{before}{KEY_ID}\x1b[0m") == ["SEC101"]


def test_lines_of_base64_with_a_private_key(engine):
    text = base64.encodebytes(samples.pem().encode()).decode()

    assert _codes(engine, f"key: |\n  {text}next: value\n") == ["SEC201"]
    assert _codes(engine, text.replace("\n", "\n    ")) == ["SEC201"]
    assert _codes(engine, text.replace("\n", "\\n")) == ["SEC201"]


def test_lines_of_base64_with_a_certificate(engine):
    text = base64.encodebytes(samples.pem("CERTIFICATE").encode()).decode()

    assert _codes(engine, text) == []


@pytest.mark.parametrize("encode", [lambda text: quote(text, safe=""), quote_plus])
def test_percent_encoded_private_key(engine, encode):
    assert _codes(engine, "key=" + encode(samples.pem())) == ["SEC201"]


WRAPPINGS = {
    "slashes": "// {}",
    "rem": "REM {}",
    "shell": 'echo "{}" >> key.pem',
    "java": 'text.append("{}\\n");',
    "php": "'{}' . PHP_EOL .",
    "basic": '"{}" & vbCrLf & _',
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_private_key_written_line_by_line(engine, wrapping):
    rows = [WRAPPINGS[wrapping].format(row) for row in samples.pem().split("\n")]

    assert _codes(engine, "\n".join(rows) + "\n") == ["SEC201"]


def test_lines_about_a_private_key_are_none(engine):
    opening, *_, closing = samples.pem().split("\n")
    rows = [
        f"echo {opening}",
        "cat /usr/local/share/keys/and/certificates/of/the/installation/server/current",
        "cat /usr/local/share/keys/and/certificates/of/the/installation/server/previous",
        f"echo {closing}",
    ]

    assert _codes(engine, "\n".join(rows)) == []


@pytest.mark.parametrize("sign", ["\\u003d", "%3D"])
def test_atlassian_token_with_an_escaped_sign(engine, sign):
    body = samples.base62(180, "spelling")

    assert _codes(engine, f'"ATATT3xFf{body}{sign}1D12516D"') == ["SEC202"]
    assert _codes(engine, f"https:{'//'}u:ATCTT3xFf{body}{sign}1D12516D@x.org/a") == ["SEC202"]


def test_github_token_of_an_authorization_header(engine):
    token = samples.github_token("ghs", "spelling")
    header = base64.b64encode(f"x-access-token:{token}".encode()).decode()

    assert _codes(engine, f"extraheader = AUTHORIZATION: basic {header}\n") == ["SEC202"]


def test_github_token_behind_an_underscore(engine):
    assert _codes(engine, "GH_" + samples.github_token("ghp", "spelling")) == ["SEC202"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(engine, encoding):
    assert _codes(engine, f"id: {KEY_ID}\n".encode(encoding)) == ["SEC101"]


def test_session_token_whose_counter_is_filled_up(engine):
    head = b"!\n\torigin_ec\x10\xd7" + b"\xff" * 8 + b"\x01\x1a\teu-west-1"
    token = base64.b64encode(head).decode().rstrip("=") + samples.base64_text(400, "filled")

    assert "/" * 10 in token
    assert _codes(engine, f"got {token} back") == ["SEC103"]


def test_chance_spells_a_word_in_a_long_token(engine):
    word = "a" + "bdfhjlnprtvx"
    token = samples.session_token("word")

    assert _codes(engine, token[:200] + word + token[212:]) == ["SEC103"]
    assert _codes(engine, f"ATATT3xFf{samples.base62(120, 'w')}{word}=1D12516D") == ["SEC202"]
