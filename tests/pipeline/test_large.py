"""Texts of any length: found at the right place wherever blocks end, in flat memory."""

from __future__ import annotations

import io
import random

import pytest

from credlint import samples
from credlint.model.document import Document
from credlint.pipeline import large
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.large import examine_large
from credlint.rulebook import load_rules
from credlint.secrets import blocks
from credlint.secrets.blocks import iter_blocks
from credlint.secrets.engine import build_engine
from credlint.secrets.facts import NO_FACTS
from tests.support.cache import CACHE

RULES = load_rules(("secrets", "code"))
ENGINE = build_engine([rule for rule in RULES if rule.room == "secrets"], CACHE)
CODE_RULES = CodeRules([rule for rule in RULES if rule.id == "SRC101"], NO_FACTS, None)
LIMIT = 1 << 40


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 5000)
    monkeypatch.setattr(blocks, "OVERLAP", 4000)
    monkeypatch.setattr(blocks, "_LINE", 300)


def _examine(data, uri="big.txt", limit=LIMIT):
    stream = io.BytesIO(data)
    return examine_large(Document(uri, b""), stream.read, limit, ENGINE, CODE_RULES)


def _text(seed):
    """Return a text of 60,000 characters with some keys, in lines of any length and ending."""
    chance = random.Random(seed)  # noqa: S311  made-up text
    pieces = []
    for number in range(25):
        for _ in range(chance.randrange(40)):
            pieces.append("é漢 x = 1;"[: chance.randrange(8)] * chance.randrange(1, 40))
            pieces.append(chance.choice(["\n", "\r\n", "\r", " ", " "]))
        kind = chance.randrange(4)
        pieces.append(
            [
                samples.key_id("AKIA", "210987654321", str(number)),
                f"aws_secret_access_key = {samples.secret_key(str(number))}",
                samples.github_token("ghp", str(number)),
                samples.pem(seed=str(number)),
            ][kind]
        )
        pieces.append(chance.choice([" ", "\n", "\r\n", " # credlint: ignore[SEC101] so\n"]))
    return "".join(pieces)


def _told(findings):
    return [
        (f.code, f.location.line, f.location.column, f.location.end_line, f.location.end_column)
        for f in findings
    ]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("seed", range(12))
def test_blocks_find_what_the_whole_does(seed, encoding):
    data = _text(seed).encode(encoding)
    whole = ENGINE.scan(Document("big.txt", data))
    examined = _examine(data)

    assert _told(examined.outcome.findings) == _told(whole.findings)
    assert set(examined.outcome.directives) == set(whole.directives)
    assert len(whole.findings) > 10
    assert examined.size == len(data)
    assert examined.outcome.skipped == ()


@pytest.mark.usefixtures("small_blocks")
def test_blocks_cover_every_byte_once():
    data = _text(3).encode()
    stream = io.BytesIO(data)
    owned = b"".join(
        block.data[block.low : block.high]
        for block in iter_blocks(lambda size: stream.read(min(size, 777)))
    )

    assert owned == data


def test_a_line_of_forty_megabytes_has_its_key_at_the_right_column():
    filler = 'a=1;b("é");' * 1_000
    key = samples.key_id("AKIA", "210987654321")
    data = (filler * 3_500 + " " + key + " " + filler).encode()
    examined = _examine(data)

    assert _told(examined.outcome.findings) == [
        ("SEC101", 1, len(filler) * 3_500 + 2, 1, len(filler) * 3_500 + 2 + len(key))
    ]


@pytest.mark.usefixtures("small_blocks")
def test_what_lies_beyond_the_limit_is_said():
    key = samples.key_id("AKIA", "210987654321").encode()
    inside, outside = _examine(key + b" " * 9_000, limit=9_020), _examine(b"x" * 9_000, limit=8_999)

    assert ([s.code for s in inside.outcome.skipped], len(inside.outcome.findings)) == ([], 1)
    assert [s.code for s in outside.outcome.skipped] == ["RUN903"]
    assert outside.size == 8_999


@pytest.mark.usefixtures("small_blocks")
def test_findings_are_bounded_and_that_is_said(monkeypatch):
    monkeypatch.setattr(large, "FINDING_LIMIT", 100)
    line = samples.key_id("AKIA", "210987654321").encode() + b"\n"
    outcome = _examine(line * 1_000).outcome

    assert (len(outcome.findings), [s.code for s in outcome.skipped]) == (100, ["RUN908"])


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("a.py", b"import boto3\n"),
        ("a.json", b'{"Resources": {"a": {"Type": "AWS::EC2::Instance"}}}\n'),
        ("a.tf", b'resource "aws_instance" "a" {}\n'),
        ("a.yaml", b"Type: AWS::EC2::Instance\n"),
    ],
)
def test_what_is_too_long_for_the_code_rules_is_said(uri, text):
    assert [s.code for s in _examine(text * 900, uri).outcome.skipped] == ["RUN907"]


@pytest.mark.usefixtures("small_blocks")
def test_what_no_code_rule_is_for_is_not_said():
    assert _examine(b'{"a": "boto3"}\n' * 900, "a.json").outcome.skipped == ()
    assert _examine(b"import boto3\n" * 900, "a.txt").outcome.skipped == ()


@pytest.mark.usefixtures("small_blocks")
def test_a_check_that_fails_hides_no_other_block(monkeypatch):
    key = samples.key_id("AKIA", "210987654321").encode()
    scan = ENGINE.scan_text

    def fails_once(document, data):
        if b"bad" in data:
            raise ValueError
        return scan(document, data)

    monkeypatch.setattr(ENGINE, "scan_text", fails_once)
    outcome = _examine(b"bad" + b"\n" * 20_000 + key).outcome

    assert (len(outcome.findings), [s.code for s in outcome.skipped]) == (1, ["RUN902"])
