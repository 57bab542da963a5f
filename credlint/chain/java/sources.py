"""The sources of the AWS SDK for Java v2 outside its profiles.

Source: auth 2.57.8 DefaultCredentialsProvider, SystemSettingsCredentialsProvider,
WebIdentityTokenFileCredentialsProvider; sts 2.57.8 StsWebIdentityCredentialsProviderFactory.
"""

from __future__ import annotations

import re
from typing import Callable, Optional

from credlint.chain.file_text import without_tokens
from credlint.chain.ini_view import Setting
from credlint.chain.java.region import region_of
from credlint.chain.java.session import Found, Session
from credlint.chain.java.values import check_client
from credlint.chain.outcome import Result, Unknown, absent, found
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.host_file import PathFact
from credlint.model.location import Location
from credlint.model.trace import Offer

_KEY, _SECRET, _TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
ROLE_ARN = "AWS_ROLE_ARN"
_SHORTEST_ROLE = 20
_SESSION_NAME = r"(?a)[\w+=,.@-]{2,64}\Z"
_EXTERNAL_ID = r"(?a)[\w+=,.@:/-]{2,1224}\Z"


def sysprops(session: Session) -> Result:
    """Judge the key pair of the system properties."""
    return _pair(session.property, session.sdk.facts["system_properties"][_KEY])


def env(session: Session) -> Result:
    """Judge the key pair of the variables, in which no alias is known."""
    return _pair(session.env, _KEY)


def _pair(look: Callable[[str], Optional[Found]], name: str) -> Result:
    return pair_of(look(_KEY), look(_SECRET), look(_TOKEN), name)


def pair_of(
    key: Optional[Found], secret: Optional[Found], token: Optional[Found], name: str
) -> Result:
    """Judge a key pair of which nothing may be blank; ``name`` is what the key id is called."""
    key, secret = (None if one is None or one.is_blank else one for one in (key, secret))
    if key is None or secret is None:
        there = key or secret
        if there is None:
            return absent(f"{name} is not set")
        return absent(f"{there.name} is set without its other half and is ignored", there.place)
    has_token = token is not None and not token.is_blank
    detail = f"{show_key(key.value)} in {key.name}"
    if token is not None and has_token:
        detail += f", session token in {token.name}"
    return found(detail, key_offer(key.value, None, has_token=has_token), key.place)


def web_identity_env(session: Session) -> Result:
    """Judge the token file that variables or system properties name."""
    token_file, role = session.system(TOKEN_FILE), session.system(ROLE_ARN)
    if token_file is None or role is None:
        there = token_file or role
        if there is None:
            return absent(f"{TOKEN_FILE} is not set")
        other = ROLE_ARN if role is None else TOKEN_FILE
        return absent(f"{there.name} is set without {other} and is ignored", there.place)
    check_client(session, "sts", region_for_sts(session))
    check_token(session, session.path_fact("web-identity-token", token_file), token_file.place)
    name = session.system("AWS_ROLE_SESSION_NAME")
    check_role(session, role.text, role.place, name.text if name is not None else None)
    detail = f"assumes {role.text} with the token file of {token_file.name}"
    offer = Offer("dynamic", account=account_of(role.text), role=role.text)
    return found(detail, offer, token_file.place)


def region_for_sts(session: Session) -> Optional[str]:
    """Return the region that a client of STS gets from the chain of regions, if any."""
    choice = region_of(session, session.own_profile)
    return choice.value if choice is not None else None


def check_token(session: Session, fact: Optional[PathFact], place: Location) -> None:
    """Raise Raised when a token file cannot be read, Unknown when it was not looked at."""
    if fact is None:
        message = "the token file was not looked at"
        raise Unknown(message)
    if fact.status in {"absent", "unreadable", "not-a-file"}:
        session.fail("token_file_failed", f"the token file cannot be read ({fact.status})", place)
    if fact.status == "empty":
        session.fail("sts_refused", "the token file is empty", place)


def check_role(
    session: Session,
    role: str,
    place: Location,
    name: Optional[str] = None,
    external_id: Optional[Setting] = None,
) -> None:
    """Raise Raised when STS would refuse the request for what stands in it.

    Limits: AWS STS API Reference, AssumeRole.
    """
    if len(role) < _SHORTEST_ROLE:
        session.fail("sts_refused", "what should be the ARN of a role is none", place)
    if name is not None and re.match(_SESSION_NAME, name) is None:
        session.fail("sts_refused", "the name of the role's session is not allowed", place)
    # Its text is not kept, but the characters around which it is masked are.
    if external_id is not None and (
        external_id.value.length < 2  # noqa: PLR2004
        or re.match(_EXTERNAL_ID, without_tokens(external_id.masked) + "x") is None
    ):
        session.fail("sts_refused", "external_id is not allowed", external_id.location)
