"""HST204 and HST205: running processes that act with keys and not as the instance's role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.acting import Cause, causes_of, is_service, shows_aws
from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.provenance import (
    Provenance,
    assignment_place,
    provenance_of,
    spell_origin,
)
from credlint.checks.situation import ACCESS_KEY_ID, SECRET_ACCESS_KEY, session_marker
from credlint.checks.subject_names import own_units, subject_name, subject_names
from credlint.checks.subject_places import subject_place
from credlint.checks.wording import conjunction, do, is_long_term, lower, retirement, sdks_of
from credlint.model.audit import HostAudit, Subject, Verdict
from credlint.model.finding import Finding, Level
from credlint.model.lean_dataclasses import replace
from credlint.model.location import imds

_SHADOWS = FindingBuilder("HST205", "service-shadows-instance-role")
_HOLDS = FindingBuilder("HST204", "process-environment-holds-keys")


def service_shadows_instance_role(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell which running services do not use the instance's role, and what makes them so."""
    role = audit.imds.role
    if role is None:
        return
    groups: dict[object, list[Cause]] = {}
    for verdict in verdicts:
        if is_service(verdict.subject):
            for cause in causes_of(audit, verdict, role):
                groups.setdefault(cause.identity, []).append(cause)
    running = {
        (causes[0].place.uri, causes[0].place.line, causes[0].used)
        for causes in groups.values()
        if causes[0].subject.kind == "process"
    }
    for causes in groups.values():
        first = causes[0]
        same = (first.place.uri, first.place.line, first.used) in running
        if same and first.subject.kind != "process":
            # A job that runs now, or a unit's other name: its process tells of the line.
            continue
        yield _shadows(audit, role, causes, options)


def _shadows(audit: HostAudit, role: str, causes: list[Cause], options: CheckOptions) -> Finding:
    first = causes[0]
    subjects = [cause.subject for cause in causes]
    sdks = sdks_of(first.traces)
    whole = len(first.traces) == len(first.verdict.traces)
    by = do(sdks, "take")
    if len(sdks) > _MANY:
        judged = len(first.verdict.traces)
        by = "every SDK takes" if whole else f"{len(sdks)} of {judged} SDKs take"
    names = subject_names(subjects)
    verb = "do" if " and " in names else "does"
    if all(one.kind != "process" for one in subjects):
        verb = "would"
    used = f"{first.used or 'other credentials'} {first.told}"
    said = f"{names} {verb} not use instance role `{role}`: {by} {used}."
    if not shows_aws(first.subject):
        uses = "they used" if verb == "do" else "it used"
        said = (
            f"{names} would not use instance role `{role}` if {uses} AWS, of which there is no "
            f"sign: {by} {used}."
        )
    return _SHADOWS.build(
        _shadowing_level(first, options),
        said + _foreign_account(audit, first),
        first.place,
        subject=" ".join(sorted({unit for one in subjects for unit in own_units(one)}))
        or subject_name(first.subject).partition(" (")[0],
        sdks=sdks,
        related=[
            *(replace(subject_place(one, ""), message=f"{subject_name(one)}.") for one in subjects),
            imds(f"iam/security-credentials/{role}", f"Instance role `{role}` is not used."),
        ],
        properties=[("subjects", ", ".join(one.identifier for one in subjects))],
        remedy=_remedy(audit, role, first, subjects),
    )


def _shadowing_level(cause: Cause, options: CheckOptions) -> Level:
    """Return error for long-term keys, warning for the rest, less where nothing shows AWS.

    Keys of an account that the configuration expects are a note: somebody means them.
    """
    winner = cause.traces[0].winner
    offer = winner.offer if winner is not None else None
    level: Level = "warning"
    if offer is not None and offer.kind == "static" and is_long_term(offer.key_id, offer.has_token):
        level = "error"
    key_id = offer.key_id if offer is not None else None
    expected = key_id is not None and key_id.account in options.expected_accounts
    if expected or session_marker(cause.subject.snapshot) or not shows_aws(cause.subject):
        return "note"
    return level if cause.subject.kind == "process" else lower(level)


def _foreign_account(audit: HostAudit, cause: Cause) -> str:
    """Say that the key is not of the instance's account, which CHN110 says of other subjects."""
    winner, own = cause.traces[0].winner, audit.imds.account
    key_id = winner.offer.key_id if winner is not None and winner.offer is not None else None
    if key_id is None or key_id.account is None or own is None or key_id.account == own:
        return ""
    return f" The instance belongs to account {own}."


# More SDKs than this are told as "every SDK" where none of them was found in the process.
_MANY = 6


def _remedy(audit: HostAudit, role: str, cause: Cause, subjects: list[Subject]) -> Iterator[str]:
    place = cause.place
    line = cause.provenance.place if cause.provenance else None
    if line is not None and line.kind == "container":
        yield (
            f"Take the keys out of what starts container {line.container} (`-e`, `--env-file`, a "
            "Compose file, an orchestrator); the engine's own file is not for editing."
        )
    elif line is not None:
        secret = provenance_of(audit, cause.subject, SECRET_ACCESS_KEY).place
        told = [f"{line.path}:{line.line}"]
        if secret is not None and (secret.path, secret.line) != (line.path, line.line):
            told.append(f"{secret.path}:{secret.line}")
        others = _others(cause.provenance)
        yield f"Delete the keys at {conjunction(told)}" + (f" (and {others})." if others else ".")
    elif place.kind == "file":
        yield f"Delete the keys at {place.display()}, or move that file away."
    else:
        yield (
            "Find what exports the variables (a script, a deployment tool, a wrapper): no file "
            "that was looked at does; then remove it there."
        )
    units = sorted({unit for one in subjects for unit in own_units(one)})
    # A user's own manager is asked by that user.
    own = line is not None and "/systemd/user" in line.path
    control = "systemctl --user" if own else "systemctl"
    if line is not None and line.kind in ("systemd-unit", "environment-file"):
        yield f"`{control} daemon-reload`"
    yield from (f"`{control} restart {unit}`" for unit in units)
    if line is not None and line.container is not None:
        yield (
            f"Make the container anew (`docker compose up -d`, or `docker rm -f {line.container}` "
            "and `docker run` without the keys): a restarted one keeps its environment."
        )
    elif not units:
        pids = " ".join(str(one.pid) for subject in subjects for one in subject.processes[:3])
        yield f"Restart the process ({pids}): a running one keeps its environment."
    yield f"`credlint audit` must then show `{role}` for it."
    winner = cause.traces[0].winner
    if winner is not None and winner.offer is not None and winner.offer.key_id is not None:
        yield retirement(winner.offer)


def _others(provenance: Optional[Provenance]) -> str:
    places = provenance.places[1:] if provenance is not None else ()
    places = tuple(one for one in places if one.kind != "container")
    return ", ".join(f"{one.path}:{one.line}" for one in places)


def process_environment_holds_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell of keys in the environment of processes that HST205 does not speak of."""
    del options
    shadowing = audit.imds.role is not None
    for verdict in verdicts:
        subject = verdict.subject
        key = subject.snapshot.variable(ACCESS_KEY_ID)
        if subject.kind != "process" or not key or not subject.snapshot.variable(SECRET_ACCESS_KEY):
            continue
        if shadowing and is_service(subject) and _environment_wins(verdict):
            continue
        if key.key_id is None or key.key_id.example:
            continue
        provenance = provenance_of(audit, subject, ACCESS_KEY_ID)
        line = provenance.place
        yield _HOLDS.build(
            _holding_level(audit, subject, long_term=is_long_term(key.key_id)),
            f"{subject_name(subject)} of user {subject.user} carries {key.key_id.display()} in its "
            f"environment, which its user and root can read and its children inherit; "
            f"{_origin_told(provenance)}.",
            assignment_place(line) if line else subject_place(subject, ACCESS_KEY_ID),
            subject=key.key_id.display(),
            related=[subject_place(subject, ACCESS_KEY_ID, message="It stands there.")]
            if line
            else [],
            properties=[("subjects", subject.identifier)],
            remedy=[
                f"Delete the keys at {line.path}:{line.line} and start the process anew."
                if line
                else "Start the process without the variables, from a shell or unit that does not "
                "have them.",
            ],
        )


def _origin_told(provenance: Provenance) -> str:
    if provenance.place is None and not (provenance.origin and provenance.origin.inherited):
        return f"no file that was looked at sets {provenance.variable}"
    return f"{provenance.variable} is {spell_origin(provenance)}"


def _environment_wins(verdict: Verdict) -> bool:
    return any(t.winner is not None and t.winner.source == "env" for t in verdict.traces)


def _holding_level(audit: HostAudit, subject: Subject, *, long_term: bool) -> Level:
    """Return the level by the catalog: the shell that runs credlint and session tools are notes."""
    on_ec2 = audit.platform.ec2_evidence is not None or audit.imds.role is not None
    if not long_term or session_marker(subject.snapshot) or any(o.own for o in subject.processes):
        return "note"
    return "error" if on_ec2 else "note"
