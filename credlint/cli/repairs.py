"""``doctor --fix``: repairs lines and modes of the AWS files that findings are about."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from credlint.fixes.aws_files import MODES, REPAIRS, line_edits
from credlint.fixes.difference import difference
from credlint.fixes.plan import FilePlan
from credlint.fixes.write import NotWrittenError, write
from credlint.host.home import home_of
from credlint.model.finding import Finding
from credlint.model.fix import Edit, OverlapError, merged
from credlint.model.lean_dataclasses import replace
from credlint.model.location import HOME, HOSTROOT, Location
from credlint.report.clean import for_terminal

if TYPE_CHECKING:
    from credlint.cli.outlet import Conclusions

# A repaired line may bring another fault to light; no chain of them is as long as this.
_MOST_ROUNDS = 10
_SHOWN_SETTINGS = (b"region", b"output", b"sso_region", b"source_profile", b"credential_source")


def repaired(
    conclusions: Conclusions, judge: Callable[[], Conclusions], *, writes: bool
) -> Conclusions:
    """Make the repairs that findings ask for; return what ``judge`` says then, with notes.

    ``writes`` False: the repairs are printed as a diff, without values, and nothing is done.
    """
    notes: list[str] = []
    for _ in range(_MOST_ROUNDS):
        done = _round(conclusions.findings, notes, writes=writes)
        if not done or not writes:
            break
        conclusions = judge()
    return replace(conclusions, notes=(*conclusions.notes, *dict.fromkeys(notes)))


def _round(findings: Sequence[Finding], notes: list[str], *, writes: bool) -> bool:
    """Make or show the repairs of some findings; return whether anything was written."""
    done = False
    places: dict[Path, list[Finding]] = {}
    for finding in findings:
        path = _path(finding.location)
        if path is not None and finding.code in REPAIRS:
            places.setdefault(path, []).append(finding)
    for path, there in places.items():
        done |= _lines(path, there, notes, writes=writes)
    for finding in findings:
        if finding.code in MODES:
            done |= _modes(finding, notes, writes=writes)
    return done


def _path(place: Location) -> Optional[Path]:
    if place.kind != "file" or place.base not in (HOME, HOSTROOT):
        return None
    if place.base == HOSTROOT:
        return Path("/") / place.uri
    uid = os.geteuid() if hasattr(os, "geteuid") else None
    home = home_of(os.environ, uid)
    return Path(home) / place.uri if home else None


def _lines(path: Path, findings: Sequence[Finding], notes: list[str], *, writes: bool) -> bool:
    shown = for_terminal(findings[0].location.display().rpartition(":")[0])
    try:
        data = path.read_bytes()
    except OSError as error:
        notes.append(f"Not edited: {shown}: {os.strerror(error.errno or 0)}.")
        return False
    edits: list[Edit] = []
    made = line_edits(data, [(one.location.line, one.code) for one in findings])
    told = []
    for finding in findings:
        mine = made.get((finding.location.line, finding.code))
        name = f"{for_terminal(finding.location.display())} {finding.code}"
        if mine is None:
            notes.append(f"Not edited: {name}: the line is not as simple as that.")
            continue
        try:
            edits = merged([*edits, *mine])
        except OverlapError:
            continue  # the next round's
        told.append(f"{name}: {REPAIRS[finding.code].summary}")
    if not edits:
        return False
    plan = FilePlan(path.name, hashlib.sha256(data).hexdigest(), tuple(edits), ())
    if not writes:
        for line in difference(shown, data, edits, _values(data)):
            sys.stdout.write(for_terminal(line) + "\n")
        sys.stdout.flush()
        notes += [f"Would edit {line}" for line in told]
        return False
    try:
        write(path.parent, plan)
    except NotWrittenError as error:
        notes.append(f"Not edited: {shown}: {error}.")
        return False
    notes += [f"Edited {line}" for line in told]
    return True


def _values(data: bytes) -> Iterable[tuple[int, int]]:
    """Yield where values stand that must not be shown: all but those of a few settings."""
    start = 0
    for line in data.splitlines(keepends=True):
        sign = line.find(b"=")
        if sign >= 0 and line[:sign].strip() not in _SHOWN_SETTINGS:
            yield start + sign + 1, start + len(line)
        start += len(line)


def _modes(finding: Finding, notes: list[str], *, writes: bool) -> bool:
    done = False
    for place in (finding.location, *finding.related):
        path = _path(place)
        if path is None:
            continue
        shown = for_terminal(place.display().rpartition(":")[0])
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            handle = os.open(path, flags)
        except OSError as error:
            notes.append(f"Not changed: {shown}: {os.strerror(error.errno or 0)}.")
            continue
        try:
            before = stat.S_IMODE(os.fstat(handle).st_mode)
            after = before & ~MODES[finding.code]
            if before == after:
                continue
            word = "Changed" if writes else "Would change"
            if writes:
                os.fchmod(handle, after)
            notes.append(f"{word} {shown} {finding.code}: mode {before:04o} to {after:04o}.")
            done = writes
        except OSError as error:
            notes.append(f"Not changed: {shown}: {os.strerror(error.errno or 0)}.")
        finally:
            os.close(handle)
    return done
