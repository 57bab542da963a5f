"""SRC101: literal keys passed to boto3, botocore, aioboto3 and aiobotocore."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

from credlint.code.python.gate import could_pass_literal
from credlint.code.python.parsing import parse_cst
from credlint.model.document import Document
from credlint.model.finding import Finding, Skipped
from credlint.model.rule import Rule

if TYPE_CHECKING:
    import libcst


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
    parsed = parse_cst(document, could_pass_literal)
    if parsed is None:
        return CodeResult()
    if isinstance(parsed, Skipped):
        return CodeResult(skipped=(parsed,))
    return _visit(parsed, document, rule, identify)


def _visit(
    wrapper: libcst.MetadataWrapper, document: Document, rule: Rule, identify: Identify
) -> CodeResult:
    from credlint.code.python.calls import KeyCallVisitor  # noqa: PLC0415
    from credlint.code.python.names import NameCollector  # noqa: PLC0415

    # RecursionError cannot come from a tree as shallow as the gate lets through.
    collector = NameCollector()
    wrapper.module.visit(collector)
    visitor = KeyCallVisitor(collector.names, document, rule, identify)
    wrapper.module.visit(visitor)
    return CodeResult(findings=visitor.findings(wrapper))
