"""The edit that drops the keys of a call, so that the chain of the SDK finds its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Optional

from credlint.code.python.arguments import given
from credlint.code.python.callees import Call
from credlint.code.python.edits import NotRemovableError
from credlint.code.python.module import Module
from credlint.code.python.removal import Removal, may_be_imported
from credlint.code.python.signatures import KEY_NAMES
from credlint.code.sighting import Context
from credlint.model.fix import FileEdits, Fix

FixKind = Literal["safe", "unsafe"]


class _Group:
    """Calls that use the same names: only with the last of them is a name of no use any more."""

    def __init__(self, call: Call, kind: FixKind, names: set[str]) -> None:
        self.calls = [call]
        self.kind: FixKind = kind
        self.names = names

    def join(self, other: _Group) -> None:
        """Take the calls of the other in."""
        self.calls += other.calls
        self.names |= other.names
        self.kind = "unsafe" if "unsafe" in (self.kind, other.kind) else "safe"


def fixes_for_keys(
    module: Module, context: Context, calls: Iterable[tuple[Call, FixKind]]
) -> dict[int, Fix]:
    """Return by the identity of a call's node the fix that takes the keys out of it.

    What nothing uses any more then goes, too; calls that share it have one fix for all of them. It
    is unsafe at the least where a name goes that another module may import. Calls whose keys
    cannot be taken out have none.
    """
    groups: dict[int, _Group] = {}
    of: dict[str, _Group] = {}  # the group that uses a name
    for call, kind in calls:
        removal = _removal(module, [call])
        if removal is None:
            continue
        group = _Group(call, kind, removal.names())
        for each in {id(of[name]): of[name] for name in group.names if name in of}.values():
            group.join(each)
            del groups[id(each)]
        groups[id(group)] = group
        of.update(dict.fromkeys(group.names, group))
    fixes: dict[int, Fix] = {}
    for group in groups.values():
        fix = _fix(module, context, group)
        if fix is not None:
            fixes.update((id(call.node), fix) for call in group.calls)
    return fixes


def _removal(module: Module, calls: Iterable[Call]) -> Optional[Removal]:
    removal = Removal(module)
    try:
        for call in calls:
            removal.drop(call, KEY_NAMES)
    except NotRemovableError:
        return None
    return removal


def _fix(module: Module, context: Context, group: _Group) -> Optional[Fix]:
    removal = _removal(module, group.calls)
    if removal is None:
        return None
    removal.drop_unused()
    edits = removal.edits()
    if not edits:
        return None
    kind = "unsafe" if may_be_imported(context, removal.visible) else group.kind
    first, *others = sorted(group.calls, key=lambda call: module.start(call.node))
    named = f"{first.callee}()" + (f" and {len(others)} other calls" if others else "")
    summary = (
        f"Drop the keys that {named} {'are' if others else 'is'} given, and what only they used."
    )
    return Fix(kind, summary, (FileEdits("", edits, hidden=tuple(_hidden(module, group))),))


def _hidden(module: Module, group: _Group) -> Iterator[tuple[int, int]]:
    """Yield where the keys of all the calls stand: the edits show their lines."""
    for call in group.calls:
        arguments = given(module, call)
        for name in KEY_NAMES:
            literal = module.evaluate.text(arguments.get(name), call.scope)
            if literal is not None:
                yield module.start(literal.node), module.end(literal.node)
