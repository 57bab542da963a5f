"""CodeArtifact's tokens: recognised wherever package managers keep them, with their end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint import samples
from credlint.secrets.codeartifact import read_codeartifact_tokens

HOST = "shop-123456789012.d.codeartifact.eu-west-1.amazonaws.com"
TOKEN = samples.codeartifact_token("1782907200")

FORMS = {
    "npm": f"registry=https://{HOST}/npm/r/\n//{HOST}/npm/r/:_authToken={TOKEN}\n",
    "pip": f"[global]\nindex-url = https://aws:{TOKEN}@{HOST}/pypi/r/simple/\n",
    "netrc": f"machine {HOST} login aws password {TOKEN}\n",
    "pypi": f"[r]\nrepository = https://{HOST}/pypi/r/\nusername = aws\npassword = {TOKEN}\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_form(form):
    text = FORMS[form].encode()
    (found,) = read_codeartifact_tokens(text)

    assert text[found.start : found.end].decode() == found.value.reveal() == TOKEN
    assert (found.expires, found.host) == ("2026-07-01T12:00:00+00:00", HOST)


def test_without_a_host():
    (found,) = read_codeartifact_tokens(f"<password>{TOKEN}</password>".encode())

    assert found.host == ""


@pytest.mark.parametrize(
    "text",
    [
        f"//{HOST}/npm/r/:_authToken=${{CODEARTIFACT_AUTH_TOKEN}}\n",
        "//registry.example.org/:_authToken=opaque\n",
        TOKEN.rpartition(".")[0],
        TOKEN.partition(".")[0],
    ],
)
def test_what_is_none(text):
    assert read_codeartifact_tokens(text.encode()) == ()


@given(st.binary(max_size=120))
def test_nothing_raises(data):
    read_codeartifact_tokens(data)
    read_codeartifact_tokens(TOKEN.encode()[:60] + data + TOKEN.encode()[60:])
