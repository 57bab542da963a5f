"""What an expression is known to be: a text made of literals, a dictionary of such."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import libcst as cst

from credlint.code.python.names import Names, Scope, dotted
from credlint.model.secret import Secret

# Names that stand for names: more steps than this are not followed.
_MOST_STEPS = 20


@dataclass(frozen=True)
class Literal:
    """A text that the source spells out, and the node it stands in."""

    value: Secret
    node: cst.CSTNode


class Evaluator:
    """Evaluates expressions of one module as far as literals reach."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def text(  # noqa: C901, PLR0911  one branch for each kind of expression
        self, node: Optional[cst.BaseExpression], scope: Scope, steps: int = 0
    ) -> Optional[Literal]:
        """Return the text that the expression is, None when the source alone cannot tell."""
        if node is None or steps > _MOST_STEPS:
            return None
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
            value = node.evaluated_value
            return (
                Literal(Secret(value), node)
                if isinstance(value, str)
                else self._pieces(node, scope, steps)
            )
        if isinstance(node, cst.FormattedString):
            return self._formatted(node)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            left = self.text(node.left, scope, steps + 1)
            right = self.text(node.right, scope, steps + 1)
            if left is None or right is None:
                return None
            return Literal(Secret(left.value.reveal() + right.value.reveal()), node)
        if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or):
            return self.text(node.right, scope, steps + 1)
        if isinstance(node, cst.IfExp):
            chosen = self.text(node.body, scope, steps + 1)
            return chosen if chosen is not None else self.text(node.orelse, scope, steps + 1)
        if isinstance(node, cst.Subscript):
            return self._item(node, scope, steps)
        found = self._resolve(node, scope)
        for given, inner in found:
            literal = self.text(given, inner, steps + 1)
            if literal is not None:
                return literal
        return None

    def mapping(  # noqa: C901  one branch for each kind of entry
        self, node: Optional[cst.BaseExpression], scope: Scope, steps: int = 0
    ) -> dict[str, cst.BaseExpression]:
        """Return the known entries of a dictionary, an empty one when nothing is known."""
        if node is None or steps > _MOST_STEPS:
            return {}
        entries: dict[str, cst.BaseExpression] = {}
        if isinstance(node, cst.Dict):
            for element in node.elements:
                if isinstance(element, cst.StarredDictElement):
                    entries.update(self.mapping(element.value, scope, steps + 1))
                elif isinstance(element, cst.DictElement):
                    key = self.text(element.key, scope, steps + 1)
                    if key is not None:
                        entries[key.value.reveal()] = element.value
            return entries
        if isinstance(node, cst.Call) and dotted(node.func) == "dict":
            for argument in node.args:
                if argument.keyword is not None:
                    entries[argument.keyword.value] = argument.value
                else:
                    entries.update(self.mapping(argument.value, scope, steps + 1))
            return entries
        for value, inner in self._resolve(node, scope):
            entries.update(self.mapping(value, inner, steps + 1))
        if isinstance(node, cst.Name):
            owner, _ = self._names.lookup(scope, node.value)
            entries.update(self._names.items.get((owner, node.value), {}))
        return entries

    def sources(self, node: cst.BaseExpression, scope: Scope) -> list[cst.BaseExpression]:
        """Return the expressions that a name or attribute was given, latest first."""
        return [value for value, _ in self._resolve(node, scope)]

    def _pieces(self, node: cst.BaseString, scope: Scope, steps: int) -> Optional[Literal]:
        if not isinstance(node, cst.ConcatenatedString):
            return None
        left, right = (
            self.text(node.left, scope, steps + 1),
            self.text(node.right, scope, steps + 1),
        )
        if left is None or right is None:
            return None
        return Literal(Secret(left.value.reveal() + right.value.reveal()), node)

    @staticmethod
    def _formatted(node: cst.FormattedString) -> Optional[Literal]:
        parts = [part.value for part in node.parts if isinstance(part, cst.FormattedStringText)]
        if len(parts) != len(node.parts):
            return None
        return Literal(Secret("".join(parts)), node)

    def _item(self, node: cst.Subscript, scope: Scope, steps: int) -> Optional[Literal]:
        if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
            return None
        key = self.text(node.slice[0].slice.value, scope, steps + 1)
        if key is None:
            return None
        entry = self.mapping(node.value, scope, steps + 1).get(key.value.reveal())
        return self.text(entry, scope, steps + 1)

    def _resolve(
        self, node: cst.BaseExpression, scope: Scope
    ) -> list[tuple[cst.BaseExpression, Scope]]:
        """Return the values that the name may hold, latest first, up to one that is certain."""
        owner: Scope
        if isinstance(node, cst.Name):
            owner, assignments = self._names.lookup(scope, node.value)
        elif isinstance(node, cst.Attribute):
            found = self._class_of(dotted(node.value), scope)
            if found is None:
                return []
            owner = found
            assignments = self._names.assigned.get((owner, node.attr.value), [])
        else:
            return []
        values: list[tuple[cst.BaseExpression, Scope]] = []
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
