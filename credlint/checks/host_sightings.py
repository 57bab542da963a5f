"""HST206, HST207, HST211 and HST212: keys in arguments, histories, boot data and logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.sighting_groups import (
    ID,
    FoundKey,
    joined,
    keys_of,
    of_kind,
)
from credlint.checks.sighting_words import (
    access_words,
    closing,
    delete_lines,
    facts_by_path,
    file_properties,
    level_of,
    on_lines,
    related_places,
    retire,
    sighting_place,
)
from credlint.checks.wording import conjunction, shell_path
from credlint.model.audit import HostAudit, Process, Sighting, Verdict
from credlint.model.finding import Finding, Level

_ARGUMENTS = FindingBuilder("HST206", "process-arguments-hold-keys")
_HISTORY = FindingBuilder("HST207", "shell-history-holds-keys")
_BOOT = FindingBuilder("HST211", "cloud-init-userdata-on-disk")
_LOGS = FindingBuilder("HST212", "boot-and-service-logs-hold-keys")

_PIDS_SHOWN = 3
# Texts that start processes.
_STARTERS = frozenset(
    (
        "systemd-unit",
        "environment-file",
        "crontab",
        "cron-script",
        "service-defaults",
        "profile-script",
        "shell-startup",
        "dotenv",
    )
)
# What cloud-init was given comes before what it made of it.
_BOOT_ORDER = ("user-data.txt", "vendor-data.txt", "vendor-data2.txt")


def process_arguments_hold_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key among the words that a process was started with."""
    del options
    starters = _starters(audit)
    known = {one.pid: one for verdict in verdicts for one in verdict.subject.processes}
    for key in joined(keys_of(of_kind(audit, "process-arguments"))):
        if key.is_aws and key.is_id_alone:
            continue  # an id opens nothing, and tools are told by it which key is meant
        first = key.first
        processes = list(dict.fromkeys(one.pid or 0 for one in key.sightings))
        told = [known[pid] for pid in processes if pid in known]
        users = sorted({one.user for one in key.sightings if one.user})
        reader = "every user of this host can read it"
        level: Level = "error"
        if audit.processes_hidden:
            level = "warning"
            reader = "its user and root can read it (hidepid hides it from others)"
        yield _ARGUMENTS.build(
            level,
            f"{first.tool or 'A process'} ({_pids(processes)}{_users(users)}) has {key.words()} on "
            f"its command line, word {first.line}; {reader}.",
            sighting_place(first),
            subject=key.subject,
            related=[
                sighting_place(one, f"the same {one.label}")
                for value in sorted(key.fingerprints)
                for one in starters.get(value, ())[:_PIDS_SHOWN]
            ],
            remedy=(*_start_anew(told, first.tool), retire(key)),
            properties=[("pids", ", ".join(map(str, processes)))],
        )


def _pids(pids: list[int]) -> str:
    shown = [str(pid) for pid in pids]
    if len(shown) > _PIDS_SHOWN:
        shown = [*shown[: _PIDS_SHOWN - 1], f"{len(shown) - _PIDS_SHOWN + 1} more"]
    return f"pid {conjunction(shown)}"


def _users(users: list[str]) -> str:
    return f", user {conjunction(users)}" if users else ""


def _starters(audit: HostAudit) -> dict[str, list[Sighting]]:
    """Return the secrets in units, jobs and scripts by their fingerprints."""
    found: dict[str, list[Sighting]] = {}
    for one in audit.sightings:
        if one.kind in _STARTERS and one.what != ID:
            found.setdefault(one.fingerprint, []).append(one)
    return found


def _start_anew(processes: list[Process], program: str) -> Iterator[str]:
    units = list(dict.fromkeys(one.unit for one in processes if one.unit))
    name = conjunction(units) if units else program or "the process"
    yield (
        f"Start {name} without the key: it takes the role of the host by itself, or a profile that "
        "`AWS_PROFILE` names."
    )
    for unit in units[:_PIDS_SHOWN]:
        name = shell_path(unit)
        yield f"`systemctl edit --full {name}`, then `systemctl restart {name}`."


def shell_history_holds_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key that a history of commands keeps."""
    del verdicts, options
    facts = facts_by_path(audit)
    for key in keys_of(of_kind(audit, "shell-history")):
        first = key.first
        fact = facts.get(first.path)
        owner = f", typed by {first.user}" if first.user else ""
        yield _HISTORY.build(
            level_of(audit, key),
            f"{first.path} keeps {key.words()}{on_lines(key)}{owner}.{access_words(fact)}",
            sighting_place(first),
            subject=key.subject,
            related=related_places(key),
            properties=file_properties(fact),
            remedy=(
                retire(key),
                f"Delete it from the history, with its shells closed: {delete_lines(key)}.",
                (
                    "Let programs ask for a key, or `read -rs` it; a line that begins with a blank "
                    "is not kept where HISTCONTROL has ignorespace."
                ),
                *closing(fact),
            ),
        )


def cloud_init_userdata_on_disk(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key in what cloud-init keeps of user data; copies of one are one finding.

    What the metadata service gave as well is HST107's.
    """
    del verdicts, options
    told = {one.fingerprint for one in audit.machine.user_data.secrets}
    facts = facts_by_path(audit)
    keys = sorted(keys_of(of_kind(audit, "boot-data")), key=_boot_rank)
    for key in joined(keys):
        if key.fingerprints & told:
            continue
        first = key.first
        paths = list(dict.fromkeys(one.path for one in key.sightings))
        part = f" ({first.detail})" if first.detail else ""
        copies = f" So do {len(paths) - 1} more of its files." if len(paths) > 1 else ""
        fact = facts.get(first.path)
        yield _BOOT.build(
            level_of(audit, key),
            f"{first.path} holds {key.words()}{on_lines(key)}{part}; cloud-init keeps it there "
            f"after the boot.{copies}{access_words(fact)}",
            sighting_place(first),
            subject=key.subject,
            related=related_places(key),
            properties=file_properties(fact),
            remedy=(
                retire(key),
                (
                    "Take it out of the user data, in the launch template or infrastructure code: "
                    "every process of an instance can read it from the metadata service."
                ),
                (
                    "Let the machine fetch the secret at run time with its role, from Secrets "
                    "Manager or the Parameter Store."
                ),
                (
                    f"Remove the copies: `rm {' '.join(map(shell_path, paths))}`; in images: "
                    "`cloud-init clean --logs`."
                ),
            ),
        )


def _boot_rank(key: FoundKey) -> tuple[int, str]:
    name = key.first.path.rpartition("/")[2]
    return (_BOOT_ORDER.index(name) if name in _BOOT_ORDER else len(_BOOT_ORDER), key.first.path)


def boot_and_service_logs_hold_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each key that a log shows."""
    del verdicts, options
    facts = facts_by_path(audit)
    for key in keys_of(of_kind(audit, "log")):
        first = key.first
        fact = facts.get(first.path)
        path = shell_path(first.path)
        yield _LOGS.build(
            level_of(audit, key),
            f"{first.path} shows {key.words()}{on_lines(key)}.{access_words(fact)}",
            sighting_place(first),
            subject=key.subject,
            related=related_places(key),
            properties=file_properties(fact),
            remedy=(
                retire(key),
                (
                    f"Delete it from the log: {delete_lines(key)}; from its rotated copies as "
                    "well, and from where logs are sent to."
                ),
                "Find what prints it: a script with `set -x`, a program at debug level.",
                f"Let only those read it who must: `chmod 640 {path}`.",
            ),
        )
