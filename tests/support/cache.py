"""The session's cache of compiled patterns: see ``tests/conftest.py``."""

from __future__ import annotations

import os
from pathlib import Path

CACHE = Path(os.environ["CREDLINT_CACHE_DIR"])
