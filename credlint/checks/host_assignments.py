"""HST208, HST209, HST210, HST217, HST218: lines of a host that put keys into environments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from credlint.checks.assigned_keys import AssignedKey, assigned_keys, told_by_services
from credlint.checks.beside_assignments import keys_beside_assignments
from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.provenance import assignment_place
from credlint.checks.sighting_words import (
    access_words,
    audit_contexts,
    closing,
    facts_by_path,
    file_properties,
)
from credlint.checks.wording import conjunction, lower
from credlint.model.audit import Assignment, HostAudit, Verdict
from credlint.model.finding import Finding, Level

_UNIT = FindingBuilder("HST208", "systemd-unit-holds-keys")
_GLOBAL = FindingBuilder("HST209", "global-environment-holds-keys")
_CRON = FindingBuilder("HST210", "crontab-holds-keys")
_STARTUP = FindingBuilder("HST217", "shell-startup-exports-keys")
_CONTAINER = FindingBuilder("HST218", "running-container-holds-keys")

_LASTING = frozenset(("ec2", "ci", "codebuild", "ecs", "eks"))
_UNITS_SHOWN = 3
_GLOBAL_KINDS = ("etc-environment", "pam-env", "profile-script", "service-defaults", "ssh-set-env")
_ROLE = "`aws sts get-caller-identity` must then show the role of the host."


def _level(audit: HostAudit, key: AssignedKey, elsewhere: Level = "warning") -> Level:
    """Return error where many depend on the host; keys of a session are one level lower."""
    level: Level = "error" if audit_contexts(audit) & _LASTING else elsewhere
    return lower(level) if key.is_temporary else level


def _keys(audit: HostAudit, verdicts: tuple[Verdict, ...], *kinds: str) -> Iterator[AssignedKey]:
    """Yield the keys of these kinds that no finding about a service tells already."""
    keys = assigned_keys(audit, *kinds)
    told = told_by_services(audit, verdicts, keys)
    for key in keys:
        if (key.first.path, key.first.line) not in told:
            yield key


def systemd_unit_holds_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key that a unit's files put into its environment."""
    del options
    facts = facts_by_path(audit)
    for key in _keys(audit, verdicts, "systemd-unit", "environment-file"):
        first, fact = key.first, facts.get(key.first.path)
        if first.kind == "environment-file":
            through = f"EnvironmentFile {key.where()}, which {first.named_by} names"
            shown = "every program that it starts inherits it"
        else:
            through = key.where()
            shown = "all that it starts inherits it"
            if first.user is None:
                shown = f"`systemctl show` tells it to every user, and {shown}"
        get = "get" if len(key.units) > 1 else "gets"
        yield _UNIT.build(
            _level(audit, key),
            f"{_units(key)} {get} {key.words()} from {through}; {shown}.{access_words(fact)}",
            key.place(),
            subject=key.subject,
            related=key.related(),
            properties=file_properties(fact),
            remedy=(
                f"Delete the keys at {key.where()}.",
                _restart(key),
                _ROLE,
                "If a key cannot be avoided, hand it over with LoadCredentialEncrypted=.",
                key.retire(),
                *closing(fact),
            ),
        )
    yield from keys_beside_assignments(audit, _UNIT, "systemd-unit", "environment-file")


def _units(key: AssignedKey) -> str:
    units = list(key.units)
    if not units:
        return "Every unit"
    if len(units) > _UNITS_SHOWN:
        units = [*units[: _UNITS_SHOWN - 1], f"{len(units) - _UNITS_SHOWN + 1} more units"]
    return conjunction(units)


def _restart(key: AssignedKey) -> str:
    units = [unit for unit in key.units if "@." not in unit][:_UNITS_SHOWN]
    of_user = " --user" if key.first.user is not None else ""
    restart = f" && systemctl{of_user} restart {' '.join(units)}" if units else ""
    return f"`systemctl{of_user} daemon-reload{restart}`"


def global_environment_holds_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key that files of the whole host give to logins, and what ssh lets through."""
    del options
    facts = facts_by_path(audit)
    of_units = {(one.path, one.line) for one in audit.assignments if one.kind == "environment-file"}
    for key in _keys(audit, verdicts, *_GLOBAL_KINDS):
        first, fact = key.first, facts.get(key.first.path)
        personal = first.user is not None and first.kind == "pam-env"
        if personal or (first.kind == "service-defaults" and _at(first) in of_units):
            continue
        yield _GLOBAL.build(
            _level(audit, key),
            f"{key.where()} gives {key.words()} to {_receiver(first)}.{access_words(fact)}",
            key.place(),
            subject=key.subject,
            related=key.related(),
            properties=file_properties(fact),
            remedy=(
                (
                    f"Delete the keys at {key.where()}; sessions that are open keep them until "
                    "they end."
                ),
                "Where one person needs keys, a profile of their own and `AWS_PROFILE` give them.",
                _ROLE,
                key.retire(),
                *closing(fact),
            ),
        )
    yield from _ssh_patterns(audit)
    yield from keys_beside_assignments(audit, _GLOBAL, *_GLOBAL_KINDS)


_RECEIVERS = {
    "etc-environment": "every login",
    "pam-env": "every login",
    "profile-script": "every login shell",
    "service-defaults": "whatever reads that file, a service or its init script",
    "ssh-set-env": "every session of ssh that the line holds for",
}


def _receiver(line: Assignment) -> str:
    """Return who gets what the line of such a file sets, environment.d(5) and bash(1)."""
    if "/environment.d/" in line.path:
        return "every service of every user's own manager"
    if line.path.endswith(("bashrc", "zshrc", "cshrc")):
        return "every interactive shell"
    return _RECEIVERS[line.kind]


def _at(line: Assignment) -> tuple[str, int]:
    return line.path, line.line


def _ssh_patterns(audit: HostAudit) -> Iterator[Finding]:
    remedy: tuple[str, ...]
    lasting = bool(audit_contexts(audit) & _LASTING)
    for line in audit.assignments:
        if line.kind == "ssh-accept-env":
            level: Level = "warning" if lasting else "note"
            said = (
                f"{line.path}:{line.line} lets everybody who logs in by ssh bring variables that "
                f"match {line.variable}, so that a person's own AWS keys come to this host and "
                "before its role."
            )
            remedy = (
                f"Take {line.variable} out of AcceptEnv at {line.path}:{line.line}.",
                "`sshd -t && systemctl reload sshd` (`ssh` on Debian).",
            )
        elif line.kind == "ssh-send-env":
            level = "warning" if lasting else "note"
            said = (
                f"{line.path}:{line.line} sends variables that match {line.variable}, AWS keys "
                "among them, along to each host that takes them."
            )
            remedy = (
                (
                    f"Take {line.variable} out of SendEnv at {line.path}:{line.line}, or put the "
                    "line under the `Host` that needs it; `ssh -G HOST` shows what is sent."
                ),
            )
        else:
            continue
        yield _GLOBAL.build(
            level, said, assignment_place(line), subject=line.variable, remedy=remedy
        )


def crontab_holds_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key that a crontab, a script of cron or a job of at sets."""
    del options
    facts = facts_by_path(audit)
    for key in _keys(audit, verdicts, "crontab", "cron-script"):
        first, fact = key.first, facts.get(key.first.path)
        whose = f" of {first.user}" if first.user is not None else ""
        gets = "the jobs" if first.kind == "crontab" else "what this job starts"
        yield _CRON.build(
            _level(audit, key),
            f"{key.where()} gives {key.words()} to {gets}{whose}.{access_words(fact)}",
            key.place(),
            subject=key.subject,
            related=key.related(),
            properties=file_properties(fact),
            remedy=(
                f"Delete the keys at {key.where()}: a job takes the role of the host by itself.",
                (
                    "A job has no login's environment: where it needs a profile, set `AWS_PROFILE` "
                    "and, if HOME is not the owner's, `AWS_CONFIG_FILE` above its line."
                ),
                key.retire(),
                *closing(fact),
            ),
        )
    yield from keys_beside_assignments(audit, _CRON, "crontab", "cron-script")


def shell_startup_exports_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key that a user's own start-up files export."""
    del options
    facts = facts_by_path(audit)
    for key in _keys(audit, verdicts, "shell-startup", "pam-env"):
        first, fact = key.first, facts.get(key.first.path)
        if first.user is None:
            continue
        yield _STARTUP.build(
            _level(audit, key),
            f"{key.where()} exports {key.words()} into {_own_receiver(first)}, and into all that "
            "it starts."
            f"{access_words(fact)}",
            key.place(),
            subject=key.subject,
            related=key.related(),
            properties=file_properties(fact),
            remedy=(
                (
                    f"Delete the keys at {key.where()}; in shells that are open: `unset "
                    f"{' '.join(dict.fromkeys(one.variable for one in key.lines))}`."
                ),
                (
                    "Log in by `aws configure sso` (or a profile with credential_process) and set "
                    "`AWS_PROFILE` there instead; on an instance its role needs nothing."
                ),
                key.retire(),
                *closing(fact),
            ),
        )
    yield from keys_beside_assignments(audit, _STARTUP, "shell-startup")


def _own_receiver(line: Assignment) -> str:
    """Return what a user's own file sets variables for."""
    if line.path.endswith("/.envrc"):
        return f"every shell of {line.user} that enters that folder (direnv)"
    if "/environment.d/" in line.path:
        return f"every service of {line.user}'s own manager"
    if line.path.endswith("/.pam_environment"):
        return f"every login of {line.user} whose PAM stack reads it (user_readenv=1)"
    if line.path.endswith("/.ssh/environment"):
        return f"every ssh session of {line.user} where PermitUserEnvironment allows it"
    return f"every shell of {line.user}"


def running_container_holds_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key in the environment that a container was made with."""
    del options
    for key in _keys(audit, verdicts, "container"):
        level: Level = "error" if audit_contexts(audit) & _LASTING else "note"
        name = key.first.container or "container"
        yield _CONTAINER.build(
            lower(level) if key.is_temporary else level,
            f"Container {name} was made with {key.words()} in its environment; all who may ask "
            "the engine about it are shown it, and if its image sets it, so are all who have the "
            "image.",
            key.place(),
            subject=f"{name} {key.subject}",
            related=key.related(),
            remedy=(
                (
                    f"Make {name} anew without the keys (`docker inspect` shows its variables): it "
                    "takes the role of its task, pod or instance."
                ),
                "If a key cannot be avoided, let the program read it from a mounted secret.",
                key.retire(),
            ),
        )
