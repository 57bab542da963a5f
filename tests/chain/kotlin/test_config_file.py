"""Kotlin's reading of a shared file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from credlint.chain.file_text import FileText
from credlint.chain.kotlin.config_file import Entry, parse
from credlint.chain.outcome import Raised
from tests.support.scenario import build_snapshot

# What may be a secret is not kept; here it does not matter what stood there.
_TOKEN = re.compile("<REDACTED-[0-9a-f]+>")
Read = dict[str, dict[str, object]]


def read(tmp_path: Path, text: str, role: str = "config") -> Read:
    snapshot = build_snapshot({"files": {role: text}}, tmp_path)
    file = snapshot.file(role)
    assert file is not None
    sections = parse(FileText(snapshot, file), "Faulty", credentials=role == "credentials")
    return {
        " ".join(word for word in key if word): {
            name: _TOKEN.sub("…", value.text)
            if isinstance(value, Entry)
            else {inner: _TOKEN.sub("…", one.text) for inner, one in value.items()}
            for name, value in settings.items()
        }
        for key, settings in sections.items()
    }


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("[default]", "profile default"),
        ("[default] # team", "profile default"),
        ("[default]#team", "profile default"),
        ("[profile dev]", "profile dev"),
        ("[profile   dev]", "profile dev"),
        ("[profile\tdev]", "profile dev"),
        ("[profile dev] ", "profile dev]"),
        ('[profile "dev"]', 'profile "dev"'),
        ("[sso-session s]", "sso-session s"),
        ("[services s]", "services s"),
        ("[team dev]", "dev"),
        ("  [profile dev]", "dev"),
    ],
)
def test_header(tmp_path: Path, header: str, name: str) -> None:
    assert read(tmp_path, f"{header}\nregion = r1\n") == {name: {"region": "r1"}}


@pytest.mark.parametrize("header", ["[dev]", "[default] ", "[profile we ird]", "[default dev]"])
def test_header_whose_settings_are_passed_over(tmp_path: Path, header: str) -> None:
    assert read(tmp_path, f"{header}\nregion = r1\n") == {}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("region = r1\n", "Faulty"),
        ("[default]\n  region = r1\n", "Faulty"),
        ("[default]\nregion: r1\n", "Faulty"),
        ("[default]\nno setting\n", "Faulty"),
        ("[default] team\n", "Faulty"),
        ("\ufeff[default]\n", "Faulty"),
        ("[default]\ns3 =\n  no setting\n", "Faulty"),
        ("[]\n", "IndexOutOfBoundsException"),
        ("[dev]\nregion = r1\n  more\n", "NullPointerException"),
        ("[default]\nre gion = r1\n  more\n", "NullPointerException"),
    ],
)
def test_one_faulty_line_makes_the_file_unusable(tmp_path: Path, text: str, error: str) -> None:
    with pytest.raises(Raised) as raised:
        read(tmp_path, f"# first\n{text}" if "\ufeff" not in text else text)

    assert raised.value.error.name == error


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("region=r1", "r1"),
        ("region = r1 # comment", "r1"),
        ("region = r1  ; comment", "r1 "),
        ("region = r1#comment", "r1#comment"),
        ("region = 'r1'", "'r1'"),
        ("region = r1 = r2", "r1 = r2"),
        ("region = r1\u00a0", "r1"),
        ("region =", ""),
        ("region = r1\n  more # text", "r1\n… # …"),
        ("region = r1\n  # a comment", "r1"),
        ("region =\n  inner = r1 # text", {"inner": "… # …"}),
    ],
)
def test_value(tmp_path: Path, line: str, value: object) -> None:
    assert read(tmp_path, f"[default]\n{line}\n") == {"profile default": {"region": value}}


def test_names_of_settings_keep_their_case(tmp_path: Path) -> None:
    assert read(tmp_path, "[default]\nRegion = r1\n") == {"profile default": {"Region": "r1"}}


def test_repeated_sections_are_merged_and_the_last_value_wins(tmp_path: Path) -> None:
    text = "[default]\nregion = r1\noutput = json\n[default]\nregion = r2\n"

    assert read(tmp_path, text) == {"profile default": {"region": "r2", "output": "json"}}


def test_profile_default_takes_the_place_of_default(tmp_path: Path) -> None:
    text = "[profile default]\nregion = r1\n[default]\noutput = json\n"

    assert read(tmp_path, text) == {"profile default": {"region": "r1"}}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    text = end.join(("[default]", "region = r1", "[profile dev]", "region = r2", ""))

    assert read(tmp_path, text) == {
        "profile default": {"region": "r1"},
        "profile dev": {"region": "r2"},
    }


def test_credentials_file_takes_every_header_as_a_profile(tmp_path: Path) -> None:
    text = (
        "[dev]\nregion = r1\n[ prod ]\nregion = r2\n[profile ops]\nregion = r3\n[]\nregion = r4\n"
    )

    assert read(tmp_path, text, "credentials") == {
        "profile dev": {"region": "r1"},
        "profile prod": {"region": "r2"},
        "profile": {"region": "r4"},
    }


def test_credentials_file_has_no_sso_session_not_even_in_a_comment(tmp_path: Path) -> None:
    with pytest.raises(Raised) as raised:
        read(tmp_path, "[dev] # see sso-session s\n", "credentials")

    assert raised.value.error.name == "Faulty"
