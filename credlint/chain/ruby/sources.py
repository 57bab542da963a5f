"""One small function per credential source of the AWS SDK for Ruby.

Source: aws-sdk-core 3.211.0, credential_provider_chain.rb, shared_config.rb,
sso_credentials.rb, sso_token_provider.rb, process_credentials.rb,
assume_role_web_identity_credentials.rb. Everything is fetched when a client is made: what fails
there ends the program's client, a profile that does not exist is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from credlint.chain import clock
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Result, Unknown, absent, fail, found, undecided
from credlint.chain.ruby.ini_view import Profile, Profiles
from credlint.chain.ruby.session import Session
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
ROLE_ARN = "AWS_ROLE_ARN"
_KEY, _SECRET, _TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
_HOST_LABEL = r"(?m)^(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$"
_IO_ERRORS = {"not-a-file": "Errno::EISDIR", "unreadable": "Errno::EACCES"}


def env(session: Session) -> Result:
    """Judge the key variables: of each list the first that exists counts, even an empty one."""
    sdk = session.sdk
    names = (sdk.env_access_key_id, sdk.env_secret_access_key, sdk.env_session_token)
    (key_name, key), (secret_name, secret), (token_name, token) = (
        _first(session, one) for one in names
    )
    if not key or not secret:
        if key is None and secret is None:
            return absent(f"{key_name} is not set")
        missing, there = (key_name, secret_name) if not key else (secret_name, key_name)
        state = "empty" if session.env(missing) is not None else "not set"
        return absent(f"{missing} is {state}, so {there} is ignored", environment_variable(there))
    detail = f"{show_key(key)} in {key_name}"
    if token:
        detail += f", session token in {token_name}"
    offer = key_offer(key, None, has_token=bool(token))
    return found(detail, offer, environment_variable(key_name))


def _first(session: Session, names: tuple[str, ...]) -> tuple[str, Optional[CapturedValue]]:
    for name in names:
        value = session.env(name)
        if value is not None:
            return name, value
    return names[0], None


def web_identity_env(session: Session) -> Result:
    """Judge the token file of the environment; raises Raised when there is none."""
    role = session.env(ROLE_ARN)
    if session.env(TOKEN_FILE) is None or role is None:
        for name, other in ((TOKEN_FILE, ROLE_ARN), (ROLE_ARN, TOKEN_FILE)):
            if session.env(name) is not None:
                return absent(f"{name} is ignored without {other}", environment_variable(name))
        return absent(f"neither {TOKEN_FILE} nor {ROLE_ARN} is set")
    place = environment_variable(TOKEN_FILE)
    check_client(session, session.token_profile)
    fact = session.snapshot.named_file("web-identity-token", session.text(TOKEN_FILE) or "")
    _check_token(session, fact, TOKEN_FILE, place)
    offer = Offer("dynamic", account=account_of(role.text), role=role.text)
    return found(
        f"assumes {role.text or 'a role'} with the token file of {TOKEN_FILE}", offer, place
    )


def _check_token(session: Session, fact: Optional[PathFact], source: str, place: Location) -> None:
    if fact is None:
        message = f"the file of {source} was not looked at"
        raise Unknown(message)
    message = f"the token file of {source} cannot be read ({fact.status})"
    if fact.status == "absent":
        session.fail("token_file_missing", message, place)
    if fact.status in _IO_ERRORS:
        fail(_IO_ERRORS[fact.status], message, place)


def web_identity_profile(session: Session, profile: str) -> Result:
    """Judge the token file of a profile, of which the config file alone may speak."""
    settings = (session.config or {}).get(profile, {})
    token_file, role = settings.get("web_identity_token_file"), settings.get("role_arn")
    if token_file is None or role is None:
        if token_file is not None:
            detail = f'profile "{profile}" has web_identity_token_file but no role_arn'
            return absent(detail, token_file.location)
        return absent(f'no web_identity_token_file in profile "{profile}" of the config file')
    source = f'web_identity_token_file in profile "{profile}"'
    check_client(session, session.token_profile)
    if token_file.nested:
        fail("TypeError", f"{source} is a block", token_file.location)
    fact = session.snapshot.named_file("web-identity-token", token_file.masked)
    if fact is None and not token_file.masked.strip(" "):
        fact = PathFact("web-identity-token", "", "", "absent")  # an empty setting is a blank
    _check_token(session, fact, source, token_file.location)
    check_parameters(session, settings, ("role_arn", "role_session_name"))
    detail = f"assumes {role.text or 'a role'} with the token file of {source}"
    offer = Offer("dynamic", profile=profile, account=account_of(role.text), role=role.text)
    return found(detail, offer, token_file.location)


def check_parameters(session: Session, settings: Profile, names: tuple[str, ...]) -> None:
    """Raise Raised where a parameter of a request is a block instead of a text."""
    for name in names:
        setting = settings.get(name)
        if setting is not None and setting.nested:
            session.fail("parameter", f"{name} is a block", setting.location)


def sso_profile(session: Session, profile: str) -> Result:
    """Judge IAM Identity Center; each file stands for itself, with its own sso-sessions."""
    for profiles in session.both() if session.config is not None else ():
        settings = profiles.get(profile, {})
        if "sso_account_id" in settings or "sso_role_name" in settings:
            return _sso(session, profile, settings, profiles)
    return absent(f'neither sso_account_id nor sso_role_name in profile "{profile}"')


def check_client(session: Session, profile: str) -> None:
    """Raise Raised where no client can be made: each looks for a bearer token of its profile.

    A profile with an ``sso_session`` needs one, wherever the credentials come from
    (token_provider_chain.rb, shared_config.rb ``sso_token_from_profile``).
    """
    for profiles in session.both() if session.config is not None else ():
        reference = profiles.get(profile, {}).get("sso_session")
        if reference is not None:
            own = _sso_session(session, reference, profiles)
            _check_sso_token(session, reference, own["sso_region"], legacy=False)
            return


def _sso(session: Session, profile: str, settings: Profile, profiles: Profiles) -> Result:
    place = next(one for key, one in settings.items() if (key or "").startswith("sso_")).location
    reference = settings.get("sso_session")
    needed, own = ["sso_account_id", "sso_role_name"], settings
    if reference is None:
        needed += ["sso_region", "sso_start_url"]
    else:
        own = _sso_session(session, reference, profiles)
        for name in ("sso_region", "sso_start_url"):
            mine, other = settings.get(name), own.get(name)
            if mine is not None and (other is None or mine.masked != other.masked):
                message = f'{name} of profile "{profile}" is not that of its sso-session'
                session.fail("sso_settings", message, mine.location)
    missing = [name for name in needed if name not in settings]
    if missing:
        message = f'the sso setup of profile "{profile}" lacks {", ".join(missing)}'
        session.fail("sso_settings", message, place)
    key = reference or settings["sso_start_url"]
    _check_sso_token(session, key, own["sso_region"], legacy=reference is None)
    check_client(session, session.token_profile)
    check_parameters(session, settings, ("sso_account_id", "sso_role_name"))
    account, role = settings["sso_account_id"].text, settings["sso_role_name"].text
    detail = f'role {role} of account {account} through SSO in profile "{profile}"'
    offer = Offer("dynamic", profile=profile, account=account, role=role)
    return found(detail, offer, place)


def _sso_session(session: Session, reference: Setting, profiles: Profiles) -> Profile:
    name = reference.masked
    own = profiles.get(f"sso-session {name}")
    if own is None and session.sdk.facts["sso_session_in_quotes"]:
        own = profiles.get(f"sso-session '{name}'")
    if own is None or "sso_region" not in own:
        message = f'the sso-session "{name}" does not exist in this file or has no sso_region'
        session.fail("sso_settings", message, reference.location)
    return own


def _check_sso_token(session: Session, key: Setting, region: Setting, *, legacy: bool) -> None:
    if key.nested or region.nested:
        message = f"{key.name if key.nested else region.name} is a block"
        raise Unknown(message)
    label = region.text is not None and re.search(_HOST_LABEL, region.text) is not None
    if not label and not legacy:
        session.fail("region_invalid", "sso_region is no part of a host name", region.location)
    fact = session.snapshot.named_file("sso-token", key.masked)
    if fact is None:
        message = f"the cached SSO token of {key.name} was not looked at"
        raise Unknown(message)
    if fact.status in _IO_ERRORS:
        message = f"the cached SSO token cannot be read ({fact.status})"
        fail(_IO_ERRORS[fact.status], message, key.location)
    situation = "sso_token_legacy" if legacy else "sso_token"
    if fact.status != "present" or fact.error is not None:
        message = f"the cached SSO token cannot be used ({fact.error or fact.status})"
        session.fail(situation, message, key.location)
    state = _state(session, fact.expires)
    if state == clock.PAST and (legacy or not _is_renewable(session, fact)):
        session.fail(situation, "the cached SSO token has expired", key.location)
    if not label:
        session.fail("region_invalid", "sso_region is no part of a host name", region.location)


def _is_renewable(session: Session, fact: PathFact) -> bool:
    """Tell whether an expired token can be renewed, which is taken to succeed."""
    if fact.renewal is None:
        return False
    return not fact.renewal or _state(session, fact.renewal) == clock.FUTURE


def _state(session: Session, time: Optional[str]) -> str:
    """Return past or future; raises Unknown where the time is written in another way."""
    now = session.snapshot.captured_at
    state = clock.judge(time or "", now)
    if state == clock.NAIVE:
        # No zone: that of the machine, or none; a day decides in either case.
        state = clock.judge(f"{time}Z", now)
    if state not in {clock.PAST, clock.FUTURE}:
        message = "the expiry of the cached SSO token is written in an unusual way"
        raise Unknown(message)
    return state


def static_file(session: Session, profile: str, role: str) -> Result:
    """Judge the key pair of a profile in one of the files; half a pair is passed over."""
    profiles = session.credentials if role == "credentials" else session.config
    settings: Mapping[Optional[str], Setting] = (profiles or {}).get(profile, {})
    key, secret, token = (settings.get(name) for name in (_KEY, _SECRET, _TOKEN))
    if not key or not secret:
        half = key or secret
        if half:
            detail = f'half a key pair in profile "{profile}" of the {role} file is ignored'
            return absent(detail, half.location)
        return absent(f'no key pair in profile "{profile}" of the {role} file')
    detail = f'{show_key(key)} in profile "{profile}" of the {role} file'
    if token:
        detail += " with a session token"
    if key.nested or secret.nested:
        detail += ", where a block stands instead of a text"
    offer = key_offer(key, profile, has_token=bool(token))
    return found(detail, offer, key.location)


def static_profile(session: Session, profile: str) -> Result:
    """Judge the key pair of a profile in the credentials file, then in the config file."""
    result = static_file(session, profile, "credentials")
    return result if result.kind == "found" else static_file(session, profile, "config")


def process_profile(session: Session, profile: str) -> Result:
    """Judge a program, run at once, by a shell where the command needs one."""
    setting = session.setting(profile, "credential_process") if session.config_enabled else None
    if setting is None:
        return absent(f'no credential_process in profile "{profile}"')
    detail = f'the program of credential_process in profile "{profile}"'
    offer = Offer("dynamic", profile=profile)
    if setting.nested:
        session.fail("parameter", "credential_process is a block", setting.location)
    command = setting.masked.strip(" \t\n\v\f\r")
    fact = session.snapshot.named_file("credential-process-shell", command)
    if not command:
        session.fail("process_failed", "credential_process is empty", setting.location)
    if fact is None or fact.status == "unknown":
        return undecided(
            f"{detail}: only a shell can tell whether it runs", setting.location, offer
        )
    if fact.status != "present":
        message = f"the program of credential_process is {fact.status}"
        session.fail("process_failed", message, setting.location)
    return found(detail, offer, setting.location)
