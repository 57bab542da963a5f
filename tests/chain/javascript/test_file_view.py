"""The JavaScript SDK's reading of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from credlint.chain.javascript.file_view import (
    Sections,
    profiles_of,
    sso_sessions_of,
    text_of,
    view,
)
from tests.support.scenario import build_snapshot


def sections_of(tmp_path: Path, text: str) -> Sections:
    snapshot = build_snapshot({"files": {"config": text}}, tmp_path)
    return view(text_of(snapshot, snapshot.file("config")))


def read(tmp_path: Path, text: str) -> dict[str, dict[str, str]]:
    return {
        name: {key: setting.text or "" for key, setting in settings.items()}
        for name, settings in sections_of(tmp_path, text).items()
    }


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("[default]", "default"),
        ("[profile dev]", "profile.dev"),
        ('[profile "dev"]', "profile.dev"),
        ("[profile.dev]", "profile.dev"),
        ("[profile dev] # team", "profile.dev"),
        ("\ufeff[profile dev]", "profile.dev"),
        ("[profile  dev]", "profile  dev"),
        ('[profile "we ird"]', 'profile "we ird"'),
        ("[sso-session s]", "sso-session.s"),
    ],
)
def test_header(tmp_path: Path, header: str, name: str) -> None:
    assert read(tmp_path, f"{header}\nregion = r1\n") == {name: {"region": "r1"}}


@pytest.mark.parametrize("header", ["[]", "[team dev]", "[profile dev] team"])
def test_header_that_opens_nothing(tmp_path: Path, header: str) -> None:
    assert read(tmp_path, f"{header}\nregion = r1\n") == {}


def test_sections_of_one_name_are_merged_and_the_last_value_wins(tmp_path: Path) -> None:
    text = "[default]\nregion = r1\noutput = json\n[default]\nregion = r2\n"

    assert read(tmp_path, text) == {"default": {"region": "r2", "output": "json"}}


def test_inline_comment_is_cut(tmp_path: Path) -> None:
    assert read(tmp_path, "[default]\nregion = r1 # home\n") == {"default": {"region": "r1"}}


def test_only_the_equals_sign_divides(tmp_path: Path) -> None:
    assert read(tmp_path, "[default]\nregion: r1\noutput = a:b\n") == {"default": {"output": "a:b"}}


def test_indented_settings_belong_to_the_block_above(tmp_path: Path) -> None:
    text = "[default]\ns3 =\n  addressing_style = path\nregion = r1\n"

    assert read(tmp_path, text) == {"default": {"s3.addressing_style": "path", "region": "r1"}}


def test_refused_name_gives_up_the_whole_file(tmp_path: Path) -> None:
    assert read(tmp_path, "[default]\nregion = r1\n[__proto__]\n") == {}


def test_carriage_returns_alone_end_no_line(tmp_path: Path) -> None:
    assert read(tmp_path, "[default]\rregion = r1\r") == {}


def test_prefixed_default_replaces_the_plain_one(tmp_path: Path) -> None:
    text = (
        "[default]\nregion = r1\noutput = json\n[profile default]\nregion = r2\n[x]\nregion = r3\n"
    )
    profiles = profiles_of(sections_of(tmp_path, text))

    assert {n: {k: v.text for k, v in s.items()} for n, s in profiles.items()} == {
        "default": {"region": "r2"}
    }


def test_sso_sessions(tmp_path: Path) -> None:
    sections = sections_of(tmp_path, "[sso-session s]\nsso_region = r1\n")

    assert list(sso_sessions_of(sections)) == ["s"]
