"""IAM Identity Center.

Source: botocore 1.44.5 credentials.py ``SSOProvider`` and ``SSOCredentialFetcher``, tokens.py
``SSOTokenProvider``, utils.py ``SSOTokenLoader``.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain import clock
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Result, absent, at_first_use, fail, found
from credlint.chain.patterns import pattern
from credlint.chain.session import Session
from credlint.chain.shared_config import Settings
from credlint.model.host_file import PathFact
from credlint.model.trace import Offer, SdkError

_TRIGGERS = ("sso_role_name", "sso_account_id")
_ENDPOINT = ("sso_start_url", "sso_region")
# botocore 1.44.5 utils.py validate_region_name
_HOST_LABEL = pattern(r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{,63}(?<!-)$")


def sso_profile(session: Session, profile: str) -> Result:
    """Judge the sso settings of a profile; raises Raised when they are incomplete."""
    settings = session.named(profile)
    trigger = next((settings[name] for name in _TRIGGERS if name in settings), None)
    if trigger is None:
        return absent(f'no sso_role_name or sso_account_id in profile "{profile}"')
    reference = settings.get("sso_session")
    resolved = settings if reference is None else _with_session(session, settings, reference)
    missing = [name for name in (*_TRIGGERS, *_ENDPOINT) if name not in resolved]
    if missing:
        message = f'profile "{profile}" uses SSO but lacks {", ".join(missing)}'
        session.fail("invalid_config", message, trigger.location)
    account = resolved["sso_account_id"].text
    role = resolved["sso_role_name"].text
    offer = Offer("dynamic", profile=profile, account=account, role=role)
    detail = f'role {role} of account {account} through SSO in profile "{profile}"'
    error = _first_use(session, resolved, reference)
    return found(detail, offer, trigger.location, error)


def _is_region(text: str) -> bool:
    return _HOST_LABEL.match(text) is not None


def _with_session(session: Session, settings: Settings, reference: Setting) -> Settings:
    sessions = session.full().sso_sessions
    if reference.nested:
        message = "sso_session is a nested block, not a name"
        fail("TypeError", message, reference.location)
    name = reference.text or ""
    if name not in sessions:
        message = f'the sso-session "{name}" does not exist'
        session.fail("invalid_config", message, reference.location)
    resolved = dict(settings)
    for key, setting in sessions[name].items():
        own = resolved.get(key)
        if own is not None and not _same(own, setting):
            message = f'{key} differs between the profile and its sso-session "{name}"'
            session.fail("invalid_config", message, own.location)
        resolved[key] = setting
    return resolved


def _same(one: Setting, other: Setting) -> bool:
    if one.nested != other.nested:
        return False
    if one.value.text is not None and other.value.text is not None:
        return one.value.text == other.value.text
    return one.value.fingerprint == other.value.fingerprint


def _first_use(
    session: Session, resolved: Settings, reference: Optional[Setting]
) -> Optional[SdkError]:
    region = resolved["sso_region"]
    if region.text is not None and not _is_region(region.text):
        message = "sso_region is not a valid host label"
        return at_first_use(session.sdk.error("region_invalid"), message, region.location)
    if reference is not None:
        # The token provider looks into the sso-session alone.
        own = session.full().sso_sessions[reference.text or ""]
        missing = [name for name in _ENDPOINT if name not in own]
        if missing:
            message = f'the sso-session "{reference.text}" lacks {", ".join(missing)}'
            return at_first_use(session.sdk.error("invalid_config"), message, reference.location)
    key = "sso_start_url" if reference is None else "sso_session"
    fact = session.path_fact("sso-token", resolved[key])
    return _token_error(session, fact, resolved[key], legacy=reference is None)


def _token_error(
    session: Session, fact: Optional[PathFact], place: Setting, *, legacy: bool
) -> Optional[SdkError]:
    if fact is None:
        return None
    missing = session.sdk.error("sso_token_missing")
    faults = {
        "absent": (missing, "does not exist"),
        "not-a-file": (missing, "does not exist"),
        # JSONFileCache turns every failure to read into a KeyError.
        "unreadable": ("KeyError", "cannot be read"),
        "empty": ("KeyError", "is empty"),
        "malformed": ("KeyError", "is not JSON"),
        "incomplete": (missing, "lacks a part"),
        clock.NAIVE: (session.sdk.error("time_without_zone"), "has an expiry without time zone"),
    }
    if legacy:
        # Tokens of an sso-session may still be refreshed, which only the service can tell.
        faults[clock.PAST] = (session.sdk.error("sso_token_expired_legacy"), "has expired")
    state = clock.judge(fact.expires, session.snapshot.captured_at) if fact.expires else ""
    for fact_name in (fact.status, fact.error or "", state):
        if fact_name in faults:
            name, words = faults[fact_name]
            return at_first_use(name, f"the cached SSO token {words}", place.location)
    return None
