"""Aliases that switch off certificates: which lines count, and that hostile ones cost nothing."""

from __future__ import annotations

import time

import pytest

from credlint.host.snapshot_file import dump_snapshot, load_snapshot
from tests.support.scenario import build_snapshot


def found(name, text, tmp_path, **scenario):
    snapshot = build_snapshot({"files": {name: text}, **scenario}, tmp_path)
    assert load_snapshot(dump_snapshot(snapshot)).lax_commands == snapshot.lax_commands
    return [
        (one.kind, one.name, one.path, one.line, one.column, one.end_column)
        for one in snapshot.lax_commands
    ]


def test_place_and_name_of_an_alias(tmp_path):
    text = "x=1\n  alias -g aws='aws --no-verify-ssl s3'\n"

    assert found(".zshrc", text, tmp_path) == [("shell", "aws", "~/.zshrc", 2, 21, 36)]


@pytest.mark.parametrize(
    "line",
    [
        "alias aws='aws --no-verify-ssl'",
        "alias a=aws --no-verify-ssl",
        "alias s3='/opt/aws/bin/aws s3 --no-verify-ssl ls'",
        "alias aws 'aws --no-verify-ssl'",
    ],
)
def test_lines_that_count(line, tmp_path):
    assert len(found(".bashrc", f"{line}\n", tmp_path)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "# alias aws='aws --no-verify-ssl'",
        "echo aws --no-verify-ssl",
        "alias x='laws --no-verify-ssl'",
        "alias aws='aws --no-verify-ssl-at-all'",
        "alias aws='aws ----no-verify-ssl'",
    ],
)
def test_lines_that_do_not(line, tmp_path):
    assert found(".bashrc", f"{line}\n", tmp_path) == []


def test_the_command_lines_own_aliases_count_for_services_too(tmp_path):
    text = "[toplevel]\nls = s3 ls --no-verify-ssl\n"

    assert found(".aws/cli/alias", text, tmp_path, interactive=False) == [
        ("cli", "ls", "~/.aws/cli/alias", 2, 12, 27)
    ]


def test_a_hostile_line_is_not_matched_for_long(tmp_path):
    text = "alias a=" + "aws " * 60_000 + "--no-verify-ssl-\n"
    begin = time.monotonic()

    assert found(".bashrc", text, tmp_path) == []
    assert time.monotonic() - begin < 2
