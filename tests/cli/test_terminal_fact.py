"""Whether a person could be asked is taken from the terminal, wherever the streams lead."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "credlint", "snapshot", "--no-network", "-o", "s.json"]


def interactive(tmp_path):
    return json.loads((tmp_path / "s.json").read_text("utf-8"))["platform"]["interactive"]


@pytest.mark.skipif(not hasattr(os, "setsid"), reason="a system without sessions")
def test_without_a_terminal_nobody_can_be_asked(tmp_path):
    subprocess.run(
        COMMAND,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=True,
    )

    assert interactive(tmp_path) is False


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="a system without pseudo-terminals")
def test_a_terminal_on_one_stream_is_enough(tmp_path):
    ours, theirs = os.openpty()
    try:
        subprocess.run(
            COMMAND,
            cwd=tmp_path,
            stdin=theirs,
            capture_output=True,
            start_new_session=True,
            check=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)

    assert interactive(tmp_path) is True
