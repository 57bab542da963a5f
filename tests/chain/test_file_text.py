"""Pieces of a masked text as captured values, and where they stand."""

from __future__ import annotations

import pytest

from credlint import samples
from credlint.chain.file_text import FileText, without_tokens
from credlint.chain.outcome import Unknown
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile
from credlint.model.location import HOME, Location
from credlint.model.snapshot import HostSnapshot
from tests.support.scenario import build_snapshot

KEY = samples.key_id("AKIA", "123456789012", "text")


def file_text(tmp_path, config: str) -> FileText:
    snapshot = build_snapshot({"files": {"config": config}}, tmp_path)
    file = snapshot.file("config")
    assert file is not None
    return FileText(snapshot, file)


def test_harmless_piece_keeps_its_text(tmp_path):
    text = file_text(tmp_path, "[a]\nregion = eu-west-1\n")

    assert text.value("eu-west-1") == CapturedValue("eu-west-1", 9)
    assert text.value("") == CapturedValue("", 0, "empty")


def test_token_is_what_it_stands_for(tmp_path):
    text = file_text(tmp_path, f'[a]\naws_access_key_id = "{KEY}"\n')
    piece = text.text.partition('"')[2].partition('"')[0]

    value = text.value(piece)

    assert value.text is None
    assert value.key_id is not None
    assert value.key_id.last_four == KEY[-4:]
    assert value.length == len(KEY)


def test_token_beside_other_text_is_no_key(tmp_path):
    text = file_text(tmp_path, f'[a]\naws_access_key_id = "{KEY}"\n')
    piece = text.text.partition("= ")[2].strip()

    value = text.value(piece)

    assert (value.text, value.length, value.key_id) == (None, len(KEY) + 2, None)


def test_places_are_those_of_the_file_itself(tmp_path):
    text = file_text(tmp_path, f"[a]\r\n  aws_access_key_id = {KEY}\n\rx = y")

    assert text.place(2) == Location(
        "file", ".aws/config", HOME, 2, 3, end_column=3 + len("aws_access_key_id = ") + len(KEY)
    )
    assert [text.number_at(offset) for offset in (0, 4, 5, len(text.text) - 1)] == [1, 1, 2, 4]


@pytest.mark.parametrize(
    ("status", "why"),
    [("too-large", "too-large"), ("read", "by a credlint that kept no text")],
)
def test_file_without_text_is_unknown(status: str, why: str) -> None:
    file = HostFile("config", "~/.aws/config", "default", status)

    with pytest.raises(Unknown) as raised:
        FileText(HostSnapshot("now"), file)

    assert str(raised.value) == f"~/.aws/config was not captured ({why})"


def test_token_is_one_letter_where_only_characters_count(tmp_path):
    text = file_text(tmp_path, f"[a]\naws_access_key_id = {KEY}/{KEY}\n")

    assert without_tokens(text.text) == "[a]\naws_access_key_id = x\n"
