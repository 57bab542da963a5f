"""The baseline of a run: read before the scan, which compares under its salts."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from credlint.config import Settings
from credlint.model.baseline import Baseline
from credlint.policy.baseline import BaselineUse
from credlint.policy.baseline_file import SIZE_LIMIT, read_baseline
from credlint.secrets.facts import ScanFacts
from credlint.sources.baseline import read_baseline_bytes


def load_baseline(path: Path, *, found: bool) -> Baseline:
    """Return the baseline; ``found`` as in ``Settings.baseline_found``.

    Raises SourceError when it cannot be read, BaselineError when it cannot be understood.
    """
    return read_baseline(read_baseline_bytes(path, SIZE_LIMIT, found=found), path.name)


def use_of(
    baseline: Baseline, settings: Settings, facts: ScanFacts, paths: Optional[Sequence[str]]
) -> BaselineUse:
    """Return how this run uses the baseline; ``paths`` are those of a tree that is walked."""
    folder = (settings.baseline or Path()).absolute().parent
    whole = paths is not None and _covers(paths, folder)
    return BaselineUse(baseline, day_of(facts.now), settings.baseline_found, whole)


def day_of(now: float) -> str:
    """Return the day (UTC) of a time in seconds since 1970, as ``YYYY-MM-DD``."""
    return time.strftime("%Y-%m-%d", time.gmtime(now))


def _covers(paths: Sequence[str], folder: Path) -> bool:
    """Tell whether one of the walked paths is the folder, or above it."""
    inner = folder.resolve()
    walked = [Path(os.path.realpath(path)) for path in paths or (".",)]
    return any(path == inner or path in inner.parents for path in walked)
