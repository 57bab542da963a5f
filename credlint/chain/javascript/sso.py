"""IAM Identity Center.

Sources: @aws-sdk/credential-provider-sso 3.973.28 (every failure but a missing profile ends the
chain), @aws-sdk/token-providers ``fromSso``.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.javascript.instant import seconds_left
from credlint.chain.javascript.region import label_fault
from credlint.chain.javascript.session import Session
from credlint.chain.outcome import Result, found, undecided
from credlint.model.host_file import PathFact
from credlint.model.trace import Offer

SSO_SETTINGS = ("sso_start_url", "sso_account_id", "sso_session", "sso_region", "sso_role_name")
_NEEDED = ("sso_start_url", "sso_account_id", "sso_region", "sso_role_name")
_RENEWAL = ("clientId", "clientSecret", "refreshToken")
# Renewed this early; a time that is none counts as due as well.
_RENEWAL_SECONDS = 300
_ERROR = "CredentialsProviderError"


def sso_profile(session: Session, profile: str) -> Result:
    """Judge the sso settings of a profile; raises Raised when anything is missing."""
    settings = dict(session.named(profile))
    trigger = next(settings[name] for name in SSO_SETTINGS if name in settings)
    reference = settings.get("sso_session")
    if reference is not None:
        _take_session(session, settings, reference)
    missing = [name for name in _NEEDED if name not in settings]
    if missing:
        message = f'profile "{profile}" uses SSO but lacks {", ".join(missing)}'
        session.fail(_ERROR, message, trigger.location)
    account, role = settings["sso_account_id"].text, settings["sso_role_name"].text
    offer = Offer("dynamic", profile=profile, account=account, role=role)
    detail = f'role {role} of account {account} through SSO in profile "{profile}"'
    key = reference or settings["sso_start_url"]
    fact = session.path_fact("sso-token", key)
    if fact is None:
        return undecided(f"{detail}; its cached token was not looked at", key.location, offer)
    doubt = _check_token(session, fact, key, legacy=reference is None)
    if doubt is not None:
        return undecided(f"{detail}; {doubt}", key.location, offer)
    region = settings["sso_region"]
    fault = label_fault(region.text) if region.text is not None else None
    if fault is not None:
        session.fail(_ERROR, f"SSO cannot be asked: {fault}", region.location)
    return found(detail, offer, trigger.location)


def _take_session(session: Session, settings: dict[str, Setting], reference: Setting) -> None:
    own = session.sso_sessions().get(reference.text or "")
    if own is None:
        message = f'the sso-session "{reference.text}" does not exist or is empty'
        session.fail("TypeError", message, reference.location)
    for name in ("sso_region", "sso_start_url"):
        settings.pop(name, None)
        if name in own:
            settings[name] = own[name]


def _check_token(session: Session, fact: PathFact, key: Setting, *, legacy: bool) -> Optional[str]:
    """Raise what a bad token raises; return why it cannot be told."""
    if fact.status != "present" or fact.error == "malformed":
        session.fail(_ERROR, "the cached SSO token is missing or cannot be read", key.location)
    if "expiresAt" in fact.lacks and legacy:
        return None  # no time is no past time
    wanted = [name for name in ("accessToken", "expiresAt") if name in fact.lacks]
    if wanted and not legacy:
        session.fail(_ERROR, f"the cached SSO token lacks {wanted[0]}", key.location)
    left = seconds_left(fact, session.snapshot.captured_at)
    if left is None:
        return "when the cached token expires cannot be told"
    if legacy and left <= 0:
        session.fail(_ERROR, "the cached SSO token has expired", key.location)
    if not legacy and not left > _RENEWAL_SECONDS and any(n in fact.lacks for n in _RENEWAL):
        message = "the cached SSO token has expired or is about to, and cannot be renewed"
        session.fail(_ERROR, message, key.location)
    return None
