"""The hook's start-up: what a run on a clean file must not import, and what it may not open."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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
