"""The judge of the AWS SDK for Swift, which nothing here can run."""

from __future__ import annotations

import shutil
from typing import Any, Optional

from credlint.model.trace import Trace
from tests.conformance.judge import LineJudge
from tests.conformance.setups import SetUp

SDKS = ("swift",)
MOODS_BY_PORT = False
SERVICES = "answer"
_WHY = "Swift packages come from no registry that is served here; the chain is read, not run"


def missing(_sdk: str) -> Optional[str]:
    """Return why there is no driver."""
    return _WHY if shutil.which("swift") else f"no Swift toolchain is installed, and {_WHY}"


class Judge(LineJudge):
    """There is none."""

    def __init__(self, sdk: str) -> None:
        raise RuntimeError(missing(sdk))


def extended(setup: SetUp, _seed: int, _number: int) -> SetUp:
    """Return the set-up as it is."""
    return setup


def disagreement(_trace: Trace, _verdict: dict[str, Any]) -> Optional[str]:
    """Never asked."""
    raise RuntimeError(_WHY)
