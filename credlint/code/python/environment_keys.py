"""SRC102: keys that a client is given from the environment or from settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from credlint.code.python.arguments import calls_of
from credlint.code.python.callees import Call
from credlint.code.python.deployment import is_function
from credlint.code.python.endpoints import is_elsewhere, is_none
from credlint.code.python.environment import Reading, reading_of
from credlint.code.python.module import Module
from credlint.code.python.signatures import CLIENTS, KEY_NAMES, SESSIONS
from credlint.code.sighting import Context, Sighting
from credlint.model.finding import Level
from credlint.model.lean_dataclasses import replace

if TYPE_CHECKING:
    from credlint.code.python.key_fix import FixKind

# Another source of credentials may then be found.
_KIND: FixKind = "unsafe"
_KEY_ID, _SECRET, _TOKEN = KEY_NAMES


def check(module: Module, context: Context) -> Iterator[Sighting]:
    """Yield the calls whose keys are read from outside the source."""
    found: list[tuple[Call, Sighting, bool]] = []
    for call, arguments in calls_of(module, CLIENTS | SESSIONS):
        if any(
            module.evaluate.text(arguments.get(name), call.scope) is not None for name in KEY_NAMES
        ):
            continue  # SRC101 has it
        readings = [
            reading
            for name in (_KEY_ID, _SECRET)
            for reading in [reading_of(module, arguments.get(name), call.scope)]
            if reading is not None
        ]
        if not readings:
            continue
        is_standard = any(reading.is_standard for reading in readings)
        goes_elsewhere = is_elsewhere(module, call, arguments.get("endpoint_url"))
        if not is_standard and (goes_elsewhere or readings[0].kind == "settings"):
            continue  # keys of another service, or of an account that the application is told of
        has_token = not is_none(arguments.get(_TOKEN))
        sighting = _sighting(module, call, readings, has_token=has_token)
        if not is_standard or goes_elsewhere or context.is_test or context.is_documentation:
            sighting = replace(sighting, level="note")
        found.append((call, sighting, is_standard and not goes_elsewhere))
    if not found:
        return
    from credlint.code.python.key_fix import fixes_for_keys  # noqa: PLC0415  where there is a finding

    fixable = [(call, _KIND) for call, _, is_fixable in found if is_fixable]
    fixes = fixes_for_keys(module, context, fixable) if fixable else {}
    for call, sighting, _ in found:
        yield replace(sighting, fix=fixes.get(id(call.node)))


def _sighting(module: Module, call: Call, readings: list[Reading], *, has_token: bool) -> Sighting:
    reading = next((each for each in readings if each.is_standard), readings[0])
    level, reason = _level(reading, is_function=is_function(module), has_token=has_token)
    if not reading.is_standard:
        reason = "Its name is not one that the SDKs read, so it may be of a second account."
    start, end, _ = module.span(call.node)
    return Sighting(
        start=start,
        end=end,
        message=f"{_message(call, reading, has_token=has_token)} {reason}".rstrip(),
        level=level,
        subject=f"{call.callee}({reading.name})",
        related=tuple(
            module.span(each.node, f"{each.name} is read here")
            for each in readings
            if not start <= module.start(each.node) < end
        ),
    )


def _message(call: Call, reading: Reading, *, has_token: bool) -> str:
    if reading.kind == "settings":
        consequence = "keys that live long take the place of roles and profiles"
    elif not reading.is_standard:
        consequence = "roles, profiles and refresh are out of use for it"
    elif reading.is_required:
        consequence = "it stops where there is only a role or a profile"
    else:
        consequence = "the chain of the SDK reads it by itself"
    token = "" if has_token else ", and the session token of temporary keys is dropped"
    return f"{call.callee}() is given {reading.described}: {consequence}{token}."


def _level(reading: Reading, *, is_function: bool, has_token: bool) -> tuple[Level, str]:
    """Return how bad it is: temporary keys without their token fail, in Lambda always.

    Lambda sets the keys of the function's role and ``AWS_SESSION_TOKEN`` (AWS Lambda Developer
    Guide, "Defined runtime environment variables"); a request without the token is refused.
    """
    if is_function and not has_token and reading.kind == "environment":
        return "error", "The keys of a Lambda function are refused without their session token."
    if not has_token or (reading.is_required and reading.kind == "environment"):
        return "warning", ""
    return "note", ""
