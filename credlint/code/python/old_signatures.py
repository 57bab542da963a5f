"""SRC207 in Python: requests that are signed by hand with Signature Version 2 (HMAC-SHA1)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.program.handrolled_signatures import VENDORED
from credlint.code.program.old_signatures import HMAC, HOST, PREFIX, SHA1, old_signature
from credlint.code.python.module import Module
from credlint.code.sighting import Context, Sighting

_BEGINS = re.compile(rb"[\"']AWS [\"'%{]")
_FORMATTED = re.compile(r"\AAWS (?:%s|%\(\w{1,80}\)s|\{[^{}]{0,80}\}):(?:%|\{)")
_MOST_PARTS = 20


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the first header ``AWS id:signature`` beside an HMAC with SHA-1, in modules for AWS."""
    text = module.text
    if context.is_test or not (_BEGINS.search(text) and HMAC.search(text) and SHA1.search(text)):
        return
    header: Optional[ast.AST] = None
    names_aws = False
    compared: set[ast.AST] = set()  # what a server holds against the header it was sent
    for node in ast.walk(module.tree):  # what is outside comes first
        if isinstance(node, ast.Compare) or node in compared:
            compared.update(ast.iter_child_nodes(node))
        elif header is None and _is_header(node):
            header = node
        # An address; sentences about AWS stand in modules for other stores as well.
        said = _text(node)
        if said and len(said.split()) == 1 and HOST.search(said):
            names_aws = True
    if header is not None and names_aws:
        start, end, _ = module.span(header)
        quiet = context.is_documentation or VENDORED.search(context.uri) is not None
        yield old_signature(start, end, quiet=quiet)


def _is_header(node: ast.AST) -> bool:
    """Tell whether an expression puts such a header together: `%`, `format`, f-string or `+`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _is_template(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr == "format" and _is_template(node.func.value)
    parts = node.values if isinstance(node, ast.JoinedStr) else list(_joined(node))
    texts = [_text(part) for part in parts]
    return texts[:1] == [PREFIX] and any((text or "").startswith(":") for text in texts[2:])


def _is_template(node: ast.expr) -> bool:
    return _FORMATTED.match(_text(node) or "") is not None


def _joined(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the parts of `a + b + c` in order, nothing for other expressions."""
    behind: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        behind.append(node.right)
        node = node.left
        if len(behind) > _MOST_PARTS:
            return
    if behind and isinstance(node, ast.expr):
        yield node
        yield from reversed(behind)


def _text(node: ast.AST) -> Optional[str]:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None
