"""The ways in which a profile may give credentials; one that fails gives way to the next.

Source: aws-sdk-swift, AWSSDKIdentity/AWSCredentialIdentityResolvers
(ProfileAWSCredentialIdentityResolver.swift, STSAssumeRoleAWSCredentialIdentityResolver.swift,
STSWebIdentityAWSCredentialIdentityResolver.swift, SSOAWSCredentialIdentityResolver.swift,
LoginAWSCredentialIdentityResolver.swift, ProcessAWSCredentialIdentityResolver.swift).
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain import clock
from credlint.chain.crt.profile_file import SESSION, Property
from credlint.chain.crt.session import Session, place_of, value_of
from credlint.chain.outcome import Raised, Result, absent, broken, fail, found, undecided
from credlint.chain.patterns import pattern
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.chain.swift.machine import check_files, container, env, imds, region_of, text
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

KEY, SECRET, TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
_NAMED = {"Environment": "env", "Ec2InstanceMetadata": "imds", "EcsContainer": "container"}
_HOST_LABEL = pattern(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
# STS API Reference: what it refuses whoever asks.
_SESSION_NAME = pattern(r"[A-Za-z0-9_+=,.@-]{2,64}\Z")
_SHORTEST_ARN = 20
_UNREADABLE = frozenset({"absent", "unreadable", "not-a-file"})
_KEYS = ("accessKeyId", "secretAccessKey", "sessionToken", "accountId", "expiresAt")
_LOGIN_PARTS = frozenset(
    {*(f"accessToken.{key}" for key in _KEYS)}
    | {"tokenType", "idToken", "refreshToken", "clientId", "dpopKey"}
)
_RENEWING = frozenset({"clientId", "clientSecret", "refreshToken"})
_HANGS = "the chain may then never answer: a failing program's error is lost in releases with tasks"


class Profile:
    """One profile on the way; ``before`` are those that led here."""

    def __init__(self, session: Session, name: str, before: tuple[str, ...] = ()) -> None:
        self.session = session
        self.name = name
        self.before = before

    def get(self, key: str) -> Optional[Property]:
        """Return a setting, empty ones too."""
        return text(self.session, self.name, key)

    @property
    def has_keys(self) -> bool:
        """Tell whether both halves of a key pair are there."""
        return self.get(KEY) is not None and self.get(SECRET) is not None

    @property
    def has_source(self) -> bool:
        """Tell whether a role is to be assumed with another profile's credentials."""
        return self.get("role_arn") is not None and self.get("source_profile") is not None


def static(profile: Profile) -> Result:
    """Judge the key pair, which a first profile with role and source keeps for the role."""
    key = profile.get(KEY)
    if key is None or not profile.has_keys:
        return absent(f'no whole key pair in profile "{profile.name}"')
    if profile.has_source and not profile.before:
        return absent(f'profile "{profile.name}" has keys and a role; the role is taken')
    return _keys(profile, key)


def _keys(profile: Profile, key: Property) -> Result:
    value, token = value_of(key), profile.get(TOKEN)
    detail = f'{show_key(value)} in profile "{profile.name}" of the {file_of(key)} file'
    if token is not None and token.text:
        detail += " with a session token"
    has_token = token is not None and bool(token.text)
    return found(detail, key_offer(value, profile.name, has_token=has_token), place_of(key))


def file_of(one: Property) -> str:
    """Return which file a setting stands in: config or credentials."""
    return one.file.file.role.partition("-")[0]


def role(profile: Profile) -> Result:
    """Judge ``role_arn`` with ``source_profile``."""
    arn, source = profile.get("role_arn"), profile.get("source_profile")
    if arn is None or source is None:
        return absent(f'no role_arn with source_profile in profile "{profile.name}"')
    key = profile.get(KEY)
    if source.text == profile.name and not profile.before and profile.has_keys and key is not None:
        inner: Result = _keys(profile, key)
        used: Optional[str] = f"static_{file_of(key)}_file"
    else:
        before = (*profile.before, profile.name)
        inner, used = of_profile(Profile(profile.session, source.text, before)), None
    return _assumed(profile, arn, inner, used)


def named(profile: Profile) -> Result:
    """Judge ``role_arn`` with ``credential_source``, which is compared with its case."""
    arn, source = profile.get("role_arn"), profile.get("credential_source")
    if arn is None or source is None:
        return absent(f'no role_arn with credential_source in profile "{profile.name}"')
    used = _NAMED.get(source.text)
    if used is None:
        message = f'credential_source of profile "{profile.name}" is unknown'
        profile.session.fail("resolver", message, place_of(source))
    judges = {"env": env, "imds": imds, "container": container}
    return _assumed(profile, arn, judges[used](profile.session), used)


def _assumed(profile: Profile, arn: Property, inner: Result, used: Optional[str]) -> Result:
    place, session = place_of(arn), profile.session
    if inner.kind in {"absent", "broken"}:
        message = f'the role of profile "{profile.name}" has no credentials ({inner.detail})'
        session.fail("resolver", message, place)
    name = profile.get("role_session_name")
    _check_role(session, value_of(arn), None if name is None else value_of(name), place)
    _check_region(session, region_of(session).value, place)
    told = value_of(arn).text
    detail = f'profile "{profile.name}" assumes {told or "a role"} ({inner.detail})'
    offer = Offer("dynamic", profile.name, account=account_of(told), role=told, source=used)
    return Result(inner.kind, detail, place, offer)


def _check_role(
    session: Session, arn: CapturedValue, name: Optional[CapturedValue], place: Location
) -> None:
    if arn.text is not None and len(arn.text) < _SHORTEST_ARN:
        session.fail("resolver", "STS refuses a role ARN that is so short", place)
    if name is not None and name.text is not None and _SESSION_NAME.match(name.text) is None:
        session.fail("client", "the session's name is refused", place)


def _check_region(session: Session, region: Optional[str], place: Location) -> None:
    """Raise Raised where STS or SSO cannot be called for want of a region."""
    if region is not None and _HOST_LABEL.match(region) is None:
        session.fail("client", "the region is no part of a host name", place)
    if region is None and session.env("AWS_ENDPOINT_URL") is None:
        session.fail("client", "there is no region to call STS in", place)


def web_identity(profile: Profile) -> Result:
    """Judge the token file of a profile, which must name a region itself."""
    arn, token_file = profile.get("role_arn"), profile.get("web_identity_token_file")
    if arn is None or token_file is None:
        return absent(f'no role_arn with web_identity_token_file in profile "{profile.name}"')
    session, place = profile.session, place_of(token_file)
    region = profile.get("region")
    if region is None:
        message = f'profile "{profile.name}" has web_identity_token_file but no region of its own'
        session.fail("resolver", message, place)
    fact = session.snapshot.named_file("web-identity-token", token_file.text)
    name = profile.get("role_session_name")
    detail = f'web_identity_token_file of profile "{profile.name}"'
    result = _by_token(session, fact, value_of(arn), detail, place)
    _check_role(session, value_of(arn), None if name is None else value_of(name), place)
    _check_region(session, value_of(region).text, place_of(region))
    return _of(result, profile.name)


def web_identity_env(session: Session) -> Result:
    """Judge the token file of the environment, which needs AWS_REGION beside it."""
    wanted = ("AWS_ROLE_ARN", _TOKEN_FILE, "AWS_REGION")
    there = [name for name in wanted if session.env(name) is not None]
    if not set(there) & set(wanted[:2]):
        return absent(f"{_TOKEN_FILE} is not set")
    place = environment_variable(there[0])
    if len(there) < len(wanted):
        missing = next(name for name in wanted if name not in there)
        message = f"{there[0]} is ignored without {missing}"
        if missing == "AWS_REGION":
            session.fail("resolver", message, place)
        return absent(message, place)
    check_files(session)
    arn = session.env("AWS_ROLE_ARN") or CapturedValue("", 0)
    place = environment_variable(_TOKEN_FILE)
    fact = session.snapshot.path_fact(f"environment/{_TOKEN_FILE}")
    result = _by_token(session, fact, arn, f"the token file of {_TOKEN_FILE}", place)
    _check_role(session, arn, session.env("AWS_ROLE_SESSION_NAME"), place)
    _check_region(session, session.text_of("AWS_REGION"), environment_variable("AWS_REGION"))
    return result


def _by_token(
    session: Session, fact: Optional[PathFact], arn: CapturedValue, source: str, place: Location
) -> Result:
    status = fact.status if fact is not None else "absent"
    if status in _UNREADABLE or (fact is not None and fact.error == "UnicodeDecodeError"):
        fail("NSError", f"{source} cannot be read", place)
    if status == "empty":
        session.fail("resolver", f"{source} is empty, which STS refuses", place)
    offer = Offer("dynamic", account=account_of(arn.text), role=arn.text)
    return found(f"assumes {arn.text or 'a role'} with {source}", offer, place)


def _of(result: Result, name: str) -> Result:
    old = result.offer
    assert old is not None  # noqa: S101  it comes from ``found``
    offer = Offer("dynamic", name, account=old.account, role=old.role)
    return found(result.detail, offer, result.location)


def sso(profile: Profile) -> Result:
    """Judge IAM Identity Center."""
    result = _sso(profile)
    if result.kind == "found" and _quiet(login, profile).kind == "found":
        why = "whether login_session or SSO comes first was not read in the source"
        return undecided(f"{result.detail}: {why}", result.location, result.offer)
    return result


def _sso(profile: Profile) -> Result:
    session = profile.session
    account, name = profile.get("sso_account_id"), profile.get("sso_role_name")
    if account is None or name is None:
        return absent(f'no sso_account_id with sso_role_name in profile "{profile.name}"')
    here = session.profile(profile.name)
    reference = here.settings.get("sso_session") if here is not None else None
    place = place_of(account)
    settings = here.settings if here is not None else {}
    key = settings.get("sso_start_url")
    if reference is not None:
        section = session.merged()[SESSION].get(reference.text)
        settings, key = section.settings if section is not None else {}, reference
    region = settings.get("sso_region")
    if region is None or key is None:
        message = f'the sso setup of profile "{profile.name}" lacks sso_region or sso_start_url'
        session.fail("client", message, place)
    fact = session.snapshot.named_file("sso-token", key.text)
    late = _check_cache(session, fact, frozenset({"accessToken", "expiresAt"}), place_of(key))
    renewable = fact is not None and not _RENEWING.intersection(fact.lacks)
    if late and (reference is None or not renewable):
        session.fail("client", "the cached SSO token has expired", place_of(key))
    told = value_of(region).text
    if told is not None and _HOST_LABEL.match(told) is None:
        session.fail("client", "sso_region is no part of a host name", place_of(region))
    account_text, role_text = value_of(account).text, value_of(name).text
    offer = Offer("dynamic", profile.name, account=account_text, role=role_text)
    detail = f'role {role_text} of account {account_text} through SSO in profile "{profile.name}"'
    if late:
        doubt = "whether the expired token can be refreshed only the service can tell"
        return undecided(f"{detail}: {doubt}", place, offer)
    return found(detail, offer, place)


def _check_cache(
    session: Session, fact: Optional[PathFact], needed: frozenset[str], place: Location
) -> bool:
    """Tell whether a cached token has expired; raises Raised when it cannot be used at all."""
    if fact is None or fact.status != "present" or fact.error is not None:
        session.fail("client", "there is no cached token that can be used", place)
    if needed.intersection(fact.lacks) or fact.expires is None or not fact.rfc3339:
        session.fail("client", "the cached token lacks a part or tells no time", place)
    return clock.judge(fact.expires, session.snapshot.captured_at) == clock.PAST


def login(profile: Profile) -> Result:
    """Judge a session of ``aws login``."""
    one = profile.get("login_session")
    if one is None:
        return absent(f'no login_session in profile "{profile.name}"')
    session, place = profile.session, place_of(one)
    fact = session.snapshot.named_file("login-token", one.text)
    late = _check_cache(session, fact, _LOGIN_PARTS, place)
    detail = f'login session in profile "{profile.name}"'
    offer = Offer("dynamic", profile.name, account=account_of(value_of(one).text))
    if late or profile.get("credential_process") is not None:
        why = "whether it can be refreshed" if late else "whether it comes before the program"
        return undecided(f"{detail}: {why} was not read in the source", place, offer)
    return found(detail, offer, place)


def process(profile: Profile) -> Result:
    """Judge a program, which the shell of SHELL runs."""
    one = profile.get("credential_process")
    if one is None:
        return absent(f'no credential_process in profile "{profile.name}"')
    detail = f'the program of credential_process in profile "{profile.name}", run by $SHELL'
    offer = Offer("dynamic", profile.name)
    fact = profile.session.snapshot.named_file("credential-process-shell", one.text)
    if fact is not None and fact.status == "present":
        return found(detail, offer, place_of(one))
    why = _HANGS if fact is not None and fact.status != "unknown" else "only a shell can tell"
    return undecided(f"{detail}: {why}", place_of(one), offer)


KINDS: dict[str, Callable[[Profile], Result]] = {
    "static_profile": static,
    "role_profile": role,
    "credential_source": named,
    "web_identity_profile": web_identity,
    "sso_profile": sso,
    "login_profile": login,
    "process_profile": process,
}


def _quiet(judge: Callable[[Profile], Result], profile: Profile) -> Result:
    try:
        return judge(profile)
    except Raised as raised:
        return broken(raised.error)


def of_profile(profile: Profile) -> Result:
    """Judge a source profile: the first of its kinds that does not fail."""
    session = profile.session
    if profile.name in profile.before:
        way = " -> ".join((*profile.before, profile.name))
        return absent(f"the profiles {way} form a circle")
    if session.profile(profile.name) is None:
        return absent(f'the profile "{profile.name}" does not exist')
    results = (_quiet(judge, profile) for judge in KINDS.values())
    why = f'profile "{profile.name}" gives nothing'
    return next((one for one in results if one.kind in {"found", "undecided"}), absent(why))
