"""What number an expression is, as far as literals and arithmetic tell."""

from __future__ import annotations

import ast
import operator
from typing import Callable, Optional

from credlint.code.python.names import Scope, dotted
from credlint.code.python.values import Evaluator

_MOST_STEPS = 60
_MOST_LOOKS = 1000
_LARGEST = 1e15  # of a literal: the products of larger ones would not fit
_ARITHMETIC: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
}
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}


class Numbers:
    """Answers one question; what it looks at is counted, so that names cannot multiply it."""

    def __init__(self, evaluate: Evaluator) -> None:
        self._evaluate = evaluate
        self._looks = 0

    def of(self, node: Optional[ast.expr], scope: Scope, steps: int = 0) -> Optional[float]:
        """Return the number that the expression is for certain, None when that is not known."""
        self._looks += 1
        if node is None or steps > _MOST_STEPS or self._looks > _MOST_LOOKS:
            return None
        if isinstance(node, ast.Constant):
            value = node.value
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return None
            return float(value) if abs(value) < _LARGEST else None
        if isinstance(node, ast.BinOp):
            return self._calculated(node, scope, steps)
        if isinstance(node, ast.Call):
            return self._called(node, scope, steps)
        found = self._single(node, scope)
        return None if found is None else self.of(*found, steps + 1)

    def _single(self, node: ast.expr, scope: Scope) -> Optional[tuple[ast.expr, Scope]]:
        sources = self._evaluate.resolve(node, scope)
        if len(sources) != 1 or sources[0].is_fallback:
            return None
        return sources[0].value, sources[0].scope

    def _calculated(self, node: ast.BinOp, scope: Scope, steps: int) -> Optional[float]:
        apply = _ARITHMETIC.get(type(node.op))
        left = self.of(node.left, scope, steps + 1)
        right = self.of(node.right, scope, steps + 1)
        if apply is None or left is None or right is None:
            return None
        try:
            return apply(left, right)
        except ArithmeticError:
            return None

    def _called(self, node: ast.Call, scope: Scope, steps: int) -> Optional[float]:
        """Return the number of ``int(…)`` or of ``timedelta(days=7).total_seconds()``."""
        if dotted(node.func) in ("int", "float", "round") and len(node.args) == 1:
            return self.of(node.args[0], scope, steps + 1)
        function = node.func
        if not isinstance(function, ast.Attribute) or function.attr != "total_seconds":
            return None
        delta = function.value
        if isinstance(delta, (ast.Name, ast.Attribute)):
            found = self._single(delta, scope)
            if found is None:
                return None
            delta, scope = found
        if not isinstance(delta, ast.Call) or not (dotted(delta.func) or "").endswith("timedelta"):
            return None
        total = 0.0
        given = [*zip(("days", "seconds"), delta.args)]
        given += [(keyword.arg or "", keyword.value) for keyword in delta.keywords]
        for unit, value in given:
            count = self.of(value, scope, steps + 1)
            if count is None or unit not in _SECONDS:
                return None
            total += count * _SECONDS[unit]
        return total


def number_of(evaluate: Evaluator, node: Optional[ast.expr], scope: Scope) -> Optional[float]:
    """Return the number that the expression is for certain, None when that is not known."""
    return Numbers(evaluate).of(node, scope)
