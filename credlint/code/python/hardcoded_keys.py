"""SRC101: literal keys passed to boto3, botocore, aioboto3 and aiobotocore."""

from __future__ import annotations

from typing import Callable

from credlint.code.python.calls import KeyCalls
from credlint.code.python.names import NameCollector, TooDeepError
from credlint.code.python.parsing import TOO_DEEP, not_applied, parse
from credlint.model.document import Document
from credlint.model.finding import Finding, Skipped
from credlint.model.lean_dataclasses import dataclass
from credlint.model.rule import Rule

# Gives identity and digests of a value; see model.finding.
Identify = Callable[[str], tuple[str, tuple[str, ...]]]


def identify_nothing(value: str) -> tuple[str, tuple[str, ...]]:  # noqa: ARG001  an Identify
    """Tell no value from another."""
    return "", ()


@dataclass(frozen=True)
class CodeResult:
    """What a code analyser found in one document, and why it did not look, if it did not."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def analyse(document: Document, rule: Rule, identify: Identify = identify_nothing) -> CodeResult:
    """Return the calls of the document that pass a literal key; raises nothing for odd source.

    ``identify`` gives identity and digests of a value (``Finding.identity``, ``Finding.digests``).
    """
    tree = parse(document)
    if isinstance(tree, Skipped):
        return CodeResult(skipped=(tree,))
    collector = NameCollector()
    try:
        collector.visit(tree)
    except TooDeepError:
        return CodeResult(skipped=(not_applied(document, TOO_DEEP),))
    calls = KeyCalls(collector.names, document, rule, identify)
    for call, scope in collector.names.calls:
        calls.look_at(call, scope)
    return CodeResult(findings=calls.findings())
