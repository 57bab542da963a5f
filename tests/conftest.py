"""What holds for the whole suite."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import credlint

# Commands that tests start run the credlint under test, wherever they are started and whatever
# else is installed.
os.environ["PYTHONPATH"] = str(Path(credlint.__file__).resolve().parents[1])

# The same examples each time, so that no run fails by luck; nor by what else the machine does: a
# bound on time is a test of its own, in processor seconds. Others are drawn with
# CREDLINT_TEST_EXAMPLES=drawn.
_ANY_TIME = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", _ANY_TIME, derandomize=True)
settings.register_profile("drawn", _ANY_TIME)
settings.load_profile(os.environ.get("CREDLINT_TEST_EXAMPLES", "same"))

# One cache for all commands of the session: to compile the patterns takes longer than most tests.
# Workers get it from the process that starts them, which takes it away.
_OWN_CACHE = "CREDLINT_CACHE_DIR" not in os.environ
if _OWN_CACHE:
    os.environ["CREDLINT_CACHE_DIR"] = tempfile.mkdtemp(prefix="credlint-cache-")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the session's cache."""
    del session
    if _OWN_CACHE:
        shutil.rmtree(os.environ["CREDLINT_CACHE_DIR"], ignore_errors=True)
