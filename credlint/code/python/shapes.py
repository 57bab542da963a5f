"""What a text looks like of which parts are known: where a format is filled in."""

from __future__ import annotations

import ast
import re
from typing import Optional

from credlint.code.python.names import Scope
from credlint.code.python.values import Evaluator

# Stands for what is not known.
UNKNOWN = "\0"
_MOST_STEPS = 20
_MOST_LOOKS = 100
_PERCENT = re.compile(r"%(?:\([^)]*\))?[-+ #0-9.]*[sdrif]")
_BRACES = re.compile(r"\{[^{}]*\}")


def shape_of(evaluate: Evaluator, node: Optional[ast.expr], scope: Scope) -> str:
    """Return the text with ``UNKNOWN`` for each part that the source does not tell.

    Of several values that a name may have the latest is taken; nothing known at all is
    ``UNKNOWN`` alone.
    """
    return _Shaper(evaluate).of(node, scope, 0)


class _Shaper:
    """Answers one question; what it looks at is counted, so that names cannot multiply it."""

    def __init__(self, evaluate: Evaluator) -> None:
        self._evaluate = evaluate
        self._looks = 0

    def of(self, node: Optional[ast.expr], scope: Scope, steps: int) -> str:
        self._looks += 1
        if node is None or steps > _MOST_STEPS or self._looks > _MOST_LOOKS:
            return UNKNOWN
        literal = self._evaluate.text(node, scope)
        return (
            literal.value.reveal() if literal is not None else self._parts(node, scope, steps + 1)
        )

    def _parts(self, node: ast.expr, scope: Scope, steps: int) -> str:
        if isinstance(node, ast.JoinedStr):
            return "".join(self.of(part, scope, steps) for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.of(node.left, scope, steps) + self.of(node.right, scope, steps)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return _PERCENT.sub(UNKNOWN, self.of(node.left, scope, steps))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "format":
            return _BRACES.sub(UNKNOWN, self.of(node.func.value, scope, steps))  # type: ignore[attr-defined]
        sources = self._evaluate.resolve(node, scope)
        return self.of(sources[0].value, sources[0].scope, steps) if sources else UNKNOWN
