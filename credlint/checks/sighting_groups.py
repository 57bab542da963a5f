"""Sightings as people think of them: one key with all its places in a text, not one per value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Optional

from credlint.checks.situation import contexts_of
from credlint.checks.wording import conjunction, key_argument, lower, shell_path
from credlint.model.audit import HostAudit, HostFileFact, Sighting
from credlint.model.finding import LEVEL_RANK, Level
from credlint.model.key_id import LONG_TERM_PREFIXES
from credlint.model.location import CREDLINTHOST, HOSTROOT, Location
from credlint.model.snapshot import HostSnapshot, KeyId

ID, SECRET, TOKEN = "access-key-id", "secret-access-key", "session-token"
# Lines between a session token and the keys that it belongs to.
_NEAR = 10
_SHOWN = 3
_RELATED = 8
_AWS = (ID, SECRET, TOKEN)
_JOBS = frozenset(("ci", "codebuild"))
_LASTING = frozenset(("ec2", "ci", "codebuild", "ecs", "eks"))


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
            kind = "temporary access key" if self.is_temporary else "access key"
            return f"the {kind} {name}"
        label = self.first.label
        article = "an" if label[:1] in "AEIOUaeiou" else "a"
        return f"{article} {label}"


def of_kind(audit: HostAudit, *kinds: str) -> list[Sighting]:
    """Return the sightings in texts of these kinds."""
    return [one for one in audit.sightings if one.kind in kinds]


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
    for token in tokens:
        near = [
            (abs(one.line - token.line), number)
            for number, group in enumerate(groups.values())
            for one in group
            if one.what in _AWS and abs(one.line - token.line) <= _NEAR
        ]
        if near:
            list(groups.values())[min(near)[1]].append(token)
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


def audit_contexts(audit: HostAudit) -> frozenset[str]:
    """Return what kind of host it is, as for a snapshot; one that runs jobs of CI is ``ci``."""
    snapshot = HostSnapshot(audit.captured_at, platform=audit.platform, imds=audit.imds)
    contexts = contexts_of(snapshot)
    if audit.platform.ec2_evidence is not None:
        contexts = (contexts - {"laptop"}) | {"ec2"}
    jobs = {name for one in audit.subjects for name in one.snapshot.platform.contexts}
    return contexts | (jobs & _JOBS)


def level_of(audit: HostAudit, key: FoundKey) -> Level:
    """Return error where many depend on the host, else warning; less for what opens less.

    An id alone, and what AWS cannot have issued, is a note; keys of a session end by themselves.
    """
    worst = max(LEVEL_RANK[one.level] for one in key.sightings)
    if (key.is_aws and key.is_id_alone) or worst == LEVEL_RANK["note"]:
        return "note"
    level: Level = "error" if audit_contexts(audit) & _LASTING else "warning"
    if worst == LEVEL_RANK["warning"] and not key.is_temporary:
        level = "warning"
    return lower(level) if key.is_temporary else level


def sighting_place(one: Sighting, message: Optional[str] = None) -> Location:
    """Return the place of a sighting as a place of the host."""
    if one.pid is not None:
        logical = f"process/{one.pid}/arguments"
        return Location(
            "process", f"process/{one.pid}", CREDLINTHOST, logical=logical, message=message
        )
    spans = one.end_column > one.column
    return Location(
        "file",
        one.path.lstrip("/"),
        HOSTROOT,
        one.line,
        one.column,
        one.line if spans else None,
        one.end_column if spans else None,
        message=message,
    )


def related_places(key: FoundKey) -> tuple[Location, ...]:
    """Return the other places of a key: its secret, its token, further lines and texts."""
    others = [one for one in key.sightings if one is not key.first]
    return tuple(sighting_place(one, f"the {one.label}") for one in others[:_RELATED])


def on_lines(key: FoundKey) -> str:
    """Return `` on line 3``, `` on lines 3, 9 and 4 more``; nothing for a text without lines."""
    lines = list(key.lines)
    if lines == [1] and key.first.end_column == 1:
        return ""
    shown = [str(line) for line in lines]
    if len(shown) > _SHOWN:
        shown = [*shown[: _SHOWN - 1], f"{len(shown) - _SHOWN + 1} more"]
    return f" on line{'s' if len(lines) > 1 else ''} {conjunction(shown)}"


def facts_by_path(audit: HostAudit) -> Mapping[str, HostFileFact]:
    """Return what is known of the audit's files."""
    return {fact.path: fact for fact in audit.files}


def access_words(fact: Optional[HostFileFact]) -> str:
    """Return who may read a file, as a sentence with a blank before it; nothing when only root."""
    if fact is None:
        return ""
    owner = f" of {fact.owner}" if fact.owner else ""
    others = ", so that others than its owner may read it" if fact.exposed else ""
    return f" The file{owner} has mode {fact.mode:04o}{others}."


def closing(fact: Optional[HostFileFact]) -> tuple[str, ...]:
    """Return the command that shuts a file which others may read."""
    if fact is None or not fact.exposed:
        return ()
    return (f"Until then: `chmod 600 {shell_path(fact.path)}`.",)


def retire(key: FoundKey) -> str:
    """Return how the key is made worthless."""
    key_id = key.key_id
    if not key.is_aws:
        return f"Withdraw the {key.first.label} where it was issued."
    if key.is_temporary:
        return (
            "The session ends by itself; if it may still last, revoke the role's active sessions "
            "in the IAM console."
        )
    return (
        f"Deactivate the key: `aws iam update-access-key --access-key-id {key_argument(key_id)} "
        "--status Inactive`."
    )


def delete_lines(key: FoundKey) -> str:
    """Return the command that deletes a key's lines from its text."""
    path = shell_path(key.first.path)
    if not on_lines(key):
        return f"`rm {path}`"
    lines = ";".join(f"{line}d" for line in key.lines)
    return f"`sed -i '{lines}' {path}`"
