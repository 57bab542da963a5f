"""One small function per credential source of the AWS SDKs for Go.

Sources: aws-sdk-go-v2 config 1.33.15, resolve_credentials.go; credentials 1.20.15: stscreds,
processcreds, static_provider.go; aws-sdk-go 1.55.8, aws/session/credentials.go. The first source
that is configured is taken, and whether it works is seen at first use.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.go.session import Session, Value
from credlint.chain.go.shared_config import KEY, TOKEN, Profile
from credlint.chain.outcome import Result, absent, at_first_use, found
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.captured import CapturedValue
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
_ROLE_ARN = "AWS_ROLE_ARN"
# ``min`` of WebIdentityToken in the model of STS, which Go v1 checks before it sends.
_TOKEN_MINIMUM = 4
Judge = Callable[[Session, Profile], Result]


def env(session: Session) -> Result:
    """Judge the key variables: any of the key ids with any of the secrets, or nothing."""
    sdk = session.sdk
    key_name, key = _first(session, sdk.env_access_key_id)
    secret_name, secret = _first(session, sdk.env_secret_access_key)
    if key is None or secret is None:
        if key is None and secret is None:
            return absent(f"{sdk.env_access_key_id[0]} is not set")
        there = key_name if key is not None else secret_name
        half = sdk.env_secret_access_key if key is not None else sdk.env_access_key_id
        return absent(
            f"{there} is set without {half[0]} and is ignored", environment_variable(there)
        )
    token_name, token = _first(session, sdk.env_session_token)
    detail = f"{show_key(key)} in {key_name}"
    if token is not None:
        detail += f", session token in {token_name}"
    offer = key_offer(key, None, has_token=token is not None)
    return found(detail, offer, environment_variable(key_name))


def _first(session: Session, names: tuple[str, ...]) -> tuple[str, Optional[CapturedValue]]:
    for name in names:
        value = session.env(name)
        if value is not None:
            return name, value
    return names[0], None


def can_be_sent(session: Session, source: str) -> bool:
    """Tell whether the key id of a static source fits into the header of a request."""
    if source == "env":
        _, value = _first(session, session.sdk.env_access_key_id)
        return value is None or not {"newline", "control-character"} & set(value.flaws)
    return not source.startswith("static_") or has_sound_key(session.profile)


def has_sound_key(profile: Profile) -> bool:
    """Tell the same of a profile's key; net/http refuses control characters in a header."""
    key = profile.get(KEY)
    masked = key.masked if key is not None else ""
    return not any((char < " " and char != "\t") or char == "\x7f" for char in masked)


def web_identity_env(session: Session) -> Result:
    """Judge the token file of the environment; raises Raised without AWS_ROLE_ARN."""
    token_file, role = session.env(_TOKEN_FILE), session.env(_ROLE_ARN)
    if token_file is None:
        if role is not None:
            detail = f"{_ROLE_ARN} is set without {_TOKEN_FILE} and is ignored"
            return absent(detail, environment_variable(_ROLE_ARN))
        return absent(f"{_TOKEN_FILE} is not set")
    place = environment_variable(_TOKEN_FILE)
    if role is None:
        session.fail("web_identity", f"{_TOKEN_FILE} is set without {_ROLE_ARN}", place)
    name = session.env("AWS_ROLE_SESSION_NAME")
    return _web_identity(session, token_file, (role, name), place, _TOKEN_FILE)


def _web_identity(
    session: Session,
    token_file: Value,
    role_and_name: tuple[Value, Optional[Value]],
    place: Location,
    source: str,
) -> Result:
    role = role_and_name[0].text
    profile = None if source == _TOKEN_FILE else session.name
    offer = Offer("dynamic", profile=profile, account=account_of(role), role=role)
    fact = session.path_fact("web-identity-token", token_file)
    error = None
    if fact is not None and fact.status in {"absent", "unreadable", "not-a-file"}:
        message = f"the token file of {source} cannot be read ({fact.status})"
        error = at_first_use(session.sdk.error("web_identity"), message, place)
    else:
        arn, name = role_and_name
        size = fact.size if fact is not None else None
        short = session.too_short({"role_arn": arn, "role_session_name": name})
        if session.sdk.facts["generation"] == 1 and size is not None and size < _TOKEN_MINIMUM:
            short = "the token"
        if short is not None:
            message = f"{short} is shorter than the service takes"
            error = at_first_use(session.sdk.error("web_identity"), message, place)
    detail = f"assumes {role or 'a role'} with the token file of {source}"
    return found(detail, offer, place, error)


def web_identity_profile(session: Session, profile: Profile) -> Result:
    """Judge the token file of a profile."""
    token_file, role = profile.get("web_identity_token_file"), profile.get("role_arn")
    if token_file is None:
        return absent(f'no web_identity_token_file in profile "{profile.name}"')
    if role is None:
        message = f'profile "{profile.name}" has web_identity_token_file but no role_arn'
        session.fail("web_identity", message, token_file.location)
    source = f'web_identity_token_file in profile "{profile.name}"'
    parameters = (role, profile.get("role_session_name"))
    return _web_identity(session, token_file, parameters, token_file.location, source)


def static(_session: Session, profile: Profile) -> Result:
    """Judge the key pair of a profile; both halves come from one file."""
    key = profile.get(KEY)
    if key is None or not profile.has_keys:
        return absent(f'no whole key pair in profile "{profile.name}"')
    token = profile.get(TOKEN)
    detail = f'{show_key(key)} in profile "{profile.name}" of the {file_of(profile)} file'
    if token is not None:
        detail += " with a session token"
    offer = key_offer(key, profile.name, has_token=token is not None)
    return found(detail, offer, key.location)


def file_of(profile: Profile) -> str:
    """Return which file a profile's key pair stands in: config or credentials."""
    role = profile.settings[KEY].origin.partition("/")[0]
    return role.partition("-")[0].partition("@")[0]


def static_credentials_file(session: Session, profile: Profile) -> Result:
    """Judge the key pair where it stands in the credentials file."""
    result = static(session, profile)
    if result.kind == "absent" or file_of(profile) == "credentials":
        return result
    return absent(f'the keys of profile "{profile.name}" stand in the config file')


def static_config_file(session: Session, profile: Profile) -> Result:
    """Judge the key pair where it stands in the config file."""
    result = static(session, profile)
    if result.kind == "absent" or file_of(profile) == "config":
        return result
    return absent(f'the keys of profile "{profile.name}" stand in the credentials file')


def process_profile(session: Session, profile: Profile) -> Result:
    """Judge a program, which a shell runs at first use."""
    setting = profile.get("credential_process")
    if setting is None:
        return absent(f'no credential_process in profile "{profile.name}"')
    detail = f'the program of credential_process in profile "{profile.name}", run by a shell'
    offer = Offer("dynamic", profile=profile.name)
    fact = session.path_fact("credential-process-shell", setting)
    error = None
    if fact is not None and fact.status not in {"present", "unknown"}:
        message = f"the program of credential_process is {fact.status}"
        error = at_first_use(session.sdk.error("process_failed"), message, setting.location)
    return found(detail, offer, setting.location, error)
