"""SRC103: profiles whose name stands in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional, Union

from credlint.code.credential_names import PROFILE_VARIABLES
from credlint.code.python.arguments import calls_of
from credlint.code.python.callees import Call
from credlint.code.python.deployment import deployment_of
from credlint.code.python.environment import is_environment
from credlint.code.python.module import Module
from credlint.code.python.signatures import SESSIONS
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.fix import FileEdits, Fix

if TYPE_CHECKING:
    from credlint.code.python.removal import Removal

# botocore's own session calls it ``profile`` (botocore 1.44.5, session.py).
_PARAMETERS = ("profile_name", "profile")
_FILES = (b"AWS_SHARED_CREDENTIALS_FILE", b"AWS_CONFIG_FILE")

# What ties, what is to be dropped, how it is written, and what goes with it.
_Tied = tuple[Union[ast.Call, ast.Assign], str, str, Optional["Removal"]]


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the sessions that are tied to one profile, and assignments to AWS_PROFILE."""
    # A file of profiles that the module names is its own, and may go wherever it goes.
    if context.is_test or any(name in module.text for name in _FILES):
        return
    found = [*_sessions(module), *_assignments(module)]
    if not found:
        return
    from credlint.code.python.profile_choices import Choices  # noqa: PLC0415  where there is a finding

    choices = Choices(module, [node for node, *_ in found])
    for node, where, name, removal in found:
        choice = choices.of(node)
        if choice == "other-way":
            continue
        fix = _fix(removal, context, f"Drop {where}.") if removal is not None else None
        yield _sighting(module, context, node, name, fix, is_chosen=choice is not None)


def _sessions(module: Module) -> Iterator[_Tied]:
    for call, arguments in calls_of(module, SESSIONS):
        for parameter in _PARAMETERS:
            literal = module.evaluate.text(arguments.get(parameter), call.scope)
            if literal is None or not literal.value or literal.is_fallback:
                continue
            named = f'{call.callee}({parameter}="{literal.value.reveal()}")'
            removal = _dropped(module, call, parameter)
            yield call.node, f"{parameter} of {call.callee}()", named, removal


def _dropped(module: Module, call: Call, parameter: str) -> Optional[Removal]:
    from credlint.code.python.edits import NotRemovableError  # noqa: PLC0415  where there is a finding
    from credlint.code.python.removal import Removal  # noqa: PLC0415

    removal = Removal(module)
    try:
        removal.drop(call, (parameter,))
    except NotRemovableError:
        return None
    return removal


def _assignments(module: Module) -> Iterator[_Tied]:
    for store, scope in module.names.stores:
        target = store.targets[0]
        if not isinstance(target, ast.Subscript) or not is_environment(module, target.value, scope):
            continue
        key = module.evaluate.text(target.slice, scope)
        literal = module.evaluate.text(store.value, scope)
        if key is None or key.value.reveal() not in PROFILE_VARIABLES or literal is None:
            continue
        if literal.value and not literal.is_fallback:
            from credlint.code.python.removal import Removal  # noqa: PLC0415  where there is a finding

            removal = Removal(module)
            removal.drop_statement(store)
            named = f'os.environ["{key.value.reveal()}"] = "{literal.value.reveal()}"'
            yield store, f"the assignment of {key.value.reveal()}", named, removal


def _fix(removal: Removal, context: Context, summary: str) -> Optional[Fix]:
    """Return the edit; what it leaves to the chain may be another account, so it is unsafe."""
    from credlint.code.python.removal import may_be_imported  # noqa: PLC0415  where there is a finding

    removal.drop_unused()
    edits = removal.edits()
    if not edits or may_be_imported(context, removal.visible):
        return None
    return Fix("unsafe", summary, (FileEdits("", edits),))


def _sighting(
    module: Module,
    context: Context,
    node: Union[ast.Call, ast.Assign],
    named: str,
    fix: Optional[Fix],
    *,
    is_chosen: bool,
) -> Sighting:
    where = deployment_of(module, context)
    level: Level = "note"
    reason = ""
    if context.is_documentation or is_chosen:
        pass
    elif where == "function":
        level, reason = "error", "Lambda has no profiles, so this never works there."
    elif where in ("package", "image"):
        level = "warning"
    start, end, _ = module.span(node)
    message = (
        f"{named} ties the code to one profile: ProfileNotFound on machines without it, "
        "and roles are never tried."
    )
    return Sighting(
        start=start,
        end=end,
        message=f"{message} {reason}".rstrip(),
        level=level,
        subject=named,
        fix=fix,
    )
