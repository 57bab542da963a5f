"""Starts the real SDKs as judges."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

from tests.conformance import go_judge

_DRIVER = Path(__file__).with_name("judge_driver.py")
# AWS CLI v2 is no package of the registry: name the folder that holds a checkout's ``awscli``
# and, after a path separator, one with what it needs beyond botocore[crt].
CLI_V2_VARIABLE = "CREDLINT_TEST_CLI_V2"


def missing(sdk: str) -> Optional[str]:
    """Return why the judge cannot be run, None when it can."""
    if not hasattr(os, "fork"):
        return "the judges need fork"
    if sdk.startswith("go-"):
        return go_judge.missing(sdk)
    if sdk == "aws-cli-v2":
        named = os.environ.get(CLI_V2_VARIABLE)
        return None if named else f"{CLI_V2_VARIABLE} names no checkout of AWS CLI v2"
    module = "boto3" if sdk == "boto3" else "awscli"
    return None if importlib.util.find_spec(module) else f"{module} is not installed"


class Judge:
    """A context manager around one judge process."""

    def __init__(self, sdk: str) -> None:
        folders = []
        if sdk == "aws-cli-v2":
            checkout, _, needs = os.environ[CLI_V2_VARIABLE].partition(os.pathsep)
            folders = [f"+{checkout}", *([f"-{needs}"] if needs else [])]
        command = [sys.executable, "-I", str(_DRIVER), sdk, *folders]
        if sdk.startswith("go-"):
            command = [go_judge.binary(sdk)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.version = self._read()["ready"]

    def __enter__(self) -> Judge:  # noqa: PYI034  Self needs Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=20)

    def ask(self, setup: dict[str, Any]) -> dict[str, Any]:
        """Return the verdict on one set-up (``env``, ``cwd``, ``profile``, ``crt``)."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(setup) + "\n")
        self._process.stdin.flush()
        verdict = self._read()
        if "failure" in verdict:
            message = f"the judge failed: {verdict['failure']}"
            raise RuntimeError(message)
        return verdict

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))
