"""The key of a kept database changes with whatever the database is made from."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from credlint.model.lean_dataclasses import replace
from credlint.rulebook import load_rules
from credlint.secrets import expressions
from credlint.secrets.engine import build_engine
from credlint.secrets.expressions import Wanted
from credlint.secrets.patterns import make_patterns

RULES = load_rules(("secrets",))
SOURCE = Path(expressions.__file__)


def key_of(rules):
    return Wanted(make_patterns(rules)).key()


def changed(**options):
    """The rules with one option of their first pattern changed."""
    rule = next(rule for rule in RULES if rule.patterns)
    spec = rule.patterns[0]
    spec = spec._replace(
        regex=options.pop("regex", spec.regex), options={**spec.options, **options}
    )
    other = replace(rule, patterns=(spec, *rule.patterns[1:]))
    return [other if each is rule else each for each in RULES]


def test_equal_rules_have_one_key():
    assert key_of(RULES) == key_of(load_rules(("secrets",))) == key_of(reversed(RULES))


@pytest.mark.parametrize(
    "options",
    [
        {"regex": "other"},
        {"hit": "other"},
        {"loose": True},
        {"starts": ["other"]},
        {"files": ["other"]},
    ],
    ids=str,
)
def test_other_patterns_have_another_key(options):
    assert key_of(changed(**options)) != key_of(RULES)


def test_other_code_has_another_key(monkeypatch):
    before = key_of(RULES)
    sources = list(expressions._code())
    monkeypatch.setattr(expressions, "_code", lambda: [*sources[:-1], sources[-1] + b"#"])

    assert key_of(RULES) != before
    assert sources == [(SOURCE.parent / f"{name}.py").read_bytes() for name in expressions.CODE]


@pytest.mark.parametrize("name", expressions.CODE)
def test_the_code_of_the_key_is_all_that_makes_expressions(name):
    """What those modules import from this room is among them, but for what needs no expression."""
    tree = ast.parse((SOURCE.parent / f"{name}.py").read_text("utf-8"))
    imported = {
        node.module.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("credlint.secrets")
    }

    assert imported <= {*expressions.CODE, "plain_matcher", "text", "candidate"}


def test_a_ready_database_needs_no_expressions(tmp_path, monkeypatch):
    pytest.importorskip("hyperscan")
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    rules = [rule for rule in RULES if rule.patterns][:1]
    build_engine(rules, folder)
    monkeypatch.setattr(Wanted, "expressions", None)
    monkeypatch.setattr(Wanted, "hints", None)

    assert build_engine(rules, folder)
