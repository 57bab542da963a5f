"""What a profile gives: its own credentials, and the roles that are assumed with them.

Source: aws-sdk-kotlin 1.8.12, aws-config auth/credentials: ProfileCredentialsProvider.kt,
SsoCredentialsProvider.kt, SsoTokenProvider.kt, LoginCredentialsProvider.kt, LoginTokenProvider.kt,
ProcessCredentialsProvider.kt.
"""

from __future__ import annotations

from typing import Callable, NoReturn, Optional

from credlint.chain import clock
from credlint.chain.ini_view import Setting
from credlint.chain.kotlin.client import check_client
from credlint.chain.kotlin.config_file import SPACE
from credlint.chain.kotlin.container import container
from credlint.chain.kotlin.imds import imds
from credlint.chain.kotlin.profile import KEY, TOKEN, Plan, Role
from credlint.chain.kotlin.region import chain_region
from credlint.chain.kotlin.session import Session
from credlint.chain.kotlin.sources import NO_FILE, check_token, env, role_refused
from credlint.chain.outcome import Raised, Result, Unknown, fail, found, undecided
from credlint.chain.patterns import pattern
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.host_file import PathFact
from credlint.model.location import Location
from credlint.model.trace import Offer

# credential_source, compared with its case, and the source of the chain that it means.
NAMED = {"Environment": "env", "Ec2InstanceMetadata": "imds", "EcsContainer": "container"}
_NAMED_JUDGES: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "imds": imds,
    "container": container,
}
_GLOBAL_REGION = "aws-global"
_RENEWING = frozenset({"clientId", "clientSecret", "refreshToken"})
_KEYS = ("accessKeyId", "secretAccessKey", "sessionToken", "accountId", "expiresAt")
_LOGIN_PARTS = (*(f"accessToken.{key}" for key in _KEYS), "clientId", "refreshToken", "dpopKey")
# As Instant.fromIso8601 has it: what follows the zone is not looked at.
_TIME = pattern(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:\Z|[Tt](\d\d):?(\d\d):?(\d\d)(?:[.,]\d{1,9})?(?:[Zz]|([+-]\d\d)(?::?(\d\d)|\Z)))"
)


def source_of(chosen: Plan, *, leaf: bool = False) -> str:
    """Return the source id of a profile's credentials; ``leaf``: without the roles."""
    if chosen.roles and not leaf:
        return "role_profile"
    if chosen.kind == "static":
        return f"static_{file_of(chosen.settings[KEY])}_file"
    if chosen.kind == "named":
        return "credential_source"
    return "sso_profile" if chosen.kind == "sso_session" else f"{chosen.kind}_profile"


def file_of(setting: Setting) -> str:
    """Return which file a setting stands in: config or credentials."""
    return setting.origin.partition("/")[0].partition("-")[0]


def judge_plan(session: Session, chosen: Plan) -> Result:
    """Judge what the profile comes to; raises Raised where the SDK does, or Unknown."""
    result = _JUDGES[chosen.kind](session, chosen)
    if not chosen.roles or result.kind not in {"found", "undecided"}:
        return result
    for role in chosen.roles:
        _assume(session, role)
    last = chosen.roles[-1]
    arn = last.arn.text
    offer = Offer(
        "dynamic",
        session.name,
        account=account_of(arn),
        role=arn,
        source=_inner_source(chosen),
    )
    detail = f'profile "{session.name}" assumes {arn or "a role"} ({result.detail})'
    return Result(result.kind, detail, last.arn.location, offer)


def _inner_source(chosen: Plan) -> Optional[str]:
    if chosen.kind == "named":
        return NAMED.get(next(iter(chosen.settings.values())).text or "")
    return source_of(chosen, leaf=True)


def _assume(session: Session, role: Role) -> None:
    """Raise Raised where the call for a role must fail."""
    region = region_of_calls(session)
    refused = check_client(session, "sts", _GLOBAL_REGION if region is None else region)
    refused = refused or role_refused(session, role.arn, role.session_name, role.external_id)
    if refused is not None:
        session.fail("failed", refused, role.arn.location)


def region_of_calls(session: Session) -> Optional[str]:
    """Return the region of calls that a profile needs; raises Raised or Unknown."""
    if session.profile_source == "option":
        setting = session.config().profile(session.name).get("region")
        if setting is not None:
            return setting.masked if setting.text is None else setting.text
    return chain_region(session).value


def _static(session: Session, chosen: Plan) -> Result:
    key, token = chosen.settings[KEY], chosen.settings.get(TOKEN)
    detail = f'{show_key(key)} in profile "{chosen.profile.name}" of the {file_of(key)} file'
    if token:
        detail += " with a session token"
    offer = key_offer(key, session.name, has_token=bool(token))
    return found(detail, offer, key.location)


def _named(session: Session, chosen: Plan) -> Result:
    setting = chosen.settings["credential_source"]
    source = NAMED.get(setting.text or "")
    if source is None:
        message = f'credential_source of profile "{chosen.profile.name}" is unknown'
        session.fail("not_configured", message, setting.location)
    result = _NAMED_JUDGES[source](session)
    if result.kind == "absent":
        message = f"credential_source {setting.text} gives nothing: {result.detail}"
        session.fail("not_configured", message, setting.location)
    if result.error is not None:
        raise Raised(result.error.name, result.error.message, setting.location)
    detail = f"{result.detail}, as credential_source says"
    old = result.offer
    offer = None
    if old is not None:
        offer = Offer(
            old.kind, session.name, old.key_id, old.account, old.role, old.has_token, source
        )
    return Result(result.kind, detail, setting.location, offer)


def _web_identity(session: Session, chosen: Plan) -> Result:
    role, token_file = chosen.settings["role_arn"], chosen.settings["web_identity_token_file"]
    region, place = region_of_calls(session), token_file.location
    unfit = check_token(session, session.fact_of("web-identity-token", token_file), place)
    refused = check_client(session, "sts", region)
    name = chosen.settings.get("role_session_name")
    refused = refused or unfit or role_refused(session, role, name, None)
    if refused is not None:
        session.fail("failed", refused, place)
    offer = Offer("dynamic", session.name, account=account_of(role.text), role=role.text)
    detail = f"assumes {role.text or 'a role'} with web_identity_token_file of profile "
    return found(f'{detail}"{chosen.profile.name}"', offer, place)


def _sso(session: Session, chosen: Plan) -> Result:
    reference = chosen.settings.get("sso_session")
    key = reference or chosen.settings["sso_start_url"]
    fact = session.fact_of("sso-token", key)
    late = _check_cache(session, fact, key.location, "sso_token")
    region = chosen.settings["sso_region"]
    if region.text is None:
        message = "sso_region was not captured"
        raise Unknown(message)
    if late and reference is None:
        session.fail("not_configured", "the cached SSO token has expired", key.location)
    doubt = None
    if late:
        if fact is None or _RENEWING.intersection(fact.lacks):
            session.fail("sso_token", "the cached SSO token has expired", key.location)
        check_client(session, "ssooidc", region.text)
        doubt = "whether the expired SSO token can be refreshed only the service can tell"
    refused = check_client(session, "sso", region.text)
    if refused is not None:
        session.fail("not_loaded", refused, region.location)
    account, role = (chosen.settings[name].text for name in ("sso_account_id", "sso_role_name"))
    offer = Offer("dynamic", session.name, account=account, role=role)
    detail = f'role {role} of account {account} through SSO in profile "{chosen.profile.name}"'
    if doubt is not None:
        return undecided(f"{detail}: {doubt}", key.location, offer)
    return found(detail, offer, key.location)


def _check_cache(
    session: Session, fact: Optional[PathFact], place: Location, situation: str
) -> bool:
    """Tell whether a cached token has expired; raises Raised when it cannot be used at all."""
    status = fact.status if fact is not None else "absent"
    if fact is None or status == "absent":
        session.fail("not_configured", "there is no cached token", place)
    if status in {"unreadable", "not-a-file"}:
        fail(NO_FILE, "the cached token cannot be read", place)
    needed = ("accessToken", "expiresAt") if situation == "sso_token" else _LOGIN_PARTS
    if status == "empty" or fact.error is not None or set(needed).intersection(fact.lacks):
        session.fail(situation, "the cached token cannot be used", place)
    time = _TIME.match(fact.written or fact.expires or "")
    if time is None:
        fail("ParseException", "the cached token's expiry is no time", place)
    year, month, day, *rest = time.groups("00")
    zone = "Z" if time.group(7) is None else f"{rest[3]}:{rest[4]}"
    text = f"{year}-{month}-{day}T{rest[0]}:{rest[1]}:{rest[2]}{zone}"
    return clock.judge(text, session.snapshot.captured_at) == clock.PAST


def _login(session: Session, chosen: Plan) -> Result:
    setting = chosen.settings["login_session"]
    refused = check_client(session, "signin", region_of_calls(session))
    fact = session.fact_of("login-token", setting)
    late = _check_cache(session, fact, setting.location, "login_token")
    detail = f'login session in profile "{chosen.profile.name}"'
    offer = Offer("dynamic", session.name, account=account_of(setting.text))
    if late:
        if refused is not None:
            session.fail("login_token", refused, setting.location)
        doubt = "whether the expired session can be refreshed only the service can tell"
        return undecided(f"{detail}: {doubt}", setting.location, offer)
    return found(detail, offer, setting.location)


def _process(session: Session, chosen: Plan) -> Result:
    setting = chosen.settings["credential_process"]
    if not setting.masked.strip(SPACE):
        session.fail(
            "answer_refused", "an empty credential_process prints nothing", setting.location
        )
    fact = session.fact_of("credential-process-shell", setting)
    detail = f'the program of credential_process in profile "{chosen.profile.name}", run by sh'
    detail += ", which must print a session token too"
    offer = Offer("dynamic", session.name)
    if fact is None or fact.status == "unknown":
        return undecided(f"{detail}: only a shell can tell what it runs", setting.location, offer)
    if fact.status != "present":
        _no_program(session, fact.status, setting)
    return found(detail, offer, setting.location)


def _no_program(session: Session, status: str, setting: Setting) -> NoReturn:
    message = f"the program of credential_process is {status}"
    session.fail("failed", message, setting.location)


_JUDGES: dict[str, Callable[[Session, Plan], Result]] = {
    "static": _static,
    "named": _named,
    "web_identity": _web_identity,
    "sso_session": _sso,
    "sso": _sso,
    "login": _login,
    "process": _process,
}
