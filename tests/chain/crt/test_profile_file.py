"""How the Common Runtime reads and merges the shared files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from credlint.chain.crt.profile_file import Fatal, Sections, merge, read
from credlint.chain.file_text import FileText
from credlint.model.host_file import HostFile
from credlint.model.snapshot import HostSnapshot
from tests.chain.support import trace_of


def text_of(text: str, role: str = "config") -> FileText:
    file = HostFile(role, f"~/.aws/{role}", "default", "read", text=text)
    return FileText(HostSnapshot("2026-07-01T12:00:00+00:00"), file)


def settings(sections: Sections, kind: str = "profile") -> dict[str, Any]:
    table = sections[kind]
    return {name: {k: p.text for k, p in one.settings.items()} for name, one in table.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[default]\na = b\n", {"default": {"a": "b"}}),
        ("[profile x]\na = b", {"x": {"a": "b"}}),
        ("[ profile\t x ] ; comment\na=b", {"x": {"a": "b"}}),
        ("[profile x] anything\na=b", {"x": {"a": "b"}}),
        # Dropped headers take their settings with them.
        ("[x]\na = b\n[default]\nc = d\n", {"default": {"c": "d"}}),
        ('[profile "x"]\na = b\n', {}),
        ("[profile we ird]\na = b\n", {}),
        ("[]\na = b\n", {}),
        ("[profilex]\na = b\n", {}),
        # The one with the word counts, whatever comes first.
        ("[default]\na = b\n[profile default]\nc = d\n", {"default": {"c": "d"}}),
        ("[profile default]\nc = d\n[default]\na = b\n", {"default": {"c": "d"}}),
        ("[default]\na = 1\na = 2\n", {"default": {"a": "2"}}),
        ("[default]\nA = 1\na = 2\n", {"default": {"A": "1", "a": "2"}}),
        ("[default]\na = b # c\n", {"default": {"a": "b"}}),
        ("[default]\na = b#c\n", {"default": {"a": "b#c"}}),
        ('[default]\na = "b"\n', {"default": {"a": '"b"'}}),
        ("[default]\na = b = c\n", {"default": {"a": "b = c"}}),
        ("[default]\ntwo words = b\n", {"default": {}}),
        ("[default]\na: b\n", {"default": {}}),
        # What is indented belongs to the value, comments and headers too.
        ("[default]\na = b\n  # c\n  [profile x]\n", {"default": {"a": "b\n# c\n[profile x]"}}),
        ("[default]\ns3 =\n  a = b\n", {"default": {"s3": "\na = b"}}),
        ("[default]\na = b\r\n", {"default": {"a": "b"}}),
        ("[default]\ra = b\r", {"default": {}}),
        ("# c\n; c\n\n   \n[default]\n", {"default": {}}),
        ("two words\n[default]\n", {"default": {}}),
    ],
)
def test_profiles_of_a_config_file(text: str, expected: dict[str, Any]) -> None:
    assert settings(read(text_of(text), config=True)) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a = b\n[default]\n", 1),
        ("[default]\n  a = b\n", 2),
        ("[default]\n# c\n  # c\n", 3),
        ("[x]\na = b\n  c = d\n", 3),
        ("[default\n", 1),
        ("[profile x # c]\n", 1),
        ("[default]\nword\n", 2),
        ("[default]\na:b\n", 2),
        ("[default]\n= b\n", 2),
        ("[default]\na # c = b\n", 2),
        ("[default]\na =\n  b\n", 3),
    ],
)
def test_lines_that_make_a_file_useless(text: str, number: int) -> None:
    with pytest.raises(Fatal) as fatal:
        read(text_of(text), config=True)

    assert fatal.value.number == number


def test_prefixed_sections_of_a_credentials_file_are_dropped() -> None:
    text = "[profile x]\na = b\n[y]\nc = d\n"

    assert settings(read(text_of(text, "credentials"), config=False)) == {"y": {"c": "d"}}


def test_the_credentials_file_wins_setting_by_setting() -> None:
    config = read(text_of("[default]\na = 1\nb = 1\n"), config=True)
    credentials = read(text_of("[default]\nb =\nc = 2\n", "credentials"), config=False)

    assert settings(merge(config, credentials)) == {"default": {"a": "1", "b": "", "c": "2"}}


def test_a_session_of_a_profiles_name_falls_into_the_profile() -> None:
    text = "[profile x]\na = 1\n[sso-session x]\nb = 2\n[services y]\nsts =\n  endpoint_url = h\n"
    merged = merge(read(text_of(text), config=True), None)

    assert settings(merged) == {"x": {"a": "1", "b": "2"}}
    assert settings(merged, "sso-session") == {}
    assert merged["services"]["y"].settings["sts"].inner == {"endpoint_url": "h"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [("~/.aws/config", "static_config_file"), ("$HOME/.aws/config", None), ("", None)],
)
def test_how_the_path_of_a_file_is_taken(
    tmp_path: Path, path: str, expected: Optional[str]
) -> None:
    """Only a first ~ is expanded, and an empty path is none."""
    text = "[default]\naws_access_key_id = @@key-id:AKIA:123456789012:CFG@@\n"
    scenario = {
        "environment": {"AWS_CONFIG_FILE": path},
        "files": {"config": text + "aws_secret_access_key = @@secret-key:CFG@@\n"},
    }

    winner = trace_of(tmp_path, scenario, "crt").winner

    assert (winner and winner.source) == expected
