"""The kinds of profile and the one that a profile counts as; roles call back into this.

Source: @aws-sdk/credential-provider-ini 3.973.30, ``resolveProfileData``: the first kind whose
settings are there is taken, and none after it when that one fails.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.javascript import role
from credlint.chain.javascript.login import login_profile
from credlint.chain.javascript.process import process_profile
from credlint.chain.javascript.session import Passed, Session, Settings
from credlint.chain.javascript.sso import SSO_SETTINGS, sso_profile
from credlint.chain.javascript.web_identity import web_identity_profile
from credlint.chain.outcome import Result, found
from credlint.chain.sources.keys import ACCESS_KEY, SECRET_KEY, key_offer, show_key


def static_profile(session: Session, profile: str) -> Result:
    """Judge the key pair; its halves may come from both files."""
    settings = session.named(profile)
    key = settings[ACCESS_KEY]
    token = settings.get("aws_session_token")
    detail = f'{show_key(key)} in profile "{profile}"'
    if token is not None:
        detail += " with a session token"
    return found(detail, key_offer(key, profile, has_token=token is not None), key.location)


def role_profile(session: Session, profile: str) -> Result:
    """Judge the role of a profile."""
    return role.assume(session, profile, profile, (), _source)


Judge = Callable[[Session, str], Result]
KINDS: dict[str, tuple[Callable[[Settings], bool], Judge]] = {
    "role_profile": (role.is_role, role_profile),
    "static_profile": (lambda s: ACCESS_KEY in s and SECRET_KEY in s, static_profile),
    "web_identity_profile": (
        lambda s: "web_identity_token_file" in s and "role_arn" in s,
        web_identity_profile,
    ),
    "process_profile": (lambda s: "credential_process" in s, process_profile),
    "sso_profile": (lambda s: any(name in s for name in SSO_SETTINGS), sso_profile),
    "login_profile": (lambda s: "login_session" in s, login_profile),
}


def kind_of(settings: Settings) -> Optional[str]:
    """Return the kind that a profile counts as, None when it is none."""
    return next((kind for kind, (applies, _) in KINDS.items() if applies(settings)), None)


def _source(session: Session, profile: str, outermost: str, visited: tuple[str, ...]) -> Result:
    """Judge a source profile: static keys first, then as any profile."""
    settings = session.named(profile)
    if KINDS["static_profile"][0](settings):
        return static_profile(session, profile)
    if role.is_role(settings) or role.is_source_alone(settings):
        return role.assume(session, profile, outermost, visited, _source)
    kind = kind_of(settings)
    if kind is None:
        message = f'the source profile "{profile}" has no credentials'
        raise Passed(message)
    return KINDS[kind][1](session, profile)
