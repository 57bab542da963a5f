"""Sightings as people think of them: one key with all its places in a text, not one per value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.situation import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from credlint.model.audit import HostAudit, Sighting
from credlint.model.captured import KeyId
from credlint.model.key_id import LONG_TERM_PREFIXES
from credlint.model.lean_dataclasses import dataclass, replace

ID, SECRET, TOKEN = "access-key-id", "secret-access-key", "session-token"
# Lines between a session token and the keys that it belongs to.
_NEAR = 10
_AWS = (ID, SECRET, TOKEN)


@dataclass(frozen=True)
class FoundKey:
    """One key in one text, or in several texts that say the same; the first text leads."""

    sightings: tuple[Sighting, ...]

    @property
    def first(self) -> Sighting:
        """Return the sighting that a finding points at: the id where there is one."""
        path = self.sightings[0].path
        ids = (one for one in self.sightings if one.what == ID and one.path == path)
        return next(ids, self.sightings[0])

    @property
    def key_id(self) -> Optional[KeyId]:
        """Return the facts of its id, None when none is known."""
        return next((one.key_id for one in self.sightings if one.key_id is not None), None)

    @property
    def is_aws(self) -> bool:
        """Tell whether it is a key of AWS."""
        return self.first.what in _AWS

    @property
    def is_id_alone(self) -> bool:
        """Tell whether no secret stands there, so that it opens nothing."""
        return all(one.what == ID for one in self.sightings)

    @property
    def is_temporary(self) -> bool:
        """Tell whether it ends by itself."""
        key_id = self.key_id
        if key_id is not None:
            return key_id.prefix not in LONG_TERM_PREFIXES
        return any(one.what == TOKEN for one in self.sightings)

    @property
    def lines(self) -> tuple[int, ...]:
        """Return the lines in the first text, each once."""
        path = self.first.path
        return tuple(sorted({one.line for one in self.sightings if one.path == path}))

    @property
    def fingerprints(self) -> frozenset[str]:
        """Return those of all its values."""
        return frozenset(one.fingerprint for one in self.sightings)

    @property
    def subject(self) -> str:
        """Return its stable name for a fingerprint; no value."""
        return self.key_id.display() if self.key_id is not None else self.first.label

    def words(self) -> str:
        """Return what it is: ``the access key AKIA…WXYZ (account 123456789012)``."""
        key_id = self.key_id
        if key_id is not None:
            account = f" (account {key_id.account})" if key_id.account else ""
            name = f"{key_id.display()}{account}"
            if self.is_id_alone:
                return f"the access key id {name} without its secret key"
            if not any(one.what == ID for one in self.sightings):
                return f"the secret key of {name}"
            kind = "temporary access key" if self.is_temporary else "access key"
            return f"the {kind} {name}"
        label = self.first.label
        article = "an" if label[:1] in "AEIOUaeiou" else "a"
        return f"{article} {label}"


def of_kind(audit: HostAudit, *kinds: str) -> list[Sighting]:
    """Return the sightings in texts of these kinds, each secret with its id where one is known."""
    known = _ids_by_secret(audit)
    return [
        replace(one, key_id=known[one.fingerprint])
        if one.key_id is None and one.fingerprint in known
        else one
        for one in audit.sightings
        if one.kind in kinds
    ]


def _ids_by_secret(audit: HostAudit) -> dict[str, KeyId]:
    """Return the ids of secret keys that stand beside one anywhere on the host, by fingerprint."""
    known = {
        one.fingerprint: one.key_id
        for one in audit.sightings
        if one.what == SECRET and one.key_id is not None
    }
    for subject in audit.subjects:
        key_id = subject.snapshot.variable(ACCESS_KEY_ID)
        secret = subject.snapshot.variable(SECRET_ACCESS_KEY)
        if key_id is not None and key_id.key_id is not None and secret is not None:
            known.setdefault(secret.fingerprint, key_id.key_id)
    return known


def keys_of(sightings: Iterable[Sighting]) -> tuple[FoundKey, ...]:
    """Join what belongs together: one key of one text each, in the order of the texts."""
    texts: dict[str, list[Sighting]] = {}
    for one in sightings:
        texts.setdefault(one.path, []).append(one)
    return tuple(key for path in sorted(texts) for key in joined(_keys_of_text(texts[path])))


def _keys_of_text(sightings: list[Sighting]) -> Iterator[FoundKey]:
    groups: dict[object, list[Sighting]] = {}
    tokens = []
    for one in sorted(sightings, key=lambda s: (s.line, s.column)):
        if one.what == TOKEN:
            tokens.append(one)
        else:
            groups.setdefault(one.key_id or (one.code, one.fingerprint), []).append(one)
    in_order = list(groups.values())
    lines = sorted(
        (one.line, number)
        for number, group in enumerate(in_order)
        for one in group
        if one.what in _AWS
    )
    for token in tokens:
        middle = bisect_left(lines, (token.line, 0))
        beside = lines[max(0, middle - 1) : middle + 1]
        near = [(abs(line - token.line), number) for line, number in beside]
        if near and min(near)[0] <= _NEAR:
            in_order[min(near)[1]].append(token)
        else:
            groups.setdefault((token.code, token.fingerprint), []).append(token)
    for group in groups.values():
        yield FoundKey(tuple(sorted(group, key=lambda s: (s.line, s.column))))


def joined(keys: Iterable[FoundKey]) -> tuple[FoundKey, ...]:
    """Join keys that are one by their fingerprints; the first one leads."""
    groups: dict[int, list[Sighting]] = {}
    owners: dict[str, int] = {}
    for number, key in enumerate(keys):
        known = [owners[one] for one in key.fingerprints if one in owners]
        owner = min(known, default=number)
        groups.setdefault(owner, []).extend(key.sightings)
        for one in key.fingerprints:
            owners.setdefault(one, owner)
    return tuple(FoundKey(tuple(group)) for group in groups.values())


def unassigned(audit: HostAudit, *kinds: str) -> tuple[FoundKey, ...]:
    """Return the keys in texts of these kinds that no assignment tells already.

    ``kinds``: of ``model.audit.Assignment``. Such a key is an option of a command, a value of
    another variable, a comment.
    """
    lines = {(one.path, one.line) for one in audit.assignments}
    values = {(one.path, one.value.fingerprint) for one in audit.assignments}
    return keys_of(
        one
        for one in of_kind(audit, *kinds)
        if (one.path, one.line) not in lines and (one.path, one.fingerprint) not in values
    )
