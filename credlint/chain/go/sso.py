"""IAM Identity Center and ``aws login``: sessions that another program keeps in a cache.

Sources: aws-sdk-go-v2 credentials 1.20.15, ssocreds and logincreds; aws-sdk-go 1.55.8,
aws/credentials/ssocreds and aws/session/credentials.go ``resolveSSOCredentials``.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain import clock
from credlint.chain.go.session import Session, Value
from credlint.chain.go.shared_config import Profile
from credlint.chain.outcome import Result, absent, at_first_use, found
from credlint.chain.patterns import pattern
from credlint.chain.sources.web_identity import account_of
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.trace import Offer, SdkError

_HOST_LABEL = pattern(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}\Z")


def sso_profile(session: Session, profile: Profile) -> Result:
    """Judge IAM Identity Center; raises Raised when its settings are incomplete."""
    if not profile.has_sso:
        return absent(f'no sso settings in profile "{profile.name}"')
    reference = profile.get("sso_session")
    known = [one for key, one in profile.settings.items() if key.startswith("sso_") and one]
    place = known[0].location
    missing, other = _sso_faults(profile)
    if missing or other:
        words = f"lacks {', '.join(missing)}" if missing else f"says another {other}"
        session.fail("sso_setup", f'the sso setup of profile "{profile.name}" {words}', place)
    if reference is not None:
        session.check_inner_session(reference)
    account, role = profile.get("sso_account_id"), profile.get("sso_role_name")
    account_text, role_text = (one.text if one else "" for one in (account, role))
    offer = Offer("dynamic", profile=profile.name, account=account_text, role=role_text)
    detail = f'role {role_text} of account {account_text} through SSO in profile "{profile.name}"'
    key = reference or profile.settings["sso_start_url"]
    region = (profile.settings if reference is None else profile.sso_session or {})["sso_region"]
    error = _sso_token_error(session, key, legacy=reference is None)
    if error is None and region.text is not None and not _HOST_LABEL.match(region.text):
        message = "sso_region is no part of a host name"
        error = at_first_use(session.sdk.error("sso_region"), message, region.location)
    if error is None and _is_past(session, key):
        detail += ", whose token has expired and must be refreshed"
    return found(detail, offer, place, error)


def _sso_faults(profile: Profile) -> tuple[list[str], Optional[str]]:
    """Return what is missing, and what differs between the profile and its sso-session."""
    if profile.get("sso_session") is None:
        keys = ("sso_region", "sso_start_url", "sso_account_id", "sso_role_name")
        return [key for key in keys if profile.get(key) is None], None
    own = profile.sso_session or {}
    missing = [key for key in ("sso_region", "sso_start_url") if not own.get(key)]
    if missing:
        return missing, None
    for key in ("sso_region", "sso_start_url"):
        mine = profile.get(key)
        if mine is not None and mine.text != own[key].text:
            return [], key
    return [], None


def _sso_token_error(session: Session, key: Value, *, legacy: bool) -> Optional[SdkError]:
    fact = session.path_fact("sso-token", key)
    if fact is None:
        return None
    state = clock.judge(fact.expires, session.snapshot.captured_at) if fact.expires else ""
    unusable = _is_unusable(fact)
    lost = legacy or fact.renewal is None
    if not unusable and (state != clock.PAST or not lost):
        return None  # a past one of an sso-session can perhaps be renewed
    name = session.sdk.error("sso_token_legacy" if legacy else "untyped")
    why = "has expired" if state == clock.PAST and not unusable else "cannot be used"
    place = None if isinstance(key, CapturedValue) else key.location
    return at_first_use(name, f"the cached SSO token {why}", place)


def _is_past(session: Session, key: Value) -> bool:
    fact = session.path_fact("sso-token", key)
    expires = fact.expires if fact is not None else None
    return bool(expires) and clock.judge(expires or "", session.snapshot.captured_at) == clock.PAST


def _is_unusable(fact: PathFact) -> bool:
    readable = fact.status == "present" and fact.error is None
    return not (readable and fact.expires is not None and fact.rfc3339)


def login_profile(session: Session, profile: Profile) -> Result:
    """Judge a session of ``aws login``."""
    setting = profile.get("login_session")
    if setting is None:
        return absent(f'no login_session in profile "{profile.name}"')
    detail = f'login session in profile "{profile.name}"'
    offer = Offer("dynamic", profile=profile.name, account=account_of(setting.text))
    fact = session.path_fact("login-token", setting)
    error = None
    if fact is not None and _is_unusable(fact):
        message = "the cached login token is missing or cannot be used"
        error = at_first_use(session.sdk.error("untyped"), message, setting.location)
    return found(detail, offer, setting.location, error)
