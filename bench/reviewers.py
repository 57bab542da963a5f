"""What bandit, checkov and semgrep see of the samples of our rules about code: docs/compared.md.

``python -m bench.reviewers --semgrep-rules FOLDER`` writes the table. The reviewers come from the
package index; semgrep's rules from a checkout of its public repository, which is not ours to ship.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from credlint.model.document import Document
from credlint.model.rule import Rule
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.examine import examine
from credlint.rulebook import load_rules
from credlint.samples import expand
from credlint.secrets.engine import build_engine
from credlint.secrets.facts import NO_FACTS

PACKAGES = ("bandit==1.9.4", "semgrep==1.182.0", "checkov==3.3.30")
NAMES = ("bandit", "checkov", "semgrep")
# Of checkov, all that need nothing from elsewhere.
FRAMEWORKS = (
    *("terraform", "cloudformation", "dockerfile", "kubernetes", "serverless", "ansible"),
    *("github_actions", "gitlab_ci", "circleci_pipelines", "bitbucket_pipelines"),
    *("azure_pipelines", "secrets"),
)
# Of semgrep's repository, what is about code and infrastructure as our rules are.
TOPICS = ("dockerfile", "generic", "java", "javascript", "json", "python", "terraform", "yaml")


class Seen(NamedTuple):
    """One report of a reviewer: the folder of the sample, the first and last line, its rule."""

    sample: str
    first: int
    last: int
    rule: str


class Sample(NamedTuple):
    """A sample that was laid out; ``lines``: where our findings stand, none for a silent one."""

    rule: Rule
    folder: str
    lines: frozenset[int]


def lay_out(rules: Sequence[Rule], root: Path) -> list[Sample]:
    """Write every sample into a folder of its own and return where ours finds something."""
    engine = build_engine([r for r in load_rules(("secrets",)) if r.status == "stable"])
    laid = []
    for rule in rules:
        for kind, samples in (("match", rule.match), ("silent", rule.no_match)):
            for number, sample in enumerate(samples):
                folder = f"{rule.id}-{kind}-{number}"
                for path, text in _files(sample):
                    file = root / folder / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(expand(text).encode())
                lines = _lines(rule, sample, root / folder, engine) if kind == "match" else ()
                laid.append(Sample(rule, folder, frozenset(lines)))
    return laid


def _files(sample: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield sample["path"], sample["text"]
    yield from sample.get("files", {}).items()


def _lines(rule: Rule, sample: Mapping[str, Any], folder: Path, engine: Any) -> Iterator[int]:  # noqa: ANN401
    document = Document(sample["path"], expand(sample["text"]).encode())
    outcome = examine(document, engine, CodeRules([rule], NO_FACTS, folder))
    for finding in outcome.findings if outcome else ():
        if finding.code == rule.id:
            place = finding.location
            yield from range(place.line, (place.end_line or place.line) + 1)


def run(command: Sequence[str], root: Path) -> Any:  # noqa: ANN401
    """Run a reviewer over the samples and return the JSON that it prints, None for none."""
    done = subprocess.run(  # noqa: S603  our own list
        command, cwd=root, capture_output=True, text=True, check=False, timeout=600
    )
    try:
        return json.loads(done.stdout)
    except ValueError:
        sys.stderr.write(f"{' '.join(command[-2:])} printed no JSON: {done.stderr[-200:]}\n")
        return None


def bandit(program: Path, root: Path) -> Iterator[Seen]:
    """Yield what bandit reports."""
    told = run([str(program), "-r", ".", "-f", "json", "-q"], root) or {"results": []}
    for found in told["results"]:
        lines = found["line_range"]
        yield Seen(_sample(found["filename"]), lines[0], lines[-1], found["test_id"])


def checkov(program: Path, root: Path) -> Iterator[Seen]:
    """Yield what checkov reports; its network is switched off."""
    command = [str(program), "-d", ".", "-o", "json", "--quiet", "--compact", "--skip-download"]
    for framework in FRAMEWORKS:
        told = run([*command, "--framework", framework], root) or ()
        for part in told if isinstance(told, list) else [told] if told else ():
            for found in part.get("results", {}).get("failed_checks", ()):
                first, last = found["file_line_range"]
                yield Seen(_sample(found["file_path"]), first, last, found["check_id"])


def semgrep(program: Path, root: Path, rules: Path) -> Iterator[Seen]:
    """Yield what semgrep reports by the rules of a checkout."""
    command = [str(program), "scan", "--json", "--metrics=off", "--disable-version-check"]
    command += ["--no-git-ignore", "--quiet", "--x-ignore-semgrepignore-files"]
    for topic in TOPICS:
        command += ["--config", str(rules / topic)]
    told = run([*command, "."], root) or {"results": []}
    for found in told["results"]:
        rule = found["check_id"].rpartition(".")[2]
        yield Seen(_sample(found["path"]), found["start"]["line"], found["end"]["line"], rule)


def _sample(path: str) -> str:
    return path.removeprefix("./").lstrip("/").partition("/")[0]


def table(samples: Sequence[Sample], seen: Mapping[str, Sequence[Seen]]) -> str:
    """Return the page: of each rule how many of its samples each reviewer sees, and by which rule.

    A sample counts as seen where a report touches a line of our finding. A silent sample counts
    against a reviewer when it is reported by a rule that was right elsewhere.
    """
    lines = [
        "| rule | samples | " + " | ".join(NAMES) + " |",
        "| --- | --- |" + " --- |" * len(NAMES),
    ]
    totals: dict[str, int] = defaultdict(int)
    by_rule: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_rule[sample.rule.id].append(sample)
    for code, mine in sorted(by_rule.items()):
        match = [sample for sample in mine if "-match-" in sample.folder]
        silent = {sample.folder for sample in mine} - {sample.folder for sample in match}
        cells = []
        for name in NAMES:
            hits: dict[str, set[str]] = defaultdict(set)
            for one in seen[name]:
                for sample in match:
                    inside = sample.lines.intersection(range(one.first, one.last + 1))
                    if one.sample == sample.folder and inside:
                        hits[one.sample].add(one.rule)
            right = set().union(*hits.values())
            wrong = {one.sample for one in seen[name] if one.sample in silent and one.rule in right}
            totals[name] += len(hits)
            cell = f"{len(hits)}" if hits else ""
            cell += f", {len(wrong)} wrong" if wrong else ""
            cell += f" ({', '.join(sorted(right)[:3])})" if right else ""
            cells.append(cell)
        name = mine[0].rule.name
        lines.append(f"| {code} {name} | {len(match)}+{len(silent)} | " + " | ".join(cells) + " |")
    every = sum("-match-" in sample.folder for sample in samples)
    lines.append(f"| all | {every} | " + " | ".join(str(totals[name]) for name in NAMES) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--semgrep-rules", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--environment", type=Path, default=Path(".bench/reviewers"))
    given = parser.parse_args()
    environment: Path = given.environment.resolve()
    if not (environment / "bin" / "checkov").exists():
        venv.create(environment, with_pip=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *PACKAGES], check=True)  # noqa: S603  our own list
    rules = load_rules(("code", "iac"), samples=True)
    programs = {name: environment / "bin" / name for name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        samples = lay_out(rules, root)
        seen = {
            "bandit": list(bandit(programs["bandit"], root)),
            "checkov": list(checkov(programs["checkov"], root)),
            "semgrep": list(semgrep(programs["semgrep"], root, given.semgrep_rules.resolve())),
        }
    sys.stdout.write(table(samples, seen))


if __name__ == "__main__":
    main()
