"""CHN110: the account of the winning key against the account of host, role or profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.arn import account_of_arn
from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.profiles import Profile, effective_profiles
from credlint.checks.situation import (
    ACCESS_KEY_ID,
    contexts_of,
    marked_by,
    session_marker,
    text_of,
)
from credlint.checks.wording import conjunction, key_argument, lower, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import Location, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_OTHER = FindingBuilder("CHN110", "shadowing-key-belongs-to-other-account")

_ACCOUNT_DIGITS = 12
_BY_SETTINGS = "this host, by credlint's settings,"


def stated_account(text: Optional[str]) -> Optional[str]:
    """Return the text when it is a twelve-digit account id, else None."""
    if text and len(text) == _ACCOUNT_DIGITS and text.isascii() and text.isdigit():
        return text
    return None


def profile_account(profile: Profile) -> Optional[str]:
    """Return the account that a profile leads to: of its role, its SSO settings or its key."""
    if account := account_of_arn(profile.text("role_arn")):
        return account
    for name in ("sso_account_id", "aws_account_id"):
        if account := stated_account(profile.text(name)):
            return account
    key = profile.settings.get("aws_access_key_id")
    return key.value.key_id.account if key and key.value.key_id else None


def shadowing_key_belongs_to_other_account(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Compare the account inside the winning key id with what the surroundings state.

    Silent for key ids that carry no account, documentation keys and expected accounts.
    """
    groups: dict[tuple[str, str], list[Trace]] = {}
    for trace in traces:
        offer = trace.winner.offer if trace.winner else None
        if offer is None or offer.key_id is None or offer.kind == "dynamic":
            continue
        account = offer.key_id.account
        if offer.key_id.example or account is None or account in options.expected_accounts:
            continue
        groups.setdefault((trace.winner.source if trace.winner else "", account), []).append(trace)
    for (source, account), group in groups.items():
        stated = list(_stated(snapshot, group[0], source, options))
        others = [entry for entry in stated if entry[1] != account]
        # One statement that agrees does not excuse another that differs.
        if not others or group[0].winner is None:
            continue
        winner = group[0].winner
        key_id = winner.offer.key_id if winner.offer else None
        subjects = [f"{what} belongs to account {other}" for what, other, _ in others]
        level, marker = _level(snapshot, [what for what, _, _ in others]), session_marker(snapshot)
        marked = ""
        if marker and source == "env":
            level, marked = lower(level), f" {marked_by(marker)}"
        yield _OTHER.build(
            level,
            f"The winning key {key_id.display() if key_id else ''} decodes to account {account}, "
            f"but {conjunction(subjects)}.{marked}",
            winner.location or variable_place(snapshot, ACCESS_KEY_ID),
            subject=key_id.display() if key_id else source,
            sdks=sdks_of(group),
            related=[place for _, _, place in others if place],
            remedy=(
                "Use the profile or role of the account that is meant.",
                (
                    "Confirm the owner online: `aws sts get-access-key-info --access-key-id "
                    f"{key_argument(key_id)}`."
                ),
                f'If it is meant, say so in credlint.toml: `expect.accounts = ["{account}"]`.',
            ),
            properties=[("account", account), ("expected_account", others[0][1])],
        )


_Statement = tuple[str, str, Optional[Location]]


def _stated(
    snapshot: HostSnapshot, trace: Trace, source: str, options: CheckOptions
) -> Iterator[_Statement]:
    """Yield (what, account, place) for everything that says which account is meant."""
    if snapshot.imds.account:
        place = imds("dynamic/instance-identity/document", "The instance's identity document.")
        yield "this instance", snapshot.imds.account, place
    for variable in ("AWS_ACCOUNT_ID", "AWS_ROLE_ARN"):
        text = text_of(snapshot.variable(variable))
        account = account_of_arn(text) if variable == "AWS_ROLE_ARN" else stated_account(text)
        if account:
            yield variable, account, variable_place(snapshot, variable, f"{variable} says so.")
    if source in ("static_credentials_file", "static_config_file"):
        yield from _stated_by_profile(snapshot, trace)
    for account in options.expected_accounts[:1]:
        yield _BY_SETTINGS, account, None


def _stated_by_profile(snapshot: HostSnapshot, trace: Trace) -> Iterator[_Statement]:
    profile = effective_profiles(snapshot).get(trace.profile)
    for name in ("aws_account_id", "sso_account_id"):
        account = stated_account(profile.text(name)) if profile else None
        if profile and account:
            place = profile.settings[name].place(f"{name} says so.")
            yield f"profile `{profile.name}`", account, place


def _level(snapshot: HostSnapshot, differing: list[str]) -> Level:
    """Return note on a laptop with its many accounts, unless profile or settings object."""
    only_laptop = contexts_of(snapshot) == {"laptop"}
    objected = any(what.startswith(("profile ", _BY_SETTINGS)) for what in differing)
    return "note" if only_laptop and not objected else "error"
