"""Runs the real command in a clean environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Optional, Protocol

import pytest


class Done(NamedTuple):
    """A finished command."""

    code: int
    out: str
    err: str


class Runner(Protocol):
    """Call with the arguments of credlint."""

    def __call__(
        self,
        *arguments: str,
        stdin: Optional[str] = None,
        cwd: Optional[Path] = None,
        **environment: str,
    ) -> Done: ...


@pytest.fixture
def credlint(tmp_path: Path) -> Runner:
    """The command, with an empty home, no AWS variable and no metadata service to wait for."""
    home = tmp_path / "empty-home"
    home.mkdir()

    def run(
        *arguments: str,
        stdin: Optional[str] = None,
        cwd: Optional[Path] = None,
        **environment: str,
    ) -> Done:
        base = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ["PYTHONPATH"],
            "HOME": str(home),
            "CREDLINT_CACHE_DIR": os.environ["CREDLINT_CACHE_DIR"],
        }
        done = subprocess.run(
            [sys.executable, "-m", "credlint", *arguments],
            cwd=cwd or tmp_path,
            env={**base, **environment},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
