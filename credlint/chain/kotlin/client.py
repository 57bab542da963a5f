"""Creating a client of STS, SSO or Sign-In, which reads far more than the call needs.

Source: aws-sdk-kotlin 1.8.12, aws-config AbstractAwsSdkClientFactory.kt (``fromEnvironment``),
retries/ResolveRetryStrategy.kt, endpoints/Resolvers.kt, region/ValidateRegion.kt; internal/sts
StsClient.kt. The client belongs to the ambient profile, whatever profile the chain was given, and
what it cannot parse makes the source fail that wanted the call.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.kotlin.address import parse
from credlint.chain.kotlin.region import chain_region
from credlint.chain.kotlin.session import Session
from credlint.chain.outcome import Raised, fail
from credlint.chain.patterns import pattern
from credlint.model.location import Location

_INTEGER = pattern(r"[+-]?[0-9]+\Z")
_LARGEST = 2**31
_RETRY_MODES = ("legacy", "standard", "adaptive")
_REGION = pattern(r"[A-Za-z0-9._~%!$&'()*+,;=-]+\Z")
_TEXTS = ("sdk_ua_app_id", "sigv4a_signing_region_set", "auth_scheme_preference")
_TEXT_VARIABLES = (
    "AWS_SDK_UA_APP_ID",
    "AWS_SIGV4A_SIGNING_REGION_SET",
    "AWS_AUTH_SCHEME_PREFERENCE",
)
_URL, _PROPERTY = "AWS_ENDPOINT_URL_", "aws.endpointUrl"
_IGNORE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"


def check_client(session: Session, service: str, region: Optional[str]) -> Optional[str]:
    """Raise Raised where creating the client fails; return why its call must fail, else None.

    ``service`` is sts, sso or signin. ``region`` None: the client looks for one itself.
    """
    _check_retries(session)
    if region is None:
        region = chain_region(session).value
    fips = _switch(session, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
    dual = _switch(session, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
    for variable, key in zip(_TEXT_VARIABLES, _TEXTS):
        if (key != _TEXTS[1] or service == "sts") and session.setting(variable) is None:
            session.active().get(key)
    endpoint = _has_endpoint(session, service)
    if region is not None and _REGION.match(region) is None:
        place = session.place("AWS_REGION") if session.setting("AWS_REGION") else None
        session.fail("value_refused", "the region is no part of a host name", place)
    if endpoint and (fips or dual):
        return "an endpoint of one's own excludes FIPS and dual-stack endpoints"
    return "there is no region" if region is None and not endpoint else None


def _check_retries(session: Session) -> None:
    attempts = session.text("AWS_MAX_ATTEMPTS")
    if attempts is not None:
        place = session.place("AWS_MAX_ATTEMPTS")
        if not _is_integer(attempts):
            fail("NumberFormatException", "AWS_MAX_ATTEMPTS is no number", place)
        if int(attempts) < 1:
            session.fail("value_refused", "AWS_MAX_ATTEMPTS is below 1", place)
    else:
        profile = session.active()
        text = profile.text("max_attempts")
        if text is not None and not _is_integer(text):
            profile.refuse("max_attempts", "is no number")
        if text is not None and int(text) < 1:
            profile.refuse("max_attempts", "is below 1")
    mode = session.text("AWS_RETRY_MODE")
    if mode is not None:
        if mode.lower() not in _RETRY_MODES:
            place = session.place("AWS_RETRY_MODE")
            session.fail("variable_refused", "AWS_RETRY_MODE names no mode", place)
        return
    profile = session.active()
    mode = profile.text("retry_mode")
    if mode is not None and mode.lower() not in _RETRY_MODES:
        profile.refuse("retry_mode", "names no mode")


def _is_integer(text: str) -> bool:
    return _INTEGER.match(text) is not None and -_LARGEST <= int(text) < _LARGEST


def _switch(session: Session, variable: str, key: str) -> bool:
    flag = session.flag(variable)
    return bool(session.active().boolean(key) if flag is None else flag)


def _has_endpoint(session: Session, service: str) -> bool:
    """Tell whether an endpoint is configured for the service; raises Raised when it is none."""
    flag = session.flag(_IGNORE)
    if flag is None:
        flag = session.active().boolean("ignore_configured_endpoint_urls")
    if flag:
        return False
    wanted = f"{_URL}{service}"
    names = [one.name for one in session.snapshot.environment]
    # Only what follows AWS_ENDPOINT_URL_ and aws.endpointUrl may be written in any case.
    own = [name for name in session.properties if _is_called(name, f"{_PROPERTY}{service}")]
    own += [name for name in names if _is_called(name, wanted)]
    for name in (*own, "AWS_ENDPOINT_URL"):
        text = session.text(name)
        if text is not None:
            _check_address(text, "IllegalArgumentException", name, session.place(name))
            return True
    return _has_endpoint_setting(session, service)


def _is_called(name: str, wanted: str) -> bool:
    base = _URL if wanted.startswith(_URL) else _PROPERTY
    return name.startswith(base) and name.lower() == wanted.lower()


def _has_endpoint_setting(session: Session, service: str) -> bool:
    profile, refused = session.active(), session.sdk.error("value_refused")
    name = profile.text("services")
    if name is not None:
        section = session.config().services(name)
        if not section.exists:
            profile.refuse("services", "names a section that does not exist")
        entry = (section.block(service) or {}).get("endpoint_url")
        if entry is not None:
            setting = entry.setting("endpoint_url", name)
            _check_address(setting.text or "", refused, "endpoint_url", setting.location)
            return True
    own = profile.get("endpoint_url")
    if own is not None:
        _check_address(own.text or "", refused, "endpoint_url", own.location)
    return own is not None


def _check_address(text: str, error: str, name: str, place: Location) -> None:
    try:
        parse(text)
    except ValueError:
        raise Raised(error, f"{name} is no address", place) from None
