"""SRC107: keys that a program puts into its own environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, kind_of
from credlint.code.issued_keys import is_issued
from credlint.code.python.deployment import is_function
from credlint.code.python.environment import STANDARD, is_environment, is_none_or_empty, reading_of
from credlint.code.python.module import Module
from credlint.code.python.names import Scope
from credlint.code.python.values import Literal
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple

_PUT = frozenset(("os.putenv", "os.environ.update", "os.environ.setdefault"))


class _Given(NamedTuple):
    """A variable, the value that it is given, and the node that does so."""

    name: str
    value: ast.expr
    node: ast.AST
    scope: Scope


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the first assignment of a key in each function, the others as related places."""
    if context.is_test:
        return
    groups: dict[Scope, list[_Given]] = {}
    for given in (*_stored(module), *_updated(module)):
        is_same = reading_of(module, given.value, given.scope)
        # What was read there is put back, or a variable of another name is taken.
        if not is_none_or_empty(given.value) and not (
            is_same is not None and is_same.name == given.name
        ):
            groups.setdefault(given.scope, []).append(given)
    for found in groups.values():
        yield _sighting(module, context, sorted(found, key=lambda each: module.start(each.node)))


def _stored(module: Module) -> Iterator[_Given]:
    """Yield ``os.environ["NAME"] = value``."""
    for store, scope in module.names.stores:
        for target in store.targets:
            if not isinstance(target, ast.Subscript):
                continue
            key = module.evaluate.text(target.slice, scope)
            name = key.value.reveal() if key is not None else ""
            if name in STANDARD and is_environment(module, target.value, scope):
                yield _Given(name, store.value, store, scope)


def _updated(module: Module) -> Iterator[_Given]:
    """Yield what ``os.environ.update()``, ``setdefault()`` and ``os.putenv()`` are given."""
    for call in module.callees.named(("update", "setdefault", "putenv")):
        if module.callees.source(call.node.func, call.scope) not in _PUT:
            continue
        if call.method == "update":
            entries: dict[str, ast.expr] = {}
            for argument in call.arguments:
                entries.update(module.evaluate.mapping(argument, call.scope))
            entries.update({each.arg: each.value for each in call.keywords if each.arg})
        elif len(call.arguments) == 2:  # noqa: PLR2004
            key = module.evaluate.text(call.arguments[0], call.scope)
            entries = {key.value.reveal(): call.arguments[1]} if key is not None else {}
        else:
            continue
        for name, value in entries.items():
            if name in STANDARD:
                yield _Given(name, value, call.node, call.scope)


def _sighting(module: Module, context: Context, found: list[_Given]) -> Sighting:
    first = found[0]
    start, end, _ = module.span(first.node)
    literals: dict[str, Literal] = {}
    for given in found:
        literal = module.evaluate.text(given.value, given.scope)
        if literal is not None and literal.value:
            literals.setdefault(given.name, literal)
    level, reason = _level(module, literals, found)
    if context.is_documentation and level != "error":
        level = "note"
    names = list(dict.fromkeys(given.name for given in found))
    telling: Optional[Literal] = literals.get("AWS_SECRET_ACCESS_KEY") or next(
        iter(literals.values()), None
    )
    return Sighting(
        start=start,
        end=end,
        message=(
            f'os.environ["{names[0]}"] is set here, which shadows the role or profile for the '
            f"whole process and all its children. {reason}"
        ).rstrip(),
        level=level,
        subject=",".join(names),
        literals=tuple(
            module.span(literal.node, f"the literal for {name}")
            for name, literal in literals.items()
        ),
        related=tuple(
            module.span(given.node, f"{given.name} is set here")
            for given in found[1:]
            if given.node is not first.node
        ),
        value=telling.value if telling is not None else None,
    )


def _level(module: Module, literals: dict[str, Literal], found: list[_Given]) -> tuple[Level, str]:
    real = {
        name
        for name, literal in literals.items()
        if is_issued(kind_of(name), literal.value.reveal())
    }
    if real:
        is_secret = real != {KEY_ID}
        return "error" if is_secret else "warning", "The value stands in the source."
    if len(literals) == len({given.name for given in found}):
        return "note", "The values have not the form that AWS issues, so they are made up."
    if is_function(module):
        return "error", "Lambda keeps the process for later invocations, which then use these keys."
    return "warning", ""
