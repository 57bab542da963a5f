"""Roles assumed with a token file.

Source: botocore 1.44.5 credentials.py ``AssumeRoleWithWebIdentityProvider``; AWS CLI v1 1.46.3
reads the token already at resolution.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Result, absent, at_first_use, fail, found
from credlint.chain.session import Session, Value
from credlint.chain.sources.parameters import Parameter, check_parameters
from credlint.model.location import Location, environment_variable
from credlint.model.trace import Offer, SdkError

_VARIABLES = {
    "web_identity_token_file": "AWS_WEB_IDENTITY_TOKEN_FILE",
    "role_session_name": "AWS_ROLE_SESSION_NAME",
    "role_arn": "AWS_ROLE_ARN",
}


def web_identity(session: Session, profile: str, *, use_environment: bool) -> Result:
    """Judge environment and profile, setting by setting, the environment first.

    An empty variable hides the profile's setting. Raises Raised when the role is missing.
    """
    token_file, place, source = _get(session, profile, "web_identity_token_file", use_environment)
    if not token_file:
        if token_file is not None:
            return absent(f"{source} is empty", place)
        if use_environment and session.env("AWS_ROLE_ARN") is not None:
            return absent(
                "AWS_ROLE_ARN is set without AWS_WEB_IDENTITY_TOKEN_FILE and is ignored",
                environment_variable("AWS_ROLE_ARN"),
            )
        return absent("no web identity token file is configured")
    role, role_place, _ = _get(session, profile, "role_arn", use_environment)
    if not role:
        message = f"{source} names a token file, but no role ARN is configured"
        session.fail("invalid_config", message, role_place or place)
    name, name_place, _ = _get(session, profile, "role_session_name", use_environment)
    error = _token_error(session, token_file, place, source)
    opened = error is None or error.name == session.sdk.error("invalid_parameter")
    early = session.sdk.web_identity_token_read == "resolution"  # noqa: S105  a point in time
    if error is not None and not opened and early:
        fail(error.name, error.message, error.location)
    error = error or check_parameters(
        session,
        Parameter("RoleArn", role, role_place),
        # An empty name gives way to a made-up one.
        Parameter("RoleSessionName", name or None, name_place),
    )
    role_text = role.text
    from_profile = profile if isinstance(token_file, Setting) else None
    offer = Offer("dynamic", profile=from_profile, account=account_of(role_text), role=role_text)
    return found(
        f"assumes {role_text or 'a role'} with the token file of {source}", offer, place, error
    )


def account_of(arn: Optional[str]) -> Optional[str]:
    """Return the account field of an ARN."""
    fields = (arn or "").split(":")
    return fields[4] if len(fields) > 5 and fields[4].isdigit() else None  # noqa: PLR2004


def _get(
    session: Session, profile: str, key: str, use_environment: bool
) -> tuple[Optional[Value], Optional[Location], str]:
    if use_environment:
        value = session.env(_VARIABLES[key])
        if value is not None:
            return value, environment_variable(_VARIABLES[key]), _VARIABLES[key]
    setting = session.named(profile).get(key)
    if setting is None:
        return None, None, ""
    return setting, setting.location, f'{key} in profile "{profile}"'


def _token_error(
    session: Session, token_file: Value, place: Optional[Location], source: str
) -> Optional[SdkError]:
    if isinstance(token_file, Setting) and token_file.nested:
        return at_first_use("TypeError", f"{source} is a nested block, not a path", place)
    fact = session.path_fact("web-identity-token", token_file, "AWS_WEB_IDENTITY_TOKEN_FILE")
    if fact is None:
        return None
    problems = {
        "absent": ("FileNotFoundError", "does not exist"),
        "unreadable": ("PermissionError", "cannot be read"),
        "not-a-file": ("IsADirectoryError", "is not a file"),
    }
    if fact.status in problems:
        name, words = problems[fact.status]
        return at_first_use(name, f"the token file of {source} {words}", place)
    if fact.error == "UnicodeDecodeError":
        return at_first_use(fact.error, f"the token file of {source} is not UTF-8 text", place)
    if fact.status == "empty":
        name = session.sdk.error("invalid_parameter")
        return at_first_use(name, f"the token file of {source} is empty", place)
    return None
