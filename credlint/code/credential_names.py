"""Names under which programs are handed keys of AWS, and which kind of key each is for."""

from __future__ import annotations

import re

from credlint.model.lazy_expressions import lazy_compile

# Kinds of keys, called as the variable that every SDK reads for it.
KEY_ID = "AWS_ACCESS_KEY_ID"
SECRET_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105  the name
TOKEN = "AWS_SESSION_TOKEN"  # noqa: S105  the name
BEARER = "AWS_BEARER_TOKEN_BEDROCK"
# What SDKs read (SDKs and Tools Reference Guide, "Environment variables"); AWS_ACCESS_KEY and
# AWS_SECRET_KEY: aws-sdk-java 1.12 `SDKGlobalConfiguration`, aws-sdk-go 1.55 `credentials`;
# AWS_SECURITY_TOKEN: botocore `EnvProvider`; AWS_BEARER_TOKEN_BEDROCK: Bedrock User Guide.
VARIABLES = {
    KEY_ID: KEY_ID,
    "AWS_ACCESS_KEY": KEY_ID,
    SECRET_KEY: SECRET_KEY,
    "AWS_SECRET_KEY": SECRET_KEY,
    TOKEN: TOKEN,
    "AWS_SECURITY_TOKEN": TOKEN,
    BEARER: BEARER,
}
PROFILE_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
# Lambda Developer Guide, "Defined runtime environment variables": the reserved names that carry
# credentials; CreateFunction refuses them with InvalidParameterValueException.
RESERVED_BY_LAMBDA = (KEY_ID, "AWS_ACCESS_KEY", SECRET_KEY, TOKEN)
# A slip that people make; no program reads it.
_MISTAKEN = {"AWS_SECRET_ACCESS_KEY_ID": SECRET_KEY}
_ENDING = lazy_compile(r"(?:\A|_)(" + "|".join(VARIABLES) + r")\Z", re.IGNORECASE)
_SEPARATORS = lazy_compile(r"[-_.\s]+")


def in_capitals(name: str) -> str:
    """Return a name as a variable would be called: ``aws-access-key.id`` is AWS_ACCESS_KEY_ID."""
    return _SEPARATORS.sub("_", name.strip()).upper()


def kind_of(name: str) -> str:
    """Return what a variable of exactly that name holds for an SDK, empty for nothing of ours."""
    return VARIABLES.get(name, "")


def kind_of_ending(name: str) -> str:
    """Return likewise for a name that ends so, in any case: ``prod_aws_secret_access_key``."""
    found = _ENDING.search(name)
    return VARIABLES[found[1].upper()] if found else ""


def kind_of_spelling(name: str) -> str:
    """Return likewise for a name in any case and with any separators: ``aws-access-key-id``."""
    name = in_capitals(name)
    return VARIABLES.get(name) or _MISTAKEN.get(name, "")
