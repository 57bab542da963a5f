"""Literals are read as each language writes them, and never out of bounds."""

from __future__ import annotations

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.secrets.generic.syntax import read_pair, read_value

VALUES = st.text(string.ascii_letters + string.digits + "+/_-.@!#%&*", min_size=4, max_size=60)
PLAIN = st.text(string.ascii_letters + string.digits + "_-", min_size=4, max_size=60)
QUOTED = [
    'password = "{}"',
    "password: '{}',",
    '"password": "{}"}}',
    "password := `{}`",
    'password => "{}"',
    'password="{}">',
    'password: str = "{}"',
    'password string = "{}"',
    'let password: &str = "{}";',
    "['password'] = '{}'",
    'password == "{}"',
    "password !== '{}'",
    'password = new Secret("{}")',
    'Password: String("{}"),',
    'password = []byte("{}")',
    "password = b'{}'",
    'password = @"{}"',
    'setpassword("{}")',
    "'password', '{}')",
    "PASSWORD '{}'",
    r"\"password\": \"{}\"",
    r"\\\"password\\\":\\\"{}\\\"",
    'char password[25] = "{}";',
]
BARE = [
    "password={}",
    "export PASSWORD={}\n",
    "- password: {}\n",
    "{{user: jo, password: {}}}",
    "?password={}&b=c",
    "<password>{}</password>",
    "# password = {}  # old",
    "password%3D{}&b=c",
]
PAIRS = [
    '"name": "PASSWORD", "value": "{}"',
    "- name: PASSWORD\n  value: {}\n",
    '<add key="PASSWORD" value="{}"/>',
    "<key>PASSWORD</key>\n  <string>{}</string>",
    r"{{\"key\": \"PASSWORD\", \"value\": \"{}\"}}",
]


def _read(template, value, reader, **options):
    text = template.format(value)
    place = text.lower().index("password")
    places = (
        (place, place + len("password")) if reader is read_value else (place + len("password"),)
    )
    return text, reader(text.encode(), *places, **options)


@pytest.mark.parametrize("template", QUOTED)
@given(value=VALUES)
def test_a_quoted_literal_is_read_whole(template, value):
    text, literal = _read(template, value, read_value, lines=False)

    assert literal is not None
    assert literal.text == value
    assert literal.quote
    assert text.encode()[literal.start : literal.end].decode() == value


@pytest.mark.parametrize("template", BARE)
@given(value=PLAIN)
def test_a_bare_value_is_read_to_its_end(template, value):
    text, literal = _read(template, value, read_value, lines=True)

    assert literal is not None
    assert literal.text == value
    assert text.encode()[literal.start : literal.end].decode() == value


@pytest.mark.parametrize("template", PAIRS)
@given(value=PLAIN)
def test_the_value_of_a_pair_is_read(template, value):
    _, literal = _read(template, value, read_pair)

    assert literal is not None
    assert literal.text == value


@pytest.mark.parametrize(
    "text",
    [
        "password must be long",
        "password = getpass()",
        'password = "open',
        "password, other",
        "password)",
        "password: \n  next: line",
    ],
)
def test_what_is_no_literal_is_not_read(text):
    literal = read_value(text.encode(), 0, len("password"), lines=False)

    assert literal is None or literal.after == "("


def test_the_rest_of_a_line_belongs_to_the_value_where_lines_assign():
    text = b"password: Us#8VZ]oQ5p=JP}"

    assert read_value(text, 0, 8, lines=True).text == "Us#8VZ]oQ5p=JP}"
    assert read_value(text, 0, 8, lines=False).text == "Us#8VZ"


@given(st.binary(max_size=600), st.integers(0, 600), st.booleans())
def test_any_bytes_are_read_within_bounds(data, place, lines):
    for literal in (read_value(data, 0, place, lines=lines), read_pair(data, place)):
        assert literal is None or 0 <= literal.start <= literal.end <= len(data)


@pytest.mark.parametrize("filler", [b" ", b"=", b'"', b"\\", b"[", b"a", b"A.", b"\t:", b"''"])
def test_a_hostile_line_takes_no_time(filler):
    data = b"password" + filler * 1_000_000
    start = time.perf_counter()
    read_value(data, 0, 8, lines=True)
    read_pair(data, 8)

    assert time.perf_counter() - start < 0.5
