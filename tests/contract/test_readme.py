"""What README.md and the pages under docs/ say of the command line holds for the command line."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from credlint import samples
from credlint.cli.group import group
from credlint.cli.main import EXIT_FAILED, EXIT_INTERRUPTED
from credlint.config import load_settings
from credlint.config_values import SETTINGS
from credlint.model.rule import Rule
from credlint.policy import threshold
from credlint.rulebook import load_rules, rules_root
from credlint.secrets.inspection import INSPECTORS
from credlint.secrets.patterns import OPTIONS
from credlint.token_samples import TOKEN_MAKERS

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "docs/baseline.md",
    "docs/configuration.md",
    "docs/exit-codes.md",
    "docs/architecture.md",
)
RULE_PAGES = sorted((ROOT / "docs" / "rules").glob("*.md"))

_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
# A remedy in a shown report, a line for the shell: another program's options.
_AWS_COMMAND = re.compile(r"`aws [^`]*`|^\$ (?:\w+=\$\()?aws (?:.*\\\n)*.*$", re.MULTILINE)
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# As installed, or as the single file wherever that lies.
_PROGRAM = r"(?:(?<![\w./-])credlint|credlint\.pyz\"?)"
_CALL = re.compile(_PROGRAM + r" ([a-z]+)(?![\w:])((?: +[^\s`]+)*)")


def commands() -> dict[str, click.Command]:
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def options_of(command: click.Command) -> set[str]:
    context = click.Context(command)
    words = {word for parameter in command.get_params(context) for word in parameter.opts}
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return words.union(*(options_of(each) for each in inner))


def code_of(page: Path) -> list[str]:
    return _CODE.findall(page.read_text(encoding="utf-8"))


def calls_of(page: Path) -> list[tuple[str, set[str]]]:
    """Return every ``credlint COMMAND …`` in the page's code, with the options it is given."""
    return [
        (match.group(1), set(_OPTION.findall(match.group(2))))
        for part in code_of(page)
        for match in _CALL.finditer(part)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_every_option_that_a_page_names_exists(name):
    known = set().union(*(options_of(command) for command in commands().values()))
    named = {
        option
        for part in code_of(ROOT / name)
        for option in _OPTION.findall(_AWS_COMMAND.sub("", part))
    }

    assert named - known == set()


@pytest.mark.parametrize("page", [ROOT / name for name in PAGES] + RULE_PAGES, ids=lambda p: p.name)
def test_every_call_of_credlint_names_a_command_and_its_options(page):
    known = {name: options_of(command) for name, command in commands().items()}

    wrong = [
        (command, sorted(options - known.get(command, set())))
        for command, options in calls_of(page)
        if command not in known or options - known[command]
    ]

    assert wrong == []


def test_the_readme_names_every_command():
    named = {command for command, _ in calls_of(ROOT / "README.md")}

    assert named == set(commands())


def test_the_exit_codes_of_the_readme_are_those_of_the_policy():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Exit codes")[2]
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", table.partition("\n## ")[0], re.MULTILINE)

    assert {int(code): text.partition(":")[0].partition(";")[0] for code, text in rows} == {
        threshold.CLEAN: "nothing at or above `--fail-on` (default `low`",
        threshold.FINDINGS: "findings at or above it",
        threshold.FAILED: "could not do the job",
        threshold.NOTHING_EXAMINED: "nothing was examined",
        EXIT_INTERRUPTED: "interrupted",
    }
    assert threshold.FAILED == EXIT_FAILED
    assert threshold.DEFAULT_FAIL_ON == "low"


def test_the_example_of_the_configuration_page_is_accepted(tmp_path):
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "credlint.toml").write_text(example, encoding="utf-8")

    settings = load_settings(tmp_path, {}, {})

    assert settings.source == "credlint.toml"
    assert settings.max_file_size == 16 * 1024**3
    assert settings.per_file_ignores == (("tests/fixtures/**", ("SEC201",)),)


def test_the_configuration_page_shows_every_setting():
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    shown = set(re.findall(r"^\[?([a-z-]+)(?: =|\])", example, re.MULTILINE))

    assert shown == {key.partition(".")[2] or key for key in SETTINGS} | {"expect"}


def test_the_changelog_lists_every_rule():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"\b[A-Z]{3}\d{3}\b", text))
    for room, first, last in re.findall(r"\b([A-Z]{3})(\d{3})\u2013[A-Z]{3}(\d{3})\b", text):
        listed |= {f"{room}{number}" for number in range(int(first), int(last) + 1)}
    wanted = {rule.id for rule in load_rules() if rule.room != "run"}

    assert listed == wanted


def test_the_page_on_rule_files_has_every_key_option_kind_and_placeholder():
    page = (rules_root() / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_-]+)`", page))
    keys = {field.name for field in fields(Rule)} - {"room", "patterns", "match", "no_match"}
    placeholders = {name.partition(":")[0] for name in re.findall(r"@@([a-z0-9:-]+)", page)}

    assert (keys | OPTIONS | set(INSPECTORS)) - named == set()
    assert placeholders == {*samples._MAKERS, *TOKEN_MAKERS}
