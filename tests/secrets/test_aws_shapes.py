"""Every shape in which AWS credentials are met is told for what it is, and two are left alone."""

from __future__ import annotations

import pytest

from credlint.model.document import Document
from credlint.rulebook import load_rules
from credlint.samples import expand
from credlint.secrets.engine import build_engine
from credlint.secrets.facts import ScanFacts
from tests.support.cache import CACHE

ID, SECRET = "@@key-id:AKIA:210987654321:t@@", "@@secret-key:t@@"
SHAPES = {
    "lone key id": ("notes.txt", f"the key {ID} is Jo's", [("SEC101", "warning")]),
    "lone secret in ini": (
        "a.ini",
        f"aws_secret_access_key = {SECRET}",
        [("SEC102", "error")],
    ),
    "lone secret in env": ("run.sh", f"AWS_SECRET_ACCESS_KEY={SECRET}", [("SEC102", "error")]),
    "lone secret by SECRET_KEY": ("a.py", f"SECRET_KEY = '{SECRET}'", [("SEC102", "warning")]),
    "lone secret by secretAccessKey": (
        "a.json",
        f'{{"secretAccessKey": "{SECRET}"}}',
        [("SEC102", "error")],
    ),
    "pair in ini": (
        "a.ini",
        f"aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}",
        [("SEC101", "error"), ("SEC102", "error")],
    ),
    "console download": (
        "jo_accessKeys.csv",
        f"Access key ID,Secret access key\r\n{ID},{SECRET}\r\n",
        [("SEC104", "error"), ("SEC104", "error")],
    ),
    "positional call": (
        "a.js",
        f'connect("{ID}", "{SECRET}")',
        [("SEC101", "error"), ("SEC102", "error")],
    ),
    "pair 12 lines apart": (
        "a.ini",
        f"aws_access_key_id = {ID}\n" + "x = 1\n" * 11 + f"aws_secret_access_key = {SECRET}",
        [("SEC101", "error"), ("SEC102", "error")],
    ),
    "pair 1200 lines apart": (
        "a.ini",
        f"aws_access_key_id = {ID}\n" + "x = 1\n" * 1200 + f"aws_secret_access_key = {SECRET}",
        [("SEC101", "error"), ("SEC102", "error")],
    ),
    "session token, named": (
        "a.ini",
        "aws_session_token = @@session-token:t@@",
        [("SEC103", "warning")],
    ),
    "session token without a name": ("a.log", "x @@session-token:t@@ y", [("SEC103", "warning")]),
    "long Bedrock key": ("a.txt", "key @@bedrock-long:210987654321:t@@", [("SEC106", "error")]),
    "short Bedrock key": (
        "a.txt",
        "key @@bedrock-short:20300101T000000Z:43200:t@@",
        [("SEC106", "error")],
    ),
    "presigned URL": (
        "a.md",
        "[x](@@presigned-url:20300101T000000Z:60:t@@)",
        [("SEC105", "error")],
    ),
    "SES SMTP password": (
        "mail.ini",
        (
            f"host = email-smtp.eu-west-1.amazonaws.com\nuser = {ID}\n"
            "password = @@smtp-password:eu-west-1:t@@"
        ),
        [("SEC101", "warning"), ("SEC107", "error")],
    ),
    "pair in base64 in a Kubernetes Secret": (
        "secret.yaml",
        (
            "kind: Secret\ndata:\n  AWS_ACCESS_KEY_ID: @@base64-of:key-id:AKIA:210987654321:t@@\n"
            "  AWS_SECRET_ACCESS_KEY: @@base64-of:secret-key:t@@\n"
        ),
        [("SEC101", "error"), ("SEC102", "error")],
    ),
    "NEG git SHA beside the words": (
        "a.md",
        "the aws key was removed in @@hex:40:t@@\naws_key_commit = @@hex:40:u@@",
        [],
    ),
    "NEG documentation's pair": (
        "a.ini",
        (
            "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
        ),
        [],
    ),
    "NEG documentation's other pair": (
        "a.ini",
        (
            "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\n"
            "aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
        ),
        [],
    ),
}


def _told(engine, uri, text):
    findings = engine.scan(Document(uri, expand(text).encode())).findings
    return [(f.code, f.level) for f in findings]


@pytest.mark.parametrize("shape", SHAPES)
def test_shape(engine, shape):
    uri, text, expected = SHAPES[shape]

    assert _told(engine, uri, text) == expected


def test_secret_split_by_an_operator(engine):
    secret = expand(SECRET)
    text = f'aws_secret_access_key = "{secret[:11]}" + "{secret[11:30]}" + "{secret[30:]}"'

    assert _told(engine, "a.js", text) == [("SEC102", "error")]


def test_an_smtp_password_is_proven_to_come_from_a_secret_key(engine):
    text = expand(f"aws_secret_access_key={SECRET}\nsmtp_password=@@smtp-password:eu-west-1:t@@\n")
    other = text.replace(expand(SECRET), expand("@@secret-key:u@@"))

    def message(written):
        findings = engine.scan(Document("a.sh", written.encode())).findings
        return next(f.message for f in findings if f.code == "SEC107")

    assert message(text) == (
        "SES SMTP password for region eu-west-1, "
        "proven to come from the AWS secret access key on line 1."
    )
    assert message(other) == "SES SMTP password."


def test_a_presigned_url_tells_its_key_and_token_itself(engine):
    text = expand("@@presigned-url:20260501T000000Z:3600:t@@")
    (finding,) = engine.scan(Document("a.txt", text.encode())).findings

    assert (finding.level, finding.message) == (
        "note",
        (
            f"Presigned S3 URL in eu-west-1, signed with ASIA…{text.split('%2F')[0][-4:]} "
            "(account 210987654321). It expired on 2026-05-01 01:00 UTC. It embeds a session token."
        ),
    )


@pytest.mark.parametrize(
    ("expected", "words"),
    [(("210987654321",), ", one of yours)"), (("999999999999",), ", none of yours)"), ((), ")")],
)
def test_an_account_is_compared_with_the_expected_ones(expected, words):
    facts = ScanFacts(expected_accounts=frozenset(expected))
    engine = build_engine(load_rules(("secrets",)), CACHE, facts=facts)
    text = expand("x @@key-id:AKIA:210987654321:t@@ y @@bedrock-long:210987654321:t@@")
    findings = engine.scan(Document("a.txt", text.encode())).findings

    assert [f"(account 210987654321{words}" in f.message for f in findings] == [True, True]


def test_a_canary_warns_of_its_alarm(engine):
    text = expand("id @@key-id:AKIA:052310077262:t@@")
    (finding,) = engine.scan(Document("a.txt", text.encode())).findings

    assert finding.level == "note"
    assert "canaries: any call with this key raises an alarm" in finding.message


def test_a_switched_off_file_rule_leaves_the_key_to_its_own():
    rules = load_rules(("secrets",))
    reported = frozenset(rule.id for rule in rules) - {"SEC110"}
    engine = build_engine(rules, CACHE, reported)

    assert _told(engine, ".env", f"A={ID}") == [("SEC101", "warning")]


def test_a_value_is_the_same_however_it_is_written(engine):
    url = expand("@@presigned-url:20300101T000000Z:60:t@@")
    key = expand(SECRET)
    resource = '{"type": "random_password", "a": {"result": %s}}'
    state = f'{{"terraform_version": "1", "resources": [{resource}]}}'
    texts = {
        "a.txt": [f"see {url} now", f'<a href="{url.replace("&", "&amp;")}">'],
        "b.txt": [f"aws_secret_key={key}", f'aws_secret_key: {key[:9]}" "{key[9:]}"'],
        "c.tfstate": [state % '"aB3<x>9Q&z"', state % '"aB3\\u003cx\\u003e9Q\\u0026z"'],
    }

    for uri, written in texts.items():
        values = [engine.scan(Document(uri, t.encode())).spans[0].value.reveal() for t in written]

        assert values[0] == values[1]
