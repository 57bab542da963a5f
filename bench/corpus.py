"""The inputs of the bench: a large tree of text files and a repository with staged files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from credlint import samples

_SKIPPED_SUFFIXES = (".so", ".pyc", ".exe", ".dll", ".a", ".whl", ".zip", ".gz", ".png")
_SKIPPED_FOLDERS = ("__pycache__", ".git", "site-packages")
_PLANTED = 5
_MOST_FILES = 9000
_MOST_BYTES = 1 << 20


def build_tree(target: Path, sources: list[Path], least: int) -> int:
    """Copy text files of ``sources`` to a path that no scanner's default allow-list skips.

    Peers leave out folders called site-packages, vendor or node_modules, so the files get
    neutral parents. A few keys are planted, so that every tool has something to report.
    Returns the number of files; raises SystemExit when there are fewer than ``least``.
    """
    marker = target / ".complete"
    if not marker.is_file():
        shutil.rmtree(target, ignore_errors=True)
        count = 0
        for number, source in enumerate(sources):
            count += _copy_text(source, target / f"part{number}", _MOST_FILES - count)
        for number in range(_PLANTED):
            _plant(target / f"service{number}" / "settings.py", str(number))
        marker.write_text(str(count + _PLANTED))
    total = int(marker.read_text())
    if total < least:
        message = f"only {total} text files found for the bench tree, {least} are wanted"
        raise SystemExit(message)
    return total


def default_sources() -> list[Path]:
    """Return the standard library and the site-packages of this interpreter."""
    paths = sysconfig.get_paths()
    return [Path(paths["stdlib"]), Path(paths["purelib"])]


def _copy_text(source: Path, target: Path, most: int) -> int:
    count = 0
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        relative = Path(folder).relative_to(source)
        for name in sorted(files):
            path = Path(folder) / name
            if name.endswith(_SKIPPED_SUFFIXES) or not path.is_file():
                continue
            if path.stat().st_size > _MOST_BYTES:
                continue
            if count >= most:
                return count
            data = path.read_bytes()
            if b"\0" in data[:8192]:
                continue
            place = target / relative / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            count += 1
    return count


def _plant(path: Path, seed: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'AWS_ACCESS_KEY_ID = "{samples.key_id(seed=seed)}"\n'
        f'AWS_SECRET_ACCESS_KEY = "{samples.secret_key(seed)}"\n'
    )


def build_staged_repository(target: Path) -> None:
    """Make a repository with one commit and three staged, clean source files."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)

    def git(*arguments: str) -> None:
        command = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", *arguments]
        subprocess.run(command, cwd=target, check=True, capture_output=True)  # noqa: S603

    git("init", "-q")
    for number in range(50):
        (target / f"module_{number}.py").write_text(f"VALUE = {number}\n" * 40)
    git("add", ".")
    git("commit", "-qm", "base")
    for number in range(3):
        (target / f"module_{number}.py").write_text(f"VALUE = {number + 1}\n" * 60)
    git("add", ".")
