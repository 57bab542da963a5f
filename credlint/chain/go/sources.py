"""One small function per credential source of the AWS SDK for Go v2.

Sources: aws-sdk-go-v2 config 1.33.15, resolve_credentials.go; credentials 1.20.15: stscreds,
ssocreds, logincreds, processcreds, static_provider.go. The first source that is configured is
taken, and whether it works is seen at first use.
"""

from __future__ import annotations

import re
from typing import Callable, Optional

from credlint.chain import clock
from credlint.chain.go.container import configured, container
from credlint.chain.go.imds import imds, imds_error
from credlint.chain.go.session import Session, Value
from credlint.chain.go.shared_config import KEY, TOKEN, Profile
from credlint.chain.outcome import Result, absent, at_first_use, found
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import CapturedValue, PathFact
from credlint.model.trace import Offer, SdkError

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
_ROLE_ARN = "AWS_ROLE_ARN"
# What a shell would change before it looks for the program.
_HOST_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,62}\Z")
_NAMED_IDS = {"Environment": "env", "EcsContainer": "container", "Ec2InstanceMetadata": "imds"}
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
        session.fail("untyped", f"{_TOKEN_FILE} is set without {_ROLE_ARN}", place)
    return _web_identity(session, token_file, role.text, place, _TOKEN_FILE)


def _web_identity(
    session: Session, token_file: Value, role: Optional[str], place: Location, source: str
) -> Result:
    profile = None if source == _TOKEN_FILE else session.name
    offer = Offer("dynamic", profile=profile, account=account_of(role), role=role)
    fact = session.path_fact("web-identity-token", token_file)
    error = None
    if fact is not None and fact.status in {"absent", "unreadable", "not-a-file"}:
        message = f"the token file of {source} cannot be read ({fact.status})"
        error = at_first_use(session.sdk.error("untyped"), message, place)
    detail = f"assumes {role or 'a role'} with the token file of {source}"
    return found(detail, offer, place, error)


def web_identity_profile(session: Session, profile: Profile) -> Result:
    """Judge the token file of a profile."""
    token_file, role = profile.get("web_identity_token_file"), profile.get("role_arn")
    if token_file is None:
        return absent(f'no web_identity_token_file in profile "{profile.name}"')
    if role is None:
        message = f'profile "{profile.name}" has web_identity_token_file but no role_arn'
        session.fail("untyped", message, token_file.location)
    source = f'web_identity_token_file in profile "{profile.name}"'
    return _web_identity(session, token_file, role.text, token_file.location, source)


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


def sso_profile(session: Session, profile: Profile) -> Result:
    """Judge IAM Identity Center; raises Raised when its settings are incomplete."""
    if not profile.has_sso:
        return absent(f'no sso settings in profile "{profile.name}"')
    reference = profile.get("sso_session")
    known = [one for key, one in profile.settings.items() if key.startswith("sso_") and one]
    place = known[0].location
    missing, other = _sso_faults(profile)
    if missing or other:
        words = f"lacks {', '.join(missing)}" if missing else f"says another {other}"
        session.fail("untyped", f'the sso setup of profile "{profile.name}" {words}', place)
    account, role = profile.get("sso_account_id"), profile.get("sso_role_name")
    account_text, role_text = (one.text if one else "" for one in (account, role))
    offer = Offer("dynamic", profile=profile.name, account=account_text, role=role_text)
    detail = f'role {role_text} of account {account_text} through SSO in profile "{profile.name}"'
    key = reference or profile.settings["sso_start_url"]
    region = (profile.settings if reference is None else profile.sso_session or {})["sso_region"]
    error = _sso_token_error(session, key, legacy=reference is None)
    if error is None and region.text is not None and not _HOST_LABEL.match(region.text):
        message = "sso_region is no part of a host name"
        error = at_first_use(session.sdk.error("untyped"), message, region.location)
    if error is None and _is_past(session, key):
        detail += ", whose token has expired and must be refreshed"
    return found(detail, offer, place, error)


def _sso_faults(profile: Profile) -> tuple[list[str], Optional[str]]:
    """Return what is missing, and what differs between the profile and its sso-session."""
    if profile.get("sso_session") is None:
        keys = ("sso_region", "sso_start_url", "sso_account_id", "sso_role_name")
        return [key for key in keys if profile.get(key) is None], None
    own = profile.sso_session or {}
    missing = [key for key in ("sso_region", "sso_start_url") if not own.get(key)]
    if missing:
        return missing, None
    for key in ("sso_region", "sso_start_url"):
        mine = profile.get(key)
        if mine is not None and mine.text != own[key].text:
            return [], key
    return [], None


def _sso_token_error(session: Session, key: Value, *, legacy: bool) -> Optional[SdkError]:
    fact = session.path_fact("sso-token", key)
    if fact is None:
        return None
    state = clock.judge(fact.expires, session.snapshot.captured_at) if fact.expires else ""
    unusable = _is_unusable(fact)
    if not unusable and (state != clock.PAST or not legacy):
        return None  # a past one of an sso-session can perhaps be refreshed
    name = session.sdk.error("sso_token_legacy" if legacy else "untyped")
    why = "has expired" if state == clock.PAST and not unusable else "cannot be used"
    place = None if isinstance(key, CapturedValue) else key.location
    return at_first_use(name, f"the cached SSO token {why}", place)


def _is_past(session: Session, key: Value) -> bool:
    fact = session.path_fact("sso-token", key)
    expires = fact.expires if fact is not None else None
    return bool(expires) and clock.judge(expires or "", session.snapshot.captured_at) == clock.PAST


def _is_unusable(fact: PathFact) -> bool:
    readable = fact.status == "present" and fact.error is None
    return not (readable and fact.expires is not None and fact.rfc3339)


def login_profile(session: Session, profile: Profile) -> Result:
    """Judge a session of ``aws login``."""
    setting = profile.get("login_session")
    if setting is None:
        return absent(f'no login_session in profile "{profile.name}"')
    detail = f'login session in profile "{profile.name}"'
    offer = Offer("dynamic", profile=profile.name, account=account_of(setting.text))
    fact = session.path_fact("login-token", setting)
    error = None
    if fact is not None and _is_unusable(fact):
        message = "the cached login token is missing or cannot be used"
        error = at_first_use(session.sdk.error("untyped"), message, setting.location)
    return found(detail, offer, setting.location, error)


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


def named_source(session: Session, profile: Profile) -> Result:
    """Judge ``credential_source``, which is compared with its case."""
    setting = profile.get("credential_source")
    if setting is None:
        return absent(f'no credential_source in profile "{profile.name}"')
    if setting.text == "Ec2InstanceMetadata":
        return _imds_as_source(session, profile)
    if setting.text == "EcsContainer" and configured(session):
        return container(session)
    if setting.text == "Environment":
        result = env(session)
        if result.kind == "found":
            return result
        message = "credential_source Environment finds no key pair in the environment"
        error = at_first_use(session.sdk.error("keys_empty"), message, setting.location)
        return found(result.detail, Offer("dynamic"), setting.location, error)
    message = f'credential_source of profile "{profile.name}" is unknown or gives nothing'
    return session.fail("untyped", message, setting.location)


def _imds_as_source(session: Session, _profile: Profile) -> Result:
    result = imds(session)
    if result.kind != "absent":
        return result
    error = imds_error(session, result)
    return found(result.detail, Offer("dynamic"), result.location, error)


def _container(session: Session, _profile: Profile) -> Result:
    return container(session)


# The order within a profile whose role, if any, is assumed with what is found.
_WITHIN: tuple[Judge, ...] = (
    static,
    named_source,
    web_identity_profile,
    sso_profile,
    login_profile,
    process_profile,
    _container,
    _imds_as_source,
)


def role_profile(session: Session, profile: Profile) -> Result:
    """Judge ``role_arn``: Go assumes it with whatever the profile, else the machine, gives.

    A profile that would use its token file uses the role for that alone.
    """
    role = profile.get("role_arn")
    if role is None:
        return absent(f'no role_arn in profile "{profile.name}"')
    if profile.source is not None:
        inner, used = _of_profile(session, profile.source), None
    else:
        if _is_web_identity(profile):
            return absent(f'role_arn of profile "{profile.name}" belongs to its token file')
        judge, inner = _first_within(session, profile)
        used = _source_id(judge, profile)
    mfa = profile.get("mfa_serial")
    if mfa is not None:
        message = f'profile "{profile.name}" asks for an MFA code, which the program must provide'
        session.fail("mfa_without_provider", message, mfa.location)
    detail = f'profile "{profile.name}" assumes {role.text or "a role"} ({inner.detail})'
    account = account_of(role.text)
    offer = Offer("dynamic", profile.name, account=account, role=role.text, source=used)
    return Result(inner.kind, detail, role.location, offer, inner.error)


def _is_web_identity(profile: Profile) -> bool:
    return (
        profile.get("web_identity_token_file") is not None
        and not profile.has_keys
        and profile.get("credential_source") is None
    )


def _of_profile(session: Session, profile: Profile) -> Result:
    result = role_profile(session, profile)
    if result.kind != "absent":
        return result
    return _first_within(session, profile)[1]


def _first_within(session: Session, profile: Profile) -> tuple[Judge, Result]:
    judged = ((judge, judge(session, profile)) for judge in _WITHIN)
    return next(pair for pair in judged if pair[1].kind != "absent")


def _source_id(judge: Judge, profile: Profile) -> str:
    """Return which source of the chain it is whose credentials a role is assumed with."""
    if judge is static:
        return f"static_{file_of(profile)}_file"
    named = profile.get("credential_source")
    if named is not None:
        return _NAMED_IDS[named.text or ""]
    own: dict[Judge, str] = {_container: "container", _imds_as_source: "imds"}
    return own.get(judge, judge.__name__)
