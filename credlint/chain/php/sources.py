"""One small function per credential source of the AWS SDK for PHP.

Source: aws-sdk-php 3.329.0, Credentials/CredentialProvider.php,
Credentials/AssumeRoleWithWebIdentityCredentialProvider.php, Token/SsoTokenProvider.php. Whatever
is wrong with a source makes the chain ask the next one.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.chain import clock
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Result, Unknown, absent, found, undecided
from credlint.chain.php.ini_view import Profile, Profiles, readable
from credlint.chain.php.session import PREFIX, Session, said
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
ROLE_ARN = "AWS_ROLE_ARN"
KEY, SECRET = "aws_access_key_id", "aws_secret_access_key"
_ABSOLUTE = r"(?a)\w:|/|\\/"
_LABEL = r"(?!-)(?!0\Z)[a-zA-Z0-9-]{1,63}(?<!-)\n?\Z"
# The SDK looks at the least length of a parameter before it asks STS.
_LEAST_ROLE_ARN, _LEAST_SESSION_NAME = 20, 2


def env(session: Session) -> Result:
    """Judge the two key variables."""
    sdk = session.sdk
    key_name, secret_name = sdk.env_access_key_id[0], sdk.env_secret_access_key[0]
    key, secret = session.env(key_name), session.env(secret_name)
    if key is None or secret is None:
        if key is None and secret is None:
            return absent(f"{key_name} is not set")
        missing, there = (secret_name, key_name) if secret is None else (key_name, secret_name)
        detail = f"{there} is ignored without {missing}"
        return absent(detail, environment_variable(there))
    detail, token_name = f"{show_key(key)} in {key_name}", sdk.env_session_token[0]
    token = session.env(token_name)
    if token is not None:
        detail += f", session token in {token_name}"
    offer = key_offer(key, None, has_token=token is not None)
    return found(detail, offer, environment_variable(key_name))


def web_identity_env(session: Session) -> Result:
    """Judge the token file of the environment."""
    role, token_file = session.env(ROLE_ARN), session.env(TOKEN_FILE)
    if role is None or token_file is None:
        for name, other, value in (
            (TOKEN_FILE, ROLE_ARN, token_file),
            (ROLE_ARN, TOKEN_FILE, role),
        ):
            if value is not None:
                return absent(f"{name} is ignored without {other}", environment_variable(name))
        return absent(f"neither {TOKEN_FILE} nor {ROLE_ARN} is set")
    place, path = environment_variable(TOKEN_FILE), session.text(TOKEN_FILE)
    _check_token(session, path, TOKEN_FILE, place)
    check_request(session, role, session.env("AWS_ROLE_SESSION_NAME"), place)
    offer = Offer("dynamic", account=account_of(role.text), role=role.text)
    return found(f"assumes {role.text} with the token file of {TOKEN_FILE}", offer, place)


def _check_token(session: Session, path: str, source: str, place: Location) -> None:
    if not re.match(_ABSOLUTE, path):
        session.refuse(f"the path in {source} is not absolute", place)
    fact = session.snapshot.named_file("web-identity-token", path)
    if fact is None:
        message = f"the file of {source} was not looked at"
        raise Unknown(message)
    if fact.status != "present" or fact.error is not None:
        why = fact.error or fact.status
        session.refuse(f"the token file of {source} cannot be used ({why})", place)


def check_request(
    session: Session, role: CapturedValue, name: Optional[CapturedValue], place: Location
) -> None:
    """Raise Raised where the SDK refuses to ask STS."""
    if role.length < _LEAST_ROLE_ARN:
        session.refuse("the role is no ARN, it is too short", place)
    if name is not None and name.length < _LEAST_SESSION_NAME:
        session.refuse("the session name of the role is too short", place)


def check_role(session: Session, settings: Profile) -> Setting:
    """Return the role of a profile; raises Raised where the SDK refuses to ask STS."""
    role, name = settings["role_arn"], settings.get("role_session_name")
    for setting in (role, name):
        if setting is not None and setting.nested:
            session.refuse(f"{setting.name} is an array", setting.location)
    check_request(session, role.value, name.value if name is not None else None, role.location)
    return role


def check_region(session: Session, region: Optional[Setting]) -> None:
    """Raise Raised where no client can be made with a region; a missing one has a default."""
    if region is not None and (region.nested or not re.match(_LABEL, region.masked)):
        session.refuse(f"{region.name} is no part of a host name", region.location)


def web_identity_profile(session: Session) -> Result:
    """Judge the token file of a profile of either file below HOME."""
    name = session.ambient
    if session.env(ROLE_ARN) is not None and session.env(TOKEN_FILE) is not None:
        return absent(f"{TOKEN_FILE} and {ROLE_ARN} are set, so no profile is looked at")
    settings = session.defaults().get(name, {})
    token_file = settings.get("web_identity_token_file")
    if token_file is None or "role_arn" not in settings:
        place = token_file.location if token_file is not None else None
        return absent(f'no web_identity_token_file with role_arn in profile "{name}"', place)
    source = f'web_identity_token_file in profile "{name}"'
    if token_file.nested:
        session.refuse(f"{source} is an array", token_file.location)
    check_region(session, settings.get("region"))
    _check_token(session, token_file.masked, source, token_file.location)
    role = check_role(session, settings).text
    offer = Offer("dynamic", profile=name, account=account_of(role), role=role)
    return found(f"assumes {role} with the token file of {source}", offer, token_file.location)


def static(session: Session, settings: Profile, profile: str, where: str) -> Result:
    """Judge a key pair; an empty half is one, and a role takes its place where there is one."""
    key, secret = settings.get(KEY), settings.get(SECRET)
    if key is None or secret is None:
        half = key or secret
        if half is not None:
            detail = f'half a key pair in profile "{profile}" of the {where} file is ignored'
            return absent(detail, half.location)
        return absent(f'no key pair in profile "{profile}" of the {where} file')
    if key.nested or secret.nested:
        session.refuse("a key or secret is an array", key.location)
    token = said(settings, "aws_session_token") or said(settings, "aws_security_token")
    detail = f'{show_key(key)} in profile "{profile}" of the {where} file'
    if token is not None:
        detail += " with a session token"
    if not secret:
        detail += " with an empty secret"
    offer = key_offer(key, profile, has_token=token is not None)
    return found(detail, offer, key.location)


def process(session: Session, *, config: bool) -> Result:
    """Judge a program of either file, which a shell runs at once."""
    name, section, where = session.ambient, session.ambient, "credentials"
    file = session.credentials_file
    if config:
        section, where, file = PREFIX + name, "config", session.file("config")
    setting = (session.view(file) or {}).get(section, {}).get("credential_process")
    if setting is None:
        return absent(f'no credential_process in profile "{name}" of the {where} file')
    detail = f'the program of credential_process in profile "{name}" of the {where} file'
    offer = Offer("dynamic", profile=name)
    if setting.nested or not setting.masked:
        session.refuse("credential_process is empty", setting.location)
    fact = session.snapshot.named_file("credential-process-shell", setting.masked.strip())
    if fact is None or fact.status == "unknown":
        return undecided(
            f"{detail}: only a shell can tell whether it runs", setting.location, offer
        )
    if fact.status != "present":
        message = f"the program of credential_process is {fact.status}"
        session.refuse(message, setting.location)
    return found(detail, offer, setting.location)


def sso_profile(session: Session) -> Result:
    """Judge IAM Identity Center, of which the config file below HOME alone speaks."""
    name, file = session.ambient, session.file("config")
    profiles = (session.loaded(file) or {}) if readable(file) else {}
    section = name if name in profiles else PREFIX + name
    settings = profiles.get(section)
    if settings is None:
        return absent(f'no profile "{name}" in the config file')
    place = next((one.location for key, one in settings.items() if key[:4] == "sso_"), None)
    if place is None:
        return absent(f'no sso settings in profile "{name}"')
    if said(settings, "sso_session") is not None:
        _check_session(session, settings, profiles, section)
        missing = [key for key in ("sso_account_id", "sso_role_name") if not settings.get(key)]
    else:
        keys = ("sso_start_url", "sso_region", "sso_account_id", "sso_role_name")
        missing = [key for key in keys if said(settings, key) is None]
    if missing:
        message = f'the sso setup of profile "{name}" lacks {", ".join(missing)}'
        session.refuse(message, place)
    renewed = ""
    if said(settings, "sso_session") is None:
        _check_sso_token(session, settings["sso_start_url"], legacy=True)
    elif _check_sso_token(session, _reference(profiles, section), legacy=False):
        renewed = ", whose token has expired and must be renewed"
    if said(settings, "sso_session") is None:
        check_region(session, settings["sso_region"])
    account, role = settings["sso_account_id"].text, settings["sso_role_name"].text
    offer = Offer("dynamic", profile=name, account=account, role=role)
    detail = f'role {role} of account {account} through SSO in profile "{name}"{renewed}'
    return found(detail, offer, place)


def _standard(profiles: Profiles) -> Profiles:
    """Return profiles under their names without prefix as well, as the token's reader has them."""
    both = dict(profiles)
    for name, own in profiles.items():
        both[name.replace(PREFIX, "")] = own
    return both


def _reference(profiles: Profiles, section: str) -> Setting:
    return _standard(profiles)[section]["sso_session"]


def _check_session(session: Session, settings: Profile, profiles: Profiles, section: str) -> None:
    """Raise Raised where the sso-session, looked up twice, is not whole."""
    reference = settings["sso_session"]
    both = _standard(profiles)
    second = said(both[section], "sso_session")
    name = f"sso-session {reference.masked}"
    own = both.get(f"sso-session {second.masked}") if second is not None else None
    if not profiles.get(name) or not own:
        session.refuse(f'there is no section "{name}"', reference.location)
    if said(own, "sso_start_url") is None or said(own, "sso_region") is None:
        session.refuse(f'"{name}" lacks sso_start_url or sso_region', reference.location)
    check_region(session, profiles[name].get("sso_region"))


def _check_sso_token(session: Session, key: Setting, *, legacy: bool) -> bool:
    """Tell whether the token must be renewed, which is taken to succeed; raises Raised."""
    fact = session.snapshot.named_file("sso-token", key.masked)
    if fact is None:
        message = f"the cached SSO token of {key.name} was not looked at"
        raise Unknown(message)
    bad = {"accessToken", "expiresAt"}.intersection((*fact.lacks, *fact.empty))
    if fact.status != "present" or fact.error is not None or bad:
        message = f"the cached SSO token cannot be used ({fact.error or fact.status})"
        session.refuse(message, key.location)
    state = _state(session, fact)
    if state == clock.PAST and (legacy or fact.renewal is None):
        session.refuse("the cached SSO token has expired", key.location)
    return state == clock.PAST


def _state(session: Session, fact: PathFact) -> str:
    now = session.snapshot.captured_at
    state = clock.judge(fact.expires or "", now)
    if state == clock.NAIVE:
        state = clock.judge(f"{fact.expires}Z", now)  # PHP's own zone is UTC
    if state not in {clock.PAST, clock.FUTURE}:
        message = "the expiry of the cached SSO token is written in an unusual way"
        raise Unknown(message)
    return state
