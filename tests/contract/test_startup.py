"""The hook's start-up: what a run on a clean file must not import, and what it may not open."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from credlint import samples

HEAVY = (
    "boto3",
    "botocore",
    "hcl2",
    "sarif_om",
    "attr",
    "http.client",
    "ssl",
    "multiprocessing",
)

# Each takes 1 to 12 ms to load, of 40 to 50 that a clean hook takes in all.
NEEDLESS = ("click", "dataclasses", "inspect", "subprocess", "textwrap", "tomllib", "hashlib")

_PROBE = """
import json, sys
from credlint.cli.main import main
sys.argv = ["credlint", *sys.argv[1:]]
code = main()
print("\\n" + json.dumps([code, sorted(sys.modules)]))
"""


def _modules(directory: Path, *arguments: str) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    return code, set(modules)


def test_the_hook_on_a_clean_file_imports_nothing_heavy(tmp_path: Path) -> None:
    clean = tmp_path / "notes.md"
    clean.write_text("nothing here\n")

    code, modules = _modules(tmp_path, "scan", "--hook", str(clean))

    assert code == 0
    assert sorted(modules & set(HEAVY)) == []


@pytest.mark.parametrize("staged", [True, False])
def test_the_hook_loads_nothing_that_it_does_not_need(tmp_path: Path, staged: bool) -> None:
    (tmp_path / "notes.md").write_text("nothing here\n")
    for arguments in (["init", "--quiet"], ["add", "notes.md"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    _modules(tmp_path, "scan", "--staged")  # now the rules are in the cache

    code, modules = _modules(
        tmp_path, "scan", *(["--staged"] if staged else ["--hook", "notes.md"])
    )

    assert code == 0
    assert sorted(modules & set(NEEDLESS)) == []


def test_an_accepted_finding_asks_for_no_rule_file_again(tmp_path: Path) -> None:
    key = f"key = '{samples.key_id()}'  # credlint: ignore[SEC101] revoked\n"
    (tmp_path / "notes.py").write_text(key)
    _modules(tmp_path, "scan", "--hook", "notes.py")

    code, modules = _modules(tmp_path, "scan", "--hook", "notes.py")

    assert code == 0
    assert "tomllib" not in modules
    assert "tomli" not in modules


def test_a_python_file_that_names_no_aws_sdk_is_not_parsed(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import os\n")

    code, modules = _modules(tmp_path, "scan", "--hook", "main.py")

    assert code == 0
    assert "credlint.code.python.parsing" not in modules


def test_help_imports_no_command(tmp_path: Path) -> None:
    code, modules = _modules(tmp_path, "--help")

    assert code == 0
    assert sorted(name for name in modules if name.startswith("credlint.cli.")) == [
        "credlint.cli.group",
        "credlint.cli.main",
    ]


def test_the_package_itself_imports_nothing() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import sys; before = set(sys.modules); import credlint; "
                "print(sorted(set(sys.modules) - before))"
            ),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "['credlint']"
