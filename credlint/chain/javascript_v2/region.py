"""The region, and what loading the SDK raises on the way.

Source: aws-sdk 2.1693.0, lib/node_loader.js ``getRegion``, lib/region/utils.js
``getRealRegion``, lib/metadata_service/get_metadata_service_endpoint.js. All of it is
evaluated while the SDK's modules are loaded, so that an error here keeps the program from
starting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.javascript.session import Settings
from credlint.chain.javascript_v2.session import Session
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.patterns import pattern
from credlint.model.location import environment_variable
from credlint.model.trace import RegionChoice

_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_MODE = f"{_ENDPOINT}_MODE"
_DEFAULTS = {"IPv4": "http://169.254.169.254", "IPv6": "http://[fd00:ec2::254]"}
_FIPS = pattern(r"fips-(?:dkr-|prod-)?|-fips")
_GLOBAL = {
    "fips-aws-global": "us-east-1",
    "aws-fips": "us-east-1",
    "aws-global": "us-east-1",
    "fips-aws-us-gov-global": "us-gov-west-1",
    "aws-us-gov-global": "us-gov-west-1",
}


def load(session: Session) -> None:
    """Raise what loading the SDK raises."""
    imds_endpoint(session)
    _configured(session)


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told, a note for people."""
    try:
        chosen = _configured(session)
    except Raised:
        return RegionChoice(), None
    except Unknown as reason:
        return RegionChoice(), f"the region cannot be told: {reason}"
    others = tuple(_others(session, chosen.source))
    if not chosen.value:
        return RegionChoice(ignored=others), None
    return RegionChoice(real_region(chosen.value), chosen.source, chosen.location, others), None


def real_region(region: str) -> str:
    """Return the region that a pseudo-region stands for."""
    return _GLOBAL.get(region) or _FIPS.sub("", region, count=1)


def imds_endpoint(session: Session) -> str:
    """Return the address of IMDS; the config file counts for it without AWS_SDK_LOAD_CONFIG."""
    endpoint = _value(session, _ENDPOINT, "ec2_metadata_service_endpoint")
    if endpoint is not None:
        return endpoint
    mode = _value(session, _MODE, "ec2_metadata_service_endpoint_mode")
    mode = "IPv4" if mode is None else mode
    if mode not in _DEFAULTS:
        place = environment_variable(_MODE) if session.is_set(_MODE) else None
        session.fail("Error", "the IMDS endpoint mode is neither IPv4 nor IPv6", place)
    return _DEFAULTS[mode]


def _value(session: Session, variable: str, name: str) -> Optional[str]:
    if session.is_set(variable):
        return session.text(variable)
    try:
        settings = session.config(by_variable=True).get(session.usual_profile, {})
    except Raised:
        return None
    setting = settings.get(name)
    return None if setting is None else _text(setting)


def _text(setting: Setting) -> str:
    if setting.text is None:
        message = f"{setting.name} was not captured"
        raise Unknown(message)
    return setting.text


def _configured(session: Session) -> RegionChoice:
    for name in ("AWS_REGION", "AMAZON_REGION"):
        value = session.text(name)
        if value:
            return RegionChoice(value, f"env:{name}", environment_variable(name))
    for settings in _iter_profiles(session) if session.loads_config else ():
        setting = settings.get("region")
        if setting is not None:
            source = f"profile:{session.usual_profile}"
            return RegionChoice(_text(setting), source, setting.location)
    return RegionChoice()


def _iter_profiles(session: Session) -> Iterator[Settings]:
    """Yield the profile in the credentials file, which need not be readable, and the config."""
    credentials: Mapping[str, Settings] = {}
    file = session.file("credentials", by_variable=True)
    shared = session.is_one_file()
    try:
        if shared and _is_read_before(session):
            credentials = session.config(by_variable=True)
        else:
            credentials = session.raw(file)
    except Raised:
        shared = False
    yield credentials.get(session.usual_profile, {})
    config = credentials if shared else session.config(by_variable=True)
    yield config.get(session.usual_profile, {})


def _is_read_before(session: Session) -> bool:
    """Tell whether a file that both variables name has been read as config file by now."""
    pairs = zip(session.sdk.env_access_key_id, session.sdk.env_secret_access_key)
    has_keys = any(session.env(key) and session.env(secret) for key, secret in pairs)
    asked = session.is_set(_ENDPOINT)
    return not has_keys or not asked


def _others(session: Session, source: Optional[str]) -> Iterator[tuple[str, str]]:
    for name in ("AWS_REGION", "AMAZON_REGION", "AWS_DEFAULT_REGION"):
        value = session.env(name)
        if value is not None and value.text and f"env:{name}" != source:
            yield f"env:{name}", value.text
    name = f"profile:{session.usual_profile}"
    for role in ("credentials", "config") if name != source else ():
        setting = _told(session, role)
        if setting is not None and setting.text:
            yield name, setting.text
            return


def _told(session: Session, role: str) -> Optional[Setting]:
    try:
        if role == "config":
            profiles = session.config(by_variable=session.loads_config)
        else:
            profiles = session.raw(session.file(role, by_variable=session.loads_config))
    except (Raised, Unknown):
        return None
    return profiles.get(session.usual_profile, {}).get("region")
