"""CHN212: key pairs that cannot be what their names say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.endpoints import has_own_endpoint
from credlint.checks.ini_view import Section, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import config_profile_name, file_place, variable_place
from credlint.checks.profiles import effective_profiles
from credlint.checks.situation import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from credlint.checks.winning_key import is_placeholder, winning_key
from credlint.checks.wording import sdks_of
from credlint.model.captured import CapturedValue
from credlint.model.finding import Finding
from credlint.model.host_file import HostFile
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_MALFORMED = FindingBuilder("CHN212", "malformed-key-or-swapped")

_ID_SETTING, _SECRET_SETTING = "aws_access_key_id", "aws_secret_access_key"
_ENDPOINTS = frozenset(("endpoint_url", "services"))
_SECRET_LENGTH = 40
_ID_LENGTH = 20
# The pairs of AWS; ABIA and ACCA ids are no half of one.
_PAIRED = ("AKIA", "ASIA")
_SECRET_SHAPE = "secret-access-key"  # noqa: S105  the name of a shape
_TOKEN_SHAPE = "session-token"  # noqa: S105  the name of a shape

_ID_FAULTS = {
    "principal-id": "it is the id of a role or user and no key",
    "arn": "it is an ARN",
    "pem": "it is a private key",
    "key-id-in-lower-case": "its letters are in lower case",
}
_SECRET_FAULTS = {
    "url-encoded": "it is URL-encoded (%2F for /, %2B for +)",
    "ses-smtp-password": "it is an SMTP password of SES, which is made of a secret key and is none",
    "arn": "it is an ARN",
    "pem": "it is a private key",
}


@dataclass(frozen=True)
class _Half:
    """One half of a pair; ``name`` as a message has it."""

    name: str
    value: Optional[CapturedValue]
    place: Location


@dataclass(frozen=True)
class _Pair:
    key: _Half
    secret: _Half
    subject: str
    profile: str
    in_file: bool


def malformed_key_or_swapped(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell what each half of a pair evidently is instead; never what it holds.

    Silent for ids of a free form, which other stores issue, and where another endpoint is set.
    """
    del options
    profiles = effective_profiles(snapshot)
    # A profile of no name has no endpoint of its own: what is left is the environment's.
    redirected = has_own_endpoint(snapshot, "")
    winners = [(trace, winning_key(snapshot, trace)) for trace in traces]
    for pair in _pairs(snapshot):
        found = profiles.get(pair.profile)
        elsewhere = found is not None and not _ENDPOINTS.isdisjoint(found.settings)
        if redirected or elsewhere or is_placeholder(pair.key.value):
            continue
        users = [t for t, won in winners if won is not None and won[1] == pair.key.place]
        for half, what, fault, remedy in _faults(pair):
            other = pair.secret if half is pair.key else pair.key
            yield _MALFORMED.build(
                "error",
                f"{half.name} does not look like {what}: {fault}.",
                half.place,
                subject=f"{pair.subject}/{what.rpartition(' ')[2]}",
                sdks=sdks_of(users),
                related=_other_half(other, fault),
                remedy=remedy,
            )


def _other_half(other: _Half, fault: str) -> Iterator[Location]:
    if other.value is not None and fault.startswith("the two are swapped"):
        yield replace(other.place, message="The other half.")


def _pairs(snapshot: HostSnapshot) -> Iterator[_Pair]:
    key, secret = snapshot.variable(ACCESS_KEY_ID), snapshot.variable(SECRET_ACCESS_KEY)
    if key or secret:
        yield _Pair(
            _Half(ACCESS_KEY_ID, key, variable_place(snapshot, ACCESS_KEY_ID)),
            _Half(SECRET_ACCESS_KEY, secret, variable_place(snapshot, SECRET_ACCESS_KEY)),
            subject="environment",
            profile="default",
            in_file=False,
        )
    seen: set[str] = set()
    for file in snapshot.files:
        if file.role not in ("config", "credentials") or file.path in seen:
            continue
        seen.add(file.path)
        for section in view_file(file).sections:
            if section.value(_ID_SETTING) or section.value(_SECRET_SETTING):
                yield _section_pair(file, section)


def _section_pair(file: HostFile, section: Section) -> _Pair:
    def half(name: str) -> _Half:
        setting = section.setting(name)
        line = setting.line if setting else section.line
        return _Half(
            f"{name} in `[{section.name}]` of {file.path}",
            setting.value if setting else None,
            file_place(file, line, section.name),
        )

    name = section.name if file.role == "credentials" else config_profile_name(section.name)
    return _Pair(
        half(_ID_SETTING),
        half(_SECRET_SETTING),
        subject=section.name,
        profile=name or section.name,
        in_file=True,
    )


_Fault = tuple[_Half, str, str, tuple[str, ...]]


def _faults(pair: _Pair) -> Iterator[_Fault]:
    key, secret = pair.key.value, pair.secret.value
    what = "an access key id"
    if key and secret and secret.key_id and _is_secret(key):
        remedy = f"Exchange the two values: {_where(pair)}."
        yield pair.key, what, "the two are swapped, the secret stands in its place", (remedy,)
        return
    fault = _id_fault(key) if key and not key.flaws else None
    if fault is not None:
        yield pair.key, what, fault, _again("id", pair)
    real = key is not None and key.key_id is not None and key.key_id.prefix in _PAIRED
    if real and secret and not secret.flaws:
        fault = _secret_fault(secret)
        if fault is not None:
            yield pair.secret, "a secret access key", fault, _secret_remedy(secret, pair)


def _where(pair: _Pair) -> str:
    if not pair.in_file:
        return f"{ACCESS_KEY_ID} and {SECRET_ACCESS_KEY}"
    path = pair.key.place.display().rpartition(":")[0]
    return f"lines {pair.key.place.line} and {pair.secret.place.line} of {path}"


def _is_secret(value: CapturedValue) -> bool:
    return value.shape == _SECRET_SHAPE or "secret-key-length" in value.signs


def _id_fault(value: CapturedValue) -> Optional[str]:
    if value.key_id is not None:
        return None
    if value.shape == _SECRET_SHAPE:
        return "it looks like a secret access key"
    if value.shape == _TOKEN_SHAPE:
        return "it looks like a session token"
    if "key-id-too-short" in value.signs or "key-id-too-long" in value.signs:
        return f"it begins like one but has {value.length} characters instead of {_ID_LENGTH}"
    return next((_ID_FAULTS[sign] for sign in value.signs if sign in _ID_FAULTS), None)


def _secret_fault(value: CapturedValue) -> Optional[str]:
    if _is_secret(value):
        return None
    if value.placeholder:
        return f'it is a placeholder ("{value.placeholder}")'
    if value.key_id is not None:
        return "it is an access key id"
    if value.shape == _TOKEN_SHAPE:
        return "it looks like a session token"
    told = next((_SECRET_FAULTS[sign] for sign in value.signs if sign in _SECRET_FAULTS), None)
    if told is None and value.length == _SECRET_LENGTH:
        return "it holds characters that no secret key has"
    return told or f"it has {value.length} characters instead of {_SECRET_LENGTH}"


def _secret_remedy(value: CapturedValue, pair: _Pair) -> tuple[str, ...]:
    if "url-encoded" in value.signs:
        return ("Write `/` for %2F and `+` for %2B.",)
    if "ses-smtp-password" in value.signs:
        return (
            (
                "SMTP passwords are for SMTP alone: store the secret key of an IAM user here, or "
                "give the machine a role that may send mail."
            ),
        )
    return _again("secret", pair)


def _again(what: str, pair: _Pair) -> tuple[str, ...]:
    lines = [f"Copy the {what} once more from where the key was issued: {_where(pair)}."]
    if what == "secret":
        lines.append(
            "IAM shows a secret only once; when it is lost make a new key, `aws iam "
            "create-access-key --user-name NAME`, and delete the old one."
        )
    return tuple(lines)
