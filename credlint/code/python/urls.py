"""How a text begins that the source does not spell out whole: an address with a path put in."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from credlint.code.python.names import Scope, dotted
from credlint.code.python.values import Evaluator
from credlint.model.lean_tuples import NamedTuple

_MOST_STEPS = 30
_MOST_LOOKS = 300
_FIELD = re.compile(r"\{[^{}]*\}|%[sdr]")


class Start(NamedTuple):
    """The first part of a text; ``whole``: there is no other."""

    text: str
    whole: bool


_UNKNOWN = Start("", whole=False)


def start_of(evaluate: Evaluator, node: ast.expr, scope: Scope) -> Start:
    """Return how the text begins that an expression stands for, as far as literals reach."""
    return _Starts(evaluate).of(node, scope, 0)


class _Starts:
    """Answers one question; what it looks at is counted, so that names cannot multiply it."""

    def __init__(self, evaluate: Evaluator) -> None:
        self._evaluate = evaluate
        self._looks = 0

    def of(  # noqa: PLR0911  one branch for each kind of expression
        self, node: ast.expr, scope: Scope, steps: int
    ) -> Start:
        self._looks += 1
        if steps > _MOST_STEPS or self._looks > _MOST_LOOKS:
            return _UNKNOWN
        if isinstance(node, ast.Constant):
            return Start(node.value, whole=True) if isinstance(node.value, str) else _UNKNOWN
        if isinstance(node, ast.FormattedValue):
            return self.of(node.value, scope, steps + 1)
        if isinstance(node, ast.JoinedStr):
            return self._joined(node.values, scope, steps)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined((node.left, node.right), scope, steps)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return self._filled(node.left, given, scope, steps)
        if isinstance(node, ast.Call):
            return self._called(node, scope, steps)
        for value, inner, _ in self._evaluate.resolve(node, scope):
            found = self.of(value, inner, steps + 1)
            if found.text:
                return found
        return _UNKNOWN

    def _joined(self, parts: Sequence[ast.expr], scope: Scope, steps: int) -> Start:
        text = ""
        for part in parts:
            found = self.of(part, scope, steps + 1)
            text += found.text
            if not found.whole:
                return Start(text, whole=False)
        return Start(text, whole=True)

    def _called(self, node: ast.Call, scope: Scope, steps: int) -> Start:
        name = (dotted(node.func) or "").rpartition(".")[2]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return self._filled(node.func.value, node.args, scope, steps)
        if name in ("urljoin", "str") and node.args:
            found = self.of(node.args[0], scope, steps + 1)
            return Start(found.text, whole=found.whole and len(node.args) == 1)
        literal = self._evaluate.text(node, scope)  # os.getenv("X", "default")
        return Start(literal.value.reveal(), whole=True) if literal is not None else _UNKNOWN

    def _filled(
        self, template: ast.expr, given: Sequence[ast.expr], scope: Scope, steps: int
    ) -> Start:
        """Return a template with the values put in, up to the first that is not known."""
        found = self.of(template, scope, steps + 1)
        text, last = "", 0
        for number, field in enumerate(_FIELD.finditer(found.text)):
            text += found.text[last : field.start()]
            last = field.end()
            if field.group() not in ("{}", "%s", f"{{{number}}}") or number >= len(given):
                return Start(text, whole=False)
            value = self.of(given[number], scope, steps + 1)
            text += value.text
            if not value.whole:
                return Start(text, whole=False)
        return Start(text + found.text[last:], whole=found.whole)
