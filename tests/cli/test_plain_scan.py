"""A scan that is read without click gets what click would give it, or is left to click."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.cli import scan_run
from credlint.cli.outlet import Choices
from credlint.cli.scan import command
from credlint.cli.scan_options import plain_scan

HOOKS = (
    ["--staged"],
    ["--hook"],
    ["--hook", "a.py", "folder/b c.py"],
    ["--hook", "--verbose", "a.py", "--strict"],
    ["--staged", "--hook", "--exit-zero"],
)
PLAIN = (
    *HOOKS,
    [],
    ["."],
    ["tree", "--exclude", "*.lock", "--exclude", "-x"],
    ["--select", "SEC1,SRC", "--ignore", "SEC101", "--fail-on", "error", "tree"],
    ["--archives", "--per-place", "--no-gitignore", "--isolated", "--no-ignores", "-v", "-v"],
    ["--color", "never", ""],
    ["--fail-on", "error", "--fail-on", "note"],
    ["--format", "json"],
    ["--format", "sarif", "-o", "-x", "tree"],
    ["--output", "x"],
)
NOT_PLAIN = (
    ["-"],
    ["--"],
    ["--help"],
    ["-h"],
    ["--diff", "HEAD"],
    ["--history"],
    ["--history", "HEAD~1.."],
    ["--format", "json", "--format", "text"],
    ["--format", "xml"],
    ["-o", "x", "-o", "y"],
    ["-j", "2"],
    ["--jobs", "2"],
    ["--max-file-size", "1MB"],
    ["--baseline", "x"],
    ["--config", "x"],
    ["--color", "blue"],
    ["--color=never"],
    ["--exclude"],
    ["--stage"],
    ["-vv"],
)


def by_click(arguments: list[str]) -> dict[str, Any]:
    """What click hands to the function."""
    return dict(command.make_context("scan", list(arguments)).params)


@pytest.mark.parametrize("arguments", PLAIN, ids=" ".join)
def test_plain_forms_get_the_values_of_click(arguments):
    assert plain_scan(arguments) == by_click(arguments)


@pytest.mark.parametrize("arguments", NOT_PLAIN, ids=" ".join)
def test_all_else_is_left_to_click(arguments):
    assert plain_scan(arguments) is None


WORDS = sorted({word for entry in (*PLAIN, *NOT_PLAIN) for word in entry} - {"--help", "-h"})


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_whatever_is_read_without_click_is_read_alike(arguments):
    values = plain_scan(arguments)
    if values is None:
        return
    assert values == by_click(arguments)
    # No fault of the command line is left to be told without its usage.
    asked = {"--staged": values["staged"], "--diff": False, "--history": False}
    assert scan_run._mode(values["paths"], asked, hook=values["hook"])
    assert Choices(values["formats"], values["outputs"]).destinations()


def test_every_parameter_has_a_default_in_both():
    assert set(plain_scan([]) or ()) == {each.name for each in command.params}


PROBE = """
import sys
from credlint.cli.main import main
sys.argv = ["credlint", *sys.argv[1:]]
code = main()
sys.stdout.flush()
print(code, "click" in sys.modules)
"""


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["scan", "--hook", "a.txt"], "0 False"),
        (["scan", "a.txt"], "0 False"),
        (["scan", "a.txt", "--format=text"], "0 True"),
    ],
    ids=" ".join,
)
def test_click_is_loaded_for_what_needs_it(tmp_path, arguments, last):
    (tmp_path / "a.txt").write_text("nothing\n")

    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[0].startswith("No findings")
    assert done.stdout.splitlines()[-1] == last


@pytest.mark.parametrize("arguments", [["a.txt"], ["a.txt", "--format=text"]], ids=" ".join)
def test_a_reader_that_went_away_is_no_finding(tmp_path, arguments):
    (tmp_path / "a.txt").write_text("nothing\n")
    outlet, inlet = os.pipe()
    os.close(outlet)

    done = subprocess.run(
        [sys.executable, "-m", "credlint", "scan", *arguments],
        cwd=tmp_path,
        stdout=inlet,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(inlet)

    assert (done.returncode, done.stderr) == (2, "")


def test_a_usage_error_shows_the_usage(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "credlint", "scan", "--staged", "--diff", "HEAD"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Usage: credlint scan [OPTIONS] [PATHS|-]",
        "credlint: --staged and --diff cannot be combined",
    ]


def test_without_a_command_the_help_is_shown(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "credlint"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    rows = (done.stdout + done.stderr).splitlines()

    assert rows[0] == "Usage: credlint [OPTIONS] COMMAND [ARGS]..."
    assert "Commands:" in rows
    assert not [row for row in rows if "\\n" in row]


def test_completion_is_answered_by_click(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "credlint", "scan", "--staged"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "_CREDLINT_COMPLETE": "bash_complete",
            "COMP_WORDS": "credlint scan --st",
            "COMP_CWORD": "2",
        },
    )

    assert "--staged" in done.stdout
    assert isinstance(command, click.Command)
