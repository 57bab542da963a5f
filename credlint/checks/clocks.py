"""CHN417: a clock that is so far off that AWS refuses what is signed by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.moments import describe_age, parse_moment
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place, variable_place
from credlint.checks.situation import contexts_of
from credlint.checks.wording import sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.host_file import PathFact
from credlint.model.location import Location, host_path, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_SKEW = FindingBuilder("CHN417", "clock-skew")

# An answer over a slow line may be old; two minutes are no such thing.
_TOLERANCE = timedelta(seconds=120)
_PIPELINES = frozenset(("ci", "codebuild"))
_REFUSED = "services refuse what is signed 5 to 15 minutes off"


def clock_skew(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Compare the clock with that of IMDS, else with times of this host that are still to come."""
    del options
    now = parse_moment(snapshot.captured_at)
    if now is None:
        return
    quiet = bool(contexts_of(snapshot) & _PIPELINES)
    reference = _of_metadata(snapshot)
    if reference is not None:
        apart = now.time - reference
        if abs(apart) > _TOLERANCE:
            direction = "ahead of" if apart > timedelta(0) else "behind"
            yield _finding(
                "note" if quiet else "error",
                f"The clock is {describe_age(abs(apart))} {direction} that of the instance "
                f"metadata service; {_REFUSED}.",
                imds("api/token"),
                "imds",
                traces,
            )
        return
    for what, time, place in _times_to_come(snapshot, now.time):
        ahead = describe_age(time - now.time)
        yield _finding(
            "note" if quiet else "warning",
            f"{what} {ahead} from now, so the clock is behind, or was ahead then; {_REFUSED}.",
            place,
            "file",
            traces,
        )
        return  # one is enough to look at the clock


def _finding(
    level: Level, message: str, place: Location, subject: str, traces: tuple[Trace, ...]
) -> Finding:
    return _SKEW.build(
        level,
        message,
        place,
        subject=subject,
        sdks=sdks_of(traces),
        remedy=(
            "On Linux: `sudo chronyc makestep`, or `sudo timedatectl set-ntp true`.",
            "In WSL 2, after the computer slept: `sudo hwclock -s`, or `wsl --shutdown`.",
            "On EC2 let chrony ask 169.254.169.123: `server 169.254.169.123 prefer iburst`.",
        ),
    )


def _of_metadata(snapshot: HostSnapshot) -> Optional[datetime]:
    evidence = snapshot.imds
    for attempt in (evidence.roles_without_token, evidence.roles_with_token, evidence.token):
        moment = parse_moment(attempt.date) if attempt.date else None
        if moment is not None:
            return moment.time
    return None


def _times_to_come(
    snapshot: HostSnapshot, now: datetime
) -> Iterator[tuple[str, datetime, Location]]:
    """Yield what happened later than now: tokens of other clocks before files of this one."""
    for fact in snapshot.paths:
        issued = parse_moment(fact.issued) if fact.issued else None
        if issued is not None and issued.time - now > _TOLERANCE:
            place = _fact_place(snapshot, fact)
            yield f"The web identity token in {fact.path} was issued", issued.time, place
    for file in snapshot.files:
        changed = parse_moment(file.modified) if file.modified and file.status == "read" else None
        if changed is not None and changed.time - now > _TOLERANCE:
            yield f"{file.path} was changed", changed.time, file_place(file)


def _fact_place(snapshot: HostSnapshot, fact: PathFact) -> Location:
    kind, _, name = fact.setting.partition("/")
    if kind == "environment":
        return variable_place(snapshot, name)
    base, uri = host_path(fact.path)
    return Location("file", uri, base)
