"""The engine without hyperscan finds what the engine with it finds, in bounded time."""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credlint import samples
from credlint.rulebook import load_rules
from credlint.samples import expand
from credlint.secrets import plain_matcher
from credlint.secrets.directives import DIRECTIVE, DIRECTIVE_STARTS
from credlint.secrets.matcher import Expression
from credlint.secrets.patterns import make_patterns
from credlint.secrets.plain_matcher import PlainMatcher
from tests.secrets.engines import both, told

if sys.version_info >= (3, 11):
    from re import _parser as sre_parse
else:
    import sre_parse

ROOT = Path(__file__).resolve().parents[2]
RULES = load_rules(("secrets",), samples=True)
PATTERNS = tuple(pattern for pattern in make_patterns(RULES) if not pattern.files)
SAMPLES = [(rule.id, sample) for rule in RULES for sample in (*rule.match, *rule.no_match)]
USUAL, PLAIN = both()
FILES = sorted(
    path
    for folder in ("fixtures", "docs", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and path.suffix in (".json", ".md", ".py", ".xml", ".mjs", ".go")
)

every_pattern = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: p.spec.id)
every_sample = pytest.mark.parametrize(
    "sample", [sample for _, sample in SAMPLES], ids=[f"{c}-{s['path']}" for c, s in SAMPLES]
)

SEEDS = st.integers(0, 10**4).map(str)
SECRETS = st.one_of(
    SEEDS.map(lambda seed: samples.key_id("AKIA", "210987654321", seed)),
    SEEDS.map(lambda seed: samples.key_id("ASIA", "210987654321", seed)),
    SEEDS.map(samples.secret_key),
    SEEDS.map(lambda seed: samples.secret_key(seed).replace("/", "\\/").replace("+", "%2B")),
    SEEDS.map(lambda seed: samples.secret_key(seed).replace("/", "%2F")),
    SEEDS.map(samples.session_token),
    SEEDS.map(lambda seed: samples.pem(seed=seed)),
    SEEDS.map(lambda seed: samples.openssh_key(seed=seed)),
    SEEDS.map(lambda seed: samples.base64_of_pem(seed=seed)),
    SEEDS.map(lambda seed: samples.github_token("ghp", seed)),
    SEEDS.map(lambda seed: samples.gitlab_token("glpat", seed)),
    SEEDS.map(lambda seed: samples.base64_text(70, seed)),
    SEEDS.map(lambda seed: samples.hexadecimal(40, seed)),
)
WORDS = st.sampled_from(
    [
        *("aws", "AWS_SECRET_ACCESS_KEY", "secret", "Secret_Key", "amzn", "s3_secret", "session"),
        *("aws_session_token", "access-secret", "AKIA", "ASIA", "ghp_", "glrtr-t1_", "glpat-"),
        *("-----BEGIN ", "PRIVATE KEY-----", "LS0tLS1CRUdJTi", "IQoJb3JpZ2luX2Vj", "credlint:"),
        *("# credlint: ignore[SEC101] why", "import boto3", "boto", "FQoGZXIvYXdz", "BOTO"),
        *("=", ": ", '"', "'", " ", "\n", "\t", ",", "/", "_", "-", ".", "%3D", "\\n", "é", "\0"),
        *("a", "A" * 12, "aB3/" * 9, "_" * 40, "!" * 24, "x" * 3000),
    ]
)
NAMES = st.sampled_from(
    [
        *("aws_secret_access_key", "AWS_SECRET_KEY", "amazon.private", "aws key", "secretKey"),
        *("SecretAccessKey", "s3-bucket-secret", "secret", "aws_session_token", "SessionToken"),
        *("aws_access_key_id", "token", "awsPassword", "dynamo_db_secret", "access secret"),
    ]
)
JOINTS = st.sampled_from(
    ["=", " = ", ": ", '": "', "' => '", " is: x1 = ", "%3D", "\\u003d", "</key><v>", "=" * 30]
)
ASSIGNMENTS = st.tuples(NAMES, JOINTS, SECRETS).map("".join)
PIECES = st.lists(st.one_of(WORDS, SECRETS, ASSIGNMENTS), max_size=40)


@every_sample
def test_a_sample_is_judged_alike(sample):
    data = expand(sample["text"]).encode()

    assert told(PLAIN, data, sample["path"]) == told(USUAL, data, sample["path"])


def test_all_samples_in_one_document_are_judged_alike():
    data = "\n".join(expand(sample["text"]) for _, sample in SAMPLES).encode()

    assert told(PLAIN, data) == told(USUAL, data)
    assert len(told(PLAIN, data)[0]) > len(RULES)


def test_files_are_judged_alike():
    other = [
        path.name
        for path in FILES
        for data in [path.read_bytes()]
        if told(PLAIN, data, path.name) != told(USUAL, data, path.name)
    ]

    assert other == []
    assert len(FILES) > 100


@settings(max_examples=1000, deadline=None)
@given(PIECES)
def test_generated_texts_are_judged_alike(pieces):
    data = "".join(pieces).encode()

    assert told(PLAIN, data) == told(USUAL, data)


@settings(max_examples=100, deadline=None)
@given(PIECES, st.integers(0, 60))
def test_generated_texts_are_judged_alike_wherever_blocks_end(pieces, size):
    data = "".join(pieces).encode()
    usual = told(USUAL, data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_matcher, "_BLOCK", size + 1)

        assert told(PLAIN, data) == usual


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_are_judged_alike(data):
    assert told(PLAIN, data) == told(USUAL, data)


@pytest.mark.parametrize("offset", [-21, -20, -19, -10, -4, -1, 0, 1])
def test_a_key_across_the_end_of_a_block_is_found(offset):
    key = samples.key_id("AKIA", "210987654321")
    before = b" " * (plain_matcher._BLOCK + offset)
    findings = told(PLAIN, before + key.encode() + b"\n")[0]

    assert [f.location.column for f in findings] == [len(before) + 1]


@every_pattern
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_match_begins_as_the_rule_says(pattern, data):
    """Else the engine without hyperscan would be silent about it."""
    matching = data.draw(st.from_regex(pattern.spec.regex.encode(), fullmatch=True))
    hits: list[tuple[int, int]] = []
    PLAIN._matcher.collect(matching, hits, 10**6)

    assert pattern.starts
    assert PATTERNS.index(pattern) in {number for number, _ in hits}


@every_pattern
def test_a_window_holds_the_longest_match(pattern):
    """Both engines look around an end; a match that reaches out of the window would be lost."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        longest = sre_parse.parse(pattern.spec.regex).getwidth()[1]

    assert longest <= pattern.window


UNITS = (
    *("aws", "amz", "secret", "session", "AKIA", "ghp_", "glpat-", "ghs_1_eyJ", "-----BEGIN A "),
    *(
        "LS0tLS1CRUdJTi",
        "IQoJb3JpZ2luX2Vj",
        "github_pat_",
        "glrt-t1_",
        "credlint: ",
        "boto",
        "ATBB",
    ),
    "=" + "amz" * 8 + "secretsecret" + "_" * 40,
    "__aaaaaaaaaaaa::::::::awsawsawssecretsecretsecret________________'",
    "aws_secret" + "/" * 39 + "!" + ("a" * 12 + "/" * 24) * 3,
    "aws key" + "a!" * 30,
    "session_token" + "/" * 149 + "!",
    "ATCTT3xFf" + "a" * 300 + "%3d",
    "gldt-" + "a" * 300 + ".",
    "secret" + " " * 8 + ":" + " " * 8,
    "-----BEGIN" + "+" + "A" * 12 + "%20PRIVATE",
    *(
        "password",
        "-password ",
        "key=",
        "auth: ",
        '" == ',
        "login('a','",
        "mysql -p",
        "token.token",
    ),
    "password" + "." * 24 + " " * 24 + "=" + "A." * 20,
    "credential" + "-" * 24 + "(" * 3 + "bcdf" * 9,
)


@pytest.mark.parametrize("unit", UNITS, ids=range(len(UNITS)))
def test_hostile_text_takes_bounded_time(unit):
    """Seconds of the processor for 64 KiB; measured 0.17 at most, 2.7 s per MB."""
    data = (unit * (65_536 // len(unit) + 1)).encode()
    before = time.process_time()
    PLAIN._matcher.collect(data, [], 10**9)

    assert time.process_time() - before < 3


def test_the_limit_is_told():
    data = b"\n".join([b"AKIA" + b"ABCD" * 4] * 30)
    hits: list[tuple[int, int]] = []
    complete = PLAIN._matcher.collect(data, hits, 20)

    assert (complete, len(hits)) == (False, 20)


def test_an_expression_that_tells_no_beginning_is_looked_for_everywhere():
    matcher = PlainMatcher([Expression("[a-z]=1[0-9]?"), Expression(DIRECTIVE, DIRECTIVE_STARTS)])
    hits: list[tuple[int, int]] = []

    assert matcher.collect(b"a=1b=12 credlint: ignore", hits, 100)
    assert sorted(hits) == [(0, 3), (0, 7), (1, 24)]


@pytest.mark.parametrize("block", [1, 7, 39, 40, 41, 100, 10_000])
def test_ranges_before_runs_leave_out_no_place(monkeypatch, block):
    """What lies a match's length before a run, and the run itself, is looked at once."""
    monkeypatch.setattr(plain_matcher, "_BLOCK", block)
    data = b"x" * 39 + b" " * 300 + b"y" * 40 + b"." * 10 + b"z" * 90 + b" " * 100
    ranges = list(plain_matcher._before_runs(data, plain_matcher._RUNS["word"], 40, 60))
    places = [place for low, high in ranges for place in range(low, high)]

    assert places == sorted(set(places))
    assert set(places) == set(range(339 - 60, 379)) | set(range(379, 479))


def test_overlapping_matches_are_all_told():
    matcher = PlainMatcher([Expression("aba", ("ab",))])
    hits: list[tuple[int, int]] = []
    matcher.collect(b"ababa", hits, 100)

    assert hits == [(0, 3), (0, 5)]


def test_case_counts_where_the_expression_says_so():
    matcher = PlainMatcher([Expression("(?i:key)=x", ("KEY",)), Expression("key=x", ("key",))])
    hits: list[tuple[int, int]] = []
    matcher.collect(b"Key=x KEY=x key=x", hits, 100)

    assert sorted(hits) == [(0, 5), (0, 11), (0, 17), (1, 17)]
