"""Time and memory of a scan as its input grows: trees of real text, a long file, a long line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench import peers
from bench.measure import Job, run_once
from credlint import samples

GIGABYTE = 10**9
_TREES = (1, 2, 5, 10)
_LONG_FILE = 5 * GIGABYTE
_LONG_LINE = 200 * 10**6
# MiB of the largest process, and how much slower a gigabyte may be in the largest tree.
MEMORY_BAR = 200.0
LINEAR_BAR = 1.3


def growth(folder: Path, source: Path, environment: Mapping[str, str], rounds: int) -> None:
    """Print time, time per gigabyte and peak memory; what was made for it is deleted again.

    ``source`` holds text files. Trees are hard links to them, many times over, so they take no
    room on the disk; the long file takes 5 GB for as long as it is measured.
    """
    print("\ngrowth (bars: processor time per GB within 30 %, 200 MiB)")
    print(
        f"  {'input':<12} {'GB':>6} {'wall s':>8} {'cpu s':>8} {'cpu s / GB':>11} {'peak MiB':>9}"
    )
    target = folder / "growth"
    rates = []
    try:
        for name, size, place in _inputs(target, source):
            job = Job(name, [peers.own_command(), "scan", "."], place, environment)
            best = min((run_once(job) for _ in range(rounds)), key=lambda run: run.cpu)
            # Other work on the machine takes wall time; the processor's own is what must be linear.
            rate = best.cpu / size * GIGABYTE
            kept = "" if best.peak < MEMORY_BAR else "  NOT KEPT"
            if name == "tree":
                rates.append(rate)
                kept += "" if rate < rates[0] * LINEAR_BAR else "  NOT LINEAR"
            told = f"{size / GIGABYTE:6.2f} {best.wall:8.2f} {best.cpu:8.2f} {rate:11.2f}"
            print(f"  {name:<12} {told} {best.peak:9.1f}{kept}", flush=True)
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _inputs(target: Path, source: Path) -> Iterator[tuple[str, int, Path]]:
    """Make one input after the other and yield its name, bytes and folder."""
    files = [path for path in sorted(source.rglob("*")) if path.is_file()]
    for gigabytes in _TREES:
        shutil.rmtree(target, ignore_errors=True)
        yield "tree", _link(files, target, gigabytes * GIGABYTE), target
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    text = b"".join(path.read_bytes() for path in files[:2000])
    size = 0
    with (target / "long.txt").open("wb") as stream:
        while size < _LONG_FILE:
            size += stream.write(text)
        size += stream.write(f"\nid = {samples.key_id()}\n".encode())
    yield "one file", size, target
    unit = 'a=1;b("é");'.encode()
    with (target / "long.txt").open("wb") as stream:
        size = stream.write(unit * (_LONG_LINE // len(unit)))
        size += stream.write(samples.key_id().encode())
    yield "one line", size, target


def _link(files: list[Path], target: Path, least: int) -> int:
    size = turn = 0
    while size < least:
        for number, path in enumerate(files):
            place = target / str(turn) / str(number // 500)
            if number % 500 == 0:
                place.mkdir(parents=True)
            os.link(path, place / f"{number}{path.suffix}")
            size += path.stat().st_size
            if size >= least:
                break
        turn += 1
    return size
