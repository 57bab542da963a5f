"""HostAudit: what one look at a whole host showed, and no secret; made by ``host.machine``.

Its subjects are judged one by one by the chain; the rest says who set their variables and where
else keys lie. All fingerprints of one audit are keyed alike, so that a value that stands in several
places can be recognised. Saved and replayed as JSON, like the snapshots it holds.
"""

from __future__ import annotations

from typing import Optional

from credlint.model.captured import CapturedValue, KeyId
from credlint.model.lean_dataclasses import dataclass
from credlint.model.metadata import ImdsEvidence
from credlint.model.snapshot import HostSnapshot, Platform
from credlint.model.trace import Trace

AUDIT_SCHEMA = "credlint-audit/1"


@dataclass(frozen=True)
class Assignment:
    """A line of the host that gives one variable of AWS a value.

    ``kind``: systemd-unit, environment-file (named by a unit), etc-environment, pam-env,
    profile-script (/etc/profile, /etc/profile.d), shell-startup, service-defaults (/etc/default,
    /etc/sysconfig), crontab, cron-script, dotenv, container, ssh-set-env; of ssh-accept-env and
    ssh-send-env ``variable`` is a pattern that lets AWS variables through, and ``value`` is empty.
    ``path``: absolute, as on the host.
    ``column``/``end_column`` (exclusive): where the value stands. ``literal`` False: only a shell
    could tell the value (``$(…)``, other variables). ``user``: whose it is, None when of all.
    ``units``: the units that read it. ``container``: the container's name or short id.
    ``named_by``: ``/etc/systemd/system/app.service:7``, the line that names an environment file.
    """

    kind: str
    path: str
    line: int
    column: int
    end_column: int
    variable: str
    value: CapturedValue
    literal: bool = True
    user: Optional[str] = None
    units: tuple[str, ...] = ()
    container: Optional[str] = None
    named_by: Optional[str] = None


@dataclass(frozen=True)
class HostFileFact:
    """A file of the host that holds something to tell of: whose it is and who may read it.

    ``kind``: as in ``Assignment``, or as in ``Sighting``. ``exposed``: readable by users other
    than its owner and root, by its mode and its folders'.
    """

    path: str
    kind: str
    mode: int
    owner: Optional[str] = None
    exposed: bool = False


@dataclass(frozen=True)
class Sighting:
    """A key seen in a text of the host that no SDK reads: a history, a log, a store.

    ``kind``: shell-history, boot-data, log, store, copy, docker-config, package-config, kubeconfig,
    process-arguments, container, and the kinds of ``Assignment`` for texts that are more than
    assignments. ``path``: absolute, or ``process/PID/arguments``. ``code``: the SEC rule that knows
    it. ``what``: access-key-id, secret-access-key, session-token, private-key, token, password.
    ``label``: what it is, for people. ``level``: as that rule judged it. ``detail``: further
    words, such as the setting's name. ``user``: the owner. ``tool``: whose file it is (``s3cmd``),
    or the process's program.
    """

    kind: str
    path: str
    line: int
    column: int
    end_column: int
    code: str
    what: str
    label: str
    level: str
    fingerprint: str
    key_id: Optional[KeyId] = None
    detail: str = ""
    user: Optional[str] = None
    pid: Optional[int] = None
    container: Optional[str] = None
    tool: str = ""


@dataclass(frozen=True)
class Process:
    """One running process: its program's name (never its arguments) and where it belongs.

    ``unit``: the systemd unit of its control group; ``container``: the container's short id or
    name; ``user``: the name of its uid, or the number. ``terminal``: it has a controlling one.
    ``own``: credlint was started by it or by one of its children.
    """

    pid: int
    parent: int
    program: str
    uid: int
    user: str
    unit: Optional[str] = None
    container: Optional[str] = None
    terminal: bool = False
    own: bool = False


@dataclass(frozen=True)
class Origin:
    """Where a variable of a process first appears: the topmost ancestor that has the same value.

    ``inherited``: that is another process. ``certain`` False: the next ancestor up could not be
    read, so it may come from further up.
    """

    variable: str
    pid: int
    program: str
    inherited: bool = False
    certain: bool = True


@dataclass(frozen=True)
class Subject:
    """One whose credentials are judged, with its own user, home, environment and files.

    ``identifier``: ``process/812``, ``unit/app.service``, ``login/alice``,
    ``cron/etc/cron.d/backup:3``. ``kind``: process, unit (not running), login, cron.
    ``processes``: all that have the same facts, sorted by pid. ``environment_from``: for subjects
    that do not run, the paths that their environment was read from.
    """

    identifier: str
    kind: str
    user: str
    snapshot: HostSnapshot
    home: Optional[str] = None
    unit: Optional[str] = None
    container: Optional[str] = None
    processes: tuple[Process, ...] = ()
    origins: tuple[Origin, ...] = ()
    environment_from: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """Return the units of its processes, or its own, each once."""
        found = dict.fromkeys(one.unit for one in self.processes if one.unit)
        return tuple(found) or ((self.unit,) if self.unit else ())


@dataclass(frozen=True)
class HostAudit:
    """All facts of one host at one time.

    ``uid``: who looked, None where there are none. ``machine``: what concerns nobody in particular,
    as a snapshot with an empty environment. ``counts``: (what, how many) of everything
    that was looked at: processes, units, homes, files … ``skipped``: (place, reason).
    ``processes_hidden``: only root sees the processes of others (proc(5), hidepid).
    """

    captured_at: str
    credlint_version: str = ""
    uid: Optional[int] = None
    machine: HostSnapshot = HostSnapshot("")
    subjects: tuple[Subject, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    files: tuple[HostFileFact, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    processes_hidden: bool = False
    schema: str = AUDIT_SCHEMA

    @property
    def imds(self) -> ImdsEvidence:
        """Return what the metadata service told of the instance."""
        return self.machine.imds

    @property
    def platform(self) -> Platform:
        """Return what kind of machine it is."""
        return self.machine.platform


@dataclass(frozen=True)
class Verdict:
    """A subject and how the SDKs resolve its credentials; ``sdks`` found in it or all."""

    subject: Subject
    traces: tuple[Trace, ...]
