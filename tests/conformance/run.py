"""The differential test: ``python -m tests.conformance.run --sdk boto3 --count 1000 --seed 7``."""

# ruff: noqa: T201  a report on the terminal is its purpose

from __future__ import annotations

import argparse
import collections
import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional

from credlint.chain.sdk import load_sdk, sdk_ids
from tests.conformance.generator import make
from tests.conformance.judge import all_judges
from tests.conformance.setups import SetUp, put
from tests.conformance.stand_ins import StandIns


@dataclass
class Tally:
    """``outcomes`` counts the judge's verdicts by kind."""

    version: str = ""
    agreements: int = 0
    undecided: int = 0
    disagreements: list[tuple[int, str, SetUp, dict[str, Any]]] = field(default_factory=list)
    outcomes: collections.Counter[str] = field(default_factory=collections.Counter)


def compare_all(sdk_id: str, seed: int, numbers: range, verbose: bool = False) -> Tally:
    """Judge the set-ups of those numbers by the real SDK and by ourselves."""
    sdk = load_sdk(sdk_id)
    tally = Tally()
    judge = all_judges()[sdk_id]
    with StandIns() as servers, judge.Judge(sdk_id) as real:
        addresses = servers.addresses(judge)
        tally.version = real.version
        if hasattr(judge, "specification"):
            sdk = judge.specification(sdk_id, real.version)
        for number in numbers:
            setup = make(seed, number, sdk_id)
            now = datetime.now(timezone.utc).isoformat()
            with tempfile.TemporaryDirectory() as folder:
                place = put(setup, Path(folder).resolve(), addresses)
                trace = place.trace(sdk, now)
                verdict = real.ask(place.for_judge())
            tally.outcomes[verdict.get("error") or verdict.get("method") or "none"] += 1
            if trace.outcome == "undecided":
                tally.undecided += 1
                if verbose:
                    print(number, "undecided:", trace.winner and trace.winner.detail, trace.notes)
                continue
            problem: Optional[str] = judge.disagreement(trace, verdict)
            if problem is None:
                tally.agreements += 1
            else:
                tally.disagreements.append((number, problem, setup, verdict))
    return tally


def main() -> int:
    """Run and print; the exit code is 1 when there is a disagreement, 2 when nothing could run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sdk", default="boto3", help="an id, several with commas, or all")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    every = options.sdk == "all"
    codes = {judged(sdk, options) for sdk in (sdk_ids() if every else options.sdk.split(","))}
    return 1 if 1 in codes else min(codes)


def judged(sdk: str, options: argparse.Namespace) -> int:
    """Compare one SDK and print what came of it; return its exit code."""
    judge = all_judges().get(sdk)
    why = judge.missing(sdk) if judge else "there is no judge"
    if why:
        print(f"{sdk}: not compared: {why}", flush=True)
        return 2
    begin = time.monotonic()
    numbers = range(options.start, options.start + options.count)
    tally = compare_all(sdk, options.seed, numbers, options.verbose)
    seconds = time.monotonic() - begin
    for number, problem, setup, verdict in tally.disagreements[: options.show]:
        print(f"--- {options.seed}:{number}: {problem}")
        if options.verbose:
            print(json.dumps({"verdict": verdict, **setup.as_json()}, indent=1))
    if options.sdk != "all":
        print(dict(tally.outcomes.most_common()))
    print(
        f"{sdk} {tally.version}: {options.count} set-ups, {tally.agreements} agreements, "
        f"{tally.undecided} undecided, {len(tally.disagreements)} disagreements, {seconds:.1f} s",
        flush=True,
    )
    return 1 if tally.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
