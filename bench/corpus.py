"""The inputs of the bench: a large tree of text files and a repository with staged files."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from credlint import samples

# Much used packages with many or with long texts, whatever stands in them: those of AWS among them.
PACKAGES = (
    *("aiohttp", "ansible-core", "awscli", "azure-storage-blob", "babel", "boto3", "botocore"),
    *("celery", "cryptography", "django", "djangorestframework", "docker", "docutils"),
    *("flask", "fonttools", "google-api-python-client", "google-cloud-storage", "jinja2", "kombu"),
    *("kubernetes", "matplotlib", "mypy", "networkx", "numpy", "pandas", "paramiko"),
    *("pydantic", "pygments", "pylint", "pytest", "redis", "requests", "rich", "scikit-learn"),
    *("scipy", "setuptools", "sphinx", "sqlalchemy", "sympy", "urllib3"),
)
_SKIPPED_SUFFIXES = (".so", ".pyc", ".exe", ".dll", ".a", ".whl", ".zip", ".gz", ".png")
_SKIPPED_FOLDERS = ("__pycache__", ".git", "site-packages")
_PLANTED = 5
_MOST_BYTES = 8 << 20
_SLACK = 4 << 20


def build_tree(target: Path, sources: list[Path], files: int, size: int) -> str:
    """Copy text files of ``sources`` to a path that no scanner's default allow-list skips.

    Files are taken in an order that mixes the packages, as long as their average stays that of
    ``files`` files in ``size`` bytes. Peers leave out folders called site-packages, vendor or
    node_modules, so the files get neutral parents. A few keys are planted, so that every tool has
    something to report. Returns what the tree is in words; raises SystemExit when the sources have
    less than half of it.
    """
    marker = target / ".complete"
    if not marker.is_file():
        shutil.rmtree(target, ignore_errors=True)
        count = copied = 0
        for path, place in _mixed(sources):
            if count >= files:
                break
            data = path.read_bytes()
            wanted = size * (count + 1) / files
            too_much = copied + len(data) > wanted + _SLACK
            too_little = copied < wanted - _SLACK and len(data) < size / files
            if too_much or too_little or b"\0" in data[:8192]:
                continue
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            (target / place).write_bytes(data)
            count, copied = count + 1, copied + len(data)
        for number in range(_PLANTED):
            _plant(target / f"service{number}" / "settings.py", str(number))
        if count < files / 2:
            message = f"only {count} text files found for the bench tree, {files} are wanted"
            raise SystemExit(message)
        marker.write_text(f"{count + _PLANTED:,} files, {copied / 1e6:.0f} MB")
    return marker.read_text()


def _mixed(sources: list[Path]) -> list[tuple[Path, str]]:
    """Return text files and where they go, in the order of a digest of that."""
    found = [
        (path, f"part{number}/{path.relative_to(source)}")
        for number, source in enumerate(sources)
        for path in _text_files(source)
    ]
    return sorted(found, key=lambda each: hashlib.sha256(os.fsencode(each[1])).digest())


def _text_files(source: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder) / name
            if name.endswith(_SKIPPED_SUFFIXES) or not path.is_file():
                continue
            if path.stat().st_size <= _MOST_BYTES:
                yield path


def default_sources(folder: Path) -> list[Path]:
    """Return the standard library and the packages, which are put into ``folder`` once."""
    packages = folder / "packages"
    marker = folder / "packages.complete"
    if not marker.is_file():
        shutil.rmtree(packages, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
        subprocess.run([*command, "--target", str(packages), *PACKAGES], check=True)  # noqa: S603
        marker.touch()
    return [Path(sysconfig.get_paths()["stdlib"]), packages]


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
