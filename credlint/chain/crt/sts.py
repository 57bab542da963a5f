"""What the Common Runtime needs to assume a role, and what STS is documented to refuse.

Sources: aws-c-auth source/credentials_utils.c (``s_get_override_endpoint``,
``aws_credentials_provider_construct_endpoint``), credentials_provider_sts.c and
credentials_provider_sts_web_identity.c as packed in awscrt 0.38.0; STS API Reference,
AssumeRole and AssumeRoleWithWebIdentity (lengths and characters of the parameters).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from credlint.chain.crt.profile_file import PROFILE, SERVICES, Profile, Property, Sections, setting
from credlint.chain.crt.session import Session, place_of, value_of
from credlint.chain.outcome import Result, absent, found, undecided
from credlint.chain.patterns import pattern
from credlint.chain.sources.web_identity import account_of
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

_OVERRIDES = ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
_PARAMETERS = {
    "role_arn": "AWS_ROLE_ARN",
    "web_identity_token_file": _TOKEN_FILE,
    "role_session_name": "AWS_ROLE_SESSION_NAME",
}
HOST = pattern(r"(?!\.)(?!.*\.\.)[A-Za-z0-9.-]+\Z")
_ARN = pattern(r"arn(:[^:\s]*){4}:\S+\Z")
_SESSION = pattern(r"[\w+=,.@-]{2,64}\Z", re.ASCII)
_EXTERNAL = pattern(r"[\w+=,.@:/-]{2,1224}\Z", re.ASCII)
_SHORTEST_ARN = 20
_LONGEST_SESSION = 64

# A text and where it stands.
Placed = tuple[str, Location]


def check_call(
    session: Session,
    around: Optional[Profile],
    collection: Optional[Sections],
    parameters: Mapping[str, Optional[Property]],
) -> None:
    """Raise Raised when AssumeRole cannot be called or would be refused.

    ``around`` gives region and endpoint, of the sections ``collection``.
    """
    region = _region(session, around)
    _check_endpoint(session, around, collection, region, global_one=True)
    for key, one in parameters.items():
        if one is not None:
            value = value_of(one)
            # Of a text that may be secret the length is known, and white space.
            text = one.text if len(one.text.split()) > 1 else "x" * value.length
            text = text if value.text is None else value.text
            _check_parameter(session, key, text, place_of(one))


def _region(session: Session, profile: Optional[Profile]) -> Optional[Placed]:
    for name in _REGIONS:
        if session.filled(name):
            return session.text_of(name), environment_variable(name)
    one = setting(profile, "region")
    return None if one is None else (one.text, place_of(one))


def _check_endpoint(
    session: Session,
    profile: Optional[Profile],
    collection: Optional[Sections],
    region: Optional[Placed],
    *,
    global_one: bool,
) -> None:
    override = _override(session, profile, collection)
    if override is None:
        if region is None and not global_one:
            session.fail("web_identity", "no region is configured, which STS is asked in")
        if region is not None and not HOST.match(region[0]):
            session.fail("host", "the region is no part of a host name", region[1])
        return
    text, place = override
    if region is None and global_one:
        session.fail("role", "an endpoint is configured without a region", place)
    if not HOST.match(text):
        message = "the SDK takes the whole endpoint URL for a host name, so that STS is not found"
        session.fail("host", message, place)


def _override(
    session: Session, profile: Optional[Profile], collection: Optional[Sections]
) -> Optional[Placed]:
    for name in _OVERRIDES:
        if session.filled(name):
            return session.text_of(name), environment_variable(name)
    services = setting(profile, "services")
    if services is not None:
        section = (collection or {}).get(SERVICES, {}).get(services.text)
        one = setting(section, "sts")
        if one is None:
            return None
        if "endpoint_url" not in one.inner:
            message = f'services section "{services.text}" has sts without endpoint_url'
            session.fail("crashes", message, place_of(one))
        return one.inner["endpoint_url"], place_of(one)
    one = setting(profile, "endpoint_url")
    return None if one is None else (one.text, place_of(one))


def _check_parameter(session: Session, key: str, text: str, place: Optional[Location]) -> None:
    if key == "role_arn":
        good = len(text) >= _SHORTEST_ARN and _ARN.match(text) is not None
    elif key == "role_session_name":
        good = _SESSION.match(text[:_LONGEST_SESSION]) is not None
    else:
        good = not text or _EXTERNAL.match(text) is not None
    if not good:
        session.fail("sts", f"STS refuses the value of {key}", place)


class TokenRole:
    """What is known of a role with a token file before STS is asked.

    What is handed over comes first, then the environment, then a profile of ``sections``. That is
    looked at when role, token file or region are not all there without it, and must exist then.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        sections: Optional[Sections],
        given: Optional[Mapping[str, Optional[Placed]]] = None,
    ) -> None:
        given = given or {}
        self.session = session
        self.sections = sections
        self.profile: Optional[Profile] = None
        self.region = given.get("region") or _region(session, None)
        values = {key: given.get(key) or _variable(session, key) for key in _PARAMETERS}
        self.lost = False
        if not (self.region and values["role_arn"] and values["web_identity_token_file"]):
            self.profile = sections[PROFILE].get(name) if sections else None
            self.lost = self.profile is None
            values = {key: value or _setting(self.profile, key) for key, value in values.items()}
            self.region = self.region or _region(session, self.profile)
        self.role = values["role_arn"]
        self.token = values["web_identity_token_file"]
        self.session_name = values["role_session_name"]

    def override(self) -> Optional[Placed]:
        """Return the endpoint that is configured; raises Raised where looking for it crashes."""
        return _override(self.session, self.profile, self.sections)

    @property
    def is_made(self) -> bool:
        """Tell whether the library makes a provider of it at all."""
        has_host = self.region or self.override()
        return not self.lost and bool(self.role and self.token and has_host)


def web_identity_of(asked: TokenRole) -> Result:
    """Judge a role with a token file; raises Raised or Unknown."""
    session, token, role = asked.session, asked.token, asked.role
    if token is None:
        if role is None:
            return absent("neither token file nor role are configured")
        return absent("a role is configured without a token file", role[1])
    if asked.lost:
        message = "role and region of a token file are looked for in a profile that does not exist"
        session.fail("web_identity", message, token[1])
    if role is None:
        session.fail("web_identity", "a token file is configured without a role", token[1])
    _check_endpoint(session, asked.profile, asked.sections, asked.region, global_one=False)
    _check_parameter(session, "role_arn", *role)
    if asked.session_name is not None:
        _check_parameter(session, "role_session_name", *asked.session_name)
    return _with_token(session, token, role[0], asked.profile)


def _variable(session: Session, key: str) -> Optional[Placed]:
    name = _PARAMETERS[key]
    if not session.filled(name):
        return None
    return session.text_of(name), environment_variable(name)


def _setting(profile: Optional[Profile], key: str) -> Optional[Placed]:
    one = setting(profile, key)
    return None if one is None or not one.text else (one.text, place_of(one))


def _with_token(session: Session, token: Placed, role: str, profile: Optional[Profile]) -> Result:
    path, place = token
    fact = session.snapshot.named_file("web-identity-token", path)
    detail = f"assumes {role} with the token file of {place.display()}"
    owner = profile.name if profile is not None and place.kind == "file" else None
    offer = Offer("dynamic", profile=owner, account=account_of(role), role=role)
    if "\n" in path or (fact is not None and fact.status != "present"):
        state = fact.status if fact is not None else "no path"
        message = f"the token file cannot be used ({state})"
        session.fail("web_identity_call", message, place)
    if fact is None:
        return undecided(f"{detail}, which was not looked at", place, offer)
    return found(detail, offer, place)
