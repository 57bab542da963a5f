"""What the checks say of a found key: how bad it is, where it stands, how it is got rid of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from credlint.checks.sighting_groups import FoundKey
from credlint.checks.situation import contexts_of
from credlint.checks.wording import conjunction, key_argument, lower, shell_path
from credlint.model.audit import HostAudit, HostFileFact, Sighting
from credlint.model.finding import LEVEL_RANK, Level
from credlint.model.location import CREDLINTHOST, HOSTROOT, Location

_SHOWN = 3
_RELATED = 8
_JOBS = frozenset(("ci", "codebuild"))
_LASTING = frozenset(("ec2", "ci", "codebuild", "ecs", "eks"))


def audit_contexts(audit: HostAudit) -> frozenset[str]:
    """Return what kind of host it is, as for a snapshot; one that runs jobs of CI is ``ci``."""
    contexts = contexts_of(audit.machine)
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
    """Return who may read a file, as a sentence with a blank before it; nothing for its owner."""
    if fact is None or not fact.exposed:
        return ""
    owner = f" of {fact.owner}" if fact.owner else ""
    return f" The file{owner} has mode {fact.mode:04o}, so that others than its owner may read it."


def file_properties(fact: Optional[HostFileFact]) -> tuple[tuple[str, str], ...]:
    """Return owner and mode of a file for machines."""
    if fact is None:
        return ()
    return (("owner", fact.owner or "unknown"), ("mode", f"{fact.mode:04o}"))


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
