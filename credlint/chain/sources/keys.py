"""What key pairs of any source have in common."""

from __future__ import annotations

from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Result, found
from credlint.chain.session import Session, Value
from credlint.chain.shared_config import Settings
from credlint.model.captured import CapturedValue
from credlint.model.trace import Offer

ACCESS_KEY = "aws_access_key_id"
SECRET_KEY = "aws_secret_access_key"  # noqa: S105  the name of a setting
TOKENS = ("aws_security_token", "aws_session_token")
_TEMPORARY_PREFIX = "ASIA"


def captured(value: Value) -> CapturedValue:
    """Return the captured facts behind a variable or a setting."""
    return value.value if isinstance(value, Setting) else value


def show_key(value: Value) -> str:
    """Return a key id as it may be shown, or what is wrong with it."""
    facts = captured(value)
    if facts.key_id is not None:
        return f"key {facts.key_id.display()}"
    return "an empty key id" if not facts.length else "a malformed key id"


def key_offer(key: Value, profile: Optional[str], *, has_token: bool) -> Offer:
    """Return the offer of a key pair; keys of a session count as temporary without token too."""
    key_id = captured(key).key_id
    temporary = has_token or (key_id is not None and key_id.prefix == _TEMPORARY_PREFIX)
    return Offer(
        kind="temporary" if temporary else "static",
        profile=profile,
        key_id=key_id,
        account=key_id.account if key_id else None,
        has_token=has_token,
    )


def pair_in(
    session: Session, settings: Settings, profile: Optional[str], where: str, tokens: bool = True
) -> Optional[Result]:
    """Judge a key pair in one section; None when it has no key id.

    An empty key id counts as one. Raises Raised when the secret is missing. Source: botocore
    1.44.5 credentials.py, SharedCredentialProvider, ConfigProvider and BotoProvider.
    """
    key = settings.get(ACCESS_KEY)
    if key is None:
        return None
    if SECRET_KEY not in settings:
        message = f"{where} has {ACCESS_KEY} but no {SECRET_KEY}"
        session.fail("partial_credentials", message, key.location)
    token = next((settings[name] for name in TOKENS if name in settings), None) if tokens else None
    offer = key_offer(key, profile, has_token=bool(token))
    detail = f"{show_key(key)} in {where}"
    if token:
        detail += " with a session token"
    if not settings[SECRET_KEY]:
        detail += " with an empty secret"
    elif settings[SECRET_KEY].nested:
        detail += " with a secret that is a block"
    if key.inherited:
        detail += " (inherited from [DEFAULT])"
    return found(detail, offer, key.location)
