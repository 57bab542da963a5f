"""Runs the comparisons of the project's speed bars, and the audit of a large host."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench import corpus, peers
from bench.code import measure_python
from bench.growth import growth
from bench.history import build_history, history_jobs
from bench.measure import Job, measure, print_bar, print_table
from bench.superset import print_superset
from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from tests.support.many_processes import write_many

# Trees of many small files and of larger ones: (files, bytes).
TREES = {"small": (11_000, 77_000_000), "large": (14_000, 366_000_000)}
# Commits of the histories that are made up.
HISTORIES = (2_500, 13_000)
# What the larger ones are made of, over and over: (files, bytes).
GROWTH = (3_000, 78_000_000)
# Seconds and MiB that the audit of a host of 2,000 processes and 50 homes may take.
AUDIT_BAR = (3.0, 150.0)


def main() -> None:
    """Measure and print; installs the peers and builds the inputs on the first run."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path(".bench"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--source", type=Path, action="append", default=[], help="a folder to take text files from"
    )
    parser.add_argument("--slow", action="store_true", help="also time detect-secrets")
    parser.add_argument(
        "--repository", type=Path, action="append", default=[], help="a real one, for its history"
    )
    parser.add_argument("--history", action="store_true", help="time nothing but histories")
    parser.add_argument("--audit", action="store_true", help="time nothing but the audit")
    parser.add_argument(
        "--growth", action="store_true", help="time nothing but inputs of 1 to 10 GB"
    )
    arguments = parser.parse_args()
    folder = arguments.directory.resolve()
    folder.mkdir(exist_ok=True)
    if arguments.audit:
        audit(folder, arguments.rounds)
        return
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    if arguments.growth:
        tree = folder / "tree-growth"
        sources = [*arguments.source, *corpus.default_sources(folder)]
        corpus.build_tree(tree, sources, *GROWTH)
        growth(folder, tree, environment, arguments.rounds)
        return
    peer_environment = peers.install(folder / "peers")

    if arguments.history:
        sys.exit(not histories(folder, peer_environment, arguments.repository, arguments.rounds))
    sources = [*arguments.source, *corpus.default_sources(folder)]
    trees(folder, sources, peer_environment, arguments.rounds, slow=arguments.slow)
    measure_python(sources, arguments.rounds)

    repository = folder / "staged"
    corpus.build_staged_repository(repository)
    own = Job(
        "credlint scan --staged", [peers.own_command(), "scan", "--staged"], repository, environment
    )
    jobs = [own, *peers.staged_jobs(peer_environment, repository)]
    print_table("hook on 3 staged files", measure(jobs, arguments.rounds * 2), own.name)

    superset = histories(folder, peer_environment, arguments.repository, arguments.rounds)

    home = folder / "home"
    home.mkdir(exist_ok=True)
    with ImdsStandIn(Behaviour(role="app-reader")) as imds:
        host = {
            "HOME": str(home),
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": imds.endpoint,
            "PATH": os.environ["PATH"],
        }
        doctor = [peers.own_command(), "doctor", "--sdk"]
        own = Job("credlint doctor --sdk boto3", [*doctor, "boto3"], home, host)
        every = Job("credlint doctor --sdk all", [*doctor, "all"], home, host)
        jobs = [own, every, peers.aws_configure_list(peer_environment, host, home)]
        measured = measure(jobs, arguments.rounds)
    print_table("doctor, with IMDS answering", measured, own.name)
    audit(folder, arguments.rounds)
    sys.exit(not superset)


def trees(
    folder: Path, sources: list[Path], peer_environment: Path, rounds: int, *, slow: bool
) -> None:
    """Time scans of whole trees."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    for name, (files, size) in TREES.items():
        tree = folder / f"tree-{name}"
        told = corpus.build_tree(tree, sources, files, size)
        own = Job("credlint scan", [peers.own_command(), "scan", "."], tree, environment)
        # The rules about code may cost 10 % where few files speak of AWS.
        command = [*own.command, "--ignore", "SRC,IAC"]
        text_only = Job("credlint scan --ignore SRC,IAC", command, tree, environment)
        jobs = [own, text_only, *peers.tree_jobs(peer_environment, tree, slow=slow)]
        print_table(f"scan of {told}", measure(jobs, rounds), own.name)


def histories(folder: Path, peer_environment: Path, real: list[Path], rounds: int) -> bool:
    """Time scans of whole histories, made up and real, and compare with what gitleaks finds.

    Return whether nothing that it finds is missed.
    """
    superset = True
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    made = [
        build_history(folder / f"history-{commits}.git", corpus.default_sources(folder), commits)
        for commits in HISTORIES
    ]
    for repository in (*made, *(path.resolve() for path in real)):
        report = folder / "gitleaks-history.json"
        command = [peers.own_command(), "scan", "--history"]
        own = Job("credlint scan --history", command, repository, environment)
        jobs = [own, *history_jobs(peer_environment, repository, report)]
        print_table(f"history of {repository.name}", measure(jobs, rounds), own.name)
        superset &= print_superset(repository, report)
    if not superset:
        print("\nNOT KEPT: gitleaks finds secrets that are not found here, see MISSED above")
    return superset


def audit(folder: Path, rounds: int) -> None:
    """Time the audit of a made-up host; as root its homes belong to their users."""
    host = folder / "host"
    if not host.exists():
        write_many(host)
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    with ImdsStandIn(Behaviour(role="app-role")) as imds:
        words = ["audit", "--root", str(host), "--imds-endpoint", imds.endpoint]
        command = [peers.own_command(), *words, "--format", "json"]
        measured = measure([Job("credlint audit", command, folder, environment)], rounds)
    print_bar("audit of 2,000 processes and 50 homes", measured, *AUDIT_BAR)


if __name__ == "__main__":
    main()
