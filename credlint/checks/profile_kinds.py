"""CHN115, CHN116 and CHN226: one profile with more than one set of credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.profiles import PlacedSetting, Profile, effective_profiles
from credlint.checks.wording import conjunction, do, file_readers, sdks_of
from credlint.model.finding import Finding
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace

_MIXED = FindingBuilder("CHN115", "mixed-credential-kinds-in-profile")

_ROLE = "a role"
_WEB = "a web identity role"
_SSO = "SSO settings"
_KEYS = "static keys"
_LOGIN = "an `aws login` session"
_PROCESS = "a credential_process"
# In the order of botocore 1.44.5 credentials.py, create_credential_resolver.
_ORDER = (_ROLE, _WEB, _SSO, _KEYS, _LOGIN, _PROCESS)
# What keeps a profile of mixed kinds mostly alive beside others: the setting by which it starts.
_HEADS = {
    _ROLE: ("role_arn",),
    _WEB: ("web_identity_token_file",),
    _SSO: ("sso_account_id", "sso_role_name"),
    _KEYS: ("aws_access_key_id",),
    _LOGIN: ("login_session",),
    _PROCESS: ("credential_process",),
}
# Steps of any SDK by what they begin with; the longest first.
_STEPS = (
    ("web_identity", _WEB),
    ("sso", _SSO),
    ("static", _KEYS),
    ("login", _LOGIN),
    ("process", _PROCESS),
    ("role", _ROLE),
    ("credential_source", _ROLE),
)
# Programs that give SDKs without SSO the session of this very profile (their own guides).
_SSO_ADAPTERS = ("aws", "aws-sso-util", "aws2-wrap")


def credential_kinds(profile: Profile) -> dict[str, PlacedSetting]:
    """Return the kinds of credentials that a profile is set up for, each with its first setting.

    Not the documented form in which a role is assumed with the keys of its own profile.
    """
    found = {}
    for kind in _ORDER:
        names = [name for name in _HEADS[kind] if profile.settings.get(name)]
        if names and _is_whole(kind, profile):
            found[kind] = profile.settings[names[0]]
    own = profile.text("source_profile") == profile.name
    if own and _ROLE in found:
        found.pop(_KEYS, None)
    process = found.get(_PROCESS)
    if process is not None and _SSO in found and _is_adapter(process):
        found.pop(_PROCESS)
    return found


def usable_kinds(profile: Profile) -> tuple[str, ...]:
    """Return the kinds for which the profile has all that it takes."""
    lacks_secret = "aws_secret_access_key" not in profile.settings
    kinds = credential_kinds(profile)
    return tuple(kind for kind in kinds if not (kind == _KEYS and lacks_secret))


def _is_whole(kind: str, profile: Profile) -> bool:
    has = profile.settings.__contains__
    if kind == _ROLE:
        return profile.assumes_role and (has("source_profile") or has("credential_source"))
    if kind == _WEB:
        return has("role_arn")
    if kind == _SSO:
        return has("sso_session") or has("sso_start_url")
    if kind == _KEYS:
        # An empty key id is no credential of its own.
        return bool(profile.settings["aws_access_key_id"].value)
    return True


def _is_adapter(process: PlacedSetting) -> bool:
    program = (process.value.text or "").partition(" ")[0]
    return program.replace("\\", "/").rpartition("/")[2] in _SSO_ADAPTERS


def mixed_credential_kinds_in_profile(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell for every profile with two kinds which SDK takes which, as far as that was judged."""
    del options
    for profile in effective_profiles(snapshot).values():
        kinds = credential_kinds(profile)
        if len(kinds) < 2:  # noqa: PLR2004  one kind is how it should be
            continue
        judged = [trace for trace in traces if trace.profile == profile.name]
        told = list(_told(profile, judged))
        sdks = sdks_of(judged) if told else ()
        if not told:
            told = [
                f"{do(file_readers(traces), f'use {_used(next(iter(kinds)))}')}, others may not"
            ]
        # Keys and programs are what a helper leaves behind; .NET names the same setting.
        place = min(kinds.values(), key=lambda setting: setting.setting.name)
        yield _MIXED.build(
            "warning",
            f"Profile `{profile.name}` has {conjunction(list(kinds))}: {conjunction(told)}.",
            place.place(),
            subject=profile.name,
            sdks=sdks,
            related=[
                setting.place(f"{kind[0].upper()}{kind[1:]} here.")
                for kind, setting in kinds.items()
                if setting is not place
            ],
            remedy=_remedy(profile, kinds),
        )


def _told(profile: Profile, traces: Sequence[Trace]) -> Iterator[str]:
    """Yield what each SDK makes of the profile, SDKs that agree together."""
    groups: dict[str, list[Trace]] = {}
    for trace in traces:
        groups.setdefault(_choice(profile, trace), []).append(trace)
    groups.pop("", None)
    for choice, group in groups.items():
        yield do(sdks_of(group), choice)


def _choice(profile: Profile, trace: Trace) -> str:
    """Return as a verb in the plural what the SDK does, empty when it cannot be told."""
    for step in trace.steps:
        if trace.outcome == "error" and step.status == "broken" and step.error == trace.error:
            break
        kind = _kind_of(step)
        if kind is None or step.offer is None or step.offer.profile != profile.name:
            continue
        if step.status in ("selected", "shadowed"):
            return f"use {_used(kind)}"
    if trace.outcome == "error" and trace.error is not None:
        return f"stop with {trace.error.name}"
    refused = [step.error for step in trace.steps if step.error and _kind_of(step)]
    return f"refuse it with {refused[0].name}" if refused else ""


def _kind_of(step: Step) -> Optional[str]:
    if step.source == "web_identity_env":
        return None
    return next((kind for start, kind in _STEPS if step.source.startswith(start)), None)


def _used(kind: str) -> str:
    article, _, rest = kind.partition(" ")
    return f"the {rest}" if article in ("a", "an") else f"the {kind}"


def _remedy(profile: Profile, kinds: dict[str, PlacedSetting]) -> Iterator[str]:
    if _KEYS in kinds:
        keys = kinds[_KEYS]
        lines = sorted(
            setting.setting.line.number
            for name, setting in profile.settings.items()
            if name.startswith("aws_") and setting.file is keys.file
        )
        numbers = conjunction([str(number) for number in lines])
        yield (
            "If the keys are left over, delete them: line"
            f"{'s' if len(lines) > 1 else ''} {numbers} of {keys.file.path}."
        )
    yield "Keep one kind in the profile; give the other a profile of its own name."
