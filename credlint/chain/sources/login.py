"""Sessions of ``aws login``.

Source: botocore 1.44.5 credentials.py ``LoginProvider``; the CRT that it needs is part of AWS
CLI v2.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.outcome import Result, absent, fail, found, undecided
from credlint.chain.session import Session
from credlint.model.trace import Offer

_CRT = "awscrt"
_SDK_PACKAGES = ("botocore", "boto3", "awscli")


def login_profile(session: Session, profile: str) -> Result:
    """Judge ``login_session``; the cached token is loaded at resolution already."""
    setting = session.named(profile).get("login_session")
    if setting is None:
        return absent(f'no login_session in profile "{profile}"')
    offer = Offer("dynamic", profile=profile)
    detail = f'the session of aws login in profile "{profile}"'
    if session.sdk.login == "needs_extra_dependency":
        installed = crt_installed(session)
        if installed is False:
            message = f'login_session in profile "{profile}" needs botocore[crt], which is missing'
            session.fail("dependency_missing", message, setting.location)
        if installed is None:
            reason = f"{detail}; whether botocore[crt] is installed for the SDK cannot be told"
            return undecided(reason, setting.location, offer)
    if setting.nested:
        fail("AttributeError", "login_session is a nested block", setting.location)
    fact = session.path_fact("login-token", setting)
    if fact is None:
        return undecided(f"{detail}; its cached token was not looked at", setting.location, offer)
    if fact.status in {"absent", "not-a-file"}:
        message = f'there is no cached token of aws login for profile "{profile}"'
        session.fail("login_token_missing", message, setting.location)
    if fact.error == "incomplete":
        message = f'the cached token of aws login for profile "{profile}" lacks a part'
        session.fail("login_token_missing", message, setting.location)
    if fact.status in {"unreadable", "empty"} or fact.error == "malformed":
        fail("KeyError", "the cached token of aws login cannot be read", setting.location)
    return found(detail, offer, setting.location)


def crt_installed(session: Session) -> Optional[bool]:
    """Tell whether the SDK's Python has the CRT; None when its packages were not seen."""
    names = {name.lower() for name, _ in session.snapshot.platform.packages}
    if _CRT in names:
        return True
    return False if names.intersection(_SDK_PACKAGES) else None
