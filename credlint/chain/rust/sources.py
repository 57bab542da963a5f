"""The variables, and the ways in which a profile gives credentials.

Sources: aws-config 1.13.0, environment/credentials.rs, web_identity_token.rs, sso/, login/,
credential_process.rs, profile/credentials/exec.rs. Every failure of a profile's base and of the
roles on top of it reaches the program as ``ProviderError``.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.chain import clock
from credlint.chain.outcome import Result, Unknown, absent, found, undecided
from credlint.chain.rust.endpoints import container, imds
from credlint.chain.rust.profile_chain import KEY, SECRET, TOKEN, Plan
from credlint.chain.rust.profile_files import SPACE, Section
from credlint.chain.rust.region import check_service
from credlint.chain.rust.session import Session, Value, is_blank, known_text, place_of, runs_over
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  the name of a variable
_ROLE_ARN = "AWS_ROLE_ARN"
_SESSION_NAME = "AWS_ROLE_SESSION_NAME"
# STS API Reference: the shortest RoleArn and, for RoleSessionName and ExternalId, two characters.
_SHORTEST_ARN, _SHORTEST_NAME = 20, 2
_UTC = r"(?a:\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?Z\Z)"
_NOT_IN_A_HEADER = r"[\x00-\x08\x0a-\x1f\x7f]"
_NAMED = {"environment": "env", "ecscontainer": "container", "ec2instancemetadata": "imds"}


def env(session: Session) -> Result:
    """Judge the key variables; a blank one counts as unset."""
    sdk = session.sdk
    key_name = sdk.env_access_key_id[0]
    key = session.env(key_name)
    secret_name = _first(session, sdk.env_secret_access_key)
    if key is None or is_blank(key) or secret_name is None:
        if is_blank(key) and secret_name is None:
            return absent(f"{key_name} is not set")
        there = secret_name or key_name
        half = key_name if secret_name is not None else sdk.env_secret_access_key[0]
        return absent(f"{there} is set without {half} and is ignored", environment_variable(there))
    token_name = _first(session, sdk.env_session_token)
    detail = f"{show_key(key)} in {key_name}"
    if secret_name != sdk.env_secret_access_key[0]:
        detail += f", secret in {secret_name}"
    if token_name is not None:
        detail += f", session token in {token_name}"
    offer = key_offer(key, None, has_token=token_name is not None)
    return found(detail, offer, environment_variable(key_name))


def _first(session: Session, names: tuple[str, ...]) -> Optional[str]:
    return next((name for name in names if not is_blank(session.env(name))), None)


def web_identity_env(session: Session) -> Result:
    """Judge the token file of the environment; both variables count when they are empty, too."""
    token_file, role = session.env(_TOKEN_FILE), session.env(_ROLE_ARN)
    if token_file is None or role is None:
        if token_file is None and role is None:
            return absent(f"{_TOKEN_FILE} is not set")
        there, other = (_ROLE_ARN, _TOKEN_FILE) if token_file is None else (_TOKEN_FILE, _ROLE_ARN)
        return absent(f"{there} is set without {other} and is ignored", environment_variable(there))
    fact = session.snapshot.path_fact(f"environment/{_TOKEN_FILE}")
    name = session.env(_SESSION_NAME)
    offer = Offer("dynamic", account=account_of(role.text), role=role.text)
    _check_token_file(session, token_file, fact, environment_variable(_TOKEN_FILE))
    check_service(session, "sts", signed=False)
    _check_length(session, role, _SHORTEST_ARN, _ROLE_ARN)
    if name is not None:
        _check_length(session, name, _SHORTEST_NAME, _SESSION_NAME)
    detail = f"assumes {role.text or 'a role'} with the token file of {_TOKEN_FILE}"
    return found(detail, offer, environment_variable(_TOKEN_FILE))


def _check_token_file(
    session: Session, value: Value, fact: Optional[PathFact], place: Location
) -> None:
    status = fact.status if fact is not None else "absent"
    if fact is None and value and not runs_over(value):
        message = "the web identity token file was not looked at"
        raise Unknown(message)
    if fact is None or status not in {"present", "empty"}:
        message = f"the web identity token file cannot be read ({status})"
        session.fail("source_failed", message, place)
    if fact.error == "UnicodeDecodeError":
        # Of the environment's file the program sees this error as it is.
        situation = "source_failed" if fact.setting.startswith("config") else "token_not_text"
        session.fail(situation, "the web identity token file is not UTF-8 text", place)
    if status == "empty":
        message = "the web identity token file is empty, which STS refuses"
        session.fail("source_failed", message, place)


def _check_length(session: Session, value: Value, shortest: int, name: str) -> None:
    length = value.length if isinstance(value, CapturedValue) else value.value.length
    if length < shortest:
        message = f"{name} is too short, which STS refuses"
        session.fail("source_failed", message, place_of(value, name))


def of_plan(session: Session, plan: Plan) -> Result:
    """Judge the way that the selected profile goes; raises Raised when the base or a role fails."""
    base = _base(session, plan)
    if not plan.roles:
        return base
    check_service(session, "sts")
    _check_signing(session, plan)
    for profile in plan.roles:
        _check_role(session, profile)
    last = plan.roles[-1]
    arn = last.settings["role_arn"]
    detail = f'profile "{last.name}" assumes {arn.text or "a role"} ({base.detail})'
    if any(profile.get("mfa_serial") is not None for profile in plan.roles):
        detail += "; the SDK never asks for the MFA code of mfa_serial"
    account = account_of(arn.text)
    used = base_id(plan)
    offer = Offer("dynamic", session.name, account=account, role=arn.text, source=used)
    return Result(base.kind, detail, arn.location, offer, base.error)


def _check_signing(session: Session, plan: Plan) -> None:
    """Raise Raised where a request cannot be signed: key id and token become headers.

    Source: aws-sigv4 1.6.4, http_request/sign.rs and canonical_request.rs.
    """
    key: Optional[Value] = None
    token: Optional[Value] = None
    if plan.source == "static":
        key, token = plan.base.get(KEY), plan.base.get(TOKEN)
    elif base_id(plan) == "env":
        key = session.env(session.sdk.env_access_key_id[0])
        token = session.env(session.sdk.env_session_token[0])
    if _breaks_header(key):
        place = place_of(key, session.sdk.env_access_key_id[0]) if key is not None else None
        session.fail("panic", "the key id holds a character that no header may have", place)
    if _breaks_header(token):
        message = "the session token holds a character that no header may have"
        session.fail("source_failed", message)


def _breaks_header(value: Optional[Value]) -> bool:
    if isinstance(value, CapturedValue):
        return bool({"newline", "carriage-return", "control-character"}.intersection(value.flaws))
    return value is not None and re.search(_NOT_IN_A_HEADER, value.masked) is not None


def base_id(plan: Plan) -> str:
    """Return the id of the source that a plan's first credentials come from."""
    if plan.source == "static":
        return f"static_{file_of(plan.base)}_file"
    if plan.source == "credential_source":
        return _NAMED[(plan.base.settings["credential_source"].text or "").lower()]
    return plan.source


def file_of(profile: Section) -> str:
    """Return which file a profile's key id, else what there is of a pair, stands in."""
    known = (profile.settings.get(key) for key in (KEY, SECRET, TOKEN))
    setting = next((one for one in known if one is not None), None)
    role = setting.origin.partition("/")[0] if setting is not None else "config"
    return role.partition("-")[0]


def _check_role(session: Session, profile: Section, *, by_token: bool = False) -> None:
    for key, shortest in (
        ("role_arn", _SHORTEST_ARN),
        ("role_session_name", _SHORTEST_NAME),
        ("external_id", _SHORTEST_NAME),
    ):
        setting = profile.get(key)
        if setting is not None and not (by_token and key == "external_id"):
            _check_length(session, setting, shortest, f'{key} in profile "{profile.name}"')


def _base(session: Session, plan: Plan) -> Result:
    if plan.source == "static":
        return static(session, plan.base)
    if plan.source == "credential_source":
        return _named_source(session, plan.base)
    if plan.source == "web_identity_profile":
        return _web_identity(session, plan.base)
    if plan.source == "sso_profile":
        return _sso(session, plan)
    return {"login_profile": _login, "process_profile": _process}[plan.source](session, plan.base)


def static(_session: Session, profile: Section) -> Result:
    """Judge a key pair, whose halves may stand in different files and may be empty."""
    key, token = profile.settings[KEY], profile.get(TOKEN)
    where = f'profile "{profile.name}" of the {file_of(profile)} file'
    detail = f"{show_key(key)} in {where}"
    if token is not None:
        detail += " with a session token"
    if not profile.settings[SECRET]:
        detail += " with an empty secret"
    return found(detail, key_offer(key, profile.name, has_token=token is not None), key.location)


def _named_source(session: Session, profile: Section) -> Result:
    setting = profile.settings["credential_source"]
    judge = {"env": env, "container": container, "imds": imds}
    source = _NAMED[known_text(setting, "credential_source").lower()]
    result = judge[source](session)
    if result.kind == "absent":
        message = f"credential_source {setting.text} gives nothing: {result.detail}"
        session.fail("source_failed", message, setting.location)
    return result


def _web_identity(session: Session, profile: Section) -> Result:
    token_file, role = profile.settings["web_identity_token_file"], profile.settings["role_arn"]
    fact = session.snapshot.named_file("web-identity-token", token_file.masked)
    _check_token_file(session, token_file, fact, token_file.location)
    check_service(session, "sts", signed=False)
    _check_role(session, profile, by_token=True)
    offer = Offer("dynamic", profile.name, account=account_of(role.text), role=role.text)
    detail = f'assumes {role.text or "a role"} with the token file of profile "{profile.name}"'
    return found(detail, offer, token_file.location)


def _sso(session: Session, plan: Plan) -> Result:
    profile, own = plan.base, plan.sso or plan.base
    reference = profile.get("sso_session")
    account = profile.settings["sso_account_id"].text
    role = profile.settings["sso_role_name"].text
    key = reference if reference is not None else own.settings["sso_start_url"]
    detail = f'role {role} of account {account} through SSO in profile "{profile.name}"'
    offer = Offer("dynamic", profile=profile.name, account=account, role=role)
    fact = session.snapshot.named_file("sso-token", key.masked)
    if fact is None and key and not runs_over(key):
        return undecided(f"{detail}: the cached token was not looked at", key.location, offer)
    if fact is None or not _is_usable(fact):
        session.fail("source_failed", "the cached SSO token is missing or malformed", key.location)
    if _is_past(session, fact.expires):
        # Without a session nothing is renewed: the token is sent as it is, and refused.
        if reference is None or not fact.renewal or _is_past(session, fact.renewal):
            message = "the cached SSO token has expired"
            session.fail("source_failed", message, key.location)
        detail += ", whose token has expired and must be refreshed"
    check_service(session, "sso", own.settings["sso_region"])
    for name in ("sso_role_name", "sso_account_id"):
        if not profile.settings[name]:
            place = profile.settings[name].location
            session.fail("source_failed", f"{name} is empty, so that no request is made", place)
    return found(detail, offer, key.location)


def _is_usable(fact: PathFact) -> bool:
    """Tell whether a cache is whole; its times must be in UTC, written with a Z."""
    lacks = {"accessToken", "accessToken.accountId"}.intersection(fact.lacks)
    if fact.status != "present" or fact.error is not None or lacks:
        return False
    times = (fact.written or fact.expires, fact.renewal or None)
    return times[0] is not None and all(one is None or re.match(_UTC, one) for one in times)


def _is_past(session: Session, instant: Optional[str]) -> bool:
    return clock.judge(instant or "", session.snapshot.captured_at) == clock.PAST


def _login(session: Session, profile: Section) -> Result:
    setting = profile.settings["login_session"]
    detail = f'login session in profile "{profile.name}"'
    offer = Offer("dynamic", profile=profile.name, account=account_of(setting.text))
    fact = session.snapshot.named_file("login-token", setting.masked.strip(SPACE))
    if fact is None and setting and not runs_over(setting):
        what = f"{detail}: the cached token was not looked at"
        return undecided(what, setting.location, offer)
    if fact is None or not _is_usable(fact):
        message = "the cached login token is missing or malformed"
        session.fail("source_failed", message, setting.location)
    if _is_past(session, fact.expires):
        detail += ", whose token has expired and must be refreshed"
    return found(detail, offer, setting.location)


def _process(session: Session, profile: Section) -> Result:
    setting = profile.settings["credential_process"]
    detail = f'the program of credential_process in profile "{profile.name}", run by a shell'
    offer = Offer("dynamic", profile=profile.name)
    if not setting.masked.strip():
        message = f'credential_process of profile "{profile.name}" is empty'
        session.fail("source_failed", message, setting.location)
    fact = session.snapshot.named_file("credential-process-shell", setting.masked)
    if fact is None or fact.status == "unknown":
        return undecided(f"{detail}: only a shell can tell", setting.location, offer)
    if fact.status != "present":
        message = f"the program of credential_process is {fact.status}"
        session.fail("source_failed", message, setting.location)
    return found(detail, offer, setting.location)
