"""Roles with a source profile or a credential source.

Source: @aws-sdk/credential-provider-ini 3.973.30, ``resolveAssumeRoleCredentials``;
@aws-sdk/nested-clients, ``getDefaultRoleAssumer`` (region of the outermost role profile, else of
the client).
"""

from __future__ import annotations

from typing import Callable

from credlint.chain.javascript.container import container
from credlint.chain.javascript.environment import env
from credlint.chain.javascript.imds import imds
from credlint.chain.javascript.region import label_fault
from credlint.chain.javascript.session import Passed, Session, Settings
from credlint.chain.javascript.web_identity import check_client_region
from credlint.chain.outcome import Result, found
from credlint.chain.sources.web_identity import account_of
from credlint.model.trace import Offer

Source = Callable[[Session, str, str, tuple[str, ...]], Result]
_NAMED: dict[str, Callable[[Session], Result]] = {
    "Environment": env,
    "Ec2InstanceMetadata": imds,
    "EcsContainer": container,
}


def is_role(settings: Settings) -> bool:
    """Tell whether a profile counts as a role: exactly one source beside ``role_arn``."""
    sources = ("source_profile" in settings) + ("credential_source" in settings)
    return "role_arn" in settings and sources == 1


def is_source_alone(settings: Settings) -> bool:
    """Tell whether a profile names a credential source but no role."""
    return "role_arn" not in settings and "credential_source" in settings


def assume(
    session: Session, profile: str, outermost: str, visited: tuple[str, ...], judge: Source
) -> Result:
    """Judge a role; a loop and a source without credentials pass on, MFA ends the chain."""
    settings = session.named(profile)
    source = settings.get("source_profile")
    named = settings.get("credential_source")
    if source is not None and source.text in visited:
        message = f"the source profiles form a loop: {' → '.join((*visited, source.text or ''))}"
        raise Passed(message, source.location)
    if source is None and named is not None and named.text not in _NAMED:
        message = f'credential_source of profile "{profile}" is none of the known names'
        raise Passed(message, named.location)
    alone = is_source_alone(settings)
    mfa = settings.get("mfa_serial")
    if mfa is not None and not alone:
        message = f'profile "{profile}" asks for an MFA code, which only the program can give'
        session.fail("CredentialsProviderError", message, mfa.location)
    if source is not None:
        name = source.text or ""
        inner = judge(session, name, outermost, (*visited, name))
        giver = f'profile "{name}"'
    else:
        word = named.text if named is not None else None
        inner = _NAMED[word or ""](session)
        giver = f"credential_source {word}"
    if alone or inner.kind == "undecided":
        return inner
    role = settings["role_arn"]
    _check_region(session, outermost)
    offer = Offer("dynamic", profile=profile, account=account_of(role.text), role=role.text)
    who = f'profile "{profile}" assumes {role.text or "a role"}'
    return found(f"{who} with {giver} ({inner.detail})", offer, role.location)


def _check_region(session: Session, outermost: str) -> None:
    setting = session.named(outermost).get("region")
    role = session.named(outermost)["role_arn"]
    if setting is None:
        check_client_region(session, role.location)
        return
    fault = label_fault(setting.text) if setting.text is not None else None
    if fault is not None:
        session.fail("Error", f"STS cannot be asked: {fault}", setting.location)
