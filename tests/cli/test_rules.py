"""``credlint rules`` and ``credlint explain``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from credlint.report import rule_page
from credlint.rulebook import load_rules
from tests.cli.conftest import Runner
from tests.support.promised import HOST_RULES, SCAN_RULES

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rules"


def test_every_rule_has_a_line(credlint: Runner) -> None:
    done = credlint("rules")

    listed = [line.split()[0] for line in done.out.splitlines()]
    assert listed == [rule.id for rule in load_rules()]
    assert {*HOST_RULES, *SCAN_RULES} <= set(listed)


def test_the_json_list_holds_the_explanations(credlint: Runner) -> None:
    table = json.loads(credlint("rules", "--format", "json").out)

    assert [entry["code"] for entry in table] == [rule.id for rule in load_rules()]
    assert all(entry["explain"] for entry in table)


@pytest.mark.parametrize("selector", ["CHN101", "chn101", "env-keys-shadow-instance-role"])
def test_explain_takes_codes_and_names(credlint: Runner, selector: str) -> None:
    done = credlint("explain", selector)

    assert done.code == 0
    assert done.out.startswith("CHN101 env-keys-shadow-instance-role\n")


def test_explain_as_json_and_markdown(credlint: Runner) -> None:
    table = json.loads(credlint("explain", "SEC101", "--format", "json").out)
    page = credlint("explain", "SEC101", "--format", "markdown").out

    assert [entry["code"] for entry in table] == ["SEC101"]
    assert page.startswith("# SEC101 `aws-access-key-id`\n")


def test_an_unknown_rule_exits_2_with_a_suggestion(credlint: Runner) -> None:
    done = credlint("explain", "env-keys-shadow-the-instance-role")

    assert done.code == 2
    assert "env-keys-shadow-instance-role" in done.err


def test_the_pages_in_docs_are_fresh() -> None:
    """`make docs` writes them."""
    written = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    wanted = {f"{rule.id}-{rule.name}.md": rule_page.to_markdown(rule) for rule in load_rules()}

    assert written == wanted
