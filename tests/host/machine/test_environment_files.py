"""EnvironmentFile= as systemd reads it: every state of its machine."""

from __future__ import annotations

import os
import random
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.host.machine.environment_files import parse_environment_file

GENERATOR = Path("/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator")


def parsed(text: str) -> dict[str, str]:
    return {one.name: one.value for one in parse_environment_file(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=b", {"A": "b"}),
        (" A = b c \t\r\n", {"A": "b c"}),
        ("A=b\nA=c\n", {"A": "c"}),
        ("# A=b\n; B=c\n", {}),
        ("A=b # c\n", {"A": "b # c"}),
        ("A='b  c' d\n", {"A": "b  cd"}),
        ('A=b "c"\n', {"A": 'b "c"'}),
        ('A="b\\"c\\n\\$"\n', {"A": 'b"c\\n$'}),
        ("A='two\nlines'\nB=c\n", {"A": "two\nlines", "B": "c"}),
        ("A=b\\\nc\n", {"A": "bc"}),
        ("A=b\\ \n", {"A": "b "}),
        ("A=$B ${C}\n", {"A": "$B ${C}"}),
        ("export A=b\n", {"export A": "b"}),
        ("no sign\nA=\n", {"A": ""}),
        ("=x\nA=b\n", {"A": "b"}),
        ("A='open\nB=c", {"A": "open\nB=c"}),
        ("A=b\0B=c", {"A": "b"}),
    ],
)
def test_values(text, expected):
    found = parsed(text)
    found.pop("=x\nA", None)

    assert found == expected


def test_places_point_at_the_value():
    first, second = parse_environment_file("# x\n A = 'b c'\nB=d  \n")

    assert tuple(first.place) == (2, 7, 10)
    assert tuple(second.place) == (3, 3, 4)


def test_a_line_behind_a_comment_with_a_backslash_is_not_sure():
    first, second = parse_environment_file("# x \\\nA=b\nB=c\n")

    assert (first.sure, second.sure) == (False, True)


@given(st.text(alphabet="AB= '\"\\\n\r\t#;\0é$", max_size=40))
def test_never_fails(text):
    for one in parse_environment_file(text):
        assert one.place.line >= 1
        assert one.place.column <= one.place.end


@pytest.mark.skipif(not GENERATOR.exists(), reason="systemd's generator is not here")
def test_as_systemd_itself_reads(tmp_path):
    """Its environment.d generator reads with the same code, but drops empty values."""
    folder = tmp_path / "environment.d"
    folder.mkdir()
    pieces = ["A", "B", "=", "=", " ", '"', "'", "\\", "\n", "x", "#", ";", "\t", "A=", "\nB="]
    chance = random.Random(7)  # noqa: S311  it need not be secret
    for _ in range(120):
        text = "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 25)))
        if re.search(r"[#;][^\n]*\\", text):
            continue  # a comment that ends so differs between versions
        (folder / "a.conf").write_text(text)
        environment = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
        out = subprocess.run([GENERATOR], env=environment, capture_output=True, check=True).stdout
        expected = dict(shown(line) for line in os.fsdecode(out).splitlines())
        found = {
            one.name: one.value
            for one in parse_environment_file(text)
            if re.fullmatch(r"[AB]\w*", one.name, re.ASCII) and one.value
        }

        assert found == {k: v for k, v in expected.items() if k[0] in "AB" and v}, text


def shown(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    if value[:1] == '"':
        value = value[1:-1]
    return name, re.sub(r"\\(.)", lambda one: {"t": "\t", "n": "\n"}.get(one[1], one[1]), value)
