from __future__ import annotations

import base64

import pytest

from credlint import samples
from credlint.model.captured import KeyId
from credlint.model.document import Document
from credlint.model.metadata import TextSecret
from credlint.pipeline.user_data import examine_user_data
from credlint.rulebook import load_rules
from credlint.secrets.engine import build_engine
from tests.support.cache import CACHE

KEY, SECRET = samples.key_id("AKIA", "123456789012", "x"), samples.secret_key("x")
PAIR = f"AWS_ACCESS_KEY_ID={KEY}\nAWS_SECRET_ACCESS_KEY={SECRET}\n"


@pytest.fixture(scope="module")
def engine():
    return build_engine(load_rules(("secrets",)), CACHE)


def mark(value: str) -> str:
    return {KEY: "id", SECRET: "secret"}.get(value, "other")


def test_secrets_by_line_and_fingerprint(engine):
    found = examine_user_data(f"#!/bin/sh\n\n{PAIR}".encode(), engine, mark)

    assert found.secrets == (
        TextSecret(
            code="SEC101",
            what=(
                f"AWS access key id AKIA\u2026{KEY[-4:]} (account 123456789012) with its secret "
                "key on line 4"
            ),
            line=3,
            level="error",
            fingerprint="id",
            subject=f"AKIA\u2026{KEY[-4:]}",
            key_id=KeyId("AKIA", KEY[-4:], "123456789012"),
        ),
        TextSecret(
            code="SEC102",
            what=f"AWS secret access key of AKIA\u2026{KEY[-4:]} (on line 3)",
            line=4,
            level="error",
            fingerprint="secret",
            subject=f"AKIA\u2026{KEY[-4:]}",
        ),
    )


def test_packed_part_has_the_line_where_it_is_packed_and_its_own(engine):
    inner = base64.b64encode(f"[default]\n{PAIR}".encode()).decode()
    found = examine_user_data(f"#cloud-config\n\n  content: {inner}\n".encode(), engine, mark)

    assert [(one.line, one.part_line, one.part) for one in found.secrets] == [
        (3, 2, "decoded base64"),
        (3, 3, "decoded base64"),
    ]


def test_key_told_by_the_text_around_it_as_well_is_told_once(engine):
    """The engine knows base64 of a private key; the same is found in what is decoded."""
    pem = samples.expand("@@pem:x@@")
    raw = f"#cloud-config\n  content: {base64.b64encode(pem.encode()).decode()}\n".encode()
    found = examine_user_data(raw, engine, lambda _: "same")

    assert [(one.code, one.line) for one in found.secrets] == [("SEC201", 2)]


def test_no_value_is_kept(engine):
    text = repr(examine_user_data(PAIR.encode(), engine, mark))

    assert KEY not in text
    assert not any(SECRET[i : i + 8] in text for i in range(len(SECRET) - 7))


def test_fault_of_a_detector_is_said_and_hides_no_other_part(engine):
    class Broken:
        def scan(self, document: Document, **_options):
            if b"first" in document.data:
                raise ValueError(document.data)
            return engine.scan(document)

    message = (
        f"MIME-Version: 1.0\nContent-Type: multipart/x; boundary=b\n\n--b\n\nfirst\n--b\n\n{PAIR}"
    )
    found = examine_user_data(message.encode(), Broken(), mark)

    assert found.unread == ("a check failed: ValueError",)
    assert [one.part for one in found.secrets] == ["part-002", "part-002"]
