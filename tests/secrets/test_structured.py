"""Secrets told by structure: planted at random they are found, with their span, and read back."""

from __future__ import annotations

import base64
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint import samples
from credlint.model.document import Document
from credlint.model.text import to_utf8
from credlint.rulebook import load_rules
from credlint.secrets.checksums import CHECKSUMS
from credlint.secrets.engine import build_engine
from credlint.secrets.facts import ScanFacts
from credlint.secrets.objects import enclosing_objects
from credlint.secrets.plausible import fault_of
from tests.support.cache import CACHE

ENGINE = build_engine(load_rules(("secrets",)), CACHE, facts=ScanFacts(now=1_800_000_000))
SEEDS = st.integers(0, 10**6).map(str)
# What stands around: ordinary text in which nothing is a secret.
LINES = st.lists(
    st.sampled_from(
        ["# a comment", "", "key: value", "{}", "def f(x): return x", "<a href='b'>", "the kind"]
    ),
    max_size=5,
)


def _spans(text, path="file.txt"):
    document = Document(path, text.encode())
    return {
        (span.code, text.encode()[span.start : span.end].decode(), span.value.reveal())
        for span in ENGINE.scan(document).spans
    }


def _planted(before, line, after, path="file.txt"):
    return _spans("\n".join([*before, line, *after]) + "\n", path)


FORMS = {
    "postgres://app:{}@db.corp:5432/x": "SEC207",
    "DB_URL='mysql+pymysql://app:{}@db.corp/x?charset=utf8'": "SEC207",
    "Server=db;Database=x;User Id=app;Password={};Encrypt=true": "SEC207",
    "host=db user=app password={} dbname=x": "SEC207",
    "jdbc:mysql://db/x?user=app&password={}&useSSL=true": "SEC207",
    "jdbc:oracle:thin:app/{}@db:1521:x": "SEC207",
    "machine api.corp login me password {}": "SEC213",
    "conn.login('me@corp.net', '{}')": "SEC216",
}


@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
@settings(max_examples=40, deadline=None)
@given(before=LINES, after=LINES, seed=SEEDS)
def test_a_password_is_found_in_its_form(form, before, after, seed):
    password = samples.base62(14, seed)
    found = _planted(before, form.replace("{}", password), after)

    assert (FORMS[form], password, password) in found


FILES = {
    ".pgpass": "db.corp:5432:*:app:{}",
    ".netrc": "machine a.corp login me password {}",
    ".my.cnf": "password = {}",
    ".npmrc": "//r.corp/:_authToken={}",
    "sftp.json": '{"password": "{}"}',
    "filezilla.xml": "<Pass>{}</Pass>",
    "WebServers.xml": '<fileTransfer host="a" password="{}" username="b">',
    "wp-config.php": "define('DB_PASSWORD', '{}');",
    "database.yml": "  password: {}",
    ".bash_profile": "export DB_PASSWORD='{}'",
    ".git-credentials": "https://me:{}@git.corp",
    "gradle.properties": "storePassword={}",
    "deep/er/.ENV": "MAIL_PASSWORD={}",
}


@pytest.mark.parametrize("path", FILES)
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_a_password_is_found_in_its_file_and_only_there(path, seed):
    password = samples.base62(14, seed)
    line = FILES[path].replace("{}", password)
    found = {value for _, _, value in _planted([], line, [], path)}

    assert password in found
    assert "SEC213" not in {code for code, *_ in _spans(line.replace(password, ""), path)}


@pytest.mark.parametrize("comment", ["  # of the mail server", " ; old", "   ", "\t# x", ""])
def test_a_comment_behind_a_value_is_none_of_it(comment):
    password = samples.base62(14)

    assert ("SEC213", password, password) in _spans(f"password = {password}{comment}\n", ".my.cnf")


@settings(max_examples=60, deadline=None)
@given(before=LINES, after=LINES, seed=SEEDS, kind=st.sampled_from("UAONCX"))
def test_seeds_and_age_keys_with_their_checksums(before, after, seed, kind):
    for key, name in ((samples.nkey_seed(kind, seed), "nkey"), (samples.age_key(seed), "bech32")):
        levels = {
            finding.level
            for finding in ENGINE.scan(
                Document("x", "\n".join([*before, f'k = "{key}"', *after]).encode())
            ).findings
        }

        assert CHECKSUMS[name](key)
        assert levels == {"error"}


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, place=st.integers(4, 56), step=st.integers(1, 31))
def test_a_changed_character_breaks_a_checksum(seed, place, step):
    """CRC-16 and Bech32 find every single changed character."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    key = samples.nkey_seed("U", seed)
    other = digits[(digits.index(key[place]) + step) % 32]

    assert not CHECKSUMS["nkey"](key[:place] + other + key[place + 1 :])

    digits = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
    key = samples.age_key(seed)
    place += 16
    other = digits[(digits.index(key[place]) + step) % 32]

    assert not CHECKSUMS["bech32"](key[:place] + other + key[place + 1 :])


# Published with the documentation of NATS and used by nobody.
@pytest.mark.parametrize(
    "half", ["SUACSSL3UAHUDXKFSNVUZRF5UHPMW" + "Z6BFDTJ7M6USDXIEDNPPQYYYCU3VY"]
)
def test_a_published_seed_has_a_right_checksum(half):
    assert CHECKSUMS["nkey"](half)


MEMBERS = st.permutations(["kty", "x", "d", "kid", "use"])


@settings(max_examples=60, deadline=None)
@given(before=LINES, after=LINES, seed=SEEDS, order=MEMBERS, style=st.sampled_from(["json", "js"]))
def test_a_jwk_is_found_whatever_the_order_of_its_members(before, after, seed, order, style):
    private = samples.base62(43, seed)
    values = {"kty": "OKP", "x": samples.base62(43, "x" + seed), "d": private, "kid": "1"}
    table = {name: values.get(name, "sig") for name in order}
    bare = ", ".join(f"{name}: '{value}'" for name, value in table.items())
    text = json.dumps(table) if style == "json" else f"{{{bare}}}"

    assert ("SEC201", private, private) in _planted(before, text, after)
    del table["d"]
    assert _planted(before, json.dumps(table), after) == set()


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, expiry=st.integers(1, 4_000_000_000))
def test_a_token_tells_its_expiry(seed, expiry):
    token = samples.json_web_token(str(expiry), seed)
    (finding,) = ENGINE.scan(Document("x", f"t: {token};".encode())).findings

    assert finding.level == ("error" if expiry > 1_800_000_000 else "note")
    assert _spans(f"t: {token};") == {("SEC208", token, token)}


NAMES = st.sampled_from(["password", "token", "a.key", "DB_PASS", "api-key"])


@settings(max_examples=60, deadline=None)
@given(
    tables=st.lists(st.dictionaries(NAMES, SEEDS, min_size=1, max_size=4), min_size=1, max_size=3),
    indent=st.sampled_from(["  ", "    ", "\t"]),
    first=st.booleans(),
    block=st.booleans(),
)
def test_every_key_of_every_secret_is_decoded(tables, indent, first, block):
    documents, expected = [], set()
    for table in tables:
        rows = ["data:"]
        for name, seed in table.items():
            value = samples.base62(15, seed)
            text = base64.b64encode(value.encode()).decode()
            folded = [f"{indent}{name}: |", f"{indent * 2}{text}"]
            rows += folded if block else [f"{indent}{name}: {text}"]
            expected.add(("SEC209", text, value))
        head = ["apiVersion: v1", "kind: Secret"]
        documents.append("\n".join([*head, *rows] if first else [*rows, *head]))

    assert _spans("\n---\n".join(documents) + "\n", "s.yaml") == expected


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=20))
def test_any_text_is_judged(text, user):
    assert fault_of(text, user) in (None, "reference", "encrypted", "stand-in")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("${PW}", "reference"),
        ("{{ .Values.pw }}", "reference"),
        ("%s", "reference"),
        ("<password>", "reference"),
        ("$Password", "reference"),
        ("os.environ['PW']", "reference"),
        ("/run/secrets/pw", "reference"),
        ("ENC(abcdef)", "encrypted"),
        ("{cipher}0a1b", "encrypted"),
        ("my_secret_password1", "stand-in"),
        ("P@ssw0rd", "stand-in"),
        ("xxxxxxxx", "stand-in"),
        ("fqrr", None),
        ("hunter22", None),
        ("un!techwhooah", None),
        ("vqm_cpoese", None),
    ],
)
def test_what_stands_for_a_password_is_told(text, fault):
    assert fault_of(text) == fault


@settings(max_examples=200, deadline=None)
@given(st.text("{}k ", max_size=60))
def test_objects_around_places(text):
    """The same as a search outwards from each place."""
    places = [index for index, character in enumerate(text) if character == "k"]
    for place, (low, high) in zip(places, enclosing_objects(text.encode(), places)):
        depth, start = 0, None
        for index in range(place - 1, -1, -1):
            depth += {"}": 1, "{": -1}.get(text[index], 0)
            if depth < 0:
                start = index
                break
        if start is None:
            assert (low, high) == (0, len(text))
            continue
        assert low == start
        depth = 0
        for index in range(start, len(text)):
            depth += {"{": 1, "}": -1}.get(text[index], 0)
            if depth == 0:
                break
        assert high == (index + 1 if depth == 0 else len(text))


HOSTILE = {
    "a.txt": ["://a:b@", "; password=x; user=y; server=z;", "{kty:'oct' ", "eyJ", "kind: Secret\n"],
    ".env": [" " * 60 + "\n", "TOKEN" * 10 + "\n"],
    "config.php": ["$" + "a" * 40, "'" + "pass" * 10],
    "chap-secrets": ["a" * 200 + "\n", " " * 200 + "\n"],
    "my.cnf": ["pass" * 15 + "\n"],
}


@pytest.mark.parametrize(
    ("path", "unit"), [(path, unit) for path, units in HOSTILE.items() for unit in units]
)
def test_hostile_text_takes_bounded_time(path, unit):
    """Seconds of the processor for 256 KiB; measured 0.5 at most."""
    data = (unit * (262_144 // len(unit))).encode()
    before = time.process_time()
    ENGINE.scan(Document(path, data))

    assert time.process_time() - before < 3


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([".env", ".my.cnf", "database.yml", "config.php", ".netrc", "s.yaml", "a.txt"]),
    st.lists(
        st.one_of(
            st.binary(max_size=12),
            st.sampled_from(
                [
                    *(
                        b"password = ",
                        b"://a:",
                        b"@h ",
                        b"kind: Secret\ndata:\n  a: ",
                        b"kty: 'oct', k: '",
                    ),
                    *(
                        b"eyJhbGciOiJIUzI1NiJ9.eyJh",
                        b"basic dXNlcjpw",
                        b"; server=x; user=y;",
                        b"\n",
                        b"'",
                    ),
                    *(
                        b"\xff\xfe\xe2",
                        b"Zm9vYmFyYmF6cXV4Cg==",
                        b"$2a$10$",
                        b"-----BEGIN OpenVPN Static",
                    ),
                ]
            ),
        ),
        max_size=20,
    ),
)
def test_any_bytes_in_any_file_are_judged_with_spans_inside(path, pieces):
    data = b"".join(pieces)
    for span in ENGINE.scan(Document(path, data)).spans:
        assert 0 <= span.start < span.end <= len(to_utf8(data))
