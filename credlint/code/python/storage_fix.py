"""The edit of SRC116: the options that are keys go, and what only they used."""

from __future__ import annotations

import ast
from typing import Optional

from credlint.code.python.edits import NotRemovableError
from credlint.code.python.module import Module
from credlint.code.python.removal import Removal, may_be_imported
from credlint.code.python.storage_calls import Given
from credlint.code.sighting import Context
from credlint.model.fix import FileEdits, Fix


def drop_given(module: Module, context: Context, given: Given) -> Optional[Fix]:
    """Return the fix for keys that stand in a call itself, None for any others."""
    call = given.call
    if call is None or given.endpoint is not None:
        return None
    removal = Removal(module)
    if not _gathered(removal, call, set(given.written.values())):
        return None
    try:
        removal.drop_unused()
    except NotRemovableError:
        return None
    edits = removal.edits()
    if not edits:
        return None
    is_literal = not any(literal.is_fallback for literal in given.literals.values())
    is_safe = is_literal and not may_be_imported(context, removal.visible)
    summary = f"Drop the keys that {given.owner} is given, and what only they used."
    return Fix("safe" if is_safe else "unsafe", summary, (FileEdits("", edits),))


def _gathered(removal: Removal, call: ast.Call, names: set[str]) -> bool:
    """Put the options into the removal; False where one stands elsewhere."""
    left = len(names)
    gone: list[ast.keyword] = []
    for keyword in call.keywords:
        if keyword.arg in names:
            gone.append(keyword)
            left -= 1
        elif keyword.arg in ("storage_options", "client_kwargs"):
            found = _entries(keyword.value, names)
            left -= len(found)
            if isinstance(keyword.value, ast.Dict) and found:
                if len(found) == len(keyword.value.keys):
                    gone.append(keyword)
                else:
                    removal.drop_entries(keyword.value, found)
    if gone:
        removal.drop_keywords(call, gone)
    return not left


def _entries(node: ast.expr, names: set[str]) -> list[ast.expr]:
    if not isinstance(node, ast.Dict):
        return []
    return [
        value
        for key, value in zip(node.keys, node.values)
        if isinstance(key, ast.Constant) and key.value in names
    ]
