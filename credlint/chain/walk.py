"""The walk along a chain, the same for every SDK: which source supplies, which it hides. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Callable, Optional

from credlint.chain.outcome import Raised, Result, Unknown, absent, broken, undecided
from credlint.model.lean_dataclasses import dataclass
from credlint.model.trace import Outcome, SdkError, Status, Step

# Sources that only the program itself knows have no step.
INVISIBLE = frozenset({"code", "code_profile"})

_EXPLICIT = "a profile was given explicitly"

Judge = Callable[[str], Result]


@dataclass(frozen=True)
class Walk:
    """What came of it; ``error`` ends the SDK (outcome ``error``). As in ``model.trace.Trace``."""

    steps: tuple[Step, ...]
    outcome: Outcome
    winner: Optional[Step] = None
    error: Optional[SdkError] = None


def _never(_source: str, _result: Result) -> bool:
    return False


def walk(
    sources: Iterable[str],
    judge: Judge,
    *,
    fatal: Optional[SdkError] = None,
    lost: bool = False,
    left_out: Collection[str] = frozenset(),
    goes_on: Callable[[str, Result], bool] = _never,
) -> Walk:
    """Ask the sources in order, strongest first; each has a step, reached or not.

    ``judge`` gives a source's result and may raise Raised or Unknown. ``fatal``: what ends the SDK
    before it asks anyone. ``lost``: nothing can be told of the end (then ``undecided``).
    ``left_out``: sources that an explicit profile takes out, or those that are not asked with the
    reason of each. ``goes_on`` tells of a broken source
    whether the SDK passes over its failure to the next one.
    """
    steps: list[Step] = []
    winner: Optional[Step] = None
    outcome: Outcome = "none"
    error = fatal
    for source in sources:
        if source in INVISIBLE:
            continue
        result = judged(judge, source)
        if source in left_out:
            why = left_out[source] if isinstance(left_out, Mapping) else _EXPLICIT
            result = _excluded(result, f"not asked because {why}")
        decided = winner is not None or error is not None or source in left_out
        step = _step(source, result, fatal=fatal, decided=decided)
        steps.append(step)
        if decided:
            continue
        if step.status == "selected":
            winner = step
            outcome = "selected" if result.kind == "found" else "undecided"
        elif step.status == "broken" and not goes_on(source, result):
            error = result.error
    if error is not None:
        outcome = "error"
    return Walk(tuple(steps), "undecided" if lost else outcome, winner, error)


def judged(judge: Judge, source: str) -> Result:
    """Return the result of a source whose judgement may raise Raised or Unknown."""
    try:
        return judge(source)
    except Raised as raised:
        return broken(raised.error)
    except Unknown as reason:
        return undecided(str(reason))


def prepared(prepare: Callable[[], None]) -> tuple[Optional[SdkError], Optional[str]]:
    """Return what ends the SDK before it asks any source, or why that cannot be told."""
    try:
        prepare()
    except Raised as raised:
        return raised.error, None
    except Unknown as reason:
        return None, str(reason)
    return None, None


def shown(error: SdkError) -> str:
    """Return an error as text for a step's detail."""
    when = " at first use" if error.at_first_use else ""
    return f"{error.name}{when}: {error.message}"


def _excluded(result: Result, why: str) -> Result:
    """Return what is told of a source that is taken out of the chain."""
    if result.offer is not None:
        detail = f"{result.detail}; {why}"
        return Result("found", detail, result.location, result.offer)
    return absent(why if result.kind == "broken" else f"{result.detail}; {why}", result.location)


def _step(source: str, result: Result, *, fatal: Optional[SdkError], decided: bool) -> Step:
    """Return a source's step; ``decided``: the chain has ended before it."""
    status: Status = "absent"
    detail = result.detail
    if result.error is not None and result.kind == "found":
        detail = f"{detail}; {shown(result.error)}"
    if result.kind == "broken":
        status = "broken"
        if result.error == fatal:
            status = "not-reached"  # what ended the session keeps this from being told
    elif result.kind == "found":
        status = "shadowed" if decided else "selected"
    elif result.kind == "undecided":
        if result.offer is not None:
            status = "shadowed" if decided else "selected"
        else:
            status = "not-reached" if decided else "selected"
    error = result.error if status in {"broken", "selected", "shadowed"} else None
    return Step(source, status, detail, result.location, result.offer, error)
