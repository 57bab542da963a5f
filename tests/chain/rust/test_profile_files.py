"""The parser of the AWS SDK for Rust, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from credlint.chain.outcome import Raised, Unknown
from credlint.chain.rust.profile_files import Sections, read_sections
from tests.support.scenario import build_snapshot

ERROR = "InvalidConfiguration"


def sections(tmp_path: Path, text: str, role: str = "config") -> Sections:
    return read_sections(build_snapshot({"files": {role: text}}, tmp_path), ERROR)


def values(found: Sections) -> dict[tuple[str, str], dict[str, str]]:
    return {
        key: {name: one.masked for name, one in section.settings.items()}
        for key, section in found.items()
    }


def test_names_and_comments(tmp_path: Path) -> None:
    text = "# x\n[ profile\tdev ]# x\nREGION=r1#kept ; comment\n; x\n[default]; x\nregion = r2\n"

    found = sections(tmp_path, text)

    assert values(found) == {
        ("profile", "dev"): {"region": "r1#kept"},
        ("profile", "default"): {"region": "r2"},
    }


def test_names_that_are_passed_over(tmp_path: Path) -> None:
    text = '[dev]\n[profile "dev"]\n[profile a b]\n[Profile x]\nregion = r\n[profile]\n'

    assert set(sections(tmp_path, text)) == {("Profile", "x")}


def test_prefix_is_passed_over_in_the_credentials_file(tmp_path: Path) -> None:
    text = "[profile dev]\n[dev]\n[sso-session s]\n[]\n"

    assert set(sections(tmp_path, text, "credentials")) == {("profile", "dev"), ("profile", "")}


def test_prefixed_default_replaces_the_other(tmp_path: Path) -> None:
    text = "[profile default]\nregion = r1\n[default]\nregion = r2\noutput = json\n"

    assert values(sections(tmp_path, text)) == {("profile", "default"): {"region": "r1"}}


def test_last_of_equal_settings_counts(tmp_path: Path) -> None:
    text = "[default]\nregion = r1\nregion = r2\n[profile p]\n[default]\nregion = r3\n"

    assert values(sections(tmp_path, text))["profile", "default"] == {"region": "r3"}


def test_setting_goes_on_below_its_line(tmp_path: Path) -> None:
    text = "[default]\nregion = r1\n  # x\n\n\tand = more \ns3 =\n  use_ssl = 1\n"

    found = values(sections(tmp_path, text))["profile", "default"]

    assert [line.partition(" ")[0] for line in found["region"].split("\n")] == ["r1", "#", "and"]
    assert [line.partition(" ")[0] for line in found["s3"].split("\n")] == ["", "use_ssl"]


def test_keys_with_other_characters_are_passed_over(tmp_path: Path) -> None:
    text = "[default]\na b = x\nregion = r1\n"

    assert values(sections(tmp_path, text)) == {("profile", "default"): {"region": "r1"}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("region = r1\n[default]\n", 1),
        ("[default]\nregion: r1\n", 2),
        ("[default]\n= r1\n", 2),
        ("[default\n", 1),
        ("[default] x\n", 1),
        ("[default]\n\n  region = r1\n", 3),
        ("[default]\ns3 =\n  no delimiter\n", 3),
        ("[default]\nregion = r1\ngarbage\n", 3),
        ("\ufeff[default]\nregion = r1\n", 1),
    ],
)
def test_lines_that_make_both_files_useless(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(Raised) as raised:
        sections(tmp_path, text)

    assert raised.value.error.name == ERROR
    assert raised.value.error.location is not None
    assert raised.value.error.location.line == line


def test_carriage_returns_belong_to_the_line_end(tmp_path: Path) -> None:
    text = "[default]\r\nregion = r1\r\n"

    assert values(sections(tmp_path, text)) == {("profile", "default"): {"region": "r1"}}


def test_sections_of_one_name_that_disagree(tmp_path: Path) -> None:
    text = "[profile p]\nregion = r1\noutput = json\n[profile  p]\nregion = r2\noutput = json\n"

    section = sections(tmp_path, text)["profile", "p"]

    with pytest.raises(Unknown):
        section.get("region")
    output = section.get("output")
    assert output is not None
    assert output.text == "json"


def test_credentials_file_settles_what_the_config_file_leaves_open(tmp_path: Path) -> None:
    config = "[profile p]\nregion = r1\n[profile  p]\nregion = r2\n"
    scenario = {"files": {"config": config, "credentials": "[p]\nregion = r3\n"}}

    region = read_sections(build_snapshot(scenario, tmp_path), ERROR)["profile", "p"].get("region")

    assert region is not None
    assert region.text == "r3"


def test_file_that_is_not_utf8_counts_as_empty(tmp_path: Path) -> None:
    scenario = {"files": {"config": {"hex": "5b64656661756c745d0a23e9"}}}

    assert read_sections(build_snapshot(scenario, tmp_path), ERROR) == {}


@pytest.mark.parametrize(
    ("path", "expected"),
    [("~/other", 1), ("$HOME/other", 0), ("", 0), ("~someone/other", 0)],
)
def test_path_of_the_variable(tmp_path: Path, path: str, expected: int) -> None:
    scenario = {
        "environment": {"AWS_CONFIG_FILE": path},
        "files": {"other": "[default]\n", "config": "[profile usual]\n"},
    }

    assert len(read_sections(build_snapshot(scenario, tmp_path), ERROR)) == expected


def test_home_that_is_not_set(tmp_path: Path) -> None:
    scenario = {"environment": {"HOME": False}, "files": {"config": "[default]\n"}}

    assert read_sections(build_snapshot(scenario, tmp_path), ERROR) == {}
