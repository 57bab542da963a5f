"""What an expression is known to be: a text made of literals, a dictionary of such."""

from __future__ import annotations

import ast
from typing import Optional

from credlint.code.python.names import Names, Scope, dotted
from credlint.model.lean_dataclasses import dataclass
from credlint.model.secret import Secret

# Names that stand for names: more steps than this are not followed.
_MOST_STEPS = 20


@dataclass(frozen=True)
class Literal:
    """A text that the source spells out, and the node it stands in."""

    value: Secret
    node: ast.expr


class Evaluator:
    """Evaluates expressions of one module as far as literals reach."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def text(  # noqa: C901, PLR0911  one branch for each kind of expression
        self, node: Optional[ast.expr], scope: Scope, steps: int = 0
    ) -> Optional[Literal]:
        """Return the text that the expression is, None when the source alone cannot tell."""
        if node is None or steps > _MOST_STEPS:
            return None
        if isinstance(node, ast.Constant):
            return Literal(Secret(node.value), node) if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return self._formatted(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left = self.text(node.left, scope, steps + 1)
            right = self.text(node.right, scope, steps + 1)
            if left is None or right is None:
                return None
            return Literal(Secret(left.value.reveal() + right.value.reveal()), node)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self.text(node.values[-1], scope, steps + 1)
        if isinstance(node, ast.IfExp):
            chosen = self.text(node.body, scope, steps + 1)
            return chosen if chosen is not None else self.text(node.orelse, scope, steps + 1)
        if isinstance(node, ast.Subscript):
            return self._item(node, scope, steps)
        found = self._resolve(node, scope)
        for given, inner in found:
            literal = self.text(given, inner, steps + 1)
            if literal is not None:
                return literal
        return None

    def mapping(  # noqa: C901  one branch for each kind of entry
        self, node: Optional[ast.expr], scope: Scope, steps: int = 0
    ) -> dict[str, ast.expr]:
        """Return the known entries of a dictionary, an empty one when nothing is known."""
        if node is None or steps > _MOST_STEPS:
            return {}
        entries: dict[str, ast.expr] = {}
        if isinstance(node, ast.Dict):
            for given, value in zip(node.keys, node.values):
                if given is None:
                    entries.update(self.mapping(value, scope, steps + 1))
                    continue
                key = self.text(given, scope, steps + 1)
                if key is not None:
                    entries[key.value.reveal()] = value
            return entries
        if isinstance(node, ast.Call) and dotted(node.func) == "dict":
            for argument in node.args:
                entries.update(self.mapping(argument, scope, steps + 1))
            for keyword in node.keywords:
                if keyword.arg is not None:
                    entries[keyword.arg] = keyword.value
                else:
                    entries.update(self.mapping(keyword.value, scope, steps + 1))
            return entries
        for value, inner in self._resolve(node, scope):
            entries.update(self.mapping(value, inner, steps + 1))
        if isinstance(node, ast.Name):
            owner, _ = self._names.lookup(scope, node.id)
            entries.update(self._names.items.get((owner, node.id), {}))
        return entries

    def sources(self, node: ast.expr, scope: Scope) -> list[ast.expr]:
        """Return the expressions that a name or attribute was given, latest first."""
        return [value for value, _ in self._resolve(node, scope)]

    @staticmethod
    def _formatted(node: ast.JoinedStr) -> Optional[Literal]:
        parts = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
        if len(parts) != len(node.values):
            return None
        return Literal(Secret("".join(parts)), node)

    def _item(self, node: ast.Subscript, scope: Scope, steps: int) -> Optional[Literal]:
        key = self.text(node.slice, scope, steps + 1)
        if key is None:
            return None
        entry = self.mapping(node.value, scope, steps + 1).get(key.value.reveal())
        return self.text(entry, scope, steps + 1)

    def _resolve(self, node: ast.expr, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """Return the values that the name may hold, latest first, up to one that is certain."""
        owner: Scope
        if isinstance(node, ast.Name):
            owner, assignments = self._names.lookup(scope, node.id)
        elif isinstance(node, ast.Attribute):
            found = self._class_of(dotted(node.value), scope)
            if found is None:
                return []
            owner = found
            assignments = self._names.assigned.get((owner, node.attr), [])
        else:
            return []
        values: list[tuple[ast.expr, Scope]] = []
        for assignment in reversed(assignments):
            if assignment.value is not None:
                values.append((assignment.value, owner))
            if not assignment.conditional:
                break
        return values

    def _class_of(self, name: Optional[str], scope: Scope) -> Optional[Scope]:
        if name in ("self", "cls"):
            current = scope
            while current and current not in self._names.classes:
                current = current[:-1]
            return current or None
        if name is None:
            return None
        path = tuple(name.split("."))
        return path if path in self._names.classes else None
