"""Sessions of ``aws login``.

Source: @aws-sdk/credential-provider-login 3.972.92. The cache folder is taken as written.
"""

from __future__ import annotations

from credlint.chain.javascript.instant import seconds_left
from credlint.chain.javascript.session import Session
from credlint.chain.outcome import Result, found, undecided
from credlint.model.trace import Offer

_FOLDER = "AWS_LOGIN_CACHE_DIRECTORY"
_NEEDED = ("accessToken", "clientId", "refreshToken", "dpopKey", "accessToken.accountId")
_ERROR = "CredentialsProviderError"


def login_profile(session: Session, profile: str) -> Result:
    """Judge ``login_session``; a missing or incomplete cache ends the chain."""
    setting = session.named(profile)["login_session"]
    offer = Offer("dynamic", profile=profile)
    detail = f'the session of aws login in profile "{profile}"'
    fact = session.path_fact("login-token", setting)
    folder = session.text(_FOLDER)
    odd = session.is_set(_FOLDER) and (not folder or folder[0] == "~" or "$" in folder)
    if fact is None or odd:
        return undecided(f"{detail}; its cached token was not looked at", setting.location, offer)
    if fact.status != "present" or fact.error == "malformed":
        message = f'the cached token of aws login for profile "{profile}" cannot be read'
        session.fail(_ERROR, message, setting.location)
    missing = [name for name in _NEEDED if name in fact.lacks or name in fact.empty]
    if missing:
        message = f'the cached token of aws login for profile "{profile}" lacks {missing[0]}'
        session.fail(_ERROR, message, setting.location)
    left = seconds_left(fact, session.snapshot.captured_at)
    if left is None or left <= 0:
        why = f"{detail}; whether the cached token is valid or can be renewed cannot be told"
        return undecided(why, setting.location, offer)
    return found(detail, offer, setting.location)
