"""Decides on the ``ast`` whether a module can pass a literal key at all.

Sound, not exact: it says yes whenever the libcst pass could report something. Names are not
resolved by scope; it is enough that some literal is assigned to the name somewhere.
"""

from __future__ import annotations

import ast
from typing import Optional, Union

from credlint.code.python.signatures import (
    CREDENTIAL_NAMES,
    CREDENTIALS,
    KEY_NAMES,
    METHODS,
    POSITIONS,
)

_KEYWORDS = frozenset((*KEY_NAMES, *CREDENTIAL_NAMES))


class _Facts:
    """Names that are given a text somewhere in the module, and the keys of what they map to."""

    def __init__(self, tree: ast.Module) -> None:
        self.calls: list[ast.Call] = []
        self.aliases: set[str] = set()
        self._pairs: list[tuple[str, ast.expr]] = []
        self._items: list[tuple[str, str, ast.expr]] = []
        self._names: set[str] = set()
        self._keys: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            self._collect(node)
        self._settle()

    def _collect(self, node: ast.AST) -> None:
        if isinstance(node, ast.ImportFrom):
            self.aliases.update(a.asname for a in node.names if a.asname and a.name in METHODS)
        elif isinstance(node, ast.Call):
            self.calls.append(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._collect_target(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self._collect_target(node.target, node.value)

    def _collect_target(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, (ast.Name, ast.Attribute)):
            self._pairs.append((_last_name(target), value))
            if isinstance(value, (ast.Name, ast.Attribute)) and _last_name(value) in METHODS:
                self.aliases.add(_last_name(target))
        elif isinstance(target, ast.Subscript):
            for constant in ast.walk(target.slice):
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                    self._items.append((_last_name(target.value), constant.value, value))
        elif isinstance(target, (ast.Tuple, ast.List)):
            values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            for part, given in zip(target.elts, values):
                self._collect_target(part, given)

    def _settle(self) -> None:
        """Pass texts and keys on from name to name until nothing changes."""
        changed = True
        while changed:
            before = len(self._names) + sum(map(len, self._keys.values()))
            for name, value in self._pairs:
                if self.can_be_text(value):
                    self._names.add(name)
                keys = self.keys_of(value)
                if keys:
                    self._keys.setdefault(name, set()).update(keys)
            for name, key, value in self._items:
                if self.can_be_text(value):
                    self._keys.setdefault(name, set()).add(key)
            changed = before != len(self._names) + sum(map(len, self._keys.values()))

    def keys_of(self, node: ast.expr) -> set[str]:  # noqa: C901  one branch for each kind
        """Return the keys under which a dictionary may hold a text that the source spells out."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._keys.get(_last_name(node), set())
        found: set[str] = set()
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                if key is None:
                    found |= self.keys_of(value)
                elif self.can_be_text(value):
                    # A key that is no plain text may still come down to one of the names.
                    text = key.value if isinstance(key, ast.Constant) else None
                    found |= {text} if isinstance(text, str) else _KEYWORDS
        elif isinstance(node, ast.Call) and _last_name(node.func) == "dict":
            for argument in node.args:
                found |= self.keys_of(argument)
            for keyword in node.keywords:
                if keyword.arg is None:
                    found |= self.keys_of(keyword.value)
                elif self.can_be_text(keyword.value):
                    found.add(keyword.arg)
        return found

    def _index_texts(self, index: ast.AST) -> Optional[set[str]]:
        """Return the texts that an index may be, None when they are not known."""
        if isinstance(index, ast.Constant):
            return {index.value} if isinstance(index.value, str) else set()
        if not isinstance(index, (ast.Name, ast.Attribute)):
            return None
        values = [value for name, value in self._pairs if name == _last_name(index)]
        if not all(isinstance(value, ast.Constant) for value in values):
            return None
        return {v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)}

    def can_be_text(self, node: ast.expr) -> bool:  # noqa: PLR0911  one return for each kind
        """Tell whether the expression may come down to a text that the source spells out."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str) and bool(node.value)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return _last_name(node) in self._names
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.Add) and (
                self.can_be_text(node.left) or self.can_be_text(node.right)
            )
        if isinstance(node, ast.BoolOp):
            return self.can_be_text(node.values[-1])
        if isinstance(node, ast.IfExp):
            return self.can_be_text(node.body) or self.can_be_text(node.orelse)
        if isinstance(node, ast.JoinedStr):
            return all(isinstance(part, ast.Constant) for part in node.values)
        if isinstance(node, ast.Subscript):
            texts = self._index_texts(node.slice)
            known = self.keys_of(node.value)
            return bool(known) if texts is None else bool(texts & known)
        return False


def _last_name(node: Union[ast.Name, ast.Attribute, ast.expr]) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def could_pass_literal(tree: ast.Module) -> bool:
    """Tell whether any call could be given a literal key, so that libcst is worth its time."""
    facts = _Facts(tree)
    for call in facts.calls:
        for keyword in call.keywords:
            if keyword.arg is None:
                if _takes_keys(call, facts) and facts.keys_of(keyword.value) & _KEYWORDS:
                    return True
            elif keyword.arg in _keywords_of(call, facts) and facts.can_be_text(keyword.value):
                return True
        if _positional(call, facts):
            return True
    return False


def _takes_keys(call: ast.Call, facts: _Facts) -> bool:
    name = _last_name(call.func)
    return name in METHODS or name in facts.aliases or name == "partial"


def _keywords_of(call: ast.Call, facts: _Facts) -> frozenset[str]:
    """Return the parameter names to look for; the short ones are common words elsewhere."""
    name = _last_name(call.func)
    return _KEYWORDS if name in CREDENTIALS or name in facts.aliases else frozenset(KEY_NAMES)


def _positional(call: ast.Call, facts: _Facts) -> bool:
    name = _last_name(call.func)
    if name in CREDENTIALS:
        return any(facts.can_be_text(argument) for argument in call.args)
    if name in POSITIONS:
        first = POSITIONS[name]
        return first >= 0 and any(facts.can_be_text(argument) for argument in call.args[first:])
    # An alias, or a name that a session was assigned to.
    texts = [facts.can_be_text(argument) for argument in call.args]
    return any(texts[POSITIONS["client"] :]) or (name in facts.aliases and any(texts))
