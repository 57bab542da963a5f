"""SRC101: literal keys passed to boto3, botocore, aioboto3 and aiobotocore."""

from __future__ import annotations

from dataclasses import dataclass

from credlint.code.python.calls import KeyCallVisitor
from credlint.code.python.names import NameCollector
from credlint.code.python.parsing import parse
from credlint.model.document import Document
from credlint.model.finding import Finding, Skipped
from credlint.model.rule import Rule


@dataclass(frozen=True)
class CodeResult:
    """What a code analyser found in one document, and why it did not look, if it did not."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def analyse(document: Document, rule: Rule) -> CodeResult:
    """Return the calls of the document that pass a literal key; raises nothing for odd source."""
    tree = parse(document)
    if isinstance(tree, Skipped):
        return CodeResult(skipped=(tree,))
    # RecursionError cannot come from a tree as shallow as the parser lets through.
    collector = NameCollector()
    collector.visit(tree)
    visitor = KeyCallVisitor(collector.names, document, rule)
    visitor.visit(tree)
    return CodeResult(findings=visitor.findings())
