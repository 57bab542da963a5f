"""Keys that lines of a host assign to variables: one key with its secret, not one per variable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.acting import causes_of, is_service
from credlint.checks.provenance import assignment_place, provenance_of
from credlint.checks.situation import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from credlint.checks.wording import conjunction, is_long_term, key_argument
from credlint.model.audit import Assignment, HostAudit, Verdict
from credlint.model.captured import KeyId
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location

_ID, _SECRET, _TOKEN = "access-key-id", "secret-access-key", "session-token"
# A secret that AWS issued has forty characters; what is shorter than this opens nothing.
_LEAST = 16
_SHOWN = 3


@dataclass(frozen=True)
class AssignedKey:
    """A key of one file: its id's line first where there is one, then secret and token."""

    lines: tuple[Assignment, ...]

    @property
    def first(self) -> Assignment:
        """Return the line that a finding points at."""
        return self.lines[0]

    @property
    def key_id(self) -> Optional[KeyId]:
        """Return the facts of the id, None where it is set elsewhere."""
        return self.first.value.key_id

    @property
    def is_temporary(self) -> bool:
        """Tell whether it ends by itself."""
        has_token = any(_what(one) == _TOKEN for one in self.lines)
        return not is_long_term(self.key_id, has_token)

    @property
    def units(self) -> tuple[str, ...]:
        """Return the units that get it, each once."""
        return tuple(sorted({unit for one in self.lines for unit in one.units}))

    @property
    def subject(self) -> str:
        """Return its stable name for a fingerprint; no value."""
        return self.key_id.display() if self.key_id is not None else "secret access key"

    def words(self) -> str:
        """Return what it is: ``the access key AKIA…WXYZ (account 123456789012)``."""
        if self.key_id is None:
            return "an AWS secret access key"
        account = f" (account {self.key_id.account})" if self.key_id.account else ""
        kind = "temporary access key" if self.is_temporary else "access key"
        return f"the {kind} {self.key_id.display()}{account}"

    def where(self) -> str:
        """Return ``/etc/environment:3``, or with more lines ``/etc/environment:3, 4 and 5``."""
        numbers = sorted({one.line for one in self.lines})
        shown = [str(number) for number in numbers[:_SHOWN]]
        if len(numbers) > _SHOWN:
            shown[-1] = f"{len(numbers) - _SHOWN + 1} more"
        return f"{self.first.path}:{conjunction(shown)}"

    def place(self) -> Location:
        """Return the place of the first line's value."""
        return assignment_place(self.first)

    def related(self) -> tuple[Location, ...]:
        """Return the places of the other lines."""
        said = {_SECRET: "the secret access key", _TOKEN: "the session token"}
        return tuple(
            assignment_place(one, f"{one.variable}: {said.get(_what(one), 'the access key id')}.")
            for one in self.lines[1:]
        )

    def retire(self) -> str:
        """Return how the key is made worthless."""
        if self.is_temporary and self.key_id is not None:
            return (
                "The session ends by itself; if it may still last, revoke the role's active "
                "sessions in the IAM console."
            )
        return (
            "Deactivate the key: `aws iam update-access-key --access-key-id "
            f"{key_argument(self.key_id)} --status Inactive`."
        )


def _what(line: Assignment) -> str:
    """Return what a line assigns: an id, a secret, a token or, as ``""``, none of them."""
    value, name = line.value, line.variable.upper()
    if not line.literal or not value or value.placeholder:
        return ""
    if value.shape in (_ID, _SECRET, _TOKEN):
        return value.shape
    if value.length < _LEAST or value.text is not None:
        return ""
    if name.endswith(("SECRET_ACCESS_KEY", "SECRET_KEY")):
        return _SECRET
    return _TOKEN if name.endswith(("SESSION_TOKEN", "SECURITY_TOKEN")) else ""


def assigned_keys(audit: HostAudit, *kinds: str) -> tuple[AssignedKey, ...]:
    """Return the keys that lines of these kinds assign, in the order of their files.

    An id without a secret opens nothing and is left out, as are documentation keys and words such
    as ``changeme`` with all that stands beside them.
    """
    files: dict[tuple[str, Optional[str]], list[Assignment]] = {}
    for one in audit.assignments:
        if one.kind in kinds:
            files.setdefault((one.path, one.container), []).append(one)
    keys = (key for file in sorted(files, key=str) for key in _keys_of_file(files[file]))
    return tuple(key for key in keys if key.key_id is None or not key.key_id.example)


def _keys_of_file(lines: Iterable[Assignment]) -> Iterator[AssignedKey]:
    ordered = sorted(lines, key=lambda one: (one.line, one.column))
    ids = [one for one in ordered if _what(one) == _ID or _is_made_up_id(one)]
    groups: dict[int, list[Assignment]] = {number: [one] for number, one in enumerate(ids)}
    alone: list[Assignment] = []
    for one in ordered:
        what = _what(one)
        if what not in (_SECRET, _TOKEN):
            continue
        nearest = min(
            groups, key=lambda number: _distance(ids[number], one, what, groups), default=None
        )
        if nearest is not None:
            groups[nearest].append(one)
        elif what == _SECRET:
            alone.append(one)
    for number, group in groups.items():
        has_secret = any(_what(one) == _SECRET for one in group)
        if has_secret and _what(ids[number]) == _ID:
            yield AssignedKey(tuple(group))
    for one in alone:
        yield AssignedKey((one,))


def _is_made_up_id(line: Assignment) -> bool:
    """Tell whether a line assigns an id that is none, so that what is beside it counts for none."""
    name = line.variable.upper()
    return bool(line.value.placeholder) and name.endswith(("ACCESS_KEY_ID", "ACCESS_KEY"))


def _distance(
    identifier: Assignment, one: Assignment, what: str, groups: dict[int, list[Assignment]]
) -> tuple[bool, int, bool]:
    """Return how far a secret stands from an id; one that has its secret already comes last."""
    group = next(lines for lines in groups.values() if lines[0] is identifier)
    taken = any(_what(line) == what for line in group[1:])
    behind = (one.line, one.column) < (identifier.line, identifier.column)
    return taken, abs(one.line - identifier.line), behind


def told_by_services(
    audit: HostAudit, verdicts: Iterable[Verdict], keys: Iterable[AssignedKey]
) -> frozenset[tuple[str, int]]:
    """Return the lines (path, number) of keys that HST205, or HST204 on an instance, tells of.

    They say the same with the process that it does harm to.
    """
    values = {key.first.value.fingerprint for key in keys}
    on_ec2 = audit.platform.ec2_evidence is not None or audit.imds.role is not None
    found: set[tuple[str, int]] = set()
    for verdict in verdicts:
        subject = verdict.subject
        if not any(one.value.fingerprint in values for one in subject.snapshot.environment):
            continue
        if audit.imds.role is not None and is_service(subject):
            for cause in causes_of(audit, verdict, audit.imds.role):
                lines = cause.provenance.places if cause.provenance is not None else ()
                found.update((line.path, line.line) for line in lines)
        key = subject.snapshot.variable(ACCESS_KEY_ID)
        secret = subject.snapshot.variable(SECRET_ACCESS_KEY)
        if on_ec2 and subject.kind == "process" and key and secret and key.key_id is not None:
            lines = provenance_of(audit, subject, ACCESS_KEY_ID).places
            found.update((line.path, line.line) for line in lines)
    return frozenset(found)
