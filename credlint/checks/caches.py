"""CHN305, CHN308, CHN315 and HST203: what lies in the caches below ~/.aws, and who may touch it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.commands import PROCESS
from credlint.checks.failures import failures_at
from credlint.checks.host_files import may_hold_keys
from credlint.checks.moments import parse_moment
from credlint.checks.options import CheckOptions
from credlint.checks.profiles import PlacedSetting, Profile, effective_profiles, fact_of
from credlint.checks.situation import contexts_of
from credlint.checks.sso import START_URL, sso_profiles, sso_sessions, token_setting
from credlint.checks.wording import do, file_readers, sdks_of, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import CacheEntry, PathNode
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_MISMATCH = FindingBuilder("CHN305", "sso-cache-key-mismatch")
_CORRUPT = FindingBuilder("CHN308", "cli-cache-corrupt")
_LOGIN = FindingBuilder("CHN315", "login-session-expired")
_PERMISSIONS = FindingBuilder("HST203", "aws-directory-permissions")

_GROUP_WRITE, _OTHERS_WRITE = 0o020, 0o002
_GROUP, _OTHERS = 0o070, 0o007
_CONTAINERS = frozenset(("container", "ecs", "eks"))
_MACHINES = frozenset(("ci", "codebuild", "ec2", "ecs", "eks", "lambda"))


def sso_cache_key_mismatch(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that there is a login for the same start URL, but not where a profile looks for it."""
    now = parse_moment(options.now)
    valid = []
    for entry in snapshot.caches:
        until = parse_moment(entry.expires) if entry.expires else None
        if entry.kind == "sso" and entry.is_token and entry.start_url and now and until:
            valid += [entry] if until.time > now.time else []
    told: set[str] = set()
    for profile in sso_profiles(snapshot):
        setting = token_setting(profile)
        fact = fact_of(snapshot, setting, "sso-token") if setting is not None else None
        url = _start_url(snapshot, profile)
        if setting is None or fact is None or fact.status != "absent" or url is None:
            continue
        other = next((one for one in valid if _same_url(one.start_url, url)), None)
        if other is not None and fact.path not in told:
            told.add(fact.path)
            yield _mismatch(traces, profile, (setting, fact.path), other)


def _start_url(snapshot: HostSnapshot, profile: Profile) -> Optional[str]:
    session = sso_sessions(snapshot).get(profile.text("sso_session") or "")
    value = session.section.value(START_URL) if session is not None else None
    return value.text if value is not None else profile.text(START_URL)


def _same_url(one: Optional[str], other: str) -> bool:
    return one is not None and _plain_url(one) == _plain_url(other)


def _plain_url(url: str) -> str:
    """Return an address without what a browser does not mind: case, ``#``, slashes at the end."""
    return url.strip().lower().partition("#")[0].rstrip("/")


def _mismatch(
    traces: Sequence[Trace],
    profile: Profile,
    wanted: tuple[PlacedSetting, str],
    other: CacheEntry,
) -> Finding:
    setting, path = wanted
    failing = failures_at(traces, [setting.place()])
    by_session = setting.setting.name == "sso_session"
    name = setting.value.text or ""
    form = f"the session's name `{name}`" if by_session else f"the start URL {name}"
    theirs = "its start URL" if other.by_url else "the name of a session or another form of the URL"
    told = f": {failing.text}" if failing.text else ""
    login = f"--sso-session {shlex.quote(name)}" if by_session else ""
    return _MISMATCH.build(
        "error",
        f"A valid SSO token for {other.start_url} is in {other.path}, the key of {theirs}, but "
        f"profile `{profile.name}` looks for {path}, the key of {form}{told}.",
        setting.place(),
        subject=profile.name,
        sdks=failing.sdks or file_readers(traces),
        related=[_file(other.path, "The token that is there.")],
        remedy=(
            (
                f"Log in through this form once: `aws sso login "
                f"{login or '--profile ' + shlex.quote(profile.name)}`."
            ),
            "Better, let all profiles name one sso_session, and write its start URL in one way.",
        ),
    )


def _file(path: str, message: Optional[str] = None) -> Location:
    base, uri = host_path(path)
    return Location("file", uri, base, message=message)


def cli_cache_corrupt(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell cached sessions that cannot be read, at which the CLI stops instead of going on."""
    del options
    users = [trace for trace in traces if trace.session_folder is not None]
    sdks = sdks_of(users) or ("aws-cli-v1", "aws-cli-v2")
    for entry in snapshot.caches:
        if entry.kind != "cli" or not (entry.status == "empty" or entry.error in _FAULTS):
            continue
        fault = "is empty" if entry.status == "empty" else _FAULTS[entry.error or ""]
        yield _CORRUPT.build(
            "error",
            f"{entry.path} {fault}; {do(sdks, 'stop')} with a KeyError or TypeError that names no "
            "file, each time the role that it belongs to is used.",
            _file(entry.path),
            subject=entry.path,
            sdks=sdks,
            remedy=(f"`rm {shell_path(entry.path)}`; the next command gets a new session.",),
        )


# botocore 1.44.5, measured: JSONFileCache raises KeyError with the key for what json.load refuses.
_FAULTS = {"malformed": "is not JSON", "incomplete": "holds no session"}


def login_session_expired(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a profile's ``aws login`` is not there or cannot be renewed."""
    now = parse_moment(options.now)
    machine = bool(contexts_of(snapshot) & _MACHINES)
    for profile in effective_profiles(snapshot).values():
        setting = profile.settings.get("login_session")
        fact = fact_of(snapshot, setting, "login-token") if setting is not None else None
        if setting is None or fact is None:
            continue
        until = parse_moment(fact.expires) if fact.expires else None
        over = now is not None and until is not None and until.time < now.time
        if fact.status in ("absent", "empty"):
            fault = "is missing"
        elif fact.error in ("malformed", "incomplete"):
            fault = "cannot be used, since it lacks a part"
        elif over and "refreshToken" in (*fact.lacks, *fact.empty):
            fault = f"ended at {fact.expires} and cannot be renewed"
        else:
            continue  # the token itself lasts minutes and is renewed for hours
        failing = failures_at(traces, [setting.place()])
        told = f": {failing.text}" if failing.text else ""
        level: Level = "error" if machine else "warning"
        yield _LOGIN.build(
            level,
            f"The cached login of profile `{profile.name}` {fault} ({fact.path}){told}.",
            setting.place(),
            subject=profile.name,
            sdks=failing.sdks or file_readers(traces),
            remedy=(
                f"`aws login --profile {shlex.quote(profile.name)}`",
                *(("On a machine use a role instead: nobody can log in.",) if machine else ()),
            ),
        )


def aws_directory_permissions(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell what others may replace or read below ~/.aws; listing names alone is every umask's."""
    del traces, options
    contexts, uid = contexts_of(snapshot), snapshot.platform.uid
    if uid is None or snapshot.platform.system == "Windows":
        return
    if uid == 0 and contexts & _CONTAINERS:
        return  # nobody else is there
    level: Level = "warning" if contexts == {"laptop"} else "error"
    for node in snapshot.folders:
        who = _writers(node)
        if who is not None:
            yield _replaceable(level, node, who)
    open_files = [one for one in snapshot.caches if (one.mode or 0) & (_GROUP | _OTHERS)]
    by_folder: dict[str, list[CacheEntry]] = {}
    for entry in open_files:
        by_folder.setdefault(entry.path.rpartition("/")[0], []).append(entry)
    for folder, entries in by_folder.items():
        yield _readable(level, folder, entries)
    yield from _writable_config(snapshot, level)


def _writers(node: PathNode) -> Optional[str]:
    if node.mode & _OTHERS_WRITE:
        return "everyone"
    if node.mode & _GROUP_WRITE and node.shared_group is not False:
        return f"its group (gid {node.group_gid})"
    return None


def _replaceable(level: Level, node: PathNode, who: str) -> Finding:
    return _PERMISSIONS.build(
        level,
        f"{node.path} is mode {node.mode:04o}, so {who} can replace the files in it, such as a "
        "config file with a credential_process.",
        _file(node.path),
        subject=node.path,
        remedy=(f"`chmod 700 {shell_path(node.path)}`",),
        properties=[("mode", f"{node.mode:04o}")],
    )


def _readable(level: Level, folder: str, entries: Sequence[CacheEntry]) -> Finding:
    first, count = entries[0], len(entries)
    others = "" if count == 1 else f" and {count - 1} more in {folder}"
    verb = "is" if count == 1 else "are"
    return _PERMISSIONS.build(
        level,
        f"{first.path}{others} {verb} mode {first.mode or 0:04o} or wider than 0600; others can "
        "read the tokens in the cache and act with them until they end.",
        _file(first.path),
        subject=folder,
        related=[_file(entry.path, f"Mode {entry.mode or 0:04o}.") for entry in entries[1:10]],
        remedy=(f"`chmod 600 {shell_path(folder)}/*.json`",),
        properties=[("mode", f"{first.mode or 0:04o}")],
    )


def _writable_config(snapshot: HostSnapshot, level: Level) -> Iterator[Finding]:
    """Yield files that others may write; one that names a program already is CHN221's."""
    told = {p.settings[PROCESS].file.path for p in _with_process(snapshot)}
    seen: set[str] = set()
    for file in snapshot.files:
        node = file.way[-1] if file.way and not file.way[-1].directory else None
        who = _writers(node) if node is not None else None
        if node is None or who is None or file.path in told or file.path in seen:
            continue
        if file.role.partition("-")[0] not in ("config", "credentials") or may_hold_keys(file):
            continue  # with keys it must be closed altogether: HST202
        seen.add(file.path)
        yield _PERMISSIONS.build(
            level,
            f"{file.path} is mode {node.mode:04o}, so {who} can write a credential_process into "
            "it, which runs as this user.",
            _file(file.path),
            subject=file.path,
            remedy=(f"`chmod 600 {shell_path(file.path)}`",),
            properties=[("mode", f"{node.mode:04o}")],
        )


def _with_process(snapshot: HostSnapshot) -> list[Profile]:
    profiles = effective_profiles(snapshot).values()
    return [profile for profile in profiles if PROCESS in profile.settings]
