"""Builds and starts the driver of the AWS SDK for Go."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Optional

_DRIVERS = {"go-v2": Path(__file__).with_name("drivers") / "go"}
# Where the built drivers are kept; a folder for temporary files when unset.
CACHE_VARIABLE = "CREDLINT_TEST_GO_CACHE"


def missing(sdk: str) -> Optional[str]:
    """Return why the driver cannot be had, None when it can."""
    if shutil.which("go") is None:
        return "no Go toolchain (go) is installed"
    try:
        binary(sdk)
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:]
        return f"the driver of {sdk} cannot be built: {' '.join(last)}"
    return None


@functools.cache
def binary(sdk: str) -> str:
    """Return the path of the driver, built when its source is new; raises CalledProcessError."""
    folder = _DRIVERS[sdk]
    names = ("main.go", "go.mod", "go.sum")
    digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in names)).hexdigest()
    base = os.environ.get(CACHE_VARIABLE) or str(Path(tempfile.gettempdir()) / "credlint-drivers")
    target = Path(base) / f"{sdk}-{digest[:16]}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        own = f"{target}.{os.getpid()}"
        subprocess.run(
            ["go", "build", "-o", own, "."],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        Path(own).replace(target)
    return str(target)
