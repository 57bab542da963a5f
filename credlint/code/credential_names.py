"""Names under which programs are handed keys of AWS, and what the values of real ones look like."""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.key_id import is_example, parse_key_id

KEY_ID, SECRET_KEY, TOKEN = "key id", "secret key", "token"
# What SDKs read (SDKs and Tools Reference Guide, "Environment variables"); AWS_ACCESS_KEY and
# AWS_SECRET_KEY: aws-sdk-java 1.12 `SDKGlobalConfiguration`, aws-sdk-go 1.55 `credentials`;
# AWS_SECURITY_TOKEN: botocore `EnvProvider`; AWS_BEARER_TOKEN_BEDROCK: Bedrock User Guide.
VARIABLES = {
    "AWS_ACCESS_KEY_ID": KEY_ID,
    "AWS_ACCESS_KEY": KEY_ID,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_SECRET_KEY": SECRET_KEY,
    "AWS_SESSION_TOKEN": TOKEN,
    "AWS_SECURITY_TOKEN": TOKEN,
    "AWS_BEARER_TOKEN_BEDROCK": TOKEN,
}
PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_ENDING = re.compile(r"(?:\A|_)(" + "|".join(VARIABLES) + r")\Z", re.IGNORECASE)
_SECRET = re.compile(r"[A-Za-z0-9/+]{40}\Z")
_SHORTEST_TOKEN = 100
_LEAST_DISTINCT = 14
_LEAST_DISTINCT_OF_ID = 6
# Addresses of AWS' own services; any other is a stand-in or another maker's store.
_AWS_HOST = re.compile(
    r"(?:https?://)?(?:[^/]*\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)(?:[:/]|\Z)", re.IGNORECASE
)


def kind_of(name: str) -> Optional[str]:
    """Return what a variable of exactly that name holds for an SDK, None for nothing of ours."""
    return VARIABLES.get(name)


def kind_of_ending(name: str) -> Optional[str]:
    """Return likewise for a name that ends so, in any case: ``prod_aws_secret_access_key``."""
    found = _ENDING.search(name)
    return VARIABLES[found[1].upper()] if found else None


def is_issued(kind: str, text: str) -> bool:
    """Tell whether a value has the form that AWS issues; anything else cannot work there."""
    if kind == KEY_ID:
        return (
            parse_key_id(text) is not None
            and not is_example(text)
            and len(set(text[4:])) >= _LEAST_DISTINCT_OF_ID
        )
    if kind == SECRET_KEY:
        return (
            _SECRET.match(text) is not None
            and "EXAMPLE" not in text
            and len(set(text)) >= _LEAST_DISTINCT
        )
    return len(text) >= _SHORTEST_TOKEN and "EXAMPLE" not in text


def is_of_aws(address: str) -> bool:
    """Tell whether an endpoint is one of AWS."""
    return _AWS_HOST.match(address) is not None
