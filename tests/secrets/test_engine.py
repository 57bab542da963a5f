"""The engine on anything: it raises nothing, finds a key anywhere, and says exactly where."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint import samples
from credlint.model.document import Document
from credlint.rulebook import load_rules
from credlint.secrets.document_result import FINDING_LIMIT
from credlint.secrets.engine import HIT_LIMIT, build_engine
from tests.support.cache import CACHE

ENGINE = build_engine(load_rules(("secrets",)), CACHE)
FILLER = st.text(alphabet=st.sampled_from("abz =:\n\r\t\"'é漢😀"), max_size=200)
SEEDS = st.integers(0, 10**6).map(str)
MAKERS = {
    "SEC101": lambda seed: samples.key_id("AKIA", "210987654321", seed),
    "SEC103": samples.session_token,
    "SEC201": lambda seed: samples.pem(seed=seed),
    "SEC202": lambda seed: samples.github_token("ghp", seed),
}


def _scan(text, uri="file.txt"):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return ENGINE.scan(Document(uri, data))


def _naive_place(text, index):
    """Line and column by walking the characters one by one."""
    line = column = 1
    place = 0
    while place < index:
        if text[place] == "\r" and text[place + 1 : place + 2] == "\n":
            line, column, place = line + 1, 1, place + 2
        elif text[place] in "\r\n":
            line, column, place = line + 1, 1, place + 1
        else:
            column, place = column + 1, place + 1
    return line, column


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_never_raises(data):
    ENGINE.scan(Document("x", data))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"-----BEGIN RSA PRIVATE KEY-----",
                b"AKIA" + b"Q" * 16,
                b"credlint: ignore[",
                b"aws_secret_access_key=" + b"a/B3" * 10,
                b"PuTTY-User-Key-File-2: ",
                b"IQoJb3JpZ2luX2Vj" + b"%2F" * 60,
                b"LS0tLS1CRUdJTi" + b"BSU0" * 30,
                b"\xff\xfe\x00\n",
            ]
        ),
        max_size=12,
    ).map(b" ".join)
)
def test_never_raises_near_a_hit(data):
    ENGINE.scan(Document("x", data))


@pytest.mark.parametrize("code", sorted(MAKERS))
@settings(max_examples=40, deadline=None)
@given(before=FILLER, after=FILLER, seed=SEEDS)
def test_planted_key_is_found_at_its_exact_place(code, before, after, seed):
    key = MAKERS[code](seed)
    text = f"{before} {key} {after}"
    start = text.index(key)
    findings = [f for f in _scan(text).findings if f.code == code]

    assert [(f.location.line, f.location.column) for f in findings] == [_naive_place(text, start)]
    assert (findings[0].location.end_line, findings[0].location.end_column) == _naive_place(
        text, start + len(key)
    )


@settings(max_examples=40, deadline=None)
@given(before=FILLER, seed=SEEDS)
def test_planted_pair_is_one_story(before, seed):
    key, secret = samples.key_id("AKIA", "210987654321", seed), samples.secret_key(seed)
    result = _scan(f"{before}\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")

    assert [(f.code, f.level) for f in result.findings] == [
        ("SEC101", "error"),
        ("SEC102", "error"),
    ]
    assert {f.subject for f in result.findings} == {f"AKIA…{key[-4:]}"}
    assert result.findings[0].related[0].line == result.findings[1].location.line


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_marked_utf16_and_utf32_are_read(encoding):
    marks = {
        "utf-16-le": codecs.BOM_UTF16_LE,
        "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE,
    }
    text = f"é\r\nid = {samples.key_id('AKIA', '210987654321')}\r\n"
    findings = _scan(marks[encoding] + text.encode(encoding)).findings

    assert [(f.code, f.location.line, f.location.column) for f in findings] == [("SEC101", 2, 6)]


def test_utf8_mark_is_no_column():
    key = samples.key_id("AKIA", "210987654321")
    findings = _scan(codecs.BOM_UTF8 + key.encode()).findings

    assert [(f.location.line, f.location.column) for f in findings] == [(1, 1)]


def test_invalid_utf8_hides_nothing():
    key = samples.key_id("AKIA", "210987654321").encode()
    findings = _scan(b"\xff\xfe"[:1] + b"\xc3 \x80\n\xf0\x9f= " + key).findings

    assert [(f.location.line, f.location.column) for f in findings] == [(2, 4)]


def test_changed_alphabet_loses_an_id():
    key = samples.key_id("AKIA", "210987654321")

    assert _scan(key[:10] + "1" + key[11:]).findings == ()


def test_changed_checksum_is_no_more_than_a_note():
    token = samples.github_token()
    changed = token[:-1] + ("a" if token[-1] != "a" else "b")

    assert [f.level for f in _scan(token).findings + _scan(changed).findings] == ["error", "note"]


def test_id_that_aws_cannot_issue_is_a_note():
    made_up = "AKIA" + "DQ6HWVNJ3LRT2KXB"

    assert [f.level for f in _scan(made_up).findings] == ["note"]


def test_line_of_ten_megabytes_is_read_to_its_end():
    key = samples.key_id("AKIA", "210987654321")
    filler = 'a=1;b("é");' * 900_000
    findings = _scan(f"{filler} {key}").findings

    assert [(f.location.line, f.location.column) for f in findings] == [(1, len(filler) + 2)]


def test_too_many_hits_are_bounded_and_said():
    line = f"{samples.key_id('AKIA', '210987654321')} "
    result = _scan(line * (HIT_LIMIT + 10))

    assert [entry.code for entry in result.skipped] == ["RUN908", "RUN908"]
    assert len(result.findings) == FINDING_LIMIT


def test_of_too_many_findings_the_gravest_are_kept():
    notes = f"{'AKIA' + 'DQ6HWVNJ3LRT2KXB'} " * FINDING_LIMIT
    result = _scan(f"{notes}\n{samples.key_id('AKIA', '210987654321')}")

    assert [f.level for f in result.findings][-2:] == ["note", "warning"]
    assert (len(result.findings), len(result.skipped)) == (FINDING_LIMIT, 1)


def test_each_secret_value_is_reported_once():
    text = f"AWS_SECRET_ACCESS_KEY: {samples.secret_key('q')} # aws secret key\n"

    assert [f.code for f in _scan(text).findings] == ["SEC102"]


def test_clean_text_gives_the_same_empty_result():
    assert _scan("nothing here") is _scan("nor here")
