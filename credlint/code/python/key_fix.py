"""The edit that drops the keys of a call, so that the chain of the SDK finds its own."""

from __future__ import annotations

from typing import Literal, Optional

from credlint.code.python.callees import Call
from credlint.code.python.edits import NotRemovableError
from credlint.code.python.module import Module
from credlint.code.python.removal import Removal, may_be_imported
from credlint.code.python.signatures import KEY_NAMES
from credlint.code.sighting import Context
from credlint.model.fix import FileEdits, Fix

FixKind = Literal["safe", "unsafe"]


def drop_keys(module: Module, context: Context, call: Call, kind: FixKind) -> Optional[Fix]:
    """Return the fix that takes the keys out of a call, None where it cannot be made.

    What nothing uses any more then goes, too. It is unsafe at the least where that was a name
    which another module may import.
    """
    removal = Removal(module)
    try:
        removal.drop(call, KEY_NAMES)
    except NotRemovableError:
        return None
    removal.drop_unused()
    edits = removal.edits()
    if not edits:
        return None
    if may_be_imported(context, removal.visible):
        kind = "unsafe"
    summary = f"Drop the keys that {call.callee}() is given, and what only they used."
    return Fix(kind, summary, (FileEdits("", edits),))
