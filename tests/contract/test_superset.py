"""The bench's comparison with gitleaks fails on what is missed, and its list holds no values."""

from __future__ import annotations

import json
import re

import pytest

from bench import superset
from credlint import samples
from tests.sources.repository import git, make_repository

KEY = samples.key_id("AKIA", "210987654321", "1")


@pytest.fixture
def repository(tmp_path):
    root = make_repository(tmp_path / "r")
    (root / "a").write_text(f"id = {KEY}\nurl = nothing here\n")
    git(root, "add", "a")
    git(root, "commit", "-q", "-m", "x")
    return root


def _compare(repository, tmp_path, *values):
    commit = git(repository, "rev-parse", "HEAD").decode().strip()
    rows = [
        {"RuleID": "r", "File": "a", "Commit": commit, "StartLine": 1, "Secret": value}
        for value in values
    ]
    report = tmp_path / "report.json"
    report.write_text(json.dumps(rows))
    return superset.print_superset(repository, report)


def test_what_is_found_or_lies_within_is_counted(repository, tmp_path, capsys):
    assert _compare(repository, tmp_path, KEY, KEY[4:])
    assert "distinct 2, found 2, not secrets 0 (listed), missed 0" in capsys.readouterr().out


def test_what_is_missed_is_told_and_a_listed_value_is_not(
    repository, tmp_path, capsys, monkeypatch
):
    assert not _compare(repository, tmp_path, KEY, "nothing here")
    told = capsys.readouterr().out
    assert "missed 1" in told
    assert "MISSED: r a@" in told
    assert "nothing here" not in told
    listed = {superset.digest_of("nothing here"): "words"}
    monkeypatch.setattr(superset, "load_exceptions", lambda: listed)
    assert _compare(repository, tmp_path, KEY, "nothing here")
    assert "not secrets 1 (listed), missed 0" in capsys.readouterr().out


def test_the_list_holds_digests_alone_each_once():
    text = superset.EXCEPTIONS.read_text(encoding="utf-8")
    digests = re.findall(r"^ {4}.*$", text, re.MULTILINE)
    told = [digest for row in digests for digest in re.findall(r'"([^"]*)"', row)]

    assert all(re.fullmatch(r"[0-9a-f]{12}", digest) for digest in told)
    assert len(told) == len(set(told)) == len(superset.load_exceptions())
    assert all(len(reason) > 20 for reason in superset.load_exceptions().values())
