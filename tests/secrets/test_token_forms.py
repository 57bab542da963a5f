"""Tokens by form: whatever an issuer may give out is found, at its place, by both engines."""

from __future__ import annotations

import re
from random import Random

import pytest

from credlint import samples, token_samples
from credlint.model.document import Document
from credlint.rulebook import load_rules
from credlint.samples import expand
from credlint.secrets import tokens
from credlint.secrets.checksums import CHECKSUMS
from credlint.secrets.patterns import make_patterns
from tests.secrets.engines import both
from tests.support.random_text import random_match

RULES = load_rules(("secrets",), samples=True)
PATTERNS = [pattern for pattern in make_patterns(RULES) if pattern.spec.kind == "token"]
USUAL, PLAIN = both()
FORMS = {rule.id for rule in RULES if not {"generic", "by-name"} & set(rule.tags)}
# File kinds: a name, what stands before the token and behind it.
KINDS = (
    (".env", "# settings\nTOKEN=", "\nOTHER=1\n"),
    ("settings.json", '{"a": {"token": "', '", "n": 1}}'),
    ("values.yaml", "auth:\n  token: ", "\n  port: 80\n"),
    ("client.py", "from x import y\ny('", "', timeout=3)\n"),
    ("app.js", "const c = new C({ key: `", "` });\n"),
    ("README.md", "Überblick\n\nUse `", "` here.\n"),
    ("web.xml", "<token>", "</token>\n"),
    ("tool.ini", "[tool]\r\ntoken = ", "\r\nname = x\r\n"),
    ("run.sh", "curl -H 'Authorization: Bearer ", "' https://example.com\n"),
    ("main.tf", 'provider "x" {\n  token = "', '"\n}\n'),
    ("keys.csv", "name,token,day\nci,", ",monday\n"),
    ("app.log", "2026-01-02 INFO token ", " accepted\n"),
)
# Patterns with a checksum, and how one is made whose checksum is right.
MAKERS = {
    "github-token": lambda seed: samples.github_token("ghp", seed),
    "npm-token": lambda seed: samples.github_token("npm", seed),
    "gitlab-routable-token": lambda seed: samples.gitlab_token("glpat", seed),
    "grafana-service-account-token": token_samples.grafana_token,
    "azure-devops-token": lambda seed: token_samples.azure_key("annotated", "AZDO", seed),
    "azure-annotated-key": lambda seed: token_samples.azure_key("annotated", "ACOG", seed),
    "azure-entra-client-secret": lambda seed: token_samples.azure_key("entra", "8Q", seed),
    "azure-storage-key": lambda seed: token_samples.azure_key("64", "plus-ASt", seed),
    "azure-functions-key": lambda seed: token_samples.azure_key("function", "AzFu", seed),
    "bitcoin-extended-private-key": token_samples.extended_key,
    "nostr-private-key": lambda seed: samples.bech32_key("nsec", seed),
}
# The form of these has no maker: its checksum stands at another place than that of its kin.
WITHOUT_MAKER = {"gitlab-early-routable-token"}
DECODED = {
    "cloudflare-tunnel-token": lambda seed: token_samples.json_token("a.t.s", seed),
    "grafana-api-key": lambda seed: token_samples.json_token("k.n.id", seed),
    "sentry-organization-token": lambda seed: (
        token_samples.json_token("iat.org", seed, "sntrys_")
        + "_"
        + token_samples.random_text("base62", "43", seed)
    ),
}

every_pattern = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.spec.id)
with_checksum = pytest.mark.parametrize(
    "pattern", [p for p in PATTERNS if p.spec.id in MAKERS], ids=lambda p: p.spec.id
)


def _drawn(pattern, seed):
    """Return a text that holds one token of the pattern, and the token."""
    maker = MAKERS.get(pattern.spec.id) or DECODED.get(pattern.spec.id)
    text = maker(seed) if maker else random_match(pattern.spec.regex, Random(seed))  # noqa: S311  made-up tokens
    found = re.fullmatch(pattern.spec.regex, text)
    assert found
    group = "secret" if "secret" in found.re.groupindex else 0
    return text, found.group(group)


def _is_judged_a_token(pattern, token):
    body = tokens.body_of(token, pattern)
    return tokens.is_a_token(token, body, pattern.options, valid=pattern.spec.id in MAKERS)


def _likely(pattern, seed):
    """Return the first drawn token that chance has not made look like words."""
    for number in range(20):
        text, token = _drawn(pattern, f"{seed}-{number}")
        if _is_judged_a_token(pattern, token):
            return text, token
    raise AssertionError(pattern.spec.id)


def _spans(engine, path, text):
    result = engine.scan(Document(path, text.encode()))
    encoded = text.encode()
    return [
        (finding.code, finding.level, encoded[span.start : span.end].decode())
        for finding, span in zip(result.findings, result.spans)
    ]


@every_pattern
def test_a_planted_token_is_found_in_files_of_any_kind(pattern):
    for number, (path, before, behind) in enumerate(KINDS):
        text, token = _likely(pattern, f"{pattern.spec.id} {number}")
        planted = f"{before}{text}{behind}"
        spans = _spans(USUAL, path, planted)

        # What an option lets the match go on with, such as a trailing sign, belongs to it.
        assert [span for _, _, span in spans if span.startswith(token)], (path, spans)
        # The engine without hyperscan takes its time: each pattern with another three kinds.
        if (number + len(pattern.spec.id)) % 4 == 0:
            assert spans == _spans(PLAIN, path, planted)


@every_pattern
def test_a_random_token_is_rarely_taken_for_words(pattern):
    """What is lost is said in docs: fewer than one of 40, mostly fewer than one of 500."""
    drawn = [_drawn(pattern, f"{pattern.spec.id} rate {number}")[1] for number in range(200)]
    lost = [token for token in drawn if not _is_judged_a_token(pattern, token)]

    assert len(lost) <= 5


@every_pattern
def test_a_character_outside_the_alphabet_loses_the_token(pattern):
    text, token = _likely(pattern, pattern.spec.id)
    middle = text.index(token) + len(token) // 2
    changed = f"x = {text[:middle]}é{text[middle + 1 :]} end"

    # What only looks random, or stands beside a name, is no matter of the form.
    spans = _spans(USUAL, "x.txt", changed)
    assert [span for code, _, span in spans if code in FORMS and "é" in span] == []


@every_pattern
def test_a_sample_shows_the_pattern(pattern):
    texts = [expand(sample["text"]) for sample in pattern.rule.match]
    shown = [
        text
        for text in texts
        for finding in USUAL.scan(Document("x.txt", text.encode())).findings
        if dict(finding.properties).get("kind") == pattern.spec.id
    ]
    forms = [text for text in texts if pattern.precise.search(text.encode())]

    # Two forms may cover one text: then the other of them is told.
    assert shown or forms


@with_checksum
def test_a_changed_character_makes_it_a_note(pattern):
    text, _ = _drawn(pattern, "checksum")
    for place in range(len(text) - 9, len(text)):
        other = next(c for c in "qZ7k" if c != text[place])
        changed = text[:place] + other + text[place + 1 :]
        levels = {level for _, level, _ in _spans(USUAL, "x.txt", f"x = {changed} end")}

        assert levels <= {"note"}


def test_every_checksum_has_a_maker():
    kinds = {p.spec.id for p in PATTERNS if "checksum" in p.options}

    assert kinds - WITHOUT_MAKER == set(MAKERS)
    assert {p.options["checksum"] for p in PATTERNS if "checksum" in p.options} <= set(CHECKSUMS)
    assert {p.spec.id for p in PATTERNS if "decoded" in p.options} == set(DECODED)


def test_masked_tokens_are_silent():
    for pattern in PATTERNS:
        for start in pattern.starts:
            for mask in ("x" * 60, "*" * 60, "0" * 60, "your-token-goes-here-please", "<token>"):
                text = f"token = {start}{mask} end"

                assert [code for code, *_ in _spans(USUAL, "x.md", text) if code in FORMS] == [], (
                    text
                )
