"""``python -m tools.zipapp``: see ``make zipapp``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.zipapp.build import build
from tools.zipapp.libraries import LibrariesError

NO_LIBRARIES = 3


def main() -> int:
    """Build what the command line asks for; return 0, or 3 when the libraries cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m tools.zipapp", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("dist/credlint.pyz"))
    parser.add_argument("--wheels", type=Path, default=Path("build/zipapp"), help="kept wheels")
    given = parser.parse_args()
    try:
        size = build(given.output, given.wheels)
    except LibrariesError as error:
        sys.stderr.write(f"zipapp: {error}\n")
        return NO_LIBRARIES
    sys.stdout.write(f"{given.output}: {size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
