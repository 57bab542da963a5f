"""Scans the labelled cases and clean text, and compares what it finds with the project's bars.

The cases are not part of the repository: a folder with ``score.py`` and one ``CORPUS.jsonl.gz`` for
each corpus. ``score.py lay`` writes them out as files, ``score.py score`` counts.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import json
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import peers

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXCEPTIONS = Path(__file__).with_name("accuracy_exceptions.toml")
# Least values of the table's columns, by corpus.
BARS: dict[str, dict[str, float]] = {
    "creddata-dev": {"P": 0.92, "F1": 0.88, "aws R": 1.0},
    "gitleaks-formats-dev": {"R": 1.0},
    "leaky-repo": {"TP": 39},
    "noseyparker-examples": {"R": 0.90},
    "rule-samples-dev": {"R": 0.90},
}
# Corpora in which a file without a secret must stay silent, those of EXCEPTIONS aside.
SILENT = ("leaky-repo", "noseyparker-examples", "rule-samples-dev")
_COLUMNS = ("TP", "FP", "FN", "unlab", "P", "R", "F1", "P.all", "aws R")
_PER_THOUSAND = 1.0


def main() -> None:
    """Print the tables; exit 1 when a bar is not kept."""
    parser = argparse.ArgumentParser(prog="bench.accuracy", description=__doc__)
    parser.add_argument("--cases", type=Path, default=Path("../shared/cases"))
    parser.add_argument("--directory", type=Path, default=Path(".bench"))
    parser.add_argument("--clean", type=Path, action="append", help="a folder without secrets")
    parser.add_argument("--misses", type=int, default=0, help="print that many missed secrets")
    parser.add_argument("--wrong", type=int, default=0, help="print that many wrong findings")
    arguments = parser.parse_args()
    kept = True
    if (arguments.cases / "score.py").is_file():
        more = ["--misses", str(arguments.misses), "--wrong", str(arguments.wrong)]
        kept = _score_cases(arguments.cases, arguments.directory.resolve(), more)
    else:
        print(f"skipped: no labelled cases in {arguments.cases}")
    for folder in arguments.clean or _clean_folders():
        kept &= _score_clean(folder)
    sys.exit(not kept)


def _scan(folder: Path, form: str) -> bytes:
    """Return the report of a scan of the folder, one result for each place."""
    words = ["scan", "--no-gitignore", "--isolated", "--per-place", "--format", form, "."]
    command = [peers.own_command(), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603
    if done.returncode not in (0, 1):
        message = f"scan of {folder}: exit code {done.returncode}: {done.stderr.decode()[-300:]}"
        raise SystemExit(message)
    return done.stdout


def _score_cases(cases: Path, directory: Path, more: list[str]) -> bool:
    scorer = str(cases / "score.py")
    laid = directory / "cases"
    subprocess.run([sys.executable, scorer, "lay", str(laid)], check=True, capture_output=True)  # noqa: S603
    report = directory / "cases.sarif"
    report.write_bytes(_scan(laid, "sarif"))
    command = [sys.executable, scorer, "score", str(laid), str(report), *more]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    print(table)
    kept = True
    for row in table.splitlines():
        corpus, *values = row.split()
        if corpus in BARS:
            kept &= _compare(corpus, dict(zip(_COLUMNS, values)))
    return _silent_where_it_must(cases, report) and kept


def _compare(corpus: str, told: dict[str, str]) -> bool:
    kept = True
    for column, least in BARS[corpus].items():
        hit, _, all_ = told[column].partition("/")
        value = int(hit) / int(all_) if all_ else float(hit)
        fine = value >= least
        kept &= fine
        print(f"{corpus}: {column} {value:g}, bar {least:g}: {'kept' if fine else 'NOT KEPT'}")
    return kept


def _silent_where_it_must(cases: Path, report: Path) -> bool:
    """Print the files without a secret in which something was found; False for an unlisted one."""
    scorer = _load(cases / "score.py")
    found = scorer.findings(report)
    listed = tomllib.loads(EXCEPTIONS.read_text("utf-8"))
    kept = True
    for corpus in SILENT:
        reasons = listed.get(corpus, {})
        for path, text, labels in scorer.cases(corpus):
            wanted = any(label in "TI" for *_, label, _ in labels)
            if wanted or f"{corpus}/{path}" not in found:
                continue
            reason = reasons.get(path)
            kept &= reason is not None
            print(f"{corpus}/{path}: {reason or f'WRONG: {text[:120]!r}'}")
    return kept


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("scorer", path)
    assert spec is not None  # noqa: S101  a file that is there has one
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _clean_folders() -> list[Path]:
    """Return what is at hand of text that holds no secret: documentation and packages."""
    folders = [Path("/usr/share/doc"), Path(sysconfig.get_paths()["purelib"])]
    return [folder for folder in folders if folder.is_dir()]


def _score_clean(folder: Path) -> bool:
    report: dict[str, Any] = json.loads(_scan(folder, "json"))
    findings, files = report["findings"], report["summary"]["files"]
    rate = 1000 * len(findings) / max(files, 1)
    print(f"\n{folder}: {files:,} files, {len(findings)} findings, {rate:.2f} in 1,000 files")
    codes = collections.Counter((row["code"], row["level"]) for row in findings)
    for (code, level), count in codes.most_common():
        print(f"  {code} {level}: {count}")
    for row in findings:
        if row["level"] == "error":
            print(f"  look at {row['code']} {row['location']['uri']}:{row['location']['line']}")
    return rate <= _PER_THOUSAND


if __name__ == "__main__":
    main()
