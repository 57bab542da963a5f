"""What holds for the whole suite."""

from __future__ import annotations

import os
from pathlib import Path

import credlint

# Commands that tests start run the credlint under test, wherever they are started and whatever
# else is installed.
os.environ["PYTHONPATH"] = str(Path(credlint.__file__).resolve().parents[1])
