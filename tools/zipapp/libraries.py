"""The bundled libraries: fetched by pip as wheels, checked by digest, trimmed to what is used."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

PINS = Path(__file__).with_name("libraries.txt")
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LICENCE = re.compile(
    r"(?P<library>[^/]+)\.dist-info/(?:licenses/)?(?P<name>(?:LICEN[CS]E|NOTICE|COPYING)[^/]*)\Z"
)
# What of each library is imported. Of python-hcl2 the grammar and its postlexer are: the rest
# needs regex, which is compiled; hcl2_parser.py takes its place.
_USED = ("attr/", "click/", "lark/", "sarif_om/", "tomli/", "hcl2/hcl2.lark", "hcl2/postlexer.py")
_UNUSED = ("lark/tools/", "lark/__pyinstaller/")
_TEXTS = (".py", ".lark")


class LibrariesError(Exception):
    """The libraries cannot be had; the message says why."""


def fetch_wheels(folder: Path) -> tuple[Path, ...]:
    """Return the pinned wheels in the folder, fetched by pip unless they are all there.

    Raises LibrariesError when pip does not give them.
    """
    wanted = set(_DIGEST.findall(PINS.read_text(encoding="utf-8")))
    found = _by_digest(folder)
    if not wanted <= set(found):
        _download(folder)
        found = _by_digest(folder)
    if not wanted <= set(found):
        message = "pip gave other files than were asked for"
        raise LibrariesError(message)
    return tuple(sorted(found[digest] for digest in wanted))


def _by_digest(folder: Path) -> dict[str, Path]:
    files = folder.glob("*.whl") if folder.is_dir() else ()
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files}


def _download(folder: Path) -> None:
    """Let pip fetch all wheels; each appears in the folder at once, whoever else is at it."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--platform=any"]
    command += ["--python-version=3.9", "--implementation=py", "--abi=none"]
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        done = subprocess.run(  # noqa: S603  pip of this Python, with fixed arguments
            [*command, f"--dest={fresh}", f"--requirement={PINS}"],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
            message = f"pip gave not all libraries: {reason}"
            raise LibrariesError(message)
        for wheel in Path(fresh).glob("*.whl"):
            wheel.replace(folder / wheel.name)


def iter_members(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name in the single file, content) of what is used of a wheel, and its licences."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            licence = _LICENCE.match(name)
            if licence is not None:
                yield f"licences/{licence['library']}/{licence['name']}", archive.read(name)
            elif name.startswith(_USED) and name.endswith(_TEXTS) and not name.startswith(_UNUSED):
                yield name, archive.read(name)
