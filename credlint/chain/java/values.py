"""Values with which the AWS SDK for Java v2 cannot build a client, and so no role either.

Sources: aws-core 2.57.8 AwsDefaultClientBuilder, AwsClientEndpointProvider, DefaultsModeResolver;
sdk-core 2.57.8 RetryMode, MaxAttemptsResolver, SdkDefaultClientBuilder. Which values end it was
seen by running them.
"""

from __future__ import annotations

import re
from typing import Callable, Optional

from credlint.chain.ini_view import Setting
from credlint.chain.java.session import Session, text_of
from credlint.chain.outcome import Unknown

# Kept as texts, of which a few are needed seldom: compiling all would slow every start down.
_INTEGER = r"(?a)[+-]?[0-9]+\Z"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?\Z"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"
_ADDRESS = r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?(/[\w.~%/-]*)?\Z"
_EMPTY_ADDRESS = r"https?:(//)?\Z"
_RETRY = frozenset({"legacy", "standard", "adaptive", ""})
_MODES = frozenset({"legacy", "standard", "in-region", "cross-region", "mobile", "auto"})
_LARGEST = 2**31


def _boolean(text: str) -> bool:
    return text.lower() in ("true", "false")


def _integer(text: str) -> bool:
    return re.match(_INTEGER, text) is not None and -_LARGEST <= int(text) < _LARGEST


def _positive(text: str) -> bool:
    return _integer(text) and int(text) > 0


def _retry(text: str) -> bool:
    return text.lower() in _RETRY


def _mode(text: str) -> bool:
    return text.lower() in _MODES


# Variable (a system property of its own comes first), setting of the profile, what is accepted.
_CHECKED: tuple[tuple[str, Optional[str], Callable[[str], bool]], ...] = (
    ("AWS_RETRY_MODE", "retry_mode", _retry),
    ("AWS_DEFAULTS_MODE", "defaults_mode", _mode),
    ("AWS_MAX_ATTEMPTS", None, _positive),
    ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", _boolean),
    ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", _boolean),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls", _boolean),
    ("AWS_DISABLE_REQUEST_COMPRESSION", "disable_request_compression", _boolean),
    (
        "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
        "request_min_compression_size_bytes",
        _integer,
    ),
    ("AWS_NEW_RETRIES_2026", None, _boolean),
    ("AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026", None, _boolean),
)


def check_client(
    session: Session,
    service: str,
    region: Optional[str],
    profile: Optional[str] = None,
    *,
    calls: bool = True,
) -> None:
    """Raise Raised when no client of a service can be made or none of its requests be sent.

    ``region`` None: STS of no region, whose endpoint is then given. ``profile``: whose settings
    count where that is not the profile of the variables. ``calls`` False: nothing is sent.
    """
    session.files()
    values = {}
    for variable, key, accepts in _CHECKED:
        found = session.system(variable)
        own = session.own(key, profile) if key is not None else None
        if found is None or (variable == "AWS_RETRY_MODE" and found.is_blank):
            if own is None:
                continue
            name, text, place = own.name, text_of(own), own.location
        else:
            name, text, place = found.name, found.text, found.place
        if not accepts(text):
            message = f"no client can be made with the value of {name}"
            session.fail("invalid_value", message, place)
        values[variable] = text.lower()
    if session.system("AWS_PARTITIONS_FILE") is not None:
        message = "AWS_PARTITIONS_FILE names a file that is not looked at"
        raise Unknown(message)
    ignored = values.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == "true"
    given = region is None or (not ignored and _has_endpoint(session, service, profile))
    for variable in ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"):
        if calls and given and values.get(variable) == "true":
            message = f"{variable} and an endpoint of one's own exclude each other"
            session.fail("client_failed", message)
    if not given and region is not None and re.match(_HOST, region) is None:
        session.fail("client_failed", f'the region "{region}" is no part of a host name')


def _has_endpoint(session: Session, service: str, profile: Optional[str]) -> bool:
    """Tell whether an endpoint is configured; raises Raised when it is no address."""
    variable = f"AWS_ENDPOINT_URL_{service.upper()}"
    for found in (
        session.property(variable),
        session.property("AWS_ENDPOINT_URL"),
        session.env(variable),
        session.env("AWS_ENDPOINT_URL"),
    ):
        if found is not None:
            if found.value.text is None:
                message = f"the text of {found.name} was not captured"
                raise Unknown(message)
            _check_address(session, found.name, found.value.text)
            return True
    setting = _endpoint_setting(session, service, profile)
    if setting is None:
        return False
    _check_address(session, setting.name, text_of(setting))
    return True


def _endpoint_setting(session: Session, service: str, profile: Optional[str]) -> Optional[Setting]:
    key = f"{service}.endpoint_url"
    services = session.own("services", profile)
    if services is not None:
        section = session.files()["services"].get(text_of(services), {})
        if key in section:
            return section[key]
    own = session.own(key, profile)
    return session.own("endpoint_url", profile) if own is None else own


def _check_address(session: Session, name: str, text: str) -> None:
    if re.match(_ADDRESS, text) is not None:
        return
    if re.match(_SCHEME, text) is None or re.match(_EMPTY_ADDRESS, text) is not None:
        session.fail("client_failed", f"{name} is no address, so that no client can be made")
    message = f"whether the address in {name} can be used"
    raise Unknown(message)
