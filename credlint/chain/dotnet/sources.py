"""One small function per credential source of the AWS SDK for .NET.

Sources: aws-sdk-net, AWSSDK.Core 3.7.402.25 as built: FallbackCredentialsFactory.cs,
EnvironmentVariablesAWSCredentials.cs, AssumeRoleWithWebIdentityCredentials.cs,
AWSCredentialsFactory.cs, SSOTokenFileCache.cs, ProcessAWSCredentials.cs. What a constructor
throws is passed over to the next source; what fails later is seen at the first request.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.chain import clock
from credlint.chain.dotnet.container import configured, container
from credlint.chain.dotnet.imds import imds, imds_error
from credlint.chain.dotnet.session import Session, Value
from credlint.chain.dotnet.store import Profile
from credlint.chain.dotnet.values import is_enumerated, is_region
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Result, Unknown, absent, at_first_use, found
from credlint.chain.patterns import pattern
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.host_file import PathFact
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer, SdkError

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
_SESSION_NAME = pattern(r"[\w+=,.@-]{2,64}\n?\Z")
# In the order of their numbers, which are taken too.
_NAMED_SOURCES = ("ec2instancemetadata", "environment", "ecscontainer")
_XML_TIME = pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?\Z")


def env(session: Session) -> Result:
    """Judge the key variables; half a pair is passed over."""
    key_name = session.sdk.env_access_key_id[0]
    key = session.env(key_name)
    secret = next((n for n in session.sdk.env_secret_access_key if session.env(n)), None)
    if key is None or secret is None:
        if key is None and secret is None:
            return absent(f"{key_name} is not set")
        there = key_name if key is not None else secret or ""
        half = session.sdk.env_secret_access_key[0] if key is not None else key_name
        return absent(f"{there} is set without {half} and is ignored", environment_variable(there))
    token_name = session.sdk.env_session_token[0]
    token = session.env(token_name)
    detail = f"{show_key(key)} in {key_name}, secret in {secret}"
    if token is not None:
        detail += f", session token in {token_name}"
    offer = key_offer(key, None, has_token=token is not None)
    return found(detail, offer, environment_variable(key_name))


def web_identity_env(session: Session) -> Result:
    """Judge the token file of the environment; whatever its constructor refuses is passed over."""
    token_file, role = session.env(_TOKEN_FILE), session.env("AWS_ROLE_ARN")
    if token_file is None:
        if role is not None:
            detail = f"AWS_ROLE_ARN is set without {_TOKEN_FILE} and is ignored"
            return absent(detail, environment_variable("AWS_ROLE_ARN"))
        return absent(f"{_TOKEN_FILE} is not set")
    place = environment_variable(_TOKEN_FILE)
    name = session.env("AWS_ROLE_SESSION_NAME")
    return _web_identity(session, token_file, role, name, place, None)


def _web_identity(
    session: Session,
    token_file: Value,
    role: Optional[Value],
    name: Optional[Value],
    place: Location,
    profile: Optional[str],
) -> Result:
    path = _text(token_file, "the path of the web identity token")
    where = f'profile "{profile}"' if profile is not None else "the environment"
    if not path.startswith("/") and session.snapshot.platform.system != "Windows":
        message = f"the web identity token file of {where} is no absolute path"
        session.fail("path_not_absolute", message, place)
    if role is None:
        session.fail("value_missing", f"{where} names a token file without a role", place)
    if name is not None and not _SESSION_NAME.match(_text(name, "the role's session name")):
        session.fail("value_out_of_range", f"the role's session name of {where} is refused", place)
    arn = _text(role, "the role's ARN")
    offer = Offer("dynamic", profile=profile, account=account_of(arn), role=arn)
    fact = session.path_fact("web-identity-token", token_file)
    error = None
    if fact is not None and fact.status in {"absent", "unreadable", "not-a-file"}:
        message = f"the token file of {where} cannot be read ({fact.status})"
        error = at_first_use(session.sdk.error("token_file"), message, place)
    return found(f"assumes {arn} with the token file of {where}", offer, place, error)


def of_profile(session: Session, profile: Profile, seen: tuple[str, ...] = ()) -> Result:
    """Judge a profile by what it is; raises Raised what creating its credentials throws."""
    if not profile.kind:
        _refuse(session, profile)
    if profile.kind == "static_profile":
        return _static(profile)
    if profile.kind == "web_identity_profile":
        token_file = profile.settings["web_identity_token_file"]
        role, name = profile.get("role_arn"), profile.get("role_session_name")
        place = token_file.location
        return _web_identity(session, token_file, role, name, place, profile.name)
    if profile.kind == "sso_profile":
        return _sso(session, profile, nested=bool(seen))
    if profile.kind == "login_profile":
        return _login(session, profile)
    if profile.kind == "process_profile":
        return _process(session, profile)
    return _role(session, profile, seen)


def _refuse(session: Session, profile: Profile) -> None:
    named = ", ".join(sorted(profile.settings)) or "nothing"
    message = f'profile "{profile.name}" is of no valid kind: it has {named}'
    place = next((one.location for one in profile.settings.values()), profile.section.place)
    session.fail("profile_not_valid", message, place)


def static_source(profile: Profile) -> str:
    """Return which source a key pair is, by the file that its key id stands in."""
    key = profile.settings["aws_access_key_id"]
    return f"static_{'config' if key.origin.startswith('config') else 'credentials'}_file"


def _static(profile: Profile) -> Result:
    key = profile.settings["aws_access_key_id"]
    token = profile.get("aws_session_token")
    file = static_source(profile).split("_")[1]
    detail = f'{show_key(key)} in profile "{profile.name}" of the {file} file'
    if token is not None:
        detail += " with a session token"
    offer = key_offer(key, profile.name, has_token=token is not None)
    return found(detail, offer, key.location)


def _role(session: Session, profile: Profile, seen: tuple[str, ...]) -> Result:
    role = profile.settings["role_arn"]
    source, mfa = profile.get("source_profile"), profile.get("mfa_serial")
    _check_mfa(session, profile, nested=bool(seen))
    if source is not None:
        if profile.name in seen:
            message = f'profile "{profile.name}" is its own source in the end'
            session.fail("profile_not_valid", message, role.location)
        inner, used = _source_profile(session, source, (*seen, profile.name)), None
    else:
        inner, used = _named_source(session, profile.settings["credential_source"])
    arn = _text(role, "the role's ARN")
    detail = f'profile "{profile.name}" assumes {arn} ({inner.detail})'
    offer = Offer("dynamic", profile.name, account=account_of(arn), role=arn, source=used)
    error = inner.error
    if error is not None:
        error = at_first_use(session.sdk.error("role_failed"), error.message, error.location)
    if mfa is not None:
        message = f'profile "{profile.name}" asks for an MFA code, which the program must provide'
        error = at_first_use(session.sdk.error("mfa_at_use"), message, mfa.location)
        if session.sdk.facts["callbacks_allowed"]:
            offer, error = replace(offer, mfa=mfa.location), None
    return Result(inner.kind, detail, role.location, offer, error)


def _check_mfa(session: Session, profile: Profile, *, nested: bool) -> None:
    """Raise for the profiles that the default chain does not take; others fail when used."""
    mfa = profile.get("mfa_serial")
    plain = not any(profile.get(n) for n in ("role_session_name", "services", "endpoint_url"))
    if mfa is not None and plain and not nested and not session.sdk.facts["callbacks_allowed"]:
        message = f'profile "{profile.name}" needs an MFA code, which the chain cannot ask for'
        session.fail("callback_needed", message, mfa.location)


def _source_profile(session: Session, reference: Setting, seen: tuple[str, ...]) -> Result:
    name = _text(reference, "source_profile")
    profile, why = session.store.find(name)
    if profile is None:
        session.fail("profile_not_valid", f"source_profile: {why}", reference.location)
    return of_profile(session, profile, seen)


def _named_source(session: Session, setting: Setting) -> tuple[Result, str]:
    """Judge ``credential_source``: an enumeration, of which a number is taken as well."""
    text = _text(setting, "credential_source").strip()
    number = int(text) if re.match(r"[+-]?[0-9]+\Z", text) else -1
    name = _NAMED_SOURCES[number] if 0 <= number < len(_NAMED_SOURCES) else text.lower()
    if name not in _NAMED_SOURCES or not is_enumerated(text, " ".join(_NAMED_SOURCES)):
        session.fail(
            "profile_not_valid", f'credential_source "{text}" is unknown', setting.location
        )
    if name == "environment":
        result = env(session)
        if result.kind == "absent":
            session.fail("env_missing", f"credential_source: {result.detail}", setting.location)
        return result, "env"
    if name == "ecscontainer":
        if configured(session) is None:
            message = "credential_source EcsContainer: no container credentials address is set"
            session.fail("profile_not_valid", message, setting.location)
        return container(session), "container"
    result = imds(session)
    if result.kind == "broken" and result.error is not None:
        raise Raised(result.error.name, result.error.message, setting.location)
    if result.kind == "absent":
        offer = Offer("dynamic")
        return found(result.detail, offer, result.location, imds_error(session, result)), "imds"
    return result, "imds"


def _sso(session: Session, profile: Profile, *, nested: bool) -> Result:
    reference = profile.get("sso_session") or profile.get("sso_start_url")
    account, role = profile.get("sso_account_id"), profile.get("sso_role_name")
    place = next(iter(profile.settings.values())).location
    fact = session.path_fact("sso-token", reference) if reference is not None else None
    cached = fact is not None and _is_cached(fact)
    if not cached and not nested and not session.sdk.facts["callbacks_allowed"]:
        message = f'profile "{profile.name}" is an SSO profile without a usable cached token'
        session.fail("callback_needed", message, place)
    offer = Offer(
        "dynamic",
        profile=profile.name,
        account=account.text if account else None,
        role=role.text if role else None,
    )
    error = _sso_fault(session, profile, place)
    if error is None and not cached:
        message = "there is no usable cached SSO token"
        error = at_first_use(session.sdk.error("sso_token"), message, place)
    detail = f'a role through SSO in profile "{profile.name}"'
    if offer.role and offer.account:
        detail = (
            f'role {offer.role} of account {offer.account} through SSO in profile "{profile.name}"'
        )
    if error is None and _is_past(session, fact):
        detail += ", whose token has expired and must be refreshed"
    return found(detail, offer, place, error)


def _sso_fault(session: Session, profile: Profile, place: Location) -> Optional[SdkError]:
    """Return what the first use finds missing; only the region is looked at before."""
    region = profile.get("sso_region")
    if region is None:
        message = f'the SSO profile "{profile.name}" lacks sso_region'
        session.fail("value_missing", message, place)
    if not is_region(_text(region, "sso_region")):
        session.fail("region_not_valid", "sso_region is no valid name", region.location)
    names = ("sso_account_id", "sso_role_name", "sso_start_url")
    missing = [name for name in names if profile.get(name) is None]
    if not missing:
        return None
    message = f'the SSO profile "{profile.name}" lacks {", ".join(missing)}'
    return at_first_use(session.sdk.error("value_missing"), message, place)


def _is_cached(fact: PathFact) -> bool:
    """Tell whether the token file is read: both fields, and a time as XML has it."""
    expires = fact.expires or ""
    # A zone written as UTC, which the capture shows as Z, is none to XML.
    as_written = fact.rfc3339 or not expires.endswith("Z")
    readable = fact.status == "present" and fact.error is None
    return readable and as_written and _XML_TIME.match(expires) is not None


def _is_past(session: Session, fact: Optional[PathFact]) -> bool:
    expires = fact.expires if fact is not None else None
    return bool(expires) and clock.judge(expires or "", session.snapshot.captured_at) == clock.PAST


def _login(session: Session, profile: Profile) -> Result:
    setting = profile.settings["login_session"]
    offer = Offer("dynamic", profile=profile.name, account=account_of(setting.text))
    fact = session.path_fact("login-token", setting)
    error = None
    if fact is not None and (fact.status != "present" or fact.error is not None):
        message = "the cached login token is missing or cannot be used"
        error = at_first_use(session.sdk.error("login_token"), message, setting.location)
    detail = f'login session in profile "{profile.name}"'
    return found(detail, offer, setting.location, error)


def _process(session: Session, profile: Profile) -> Result:
    setting = profile.settings["credential_process"]
    fact = session.path_fact("credential-process-shell", setting)
    error = None
    if fact is not None and fact.status not in {"present", "unknown"}:
        message = f"the program of credential_process is {fact.status}"
        error = at_first_use(session.sdk.error("process_failed"), message, setting.location)
    detail = f'the program of credential_process in profile "{profile.name}", run by a shell'
    return found(detail, Offer("dynamic", profile=profile.name), setting.location, error)


def _text(value: Value, what: str) -> str:
    text = value.text
    if text is None:
        message = f"{what} was not captured"
        raise Unknown(message)
    return text


def unconfigured(session: Session, result: Result) -> Result:
    """Return the result with what breaks every client, where reading its configuration throws."""
    fault = session.client_fault()
    if fault is None or result.kind not in {"found", "undecided"}:
        return result
    return replace(result, kind="found", error=fault)
