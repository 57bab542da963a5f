"""A random valid credential of AWS in any file is found at its place; a flawed one is lost."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint import samples
from credlint.model.document import Document
from credlint.rulebook import load_rules
from credlint.secrets.engine import build_engine
from credlint.secrets.facts import ScanFacts
from tests.support.cache import CACHE

ENGINE = build_engine(load_rules(("secrets",)), CACHE, facts=ScanFacts(now=1_780_272_000.0))
SEEDS = st.integers(0, 10**9).map(str)
LINES = st.lists(
    st.text(
        st.sampled_from("abcdef ghij klmn.,:;=(){}[]<>-_/\\'\"`#é漢😀 0123 XYZ\t"), max_size=60
    ),
    max_size=6,
).map("\n".join)
# How each kind of file writes a name and a value.
KINDS = {
    "a.ini": "[s]\n{name} = {value}\n",
    "vars.sh": "export {name}='{value}'\n",
    "run.sh": "tool --{name} {value} --verbose\n",
    "a.json": '{{"{name}": "{value}"}}\n',
    "a.yaml": "a:\n  {name}: {value}\n",
    "quoted.yaml": 'a:\n  - {name}: "{value}" # why\n',
    "a.toml": '[a]\n{name} = "{value}"\n',
    "a.py": "{name} = '{value}'\n",
    "a.js": 'const o = {{ {name}: "{value}" }};\n',
    "A.java": 'static final String {name} = "{value}";\n',
    "a.go": '{name} := "{value}"\n',
    "a.tf": 'variable "{name}" {{\n  default = "{value}"\n}}\n',
    "a.md": "Set `{name}` to `{value}`.\n",
    "a.xml": "<{name}>{value}</{name}>\n",
    "a.properties": "{name}={value}\n",
    "a.rb": ":{name} => '{value}',\n",
    "a.ipynb": '{{"source": ["{name} = \\"{value}\\"\\n"]}}\n',
}
# Code, name beside it, and what makes one.
MAKERS = {
    "access key id": ("SEC101", "id", lambda s: samples.key_id("AKIA", "210987654321", s)),
    "temporary id": ("SEC101", "id", lambda s: samples.key_id("ASIA", "099887654321", s)),
    "secret key": ("SEC102", "aws_secret_access_key", samples.secret_key),
    "session token": ("SEC103", "value", samples.session_token),
    "presigned URL": (
        "SEC105",
        "link",
        lambda s: samples.presigned_url("20300101T000000Z", "60", s),
    ),
    "long Bedrock key": ("SEC106", "token", lambda s: samples.bedrock_long("210987654321", s)),
    "short Bedrock key": (
        "SEC106",
        "token",
        lambda s: samples.bedrock_short("20300101T000000Z", "43200", s),
    ),
    "SES password": ("SEC107", "smtp_password", lambda s: samples.smtp_password("eu-west-1", s)),
    "selling partner": (
        "SEC107",
        "client",
        lambda s: "amzn1.oa2-cs.v1." + samples.hexadecimal(64, s),
    ),
}
# Unless the file says so itself, nothing beside them speaks of the key.
LOOSE = [name for name in MAKERS if name not in ("secret key", "SES password")]


def _spans(text, uri, code):
    data = text.encode()
    if uri.endswith(".ipynb") and code in ("SEC101", "SEC102", "SEC103"):
        code = "SEC109"
    result = ENGINE.scan(Document(uri, data))
    found = [
        data[span.start : span.end].decode()
        for span, finding in zip(result.spans, result.findings)
        if finding.code == code
    ]
    places = [
        (finding.location.line, finding.location.column)
        for finding in result.findings
        if finding.code == code
    ]
    return found, places


def _place(text, value):
    start = text.index(value)
    before = text[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1


@pytest.mark.parametrize("credential", MAKERS)
@settings(max_examples=60, deadline=None)
@given(uri=st.sampled_from(sorted(KINDS)), before=LINES, after=LINES, seed=SEEDS)
def test_planted_is_found_with_its_span(credential, uri, before, after, seed):
    code, name, make = MAKERS[credential]
    value = make(seed)
    text = f"{before}\n{KINDS[uri].format(name=name, value=value)}\n{after}"

    assert _spans(text, uri, code) == ([value], [_place(text, value)])


@pytest.mark.parametrize("credential", ["secret key", "session token", "presigned URL"])
@pytest.mark.parametrize("escape", ["json", "json twice", "url", "html"])
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_planted_with_escapes_is_found(credential, escape, seed):
    code, name, make = MAKERS[credential]
    value = make(seed)
    written = {
        "json": json.dumps(value)[1:-1].replace("/", "\\/").replace("&", "\\u0026"),
        "json twice": value.replace("/", "\\\\/").replace("&", "\\\\u0026"),
        "url": quote(value, safe=""),
        "html": value.replace("&", "&amp;"),
    }[escape]
    found, _ = _spans(f'{{"{name}":"{written}"}}', "file.txt", code)

    assert found == [written]


def _changed_alphabet(value, credential):
    """Put a character that the credential cannot have into its middle."""
    # What has no fixed length is found up to that place, when enough stands before it.
    middle = min(40, len(value) // 2)
    if credential == "presigned URL":
        return value[:-1] + "g"
    other = "1" if credential in ("access key id", "temporary id") else "!"
    return value[:middle] + other + value[middle + 1 :]


@pytest.mark.parametrize("credential", MAKERS)
@settings(max_examples=40, deadline=None)
@given(uri=st.sampled_from(sorted(KINDS)), seed=SEEDS)
def test_another_alphabet_loses_it(credential, uri, seed):
    code, name, make = MAKERS[credential]
    value = _changed_alphabet(make(seed), credential)
    found, _ = _spans(KINDS[uri].format(name=name, value=value), uri, code)

    assert found == []


@pytest.mark.parametrize("credential", [*LOOSE, "secret key", "SES password"])
@pytest.mark.parametrize("length", ["shorter", "longer"])
@settings(max_examples=25, deadline=None)
@given(uri=st.sampled_from(sorted(KINDS)), seed=SEEDS)
def test_another_length_loses_it(credential, length, uri, seed):
    code, name, make = MAKERS[credential]
    value = make(seed)
    if length == "longer":
        value += "Q" if not re.search("[0-9a-f]{64}", value) else "a"
        if credential in ("session token", "long Bedrock key", "short Bedrock key"):
            return  # of no fixed length
    else:
        value = value[:190] if credential == "session token" else value[:-1]
        if "Bedrock" in credential:
            value = value[:70]
    found, _ = _spans(KINDS[uri].format(name=name, value=value), uri, code)

    assert found == []


@pytest.mark.parametrize(
    "joint",
    [
        '" + "',
        "' + '",
        '" +\n    "',
        '" "',
        '"\n  "',
        '" . "',
        "' .\n'",
        '" & _\n  "',
        '" .. "',
        '", "',
    ],
)
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, cuts=st.lists(st.integers(5, 35), min_size=1, max_size=4, unique=True))
def test_pieces_of_a_literal_are_joined(joint, seed, cuts):
    quote_ = joint[0]
    secret = samples.secret_key(seed)
    pieces = [secret[i:j] for i, j in zip([0, *sorted(cuts)], [*sorted(cuts), 40])]
    text = f"String aws_secret_access_key = {quote_}{joint.join(pieces)}{quote_};\n"
    result = ENGINE.scan(Document("A.java", text.encode()))

    assert [span.value.reveal() for span in result.spans] == [secret]
    assert result.findings[0].location.column == text.index(secret[: min(cuts)]) + 1


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, cut=st.integers(5, 35))
def test_a_line_s_continuation_is_joined(seed, cut):
    secret = samples.secret_key(seed)
    text = f"AWS_SECRET_ACCESS_KEY={secret[:cut]}\\\n    {secret[cut:]}\nNEXT=1\n"
    result = ENGINE.scan(Document("a.properties", text.encode()))

    assert [span.value.reveal() for span in result.spans] == [secret]


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, cuts=st.lists(st.integers(4, 19), min_size=1, max_size=3, unique=True))
def test_pieces_of_an_id_are_joined(seed, cuts):
    key = samples.key_id("AKIA", "210987654321", seed)
    pieces = [key[i:j] for i, j in zip([0, *sorted(cuts)], [*sorted(cuts), 20])]
    text = "x('" + "' + '".join(pieces) + "', 'EU')"
    result = ENGINE.scan(Document("a.js", text.encode()))

    assert [span.value.reveal() for span in result.spans] == [key]


@settings(max_examples=40, deadline=None)
@given(count=st.integers(2, 6), lines=st.integers(0, 400))
def test_pairs_are_joined_over_any_distance_and_by_order(count, lines):
    ids = [samples.key_id("AKIA", "210987654321", f"c{n}") for n in range(count)]
    secrets = [samples.secret_key(f"c{n}") for n in range(count)]
    text = "\n".join(
        [*ids, *["x = 1"] * lines, *(f"aws_secret_access_key: {one}" for one in secrets)]
    )
    findings = ENGINE.scan(Document("a.txt", text.encode())).findings

    assert [(f.level, f.related[0].line) for f in findings[:count]] == [
        ("error", count + lines + number + 1) for number in range(count)
    ]
