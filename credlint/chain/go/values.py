"""Values that make the AWS SDKs for Go refuse their whole configuration.

Source: aws-sdk-go-v2 config 1.33.15, env_config.go ``NewEnvConfig`` and shared_config.go
``setFromIniSection``; aws 1.47.7 defaultsmode.go and retryer.go; aws-sdk-go 1.55.8,
aws/session/env_config.go ``envConfigLoad`` and shared_config.go ``setFromIniFile``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Callable, Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Unknown, fail
from credlint.chain.patterns import pattern
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.location import environment_variable

Test = Callable[[str], bool]
_MODES = ("auto", "cross-region", "in-region", "legacy", "mobile", "standard")
_LARGEST_COMPRESSION = 10 * 1024 * 1024
_INTEGER = pattern(r"[+-]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)\Z")


def _one_of(*words: str) -> Test:
    return lambda text: text in words


def _fold(*words: str) -> Test:
    return lambda text: text.lower() in words


def _integer(text: str) -> bool:
    return re.match(r"[+-]?[0-9]+\Z", text) is not None


def _profile_integer(text: str) -> bool:
    return _INTEGER.match(text.replace("_", "")) is not None


def _size(text: str) -> bool:
    return _integer(text) and 0 <= int(text) <= _LARGEST_COMPRESSION


def _address_mode(text: str) -> bool:
    return text.strip().lower() in ("ipv4", "ipv6", "")


_BOOLEAN = _fold("true", "false")
_WHEN = _fold("when_supported", "when_required")
_ACCOUNT_MODE = _one_of("preferred", "required", "disabled")
_RETRY = _one_of("standard", "adaptive")
_REGIONAL = _fold("legacy", "regional")
# In the order in which they are read; an empty variable counts as none.
VARIABLES: Mapping[str, Test] = {
    "AWS_DISABLE_REQUEST_COMPRESSION": _BOOLEAN,
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": _size,
    "AWS_DISABLE_CLOCK_SKEW_CORRECTION": _BOOLEAN,
    "AWS_ENABLE_ENDPOINT_DISCOVERY": _fold("true", "false", "auto"),
    "AWS_S3_USE_ARN_REGION": _BOOLEAN,
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": _address_mode,
    "AWS_EC2_METADATA_V1_DISABLED": _BOOLEAN,
    "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS": _BOOLEAN,
    "AWS_USE_DUALSTACK_ENDPOINT": _BOOLEAN,
    "AWS_USE_FIPS_ENDPOINT": _BOOLEAN,
    "AWS_DEFAULTS_MODE": _fold(*_MODES),
    "AWS_MAX_ATTEMPTS": _integer,
    "AWS_RETRY_MODE": _RETRY,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": _BOOLEAN,
    "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH": _BOOLEAN,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": _ACCOUNT_MODE,
    "AWS_REQUEST_CHECKSUM_CALCULATION": _WHEN,
    "AWS_RESPONSE_CHECKSUM_VALIDATION": _WHEN,
    "AWS_RESTRICT_FILE_PERMISSIONS": _fold("user_read_write", "unrestricted"),
}
# An empty setting counts.
_SETTINGS: Mapping[str, Test] = {
    "ec2_metadata_service_endpoint_mode": _address_mode,
    "defaults_mode": _fold(*_MODES, ""),
    "max_attempts": _profile_integer,
    "retry_mode": _RETRY,
    "disable_request_compression": _one_of("true", "false"),
    "disable_clock_skew_correction": _one_of("true", "false"),
    "request_min_compression_size_bytes": _size,
    "account_id_endpoint_mode": _ACCOUNT_MODE,
    "request_checksum_calculation": _WHEN,
    "response_checksum_validation": _WHEN,
}
VARIABLES_V1: Mapping[str, Test] = {
    "AWS_STS_REGIONAL_ENDPOINTS": _REGIONAL,
    "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": _REGIONAL,
    "AWS_S3_USE_ARN_REGION": _BOOLEAN,
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": _address_mode,
    "AWS_USE_DUALSTACK_ENDPOINT": _BOOLEAN,
    "AWS_USE_FIPS_ENDPOINT": _BOOLEAN,
}
_SETTINGS_V1: Mapping[str, Test] = {
    "sts_regional_endpoints": _fold("legacy", "regional", ""),
    "s3_us_east_1_regional_endpoint": _fold("legacy", "regional", ""),
    "ec2_metadata_service_endpoint_mode": _address_mode,
}


def check_environment(sdk: SdkSpecification, get: Callable[[str], Optional[CapturedValue]]) -> None:
    """Raise Raised for the first variable whose value is refused."""
    first = sdk.facts["generation"] == 1
    for name, accepts in (VARIABLES_V1 if first else VARIABLES).items():
        value = get(name)
        if not value:
            continue
        if value.text is None:
            message = f"the text of {name} was not captured"
            raise Unknown(message)
        if not accepts(value.text):
            message = f"the value of {name} is refused, and with it the whole configuration"
            fail(sdk.error("untyped"), message, environment_variable(name))


def check_profile(sdk: SdkSpecification, name: str, settings: Mapping[str, Setting]) -> None:
    """Raise Raised for the first setting of a profile whose value is refused."""
    first = sdk.facts["generation"] == 1
    for key, accepts in (_SETTINGS_V1 if first else _SETTINGS).items():
        setting = settings.get(key)
        if setting is None:
            continue
        if setting.text is None:
            message = f'{key} of profile "{name}" was not captured'
            raise Unknown(message)
        if not accepts(setting.text):
            message = f'the value of {key} in profile "{name}" is refused'
            fail(sdk.error("untyped"), message, setting.location)
