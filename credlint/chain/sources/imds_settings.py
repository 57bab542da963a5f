"""How an SDK would talk to IMDS, and the errors that these settings alone cause.

Sources: botocore 1.44.5 credentials.py ``create_credential_resolver``, utils.py ``IMDSFetcher``,
``resolve_imds_endpoint_mode``, ``is_valid_uri``; Python's urllib.request ``getproxies`` and
``proxy_bypass_environment``.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Optional
from urllib.parse import urlsplit

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import fail
from credlint.chain.patterns import pattern
from credlint.chain.session import Session, Value, text_of
from credlint.chain.sources.keys import captured
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location, environment_variable

DEFAULT_ENDPOINTS = {"ipv4": "http://169.254.169.254/", "ipv6": "http://[fd00:ec2::254]/"}
_HOST = pattern(r"((?!-)[A-Z\d-]{1,63}(?<!-)\.)*((?!-)[A-Z\d-]{1,63}(?<!-))$", re.IGNORECASE)
_LONGEST_HOST = 255


@dataclass(frozen=True)
class ImdsSettings:
    """The settings as the SDK takes them.

    ``endpoint`` None is the default one of IPv4. ``proxy``: the variable that would send the
    requests through a proxy. ``timeout`` in seconds per request.
    """

    endpoint: Optional[str]
    timeout: int
    attempts: int
    v1_disabled: bool
    disabled: bool
    proxy: Optional[str]


def imds_settings(session: Session) -> ImdsSettings:
    """Read all settings in the SDK's order; raises Raised as the SDK would, or Unknown."""
    timeout = _number(session, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout")
    attempts = _number(
        session, "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts"
    )
    custom = session.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
    mode = _mode(session)
    v1 = session.variable("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled")
    endpoint = None if mode == "ipv4" else DEFAULT_ENDPOINTS[mode]
    if custom:
        endpoint = _endpoint(session, custom)
    switch = session.env("AWS_EC2_METADATA_DISABLED")
    return ImdsSettings(
        endpoint=endpoint,
        timeout=timeout,
        attempts=attempts,
        v1_disabled=v1 is not None and not is_nested(v1) and _is_true(v1),
        disabled=switch is not None and _is_true(switch),
        proxy=_proxy(session, endpoint or DEFAULT_ENDPOINTS["ipv4"]),
    )


def is_nested(value: Value) -> bool:
    """Tell whether the SDK gets a dictionary instead of a text."""
    return isinstance(value, Setting) and value.nested


def _is_true(value: Value) -> bool:
    return (value.text or "").lower() == "true"


def place_of(session: Session, variable: str, value: Optional[Value] = None) -> Optional[Location]:
    """Return where a configuration variable got its value."""
    if isinstance(value, Setting):
        return value.location
    return environment_variable(variable) if session.env(variable) is not None else None


def _number(session: Session, variable: str, setting: str) -> int:
    value = session.variable(variable, setting)
    if value is None:
        return 1
    place = place_of(session, variable, value)
    if is_nested(value):
        fail("TypeError", f"{setting} is a nested block, not a number", place)
    try:
        # A value of several lines is no number, whatever its text (which may not be captured).
        several = "newline" in captured(value).flaws
        return int("\n" if several else text_of(value, setting))
    except ValueError:
        name = variable if session.env(variable) is not None else setting
        fail("ValueError", f"{name} is not a whole number", place)


def _mode(session: Session) -> str:
    name = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
    value = session.variable(name, "ec2_metadata_service_endpoint_mode")
    if value is not None:
        place = place_of(session, name, value)
        if is_nested(value):
            fail("AttributeError", "the IMDS endpoint mode is a nested block", place)
        mode = text_of(value, name).lower()
        if mode not in DEFAULT_ENDPOINTS:
            message = "the IMDS endpoint mode is neither ipv4 nor ipv6"
            session.fail("imds_mode_invalid", message, place)
        return mode
    ipv6 = session.variable("AWS_IMDS_USE_IPV6", "imds_use_ipv6")
    return "ipv6" if ipv6 is not None and not is_nested(ipv6) and _is_true(ipv6) else "ipv4"


def _endpoint(session: Session, value: Value) -> str:
    name = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
    place = place_of(session, name, value)
    if is_nested(value):
        # frozenset.intersection takes the dictionary's keys, urlsplit then refuses it.
        fail("AttributeError", "the IMDS endpoint is a nested block", place)
    text = text_of(value, "the IMDS endpoint")
    try:
        valid = _is_valid_uri(text)
    except ValueError:
        fail("ValueError", "the IMDS endpoint is not an address", place)
    if not valid:
        message = "the IMDS endpoint is not a valid address"
        session.fail("imds_endpoint_invalid", message, place)
    return text


def _is_valid_uri(text: str) -> bool:
    if set("\t\r\n").intersection(text):
        return False
    host = urlsplit(text).hostname
    if host is None:
        return False
    if len(host) <= _LONGEST_HOST and _HOST.match(host.removesuffix(".")):
        return True
    try:
        ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _proxy(session: Session, endpoint: str) -> Optional[str]:
    chosen: dict[str, Optional[str]] = {}
    for exact in (False, True):  # names in lower case override, and take away when empty
        for entry in session.snapshot.environment:
            kind = entry.name.lower()
            if kind not in {"http_proxy", "no_proxy"} or (exact and kind != entry.name):
                continue
            if entry.value:
                chosen[kind] = entry.name
            elif exact:
                chosen.pop(kind, None)
    name = chosen.get("http_proxy")
    if name is None:
        return None
    exempt = chosen.get("no_proxy")
    listed = session.env(exempt) if exempt else None
    if listed is not None and _is_exempt(urlsplit(endpoint).netloc, listed.text or ""):
        return None
    return name if urlsplit(endpoint).scheme == "http" else None


def _is_exempt(netloc: str, no_proxy: str) -> bool:
    if no_proxy == "*":
        return True
    netloc = netloc.lower()
    host = re.sub(r":\d*$", "", netloc) if not netloc.endswith("]") else netloc
    for entry in no_proxy.split(","):
        name = entry.strip().lower().lstrip(".")
        if name and (
            name in {host, netloc} or host.endswith("." + name) or netloc.endswith("." + name)
        ):
            return True
    return False
