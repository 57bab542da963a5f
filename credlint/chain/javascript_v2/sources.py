"""Environment, SSO, external commands and token files.

Source: aws-sdk 2.1693.0, lib/credentials/environment_credentials.js, sso_credentials.js,
process_credentials.js, token_file_web_identity_credentials.js; lib/token/sso_token_provider.js.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.javascript.instant import seconds_left
from credlint.chain.javascript.session import Passed, Settings
from credlint.chain.javascript_v2.profile import (
    SESSION_NAME,
    check_endpoint,
    check_role,
    check_sts,
    selected,
)
from credlint.chain.javascript_v2.region import choose_region
from credlint.chain.javascript_v2.session import Session, profiles_of, sso_sessions_of
from credlint.chain.outcome import Raised, Result, Unknown, found, undecided
from credlint.chain.patterns import pattern
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.host_file import PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
_ROLE = "AWS_ROLE_ARN"
_SESSION = "AWS_ROLE_SESSION_NAME"
# A token is given up this long before its end: without an sso-session, with one.
_LEGACY_SECONDS, _RENEWAL_SECONDS = 900, 300
_RENEWAL = ("clientId", "clientSecret", "refreshToken")
_LABEL = pattern(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\Z")
_UNREADABLE = {
    "absent": "does not exist",
    "unreadable": "cannot be read",
    "not-a-file": "is not a file",
    # The SDK sends it; STS wants four characters (API Reference, AssumeRoleWithWebIdentity).
    "empty": "is empty, which STS refuses",
}


def env(session: Session, number: int) -> Result:
    """Judge one set of variables (``AWS_`` or ``AMAZON_``); half a pair counts for nothing."""
    sdk = session.sdk
    key_name, secret_name = sdk.env_access_key_id[number], sdk.env_secret_access_key[number]
    key, secret = session.env(key_name), session.env(secret_name)
    if key is None or secret is None:
        there = next((name for name in (key_name, secret_name) if session.env(name)), None)
        if there is None:
            message = f"{key_name} is not set"
            raise Passed(message)
        message = f"{there} is ignored: the other half of the pair is missing or empty"
        raise Passed(message, environment_variable(there))
    token_name = sdk.env_session_token[number]
    token = session.env(token_name)
    detail = f"{show_key(key)} in {key_name}"
    if token is not None:
        detail += f", session token in {token_name}"
    offer = key_offer(key, None, has_token=token is not None)
    return found(detail, offer, environment_variable(key_name))


def sso_profile(session: Session) -> Result:
    """Judge the sso settings of a profile; whatever fails passes on."""
    settings = dict(selected(session))
    reference = settings.get("sso_session")
    needed = ["sso_account_id", "sso_role_name"]
    if reference is None:
        needed += ["sso_start_url", "sso_region"]
    missing = [name for name in needed if name not in settings]
    if missing:
        message = f'profile "{session.profile}" has no {", ".join(missing)}'
        raise Passed(message)
    account, role = settings["sso_account_id"], settings["sso_role_name"]
    offer = Offer("dynamic", session.profile, account=account.text, role=role.text)
    detail = (
        f'role {role.text} of account {account.text} through SSO in profile "{session.profile}"'
    )
    if reference is None:
        key: Setting = settings["sso_start_url"]
    else:
        key = _session_name(session, settings, reference)
    fact = session.path_fact("sso-token", key)
    if fact is None:
        return undecided(f"{detail}; its cached token was not looked at", key.location, offer)
    left = seconds_left(fact, session.snapshot.captured_at)
    _check_token(fact, left, key.location, legacy=reference is None)
    if left is None:
        doubt = "when the cached token expires cannot be told"
        return undecided(f"{detail}; {doubt}", key.location, offer)
    if reference is not None and not left > _RENEWAL_SECONDS:
        detail += ", whose token must be renewed (should that fail, the process ends)"
    _check_region(session, settings.get("sso_region"), key.location)
    return found(detail, offer, account.location)


def _session_name(session: Session, settings: dict[str, Setting], reference: Setting) -> Setting:
    """Return the setting that names the token's cache; always from the usual config file.

    The settings of the sso-session replace the profile's; the token provider reads the profile
    once more, from the config file alone.
    """
    try:
        sections = session.raw(session.file("config", by_variable=False))
        profile = profiles_of(sections).get(session.usual_profile, {})
    except Raised as raised:
        raise Passed(raised.error.message, raised.error.location) from None
    sessions = sso_sessions_of(sections)
    settings.update(sessions.get(reference.text or "", {}))
    name = profile.get("sso_session")
    if name is None:
        message = f'profile "{session.usual_profile}" of the config file names no sso_session'
        raise Passed(message, reference.location)
    own = sessions.get(name.text or "", {})
    missing = [one for one in ("sso_start_url", "sso_region") if one not in own]
    if missing:
        message = f'the sso-session "{name.text}" does not exist or has no {missing[0]}'
        raise Passed(message, name.location)
    return name


def _check_token(fact: PathFact, left: Optional[float], place: Location, *, legacy: bool) -> None:
    """Raise Passed for a token that is of no use; ``left``: seconds, None when unknown."""
    if fact.status != "present" or fact.error == "malformed":
        message = "the cached SSO token is missing or cannot be read"
        raise Passed(message, place)
    nothing = {*fact.lacks, *fact.empty}
    needed = ("accessToken", "expiresAt", *(("startUrl", "region") if legacy else ()))
    missing = [name for name in needed if name in nothing]
    if missing:
        message = f"the cached SSO token lacks {missing[0]}"
        raise Passed(message, place)
    if left is None:
        return
    # A time that is none is not past, yet due for renewal.
    if legacy and left <= _LEGACY_SECONDS:
        message = "the cached SSO token has expired or is about to"
        raise Passed(message, place)
    if not legacy and not left > _RENEWAL_SECONDS and any(one in nothing for one in _RENEWAL):
        message = "the cached SSO token has expired or is about to, and cannot be renewed"
        raise Passed(message, place)


def _check_region(session: Session, region: Optional[Setting], place: Location) -> None:
    text = region.text if region is not None else choose_region(session)[0].value
    if text is None and region is not None:
        message = "sso_region was not captured"
        raise Unknown(message)
    if text is None or not _LABEL.match(text):
        message = "SSO cannot be asked: its region is missing or no part of a host name"
        raise Passed(message, place)


def process_profile(session: Session) -> Result:
    """Judge an external command, which a shell would run; it is never run here."""
    setting = selected(session).get("credential_process")
    if setting is None:
        message = f'no credential_process in profile "{session.profile}"'
        raise Passed(message)
    what = f'credential_process of profile "{session.profile}"'
    offer = Offer("dynamic", profile=session.profile)
    fact = session.path_fact("credential-process-shell", setting)
    if fact is None or fact.status == "unknown":
        return undecided(f"whether {what} runs cannot be told", setting.location, offer)
    if fact.status != "present":
        message = f"{what} cannot be started ({fact.status}); the SDK goes on"
        raise Passed(message, setting.location)
    detail = f"runs {what}; should that fail, the SDK goes on to the next source"
    return found(detail, offer, setting.location)


def web_identity(session: Session) -> Result:
    """Judge the token file of the environment, else of the profile or of its source profiles."""
    token, role = session.env(_TOKEN_FILE), session.env(_ROLE)
    if token is None or role is None:
        return _web_identity_profile(session)
    place = environment_variable(_TOKEN_FILE)
    _check_token_file(session.snapshot.path_fact(f"environment/{_TOKEN_FILE}"), _TOKEN_FILE, place)
    check_role(role.text, place)
    name = session.env(_SESSION)
    if name is not None and name.text is not None and not SESSION_NAME.match(name.text):
        message = f"STS refuses {_SESSION}"
        raise Passed(message, environment_variable(_SESSION))
    check_endpoint(session, place, None)
    arn = role.text
    offer = Offer("dynamic", account=account_of(arn), role=arn)
    return found(f"assumes {arn or 'a role'} with the token file of {_TOKEN_FILE}", offer, place)


def _web_identity_profile(session: Session) -> Result:
    """Judge a profile whose source profiles lead to a token file; no step may lack its role."""
    selected(session)
    profiles = session.profiles()
    name, steps = session.usual_profile, [session.usual_profile]
    settings: Settings = profiles.get(name, {})
    while "web_identity_token_file" not in settings and "source_profile" in settings:
        source = settings["source_profile"]
        name = source.text or ""
        if name in steps:
            # The SDK follows them for ever, without a pause.
            message = f"the source profiles form a loop without end: {' → '.join((*steps, name))}"
            session.fail("endless loop", message, source.location)
        if name not in profiles:
            message = f'the source profile "{name}" does not exist'
            raise Passed(message, source.location)
        settings = profiles[name]
        steps.append(name)
    token = settings.get("web_identity_token_file")
    if token is None:
        message = f'no web_identity_token_file in profile "{session.usual_profile}"'
        raise Passed(message)
    fact = session.path_fact("web-identity-token", token)
    _check_token_file(fact, f'web_identity_token_file in profile "{name}"', token.location)
    for step in reversed(steps):
        role = profiles[step].get("role_arn")
        if role is None:
            message = f'profile "{step}" has no role_arn, which STS must be told'
            raise Passed(message, token.location)
        check_sts(session, profiles[step], None)
    outer = profiles[steps[0]]["role_arn"].text
    offer = Offer("dynamic", steps[0], account=account_of(outer), role=outer)
    detail = f'assumes {outer or "a role"} with the token file of profile "{name}"'
    if fact is None:
        return undecided(f"{detail}, which was not looked at", token.location, offer)
    return found(detail, offer, token.location)


def _check_token_file(fact: Optional[PathFact], what: str, place: Location) -> None:
    if fact is not None and fact.error == "UnicodeDecodeError":
        message = f"the token file of {what} holds no text, which STS refuses"
        raise Passed(message, place)
    if fact is not None and fact.status in _UNREADABLE:
        message = f"the token file of {what} {_UNREADABLE[fact.status]}"
        raise Passed(message, place)
