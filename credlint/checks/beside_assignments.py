"""Keys in units, jobs and start-up files that no assignment of a variable tells."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.sighting_groups import unassigned
from credlint.checks.sighting_words import (
    access_words,
    closing,
    facts_by_path,
    file_properties,
    level_of,
    on_lines,
    related_places,
    retire,
    sighting_place,
)
from credlint.model.audit import HostAudit
from credlint.model.finding import Finding

_PROGRAM = {
    "systemd-unit": "`systemctl daemon-reload` and restart the unit",
    "crontab": "the next run of the job shows whether it works",
}


def keys_beside_assignments(
    audit: HostAudit, builder: FindingBuilder, *kinds: str
) -> Iterator[Finding]:
    """Yield a finding for each key in texts of these kinds: options of commands, comments.

    For the check whose rule speaks of the variables that such texts set.
    """
    facts = facts_by_path(audit)
    for key in unassigned(audit, *kinds):
        first = key.first
        if key.is_aws and key.is_id_alone:
            continue
        fact = facts.get(first.path)
        then = _PROGRAM.get(first.kind, "start what reads it anew")
        yield builder.build(
            level_of(audit, key),
            f"{first.path} holds {key.words()}{on_lines(key)}, in a command, a comment or a "
            f"setting of its own.{access_words(fact)}",
            sighting_place(first),
            subject=key.subject,
            related=related_places(key),
            properties=file_properties(fact),
            remedy=(
                (
                    f"Delete it from {first.path}{on_lines(key)}; {then}. What it starts takes the "
                    "role of the host, or a profile that `AWS_PROFILE` names."
                ),
                retire(key),
                *closing(fact),
            ),
        )
