"""What a profile gives the AWS SDK for Java v2: the first kind that it is set up for, or nothing.

Sources: auth 2.57.8 ProfileCredentialsUtils and ProcessCredentialsProvider, sts 2.57.8
StsProfileCredentialsProviderFactory, sso 2.57.8 SsoProfileCredentialsProviderFactory, ssooidc
2.57.8 SsoOidcTokenProvider, signin 2.57.8 LoginProfileCredentialsProviderFactory. When the kind
that comes first fails, the others of the profile are not tried.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain import clock
from credlint.chain.ini_view import Setting
from credlint.chain.java.container import container
from credlint.chain.java.imds import imds
from credlint.chain.java.region import encoded, region_of
from credlint.chain.java.session import Session, Settings, text_of
from credlint.chain.java.sources import check_role, check_token, env, region_for_sts, sysprops
from credlint.chain.java.values import check_client
from credlint.chain.outcome import Result, Unknown, absent, found, undecided
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.trace import Offer

_KEY, _SECRET, _TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
_SSO = ("sso_role_name", "sso_account_id", "sso_region", "sso_start_url", "sso_session")


def kind_of(settings: Settings) -> Optional[str]:
    """Return the source of a profile that counts, None when it is set up for none."""
    role = "role_arn" in settings
    if role and "web_identity_token_file" in settings:
        return "web_identity_profile"
    if any(key in settings for key in _SSO):
        return "sso_profile"
    if role and ("source_profile" in settings or "credential_source" in settings):
        return "role_profile"
    for key, kind in (
        ("login_session", "login_profile"),
        ("credential_process", "process_profile"),
    ):
        if key in settings:
            return kind
    given = settings.get(_KEY if _TOKEN not in settings else _TOKEN)
    return None if given is None else f"static_{_file_of(settings.get(_KEY, given))}_file"


def _file_of(setting: Setting) -> str:
    """Return which file a setting stands in: config or credentials."""
    return setting.origin.partition("/")[0].partition("-")[0]


def from_profile(session: Session, source: str) -> Result:
    """Judge one kind of the selected profile; raises Raised where it fails."""
    settings = session.settings(session.profile)
    if settings is None:
        return absent(f'there is no profile "{session.profile}"')
    kind = kind_of(settings)
    if kind == source:
        return KINDS[kind](session, session.profile, settings, ())
    what = f'profile "{session.profile}" is set up for {kind}, which comes first'
    return absent(what if kind is not None else f'profile "{session.profile}" gives no credentials')


def static(session: Session, profile: str, settings: Settings, _: tuple[str, ...]) -> Result:
    """Judge a key pair; with a session token, even an empty one, none of it is looked at."""
    token = settings.get(_TOKEN)
    for name in (_KEY, _SECRET):
        if name not in settings:
            message = f'profile "{profile}" has no {name}'
            session.fail("profile_incomplete", message, next(iter(settings.values())).location)
        if token is None and not settings[name].value.length:
            message = f'{name} of profile "{profile}" is empty'
            session.fail("keys_empty", message, settings[name].location)
    key = settings[_KEY]
    detail = f'{show_key(key.value)} in profile "{profile}" of the {_file_of(key)} file'
    if _file_of(settings[_SECRET]) != _file_of(key):
        detail += f", its secret in the {_file_of(settings[_SECRET])} file"
    if token is not None:
        detail += " with a session token"
    offer = key_offer(key.value, profile, has_token=token is not None)
    return found(detail, offer, key.location)


def web_identity(session: Session, profile: str, settings: Settings, _: tuple[str, ...]) -> Result:
    """Judge the token file of a profile."""
    role, token_file = settings["role_arn"], settings["web_identity_token_file"]
    check_client(session, "sts", region_for_sts(session))
    fact = session.path_fact("web-identity-token", token_file)
    if not token_file.value.length:
        session.fail("token_file_failed", "web_identity_token_file is empty", token_file.location)
    check_token(session, fact, token_file.location)
    _check_role(session, role, settings, external_id=False)
    detail = f'profile "{profile}" assumes {role.text} with its token file'
    offer = Offer("dynamic", profile, account=account_of(role.text), role=role.text)
    return found(detail, offer, role.location)


def _check_role(
    session: Session, role: Setting, settings: Settings, *, external_id: bool = True
) -> None:
    name, external = settings.get("role_session_name"), settings.get("external_id")
    check_role(
        session,
        text_of(role),
        role.location,
        None if name is None else text_of(name),
        external if external_id else None,
    )


def role(session: Session, profile: str, settings: Settings, seen: tuple[str, ...]) -> Result:
    """Judge ``role_arn``; raises Raised when that which it is assumed with fails."""
    arn = settings["role_arn"]
    source, named = settings.get("source_profile"), settings.get("credential_source")
    if source is not None and named is not None:
        message = f'profile "{profile}" has both source_profile and credential_source'
        session.fail("profile_invalid", message, named.location)
    used: Optional[str] = None
    if source is not None:
        inner = _from_source(session, profile, source, (*seen, profile))
    else:
        inner, used = _from_named(session, profile, settings["credential_source"])
    if inner.kind == "absent":
        message = f'profile "{profile}" finds nothing to assume its role with: {inner.detail}'
        session.fail("client_failed", message, inner.location or arn.location)
    check_client(session, "sts", _region_of_role(session, settings))
    _check_role(session, arn, settings)
    detail = f'profile "{profile}" assumes {arn.text} ({inner.detail})'
    account = account_of(arn.text)
    offer = Offer("dynamic", profile, account=account, role=arn.text, source=used)
    return Result(inner.kind, detail, arn.location, offer)


def _from_source(
    session: Session, profile: str, reference: Setting, seen: tuple[str, ...]
) -> Result:
    name = text_of(reference)
    settings = session.settings(name)
    kind = kind_of(settings) if settings is not None else None
    if settings is None or kind is None:
        message = f'source_profile "{name}" of profile "{profile}" gives no credentials'
        session.fail("profile_invalid", message, reference.location)
    if kind == "role_profile" and name in seen:
        message = f'source_profile of profile "{profile}" leads back to it'
        session.fail("profile_invalid", message, reference.location)
    return KINDS[kind](session, name, settings, seen)


def _from_named(session: Session, profile: str, named: Setting) -> tuple[Result, str]:
    text = text_of(named).lower()
    if text == "environment":
        result = sysprops(session)
        used = "sysprops"
        if result.kind == "absent":
            result, used = env(session), "env"
        return result, used
    if text == "ecscontainer":
        return container(session), "container"
    if text == "ec2instancemetadata":
        return imds(session, profile), "imds"
    message = f'credential_source of profile "{profile}" is unknown'
    return session.fail("profile_incomplete", message, named.location)


def _region_of_role(session: Session, settings: Settings) -> Optional[str]:
    own = settings.get("region")
    if own is None:
        return region_for_sts(session)
    return _region(session, own)


def _region(session: Session, setting: Setting) -> str:
    if not setting.value.length:
        session.fail("invalid_value", f"{setting.name} is empty", setting.location)
    return encoded(text_of(setting))


def sso(session: Session, profile: str, settings: Settings, _: tuple[str, ...]) -> Result:
    """Judge IAM Identity Center."""
    reference = settings.get("sso_session")
    needed = ["sso_account_id", "sso_role_name"]
    needed += [] if reference is not None else ["sso_region", "sso_start_url"]
    place = next(one.location for key, one in settings.items() if key.startswith("sso_"))
    for name in needed:
        if name not in settings:
            session.fail("profile_incomplete", f'profile "{profile}" has no {name}', place)
    if reference is None:
        region, key = settings["sso_region"], settings["sso_start_url"]
    else:
        region, key = _session_region(session, profile, settings, reference), reference
    check_client(session, "sso", _region(session, region))
    if reference is not None:
        check_client(session, "sso_oidc", _region(session, region))
    is_usable = _check_sso_token(session, key, legacy=reference is None)
    account, role_name = settings["sso_account_id"].text, settings["sso_role_name"].text
    offer = Offer("dynamic", profile, account=account, role=role_name)
    words = f'role {role_name} of account {account} through SSO in profile "{profile}"'
    if not is_usable:
        words += ", whose token has expired and would have to be renewed"
        return undecided(words, place, offer)
    return found(words, offer, place)


def _session_region(
    session: Session, profile: str, settings: Settings, reference: Setting
) -> Setting:
    section = session.files()["sso-session"].get(text_of(reference))
    if section is None:
        message = f'the sso-session "{reference.text}" does not exist'
        session.fail("profile_incomplete", message, reference.location)
    for name in ("sso_region", "sso_start_url"):
        if name not in section:
            message = f'the sso-session "{reference.text}" has no {name}'
            session.fail("profile_incomplete", message, reference.location)
        own = settings.get(name)
        if own is not None and text_of(own).lower() != text_of(section[name]).lower():
            message = f'profile "{profile}" and its sso-session have another {name}'
            session.fail("profile_incomplete", message, own.location)
    if "sso_account_id" in section or "sso_role_name" in section:
        message = "an sso-session must have neither sso_account_id nor sso_role_name"
        session.fail("profile_invalid", message, reference.location)
    return section["sso_region"]


def _check_sso_token(session: Session, key: Setting, *, legacy: bool) -> bool:
    """Tell whether the cached token need not be renewed; raises Raised when it cannot be used."""
    fact = session.path_fact("sso-token", key)
    if fact is None and not key.value.length:
        session.fail("sso_token_failed", f"{key.name} is empty", key.location)
    if fact is None:
        message = f"the cached SSO token of {key.name} was not looked at"
        raise Unknown(message)
    usable = fact.status == "present" and fact.error is None and fact.expires and fact.rfc3339
    if not usable:
        session.fail("sso_token_failed", "the cached SSO token cannot be used", key.location)
    state = clock.judge(fact.expires or "", session.snapshot.captured_at)
    if state != clock.PAST:
        return True
    # That of an sso-session is renewed with what else stands in the cache.
    if fact.renewal is not None and not legacy:
        return False
    return session.fail("sso_token_failed", "the cached SSO token has expired", key.location)


def login(session: Session, profile: str, settings: Settings, _: tuple[str, ...]) -> Result:
    """Judge a session of ``aws login``, whose client needs a region before all else."""
    setting = settings["login_session"]
    region = region_of(session, profile)
    if region is None:
        message = f'no region is found for the login session of profile "{profile}"'
        session.fail("client_failed", message, setting.location)
    # Nothing is sent as long as the cached credentials last.
    check_client(session, "signin", region.value, profile, calls=False)
    if not setting.value.length:
        session.fail("invalid_value", "login_session is empty", setting.location)
    fact = session.path_fact("login-token", setting)
    if fact is None:
        message = "the cached login token was not looked at"
        raise Unknown(message)
    if fact.status != "present" or fact.error is not None or not fact.expires or not fact.rfc3339:
        message = "the cached login token is missing or cannot be used"
        session.fail("login_failed", message, setting.location)
    offer = Offer("dynamic", profile, account=account_of(setting.text))
    detail = f'login session in profile "{profile}"'
    if clock.judge(fact.expires, session.snapshot.captured_at) == clock.PAST:
        detail += ", whose token has expired and would have to be renewed"
        return undecided(detail, setting.location, offer)
    return found(detail, offer, setting.location)


def process(session: Session, profile: str, settings: Settings, _: tuple[str, ...]) -> Result:
    """Judge a program, which a shell runs."""
    setting = settings["credential_process"]
    fact = session.path_fact("credential-process-shell", setting)
    offer = Offer("dynamic", profile)
    detail = f'the program of credential_process in profile "{profile}", run by a shell'
    if not setting.value.length:
        session.fail("process_failed", "credential_process is empty", setting.location)
    if fact is None or fact.status == "unknown":
        return undecided(f"{detail}, is not found without one", setting.location, offer)
    if fact.status != "present":
        message = f"the program of credential_process is {fact.status}"
        session.fail("process_failed", message, setting.location)
    return found(detail, offer, setting.location)


Judge = Callable[[Session, str, Settings, tuple[str, ...]], Result]
KINDS: dict[str, Judge] = {
    "web_identity_profile": web_identity,
    "sso_profile": sso,
    "role_profile": role,
    "login_profile": login,
    "process_profile": process,
    "static_credentials_file": static,
    "static_config_file": static,
}
