"""CHN301, CHN302 and CHN303: temporary keys whose time is over, or must be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.ini_view import Section, Setting, view_file
from credlint.checks.moments import Moment, describe_age, parse_moment
from credlint.checks.options import CheckOptions
from credlint.checks.places import config_profile_name, file_place, variable_place
from credlint.checks.situation import key_variables_set
from credlint.checks.wording import conjunction, do, file_readers, sdk_list, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.host_file import HostFile
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_EXPIRED = FindingBuilder("CHN301", "expired-credentials-in-file")
_PASSED = FindingBuilder("CHN302", "env-expiration-passed-or-invalid")

_EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
_OLD = FindingBuilder("CHN303", "temporary-keys-of-unknown-age")

# Fields that helpers write beside the keys: saml2aws, gimme-aws-creds (x_security_token_expires),
# aws-mfa (expiration), gsts (aws_session_expiration), Leapp and others.
EXPIRY_FIELDS = (
    "x_security_token_expires",
    "aws_credential_expiration",
    "aws_session_expiration",
    "aws_session_token_expiration",
    "aws_expiration",
    "token_expiration",
    "expiration",
    "expires",
)
# Two clocks that agree to this are not called apart (CHN417 looks at the clock itself).
_CLOCK_TOLERANCE = timedelta(minutes=5)
# STS API Reference: AssumeRole and its kin give at most 43,200 seconds, GetSessionToken and
# GetFederationToken 129,600.
_LONGEST_ROLE = timedelta(hours=12)
_LONGEST_SESSION = timedelta(hours=36)
# The zone furthest behind UTC: a time without zone is over everywhere only after that.
_FURTHEST_ZONE = timedelta(hours=12)


def expired_credentials_in_file(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Compare the expiry fields of sections that hold keys with ``options.now``.

    Raises ValueError when ``now`` is no time: without it nothing can be told.
    """
    now = parse_moment(options.now)
    if now is None:
        message = "options.now is no ISO 8601 time"
        raise ValueError(message)
    for file, section in _sections_with_keys(snapshot):
        for field in EXPIRY_FIELDS:
            setting = section.setting(field)
            if setting is None or not setting.value:
                continue
            moment = parse_moment(setting.value.text) if setting.value.text else None
            if moment is None:
                yield _unreadable(file, section, setting, traces)
            elif moment.time < now.time:
                yield _expired(file, section, setting, moment, now=now, traces=traces)


def temporary_keys_of_unknown_age(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Compare the age of files with the longest sessions, where keys do not say when they end.

    A file is younger than its oldest section, so the keys may be older than told, never younger.
    """
    now = parse_moment(options.now)
    for file, section in _sections_with_keys(snapshot):
        written = parse_moment(file.modified) if file.modified else None
        if now is None or written is None or not _is_session_without_end(section):
            continue
        age = now.time - written.time
        if age <= _LONGEST_ROLE:
            continue
        is_over = age > _LONGEST_SESSION
        level: Level = "error" if is_over else "warning"
        limit = (
            "longer than any STS session lasts (36 hours)"
            if is_over
            else "longer than any session of a role lasts (12 hours; 36 for GetSessionToken)"
        )
        winning = sdks_of(_winning(file, section, traces))
        first = f" It comes first in the chain of {sdk_list(winning)}." if winning else ""
        setting = section.setting("aws_access_key_id")
        yield _OLD.build(
            level,
            f"`[{section.name}]` in {file.path} holds a temporary key without an expiry, and the "
            f"file has not changed for {describe_age(age)}: {limit}.{first}",
            file_place(file, setting.line if setting else section.line, section.name),
            subject=section.name,
            sdks=winning or file_readers(traces),
            remedy=(
                "Get new keys, or delete the section so that the next source is used.",
                (
                    "Better, store none: `aws configure sso`, or a profile with role_arn, "
                    "source_profile and mfa_serial, gets a session when it is needed."
                ),
            ),
            properties=[("modified", file.modified or "")],
        )


def _is_session_without_end(section: Section) -> bool:
    key = section.value("aws_access_key_id")
    key_id = key.key_id if key is not None else None
    if key_id is None or key_id.prefix != "ASIA" or key_id.example:
        return False
    # Without its token the key is of no use at any age: CHN113.
    if not (section.value("aws_session_token") or section.value("aws_security_token")):
        return False
    return not any(section.value(field) for field in EXPIRY_FIELDS)


def _sections_with_keys(snapshot: HostSnapshot) -> Iterator[tuple[HostFile, Section]]:
    seen: set[str] = set()
    for file in snapshot.files:
        if file.role not in ("config", "credentials") or file.path in seen:
            continue
        seen.add(file.path)
        for section in view_file(file).sections:
            if section.value("aws_access_key_id"):
                yield file, section


def _profile_name(file: HostFile, section: Section) -> Optional[str]:
    return section.name if file.role == "credentials" else config_profile_name(section.name)


def _winning(file: HostFile, section: Section, traces: tuple[Trace, ...]) -> list[Trace]:
    """Return the traces that this very section wins."""
    source = "static_credentials_file" if file.role == "credentials" else "static_config_file"
    name = _profile_name(file, section)
    return [
        trace
        for trace in traces
        if trace.winner is not None
        and trace.winner.source == source
        and ((trace.winner.offer and trace.winner.offer.profile) or trace.profile) == name
    ]


def _expired(
    file: HostFile,
    section: Section,
    setting: Setting,
    moment: Moment,
    *,
    now: Moment,
    traces: tuple[Trace, ...],
) -> Finding:
    age = now.time - moment.time
    winning = _winning(file, section, traces)
    doubtful = age < (_CLOCK_TOLERANCE if moment.zoned else _FURTHEST_ZONE)
    level: Level = "error" if winning else "warning"
    if doubtful:
        level = "note"
    time = moment.time.strftime("%Y-%m-%dT%H:%M:%SZ")
    zone = "" if moment.zoned else ", read as UTC because it names no zone"
    start = f"`[{section.name}]` in {file.path} expired {describe_age(age)} ago "
    sdks = sdks_of(winning)
    if winning:
        end = f"but still comes first in the chain of {sdk_list(sdks)}"
    else:
        end = "and fails wherever it is selected"
    return _EXPIRED.build(
        level,
        f"{start}({setting.name}={time}{zone}) {end}.",
        file_place(file, setting.line, section.name),
        subject=section.name,
        sdks=sdks or file_readers(traces),
        remedy=_remedy(file, section),
        properties=[("expired_at", time)],
    )


def _unreadable(
    file: HostFile, section: Section, setting: Setting, traces: tuple[Trace, ...]
) -> Finding:
    return _EXPIRED.build(
        "note",
        f"{setting.name} in `[{section.name}]` of {file.path} is not a time that can be read, so "
        "whether these keys have expired is unknown.",
        file_place(file, setting.line, section.name, value_only=True),
        subject=f"{section.name}/{setting.name}",
        sdks=file_readers(traces),
        remedy=("Write it as ISO 8601 with a zone, e.g. `2026-03-01T12:00:00Z`, or delete it.",),
    )


def _remedy(file: HostFile, section: Section) -> Iterator[str]:
    yield "Run the helper that wrote the section again (a login renews it)."
    yield f"Or delete `[{section.name}]` from {file.path}, so that the next source is used."


def env_expiration_passed_or_invalid(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the variable makes an SDK refuse the keys beside it."""
    value = snapshot.variable(_EXPIRATION)
    named: dict[tuple[str, bool], list[Trace]] = {}
    for trace in traces:
        error = trace.error or (trace.winner.error if trace.winner is not None else None)
        place = error.location if error is not None else None
        if (
            error is not None
            and place is not None
            and place.logical == f"environment/{_EXPIRATION}"
        ):
            named.setdefault((error.name, error.at_first_use), []).append(trace)
    if not value or not named:
        return
    moment, now = parse_moment(value.text or ""), parse_moment(options.now)
    if moment is None:
        said = f"{_EXPIRATION} is not an ISO 8601 time"
    elif not moment.zoned:
        said = f"{_EXPIRATION} names no time zone"
    elif now is not None and moment.time < now.time:
        said = f"{_EXPIRATION} passed {describe_age(now.time - moment.time)} ago"
    else:
        said = f"{_EXPIRATION} is refused"
    stops = [
        f"{do(sdks_of(group), 'fail at the first request with' if late else 'stop with')} {name}"
        for (name, late), group in named.items()
    ]
    yield _PASSED.build(
        "error",
        f"{said}: {conjunction(stops)}.",
        variable_place(snapshot, _EXPIRATION),
        subject=_EXPIRATION,
        sdks=sdks_of(trace for group in named.values() for trace in group),
        remedy=(
            "Fetch the keys anew with the tool that set them.",
            f"Or take them away: `unset {' '.join((*key_variables_set(snapshot), _EXPIRATION))}`.",
        ),
    )
