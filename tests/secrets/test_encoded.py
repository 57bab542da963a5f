"""Keys in encoded text: found by both engines, in any nesting of two, at the right outer place."""

from __future__ import annotations

import base64
import gzip
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint import samples
from credlint.model.document import Document
from credlint.secrets import decoding, plain_matcher
from credlint.secrets.encoded_hints import iter_hints
from tests.secrets.engines import both, told

USUAL, PLAIN = both()
KEY = samples.key_id("AKIA", "210987654321")
SEEDS = st.integers(0, 10**4).map(str)


def _b64(data, url=False):
    return (base64.urlsafe_b64encode if url else base64.b64encode)(data).decode()


def _each(form):
    return lambda data: "".join(form % code for code in data)


# Name in the report -> from bytes to text.
ENCODINGS = {
    "base64": _b64,
    "base64, URL": lambda data: _b64(data, url=True).rstrip("="),
    "hexadecimal": bytes.hex,
    "hexadecimal, upper": lambda data: data.hex().upper(),
    "\\x escapes": _each("\\x%02x"),
    "\\u escapes": _each("\\u%04X"),
    "percent-encoding": _each("%%%02X"),
    "octal escapes": _each("\\%03o"),
    "HTML entities": _each("&#%d;"),
    "HTML entities, hex": _each("&#x%x;"),
    "base64 of UTF-16": lambda data: _b64(data.decode().encode("utf-16-le")),
    "base64 of gzip": lambda data: _b64(gzip.compress(data)),
}
# Twelve kinds of file: what stands before the encoded text, and behind it.
FILES = {
    "a.yaml": ("data:\n  blob: ", "\n  other: 1\n"),
    "a.json": ('{"blob": "', '", "n": [1, 2]}'),
    "a.py": ("BLOB = b'", "'\nprint(BLOB)\n"),
    "a.sh": ("echo ", " | base64 -d\n"),
    "a.ps1": ("powershell -EncodedCommand ", "\r\nexit\r\n"),
    "a.tf": ('  user_data = "', '"\n}\n'),
    "a.xml": ("<v>", "</v>"),
    ".env": ("BLOB=", "\nMODE=1\n"),
    "a.js": ("var b=atob('", "');run(b)"),
    "a.md": ("See `", "` above.\n"),
    "a.ini": ("[x]\nblob = ", "\n"),
    "a.html": ('<a href="data:text/plain;base64,', '">é</a>'),
}
KEYS = st.one_of(
    SEEDS.map(lambda seed: samples.key_id("AKIA", "210987654321", seed)),
    SEEDS.map(lambda seed: samples.github_token("ghp", seed)),
)


def _findings(engine, text, uri="a.txt"):
    return engine.scan(Document(uri, text.encode())).findings


def _value(engine, text):
    (span,) = engine.scan(Document("a.txt", text.encode())).spans
    return span.value.reveal()


@pytest.mark.parametrize("uri", sorted(FILES))
@settings(max_examples=40, deadline=None)
@given(key=KEYS, name=st.sampled_from(sorted(ENCODINGS)), before=st.integers(0, 5))
def test_a_key_in_any_encoding_is_found_at_its_place(uri, key, name, before):
    inner = " " * before + key + "\n"
    head, tail = FILES[uri]
    text = head + ENCODINGS[name](inner.encode()) + tail
    for engine in (USUAL, PLAIN):
        result = engine.scan(Document(uri, text.encode()))
        (finding,), (span,) = result.findings, result.spans

        assert span.value.reveal() == key
        assert dict(finding.properties)["encoding"] == name.partition(",")[0]
        # What stands at the place is what the encoding made of the key.
        start, end = len(head.encode()), len((text[: -len(tail)]).encode())
        assert start <= span.start < span.end <= end
        if not name.endswith("gzip"):
            share = (end - start) / len(inner)
            assert abs(span.end - span.start - share * len(key)) <= share + 6


@settings(max_examples=200, deadline=None)
@given(KEYS, st.sampled_from(sorted(ENCODINGS)), st.sampled_from(sorted(ENCODINGS)))
def test_a_key_encoded_twice_is_found(key, first, second):
    text = f"x = {ENCODINGS[second](ENCODINGS[first](f'id: {key}'.encode()).encode())} .\n"
    for engine in (USUAL, PLAIN):
        assert _value(engine, text) == key


@settings(max_examples=60, deadline=None)
@given(
    SEEDS,
    st.sampled_from([64, 76, 100]),
    st.sampled_from(["\n", "\r\n", "\n    ", "\\n", '" +\n  "']),
)
def test_a_settings_file_in_wrapped_base64(seed, width, joint):
    key, secret = samples.key_id("AKIA", "210987654321", seed), samples.secret_key(seed)
    inner = f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
    packed = _b64((inner + "region = eu-west-1\n" * 9).encode())
    lines = [packed[place : place + width] for place in range(0, len(packed), width)]
    text = f'blob: "{joint.join(lines)}"\n'
    for engine in (USUAL, PLAIN):
        result = engine.scan(Document("a.yaml", text.encode()))
        assert [(f.code, f.level) for f in result.findings] == [
            ("SEC101", "error"),
            ("SEC102", "error"),
        ]
        assert [span.value.reveal() for span in result.spans] == [key, secret]
        place = result.findings[0].location
        assert place.line == 1 + packed.index(_b64(inner.encode())[44:60]) // width * (
            "\n" in joint
        )


def test_a_kubernetes_secret_reads_as_its_author_wrote_it():
    secret = samples.secret_key("q")
    text = (
        f"kind: Secret\ndata:\n  AWS_ACCESS_KEY_ID: {_b64(KEY.encode())}\n"
        f"  AWS_SECRET_ACCESS_KEY: {_b64(secret.encode())}\n"
    )
    for engine in (USUAL, PLAIN):
        findings = _findings(engine, text)
        assert [(f.code, f.level, f.location.line) for f in findings] == [
            ("SEC101", "error", 3),
            ("SEC102", "error", 4),
        ]
        assert findings[0].message.endswith(
            "with its secret key on line 4. It is written in base64."
        )
        assert findings[0].related[0].line == 4


def test_what_is_glued_to_a_run_moves_nothing():
    for glued in ("/", "path/to/", "x", "ab", "abc", "-"):
        text = f"GET https://host/{glued}{_b64(f'id {KEY} end'.encode())}/more"
        assert _value(USUAL, text) == _value(PLAIN, text) == KEY


@pytest.mark.parametrize(
    "text",
    [
        "sha512-" + _b64(bytes(range(256)) * 40),
        "background: url(data:image/png;base64," + _b64(b"\x89PNG\r\n\x1a\n" + bytes(3000)) + ")",
        "H4sIAAAAAAAAA" + "A" * 90,
        "\\x41\\x4b\\x49",
        _b64(b"nothing secret in here, password or not " * 20),
    ],
)
def test_encoded_text_without_a_key_is_silent(text):
    assert _findings(USUAL, text) == _findings(PLAIN, text) == ()


def test_too_many_encoded_texts_are_told():
    line = f"x: {_b64(f'id: {KEY}'.encode())}\n"
    result = USUAL.scan(Document("a", (line * (decoding._SEGMENTS + 9)).encode()))

    assert [entry.code for entry in result.skipped] == ["RUN922"]
    assert len(result.findings) == decoding._SEGMENTS


def test_a_bomb_in_base64_is_bounded_and_told(monkeypatch):
    monkeypatch.setattr(decoding, "DECODED_LIMIT", 100_000)
    text = _b64(gzip.compress(b"password: none\n" * 100_000))
    result = USUAL.scan(Document("a", text.encode()))

    assert [entry.code for entry in result.skipped] == ["RUN922"]


HOSTILE = (
    *(_b64(b"AKIA secret "), _b64(b"aws_secret\0"), _b64(b"\0AKIA\x80")[1:], "QUtJQ", "H4sIA "),
    *(
        "\\x41",
        "%41",
        "\\u0041",
        "&#65;",
        "&#x41;",
        "\\101",
        "414b4941",
        "414b4941 ",
        "414b494100",
        "H4sIAAAA",
    ),
    _b64("AKIAsecret".encode("utf-16-le")),
    _b64(_b64(b"AKIA").encode()),
    _b64(b"AKIA secret " * 4) + "\n",
)


@pytest.mark.parametrize("unit", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_takes_linear_time(unit):
    """Seconds of the processor for 2 MB."""
    data = (unit * (2_000_000 // len(unit))).encode()
    before = time.process_time()
    USUAL.scan(Document("a", data))

    assert time.process_time() - before < 6


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "\n", " ", "=", '"', "é", "\0", "x" * 40, KEY])))
def test_any_mixture_is_judged_alike(pieces):
    data = "".join(pieces).encode()

    assert told(PLAIN, data) == told(USUAL, data)


def test_no_spelling_is_longer_than_the_plain_matcher_looks_ahead():
    longest = max(len(text) for _, text in iter_hints(PLAIN._matcher._hints))

    assert longest <= plain_matcher._LONGEST_SPELLING
