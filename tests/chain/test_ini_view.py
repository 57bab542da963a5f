"""The view of a shared file, compared with Python's own parser where it accepts the text."""

from __future__ import annotations

import configparser
import sys
from pathlib import Path

import pytest

from credlint.chain.ini_view import IniView, view
from credlint.chain.shared_config import profile_map
from tests.support.scenario import build_snapshot


def read(tmp_path: Path, text: str) -> IniView:
    snapshot = build_snapshot({"files": {"config": text}}, tmp_path)
    return view(snapshot.file("config"))


def lengths(ini: IniView) -> dict[str, dict[str, int]]:
    return {
        name: {key: setting.value.length for key, setting in section.settings.items()}
        for name, section in ini.sections.items()
    }


def known_texts(ini: IniView) -> dict[tuple[str, str], str]:
    return {
        (name, key): setting.value.text
        for name, section in ini.sections.items()
        for key, setting in section.settings.items()
        if setting.value.text is not None
    }


def parsed_by_python(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {name: dict(parser.items(name)) for name in parser.sections()}


ACCEPTED = [
    "[a]\nregion = x\n",
    "[a]\nregion: x\n[b]\noutput=y = z\n",
    "[a]\nREGION = x\n",
    "[a]\nregion = x\n  more\n\n  and more\noutput = y\n",
    "[a]\n  region = x\n  output = y\nregion_b = z\n",
    "[a]\nregion = x\n   # comment\n   ; comment\n   more\n",
    "[a]\nregion = x ; not a comment\n",
    pytest.param(
        "[a]b]\nregion = x\n",
        marks=pytest.mark.skipif(
            sys.version_info < (3, 10), reason="CPython 3.9 ends the name at the first bracket"
        ),
    ),
    "[a] trailing\nregion = x\n",
    "[a]\nregion = x\n  [b]\noutput = y\n",
    "[DEFAULT]\nregion = d\n[a]\noutput = x\n[DEFAULT]\nca_bundle = e\n[b]\nregion = own\n",
    "[a]\nregion =\n",
    "[a]\nregion =\n\n\n[b]\n",
    "# only a comment\n\n",
    "[a]\r\nregion = x\r\n",
    "[a]\nregion = x\n\n\n\n",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted_text_reads_as_in_python(tmp_path: Path, text: str) -> None:
    ini = read(tmp_path, text)

    assert ini.error is None
    expected = parsed_by_python(text.replace("\r\n", "\n"))
    assert lengths(ini) == {
        name: {key: len(value) for key, value in options.items()}
        for name, options in expected.items()
    }
    assert all(expected[name][key] == value for (name, key), value in known_texts(ini).items())


REFUSED = [
    ("region = x\n", 1),
    ("[a]\n[b]\n[a]\n", 3),
    ("[a]\nregion = x\nREGION = y\n", 3),
    ("[a]\n= x\n", 2),
    ("[a]\ngarbage\nregion = x\n", 2),
    ("[]\n", 1),
    ("[a\nregion = x\n", 1),
    ("[DEFAULT]\nregion = x\nregion = y\n", 3),
    ("[a]\nservices =\n  no delimiter\n", 3),
]


@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_refused_text_names_the_line(tmp_path: Path, text: str, line: int) -> None:
    error = read(tmp_path, text).error

    assert error is not None
    assert error.location is not None
    assert (error.name, error.location.line) == ("ConfigParseError", line)


def test_setting_has_its_place(tmp_path: Path) -> None:
    ini = read(tmp_path, "[profile dev]\n  region = eu-west-1\n")

    place = ini.sections["profile dev"].settings["region"].location

    assert (place.base, place.uri, place.line, place.column) == ("HOME", ".aws/config", 2, 3)


def test_swallowed_key_makes_the_value_malformed(tmp_path: Path) -> None:
    text = "[default]\naws_access_key_id = @@key-id@@\n  aws_secret_access_key = @@secret-key@@\n"

    settings = read(tmp_path, text).sections["default"].settings

    assert list(settings) == ["aws_access_key_id"]
    value = settings["aws_access_key_id"].value
    assert (value.text, value.key_id) == (None, None)
    assert "newline" in value.flaws


def test_indented_block_below_empty_value_is_nested(tmp_path: Path) -> None:
    setting = read(tmp_path, "[a]\ns3 =\n  x = y\n").sections["a"].settings["s3"]

    assert setting.nested
    assert bool(setting)


def test_settings_of_default_section_are_marked(tmp_path: Path) -> None:
    settings = read(tmp_path, "[DEFAULT]\nregion = d\n[a]\n").sections["a"].settings

    assert settings["region"].inherited
    assert settings["region"].origin == "config/DEFAULT"


PROFILES = [
    ("[profile a]\n", ["a"]),
    ('[profile "a b"]\n', ["a b"]),
    ("[profiles a]\n", ["a"]),
    ("[profile a b]\n", []),
    ("[profile]\n", []),
    ("[ profile a ]\n", []),
    ("[a]\n", []),
    ("[Default]\n", []),
    ('[profile "a]\n', []),
    ("[profile b]\n[profile a]\n", ["b", "a"]),
]


@pytest.mark.parametrize(("text", "names"), PROFILES)
def test_profiles_of_config_file(tmp_path: Path, text: str, names: list[str]) -> None:
    profiles, _, _ = profile_map(read(tmp_path, text))

    assert list(profiles) == names


def test_unreadable_file_counts_as_empty(tmp_path: Path) -> None:
    from dataclasses import replace  # noqa: PLC0415

    snapshot = build_snapshot({"files": {"config": "[default]\n"}}, tmp_path)
    closed = replace(snapshot.files[0], status="unreadable", lines=())

    assert view(closed) == IniView()
