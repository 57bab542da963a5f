"""Starts credlint out of the single file; becomes its ``__main__.py``.

Old Pythons read this file too, up to the line that turns them away.
"""

import sys

if sys.version_info < (3, 9):  # noqa: UP036  the reason why this is asked
    sys.stderr.write(
        "credlint: needs Python 3.9 or newer, this is " + sys.version.split()[0] + "\n"
    )
    sys.exit(2)

# Nothing is written on the host, not even what Python keeps of a module that it has compiled.
sys.dont_write_bytecode = True

from credlint.cli.main import run  # noqa: E402  only after the version is known

run()
