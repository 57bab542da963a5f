"""What the tests of ``credlint baseline`` share."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from credlint import samples

NAME = ".credlint-baseline"
SECRETS = [samples.secret_key(f"baseline {number}") for number in range(6)]


def env_of(*secrets: str) -> str:
    return "".join(f"AWS_SECRET_ACCESS_KEY={secret}\n" for secret in secrets)


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"), "x@y"),
        **dict.fromkeys(("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"), "x@y"),
    }
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def report(run, *arguments: str, **more) -> dict:
    return json.loads(run("scan", "--format", "json", *arguments, **more)[1])
