"""How fast Python is read and judged: megabytes a second of the files that the rules select."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from credlint.model.document import Document
from credlint.pipeline.code_rules import CodeRules
from credlint.rulebook import load_rules
from credlint.secrets.engine import build_engine
from credlint.secrets.facts import NO_FACTS

# Megabytes a second for all SRC rules together.
BAR = 1.0


def measure_python(sources: Iterable[Path], rounds: int) -> None:
    """Print how fast all rules of Python go through the files of the folders that they select.

    CPU seconds of the analysis alone, the fastest of the rounds: parsing, names, checks, places.
    """
    engine = build_engine([r for r in load_rules(("secrets",)) if r.status == "stable"])
    rules = [rule for rule in load_rules(("code",)) if "python" in rule.detectors]
    code = CodeRules(rules, NO_FACTS, None)
    selected: list[tuple[Document, bool]] = []
    for source in sources:
        for path in sorted(source.rglob("*.py")):
            document = Document(path.relative_to(source).as_posix(), path.read_bytes())
            found = engine.scan(document)
            has_key = bool(found.findings)
            if code.format_of(document, found.aws_words, has_key=has_key):
                selected.append((document, has_key))
    size = sum(len(document.data) for document, _ in selected) / 1e6
    best = min(_seconds(code, selected) for _ in range(rounds))
    verdict = "kept" if size / best >= BAR else "NOT KEPT"
    print(
        f"\nPython that the rules select: {len(selected):,} files, {size:.1f} MB, {best:.2f} s of "
        f"CPU, {size / best:.1f} MB/s (bar {BAR}: {verdict})"
    )


def _seconds(code: CodeRules, selected: Iterable[tuple[Document, bool]]) -> float:
    start = time.process_time()
    for document, has_key in selected:
        code.analyser.analyse(document, "python", has_key=has_key)
    return time.process_time() - start
