"""What an expression is known to be: a text made of literals, a dictionary of such."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Optional

from credlint.code.python.names import Names, Scope, dotted
from credlint.code.sighting import NotReadError
from credlint.model.lean_dataclasses import dataclass
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

TOO_MUCH = "its names stand for each other too often"
# Names that stand for names, and parts of parts: deeper than this is not followed.
_MOST_STEPS = 60
# Expressions looked at for one question: names that stand for others twice would double each time.
_MOST_LOOKS = 1000
_MOST_LOOKS_IN_ALL = 500_000  # of one module; ordinary ones of a megabyte take a tenth
_MOST_VALUES = 50  # of one name, the latest
_LONGEST = 65_536  # characters of a text that is put together
# Methods of a text that leave it one; what they change does not matter to any rule.
_SAME_TEXT = frozenset(("strip", "lstrip", "rstrip", "encode", "decode", "lower", "upper"))
# Functions and methods with a key and what is given where there is none, and its position.
_DEFAULTS = {"get": 1, "getenv": 1, "pop": 1, "setdefault": 1, "getattr": 2}
# configparser's ``get(section, option)`` names no default by position.
_PARSER = re.compile(r"(?i).*(?:conf|cfg|parser)")


@dataclass(frozen=True)
class Literal:
    """A text that the source spells out, and the node it stands in.

    ``is_fallback``: it holds only where nothing else is given: the default of a parameter or of a
    variable of the environment, one of two branches, a value set under a condition.
    """

    value: Secret
    node: ast.expr
    is_fallback: bool = False


class Source(NamedTuple):
    """An expression that a name may stand for, where it is evaluated, and whether for certain."""

    value: ast.expr
    scope: Scope
    is_fallback: bool


def _fallback(literal: Optional[Literal]) -> Optional[Literal]:
    return None if literal is None else Literal(literal.value, literal.node, is_fallback=True)


class Evaluator:
    """Evaluates expressions of one module as far as literals reach.

    Each question may raise NotReadError: the module has asked too much by then.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._looks = 0
        self._looks_in_all = 0
        self._updates: Optional[dict[str, list[tuple[ast.Call, Scope]]]] = None

    def _may_look(self, steps: int) -> bool:
        """Tell whether the question may go on; it begins where no step is done."""
        self._looks = 0 if steps == 0 else self._looks + 1
        self._spend(1)
        return steps <= _MOST_STEPS and self._looks <= _MOST_LOOKS

    def _spend(self, looks: int) -> None:
        self._looks_in_all += looks
        if self._looks_in_all > _MOST_LOOKS_IN_ALL:
            raise NotReadError(TOO_MUCH)

    def text(self, node: Optional[ast.expr], scope: Scope, steps: int = 0) -> Optional[Literal]:
        """Return the text that the expression is, None when the source alone cannot tell."""
        if node is None or not self._may_look(steps):
            return None
        found = self._text(node, scope, steps)
        return found if self.is_certain(node) else _fallback(found)

    def _text(  # noqa: C901, PLR0911  one branch for each kind of expression
        self, node: ast.expr, scope: Scope, steps: int
    ) -> Optional[Literal]:
        if isinstance(node, ast.Constant):
            return Literal(Secret(node.value), node) if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, node.values, scope, steps)
        if isinstance(node, ast.FormattedValue):
            plain = node.conversion == -1 and node.format_spec is None
            return self.text(node.value, scope, steps + 1) if plain else None
        if isinstance(node, ast.BinOp):
            parts = [node.left, node.right] if isinstance(node.op, ast.Add) else None
            return self._joined(node, parts, scope, steps) if parts else None
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return _fallback(self.text(node.values[-1], scope, steps + 1))
        if isinstance(node, ast.IfExp):
            chosen = self.text(node.body, scope, steps + 1)
            if chosen is None:
                chosen = self.text(node.orelse, scope, steps + 1)
            return _fallback(chosen)
        if isinstance(node, ast.Subscript):
            return self._item(node, scope, steps)
        if isinstance(node, ast.Call):
            return self._called(node, scope, steps)
        for value, inner, is_fallback in self.resolve(node, scope):
            literal = self.text(value, inner, steps + 1)
            if literal is not None:
                return _fallback(literal) if is_fallback else literal
        return None

    def is_certain(self, node: ast.expr) -> bool:
        """Tell whether an entry of a dictionary is set in any case."""
        return id(node) not in self._names.maybe

    def constant(self, node: Optional[ast.expr], scope: Scope) -> Optional[ast.Constant]:
        """Return the constant that the expression is for certain, through names."""
        for _ in range(_MOST_STEPS):
            if node is None or not self.is_certain(node):
                return None
            if isinstance(node, ast.Constant):
                return node
            sources = self.resolve(node, scope)
            if len(sources) != 1 or sources[0].is_fallback:
                return None
            node, scope, _ = sources[0]
        return None

    def mapping(  # noqa: C901, PLR0911, PLR0912  one branch for each kind of entry
        self, node: Optional[ast.expr], scope: Scope, steps: int = 0
    ) -> dict[str, ast.expr]:
        """Return the known entries of a dictionary, an empty one when nothing is known."""
        if node is None or not self._may_look(steps):
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
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            entries = self.mapping(node.left, scope, steps + 1)
            return {**entries, **self.mapping(node.right, scope, steps + 1)}
        if isinstance(node, ast.Call):
            if dotted(node.func) == "dict":
                return self._given(node, scope, steps)
            for value, inner in self._returned(node, scope):
                entries.update(self.mapping(value, inner, steps + 1))
            return entries
        if isinstance(node, ast.Subscript):
            outer_key = self.text(node.slice, scope, steps + 1)
            if outer_key is None:
                return entries
            outer = self.mapping(node.value, scope, steps + 1)
            return self.mapping(outer.get(outer_key.value.reveal()), scope, steps + 1)
        for value, inner, _ in reversed(self.resolve(node, scope)):
            entries.update(self.mapping(value, inner, steps + 1))
        if isinstance(node, ast.Name):
            owner, _ = self._names.lookup(scope, node.id)
            entries.update(self._names.items.get((owner, node.id), {}))
            updates = self._updates_of(node.id)
            self._spend(len(updates))
            for call, inner in updates:
                if self._names.lookup(inner, node.id)[0] == owner:
                    entries.update(self._given(call, inner, steps))
        return entries

    def sources(self, node: ast.expr, scope: Scope) -> list[ast.expr]:
        """Return the expressions that a name or attribute was given, latest first."""
        return [source.value for source in self.resolve(node, scope)]

    def _given(self, call: ast.Call, scope: Scope, steps: int) -> dict[str, ast.expr]:
        """Return the entries that ``dict(…)`` or ``x.update(…)`` is given."""
        entries: dict[str, ast.expr] = {}
        for argument in call.args:
            entries.update(self.mapping(argument, scope, steps + 1))
        for keyword in call.keywords:
            if keyword.arg is not None:
                entries[keyword.arg] = keyword.value
            else:
                entries.update(self.mapping(keyword.value, scope, steps + 1))
        return entries

    def _updates_of(self, name: str) -> list[tuple[ast.Call, Scope]]:
        """Return the calls ``name.update(…)``."""
        if self._updates is None:
            self._updates = {}
            for call, scope in self._names.calls:
                function = call.func
                if (
                    isinstance(function, ast.Attribute)
                    and function.attr == "update"
                    and isinstance(function.value, ast.Name)
                ):
                    self._updates.setdefault(function.value.id, []).append((call, scope))
        return self._updates.get(name, [])

    def _joined(
        self, node: ast.expr, parts: Sequence[ast.expr], scope: Scope, steps: int
    ) -> Optional[Literal]:
        text = ""
        is_fallback = False
        for part in parts:
            literal = self.text(part, scope, steps + 1)
            if literal is None or len(text) + len(literal.value) > _LONGEST:
                return None
            text += literal.value.reveal()
            is_fallback = is_fallback or literal.is_fallback
        return Literal(Secret(text), node, is_fallback)

    def _called(self, node: ast.Call, scope: Scope, steps: int) -> Optional[Literal]:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else dotted(function) or ""
        position = _DEFAULTS.get(name)
        if position is not None:
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            default = given.get("default", given.get("fallback"))
            if len(node.args) > position and not _PARSER.match(dotted(function) or ""):
                default = node.args[position]
            return _fallback(self.text(default, scope, steps + 1))
        if isinstance(function, ast.Attribute):
            if name in _SAME_TEXT and not node.args:
                literal = self.text(function.value, scope, steps + 1)
                return Literal(literal.value, node, literal.is_fallback) if literal else None
            if name == "join" and len(node.args) == 1:
                between = self.text(function.value, scope, steps + 1)
                pieces = node.args[0]
                if isinstance(pieces, (ast.List, ast.Tuple)) and between == Literal(
                    Secret(""), function.value
                ):
                    return self._joined(node, pieces.elts, scope, steps)
        if name == "str" and len(node.args) == 1:
            return self.text(node.args[0], scope, steps + 1)
        returned = self._returned(node, scope)
        if len(returned) != 1:
            return None
        return _fallback(self.text(*returned[0], steps + 1))

    def _returned(self, node: ast.Call, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        """Return what a function of this module gives back; for a method, by ``self``."""
        if isinstance(node.func, ast.Name):
            name, current = node.func.id, scope
            while True:
                inner = (*current, name)
                if inner in self._names.returned and current not in self._names.classes:
                    return [(value, inner) for value in self._names.returned[inner]]
                if not current:
                    return []
                current = current[:-1]
        if isinstance(node.func, ast.Attribute) and dotted(node.func.value) in ("self", "cls"):
            owner = self._class_of("self", scope)
            inner = (*(owner or ()), node.func.attr)
            return [(value, inner) for value in self._names.returned.get(inner, ())]
        return []

    def _item(self, node: ast.Subscript, scope: Scope, steps: int) -> Optional[Literal]:
        key = self.text(node.slice, scope, steps + 1)
        if key is None:
            return None
        entry = self.mapping(node.value, scope, steps + 1).get(key.value.reveal())
        return self.text(entry, scope, steps + 1)

    def resolve(self, node: ast.expr, scope: Scope) -> list[Source]:
        """Return what a name or attribute may hold, latest first, up to one that is certain."""
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
        self._spend(1)
        is_once = len(assignments) == 1 and self._is_set_or_fails(node, owner)
        values: list[Source] = []
        for assignment in assignments[: -_MOST_VALUES - 1 : -1]:
            if assignment.value is not None:
                is_fallback = assignment.is_default or (assignment.conditional and not is_once)
                values.append(Source(assignment.value, assignment.scope, is_fallback))
            if not assignment.conditional:
                break
        return values

    def _is_set_or_fails(self, node: ast.expr, owner: Scope) -> bool:
        """Tell whether one assignment is all that can have set it, whatever block it stands in.

        So it is with what an object sets for itself, and with a variable of a function: without
        the assignment to read it is an error. One of the module may be imported by ``*``, or set
        by a function.
        """
        if isinstance(node, ast.Attribute):
            return True
        if not isinstance(node, ast.Name) or not owner or owner in self._names.classes:
            return False
        return ((), node.id) not in self._names.assigned and node.id not in self._names.imports

    def _class_of(self, name: Optional[str], scope: Scope) -> Optional[Scope]:
        if name in ("self", "cls"):
            current = scope
            while current and current not in self._names.classes:
                current = current[:-1]
            return current or None
        if name is None:
            return None
        path = tuple(name.split("."))
        if path in self._names.classes:
            return path
        if len(path) > 1:
            return None
        # An object of a class of this module.
        _, assignments = self._names.lookup(scope, name)
        made = assignments[0].value if len(assignments) == 1 else None
        kind = dotted(made.func) if isinstance(made, ast.Call) else None
        return (kind,) if kind is not None and (kind,) in self._names.classes else None
