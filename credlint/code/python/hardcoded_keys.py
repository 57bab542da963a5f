"""SRC101: literal keys passed to boto3, botocore, aioboto3 and aiobotocore."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from credlint.code.python.parsing import parse_cst
from credlint.model.document import Document
from credlint.model.finding import Finding, Skipped
from credlint.model.rule import Rule

if TYPE_CHECKING:
    import libcst

KEY_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
# Where the three keys stand among positional arguments, by the last name of what is called.
# Read from boto3 1.43 `Session.__init__`, `Session.client`, `Session.resource` and botocore 1.44
# `Session.create_client`, `Session.set_credentials`, `Credentials.__init__`; a test compares.
POSITIONS = {"Session": 0, "AioSession": -1, "client": 6, "resource": 6, "create_client": 6}
CREDENTIALS = {"set_credentials": 0, "Credentials": 0}
CREDENTIAL_NAMES = ("access_key", "secret_key", "token")
METHODS = frozenset({*POSITIONS, *CREDENTIALS, "setup_default_session"})


@dataclass(frozen=True)
class CodeResult:
    """What a code analyser found in one document, and why it did not look, if it did not."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def analyse(document: Document, rule: Rule) -> CodeResult:
    """Return the calls of the document that pass a literal key; raises nothing for odd source."""
    parsed = parse_cst(document, _is_worthwhile)
    if parsed is None:
        return CodeResult()
    if isinstance(parsed, Skipped):
        return CodeResult(skipped=(parsed,))
    return _visit(parsed, document, rule)


def _visit(wrapper: libcst.MetadataWrapper, document: Document, rule: Rule) -> CodeResult:
    from credlint.code.python.calls import KeyCallVisitor  # noqa: PLC0415
    from credlint.code.python.names import NameCollector  # noqa: PLC0415

    collector = NameCollector()
    wrapper.visit(collector)
    visitor = KeyCallVisitor(collector.names, document, rule)
    wrapper.visit(visitor)
    return CodeResult(findings=tuple(visitor.findings))


def _can_be_literal(node: ast.expr) -> bool:
    """Tell whether the expression may come down to a text that the source spells out."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(node.value)
    return isinstance(
        node, (ast.Name, ast.Attribute, ast.BinOp, ast.BoolOp, ast.JoinedStr, ast.IfExp, ast.Subscript)
    )


def _is_worthwhile(tree: ast.Module) -> bool:
    """Tell whether any call could pass a literal key, so that libcst is worth its 150 ms."""
    literal = call = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            literal = True
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            for keyword in node.keywords:
                if keyword.arg is None or keyword.arg in (*KEY_NAMES, *CREDENTIAL_NAMES):
                    call = call or keyword.arg is None or _can_be_literal(keyword.value)
            if node.args and (name in METHODS or len(node.args) > POSITIONS["client"]):
                call = True
        if literal and call:
            return True
    return False
