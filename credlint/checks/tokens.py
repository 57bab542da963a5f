"""CHN111 to CHN113: session tokens that do not fit their key, in the environment and in files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.ini_view import Section, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place, variable_place
from credlint.checks.situation import (
    ACCESS_KEY_ID,
    SECRET_ACCESS_KEY,
    SECURITY_TOKEN,
    SESSION_TOKEN,
    environment_winners,
    is_set,
)
from credlint.checks.winning_key import is_placeholder
from credlint.checks.wording import do, file_readers, sdk_list, sdks_of
from credlint.model.captured import CapturedValue, KeyId
from credlint.model.finding import Finding
from credlint.model.host_file import HostFile
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_LEGACY = FindingBuilder("CHN111", "legacy-security-token-wins")
_NEEDLESS = FindingBuilder("CHN112", "long-term-key-with-session-token")
_MISSING = FindingBuilder("CHN113", "temporary-key-without-session-token")


@dataclass(frozen=True)
class _KeySet:
    """One source's key pair with its tokens. ``where`` reads on after a variable or setting."""

    where: str
    sdks: tuple[str, ...]
    names: tuple[str, str, str]
    subject: str
    key_id: Optional[KeyId]
    has_secret: bool
    legacy: Optional[CapturedValue]
    current: Optional[CapturedValue]
    places: tuple[Location, Optional[Location], Optional[Location]]
    redirected: bool
    in_file: bool

    def token(self) -> Optional[tuple[str, Location]]:
        """Return name and place of the non-empty token that is taken, the legacy one first."""
        values = (self.legacy, self.current)
        for name, value, place in zip(self.names[1:], values, self.places[1:]):
            if value and place is not None:
                return name, place
        return None


def legacy_security_token_wins(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the old token name stands beside the current one; a note when they are equal."""
    del options
    for keys in _key_sets(snapshot, traces):
        legacy, current = keys.legacy, keys.current
        place, other = keys.places[1], keys.places[2]
        if legacy is None or current is None or place is None or other is None:
            continue
        if not keys.in_file and not (legacy and current):
            continue
        old, new = keys.names[1:]
        remove = f"Delete the {old} line." if keys.in_file else f"`unset {old}`."
        related = [replace(other, message="The token that is ignored.")]
        if legacy.fingerprint == current.fingerprint and legacy.length == current.length:
            yield _LEGACY.build(
                "note",
                f"{old} repeats {new}{keys.where}; it will win once the two differ.",
                place,
                subject=keys.subject,
                sdks=keys.sdks,
                remedy=(remove,),
            )
            continue
        yield _LEGACY.build(
            "error",
            f"{old} is set and differs from {new}{keys.where}: {do(keys.sdks, 'sign')} with the "
            "old one, so the service may answer that the security token is invalid.",
            place,
            subject=keys.subject,
            sdks=keys.sdks,
            related=related,
            remedy=(remove,),
        )


def long_term_key_with_session_token(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a token stands beside a key that never has one.

    Silent where requests go to another endpoint: other stores issue such ids with tokens.
    """
    del options
    for keys in _key_sets(snapshot, traces):
        token = keys.token()
        if keys.key_id is None or keys.key_id.prefix != "AKIA" or keys.redirected or not token:
            continue
        name, place = token
        tokens = [n for n, v in zip(keys.names[1:], (keys.legacy, keys.current)) if v]
        shown = " ".join(tokens)
        yield _NEEDLESS.build(
            "error",
            f"{keys.key_id.display()} is a long-term key but {name} is still set{keys.where}: "
            f"{do(keys.sdks, 'send')} it along and every call fails with InvalidClientTokenId.",
            place,
            subject=keys.key_id.display(),
            sdks=keys.sdks,
            related=[replace(keys.places[0], message="The long-term key.")],
            remedy=(f"Delete {shown} there." if keys.in_file else f"`unset {shown}`.",),
        )


def temporary_key_without_session_token(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a key of a session has no token in the same source."""
    del options
    for keys in _key_sets(snapshot, traces):
        if keys.key_id is None or keys.key_id.prefix != "ASIA" or not keys.has_secret:
            continue
        if keys.token() is not None:
            continue
        name = keys.names[2]
        yield _MISSING.build(
            "error",
            f"{keys.key_id.display()} is a temporary key but no session token accompanies "
            f"it{keys.where}: {sdk_list(keys.sdks)} will send requests that AWS refuses.",
            keys.places[0],
            subject=keys.key_id.display(),
            sdks=keys.sdks,
            remedy=(
                f"Set {name} too, from the same session as the key.",
                (
                    'Or fetch the whole set anew: `eval "$(aws configure export-credentials '
                    '--profile NAME --format env)"`.'
                ),
            ),
        )


def _key_sets(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[_KeySet]:
    """Yield the environment's keys when some SDK uses them, then every section that has keys.

    Keys that are made up are left to CHN120.
    """
    winners = environment_winners(traces)
    key = snapshot.variable(ACCESS_KEY_ID)
    if winners and key and not is_placeholder(key):
        names = (ACCESS_KEY_ID, SECURITY_TOKEN, SESSION_TOKEN)
        yield _KeySet(
            where=" in the environment",
            sdks=sdks_of(winners),
            names=names,
            subject="environment",
            key_id=key.key_id,
            has_secret=is_set(snapshot, SECRET_ACCESS_KEY),
            legacy=snapshot.variable(SECURITY_TOKEN),
            current=snapshot.variable(SESSION_TOKEN),
            places=(
                variable_place(snapshot, ACCESS_KEY_ID),
                variable_place(snapshot, SECURITY_TOKEN),
                variable_place(snapshot, SESSION_TOKEN),
            ),
            redirected=environment_redirects(snapshot),
            in_file=False,
        )
    for file in snapshot.files:
        if file.role not in ("config", "credentials"):
            continue
        for section in view_file(file).sections:
            key = section.value("aws_access_key_id")
            if key and not is_placeholder(key):
                yield _section_keys(snapshot, file, section, file_readers(traces))


def _section_keys(
    snapshot: HostSnapshot, file: HostFile, section: Section, sdks: tuple[str, ...]
) -> _KeySet:
    names = ("aws_access_key_id", "aws_security_token", "aws_session_token")
    key = section.value(names[0])

    def place(name: str) -> Optional[Location]:
        setting = section.setting(name)
        return file_place(file, setting.line, section.name) if setting else None

    return _KeySet(
        where=f" in `[{section.name}]` of {file.path}",
        sdks=sdks,
        names=names,
        subject=section.name,
        key_id=key.key_id if key else None,
        has_secret=bool(section.value("aws_secret_access_key")),
        legacy=section.value(names[1]),
        current=section.value(names[2]),
        places=(
            place(names[0]) or file_place(file, section.line, section.name),
            place(names[1]),
            place(names[2]),
        ),
        redirected=section_redirects(section) or environment_redirects(snapshot),
        in_file=True,
    )


def section_redirects(section: Section) -> bool:
    """Tell whether a section names another endpoint, so that its keys need not be AWS keys."""
    return bool(section.value("endpoint_url")) or bool(section.value("services"))


def environment_redirects(snapshot: HostSnapshot) -> bool:
    """Tell whether a variable names another endpoint for a service or all of them."""
    return any(
        entry.name.startswith("AWS_ENDPOINT_URL") and bool(entry.value)
        for entry in snapshot.environment
    )
