"""What a profile gives the AWS SDK for Java v1.

Source: aws-java-sdk-core 1.12.797, ProfilesConfigFile, ProfileAssumeRoleCredentialsProvider,
ProfileStaticCredentialsProvider; aws-java-sdk-sts 1.12.797, STSProfileCredentialsService.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.java.profile import process
from credlint.chain.java.session import Settings, text_of
from credlint.chain.java.sources import check_role, check_token
from credlint.chain.java_v1.session import Session, find
from credlint.chain.java_v1.sources import check_regional_client
from credlint.chain.outcome import Result, absent, found
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.trace import Offer

_KEY, _SECRET, _TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
KINDS = frozenset(
    {
        "web_identity_profile",
        "role_profile",
        "process_profile",
        "static_credentials_file",
        "static_config_file",
    }
)


def kind_of(settings: Settings, role: str) -> str:
    """Return the source that a profile is, by the file's role."""
    if "role_arn" in settings:
        has_token_file = "web_identity_token_file" in settings
        return "web_identity_profile" if has_token_file else "role_profile"
    if "credential_process" in settings:
        return "process_profile"
    return f"static_{role}_file"


def from_profile(session: Session, source: str) -> Result:
    """Judge one kind of the selected profile; raises Raised where it fails."""
    settings = find(session.credentials(), session.profile)
    if settings is None:
        return absent(f'there is no profile "{session.profile}"')
    first = next(iter(settings.values()), None)
    role = first.origin.partition("/")[0].partition("-")[0] if first is not None else "credentials"
    kind = kind_of(settings, role)
    if kind != source:
        return absent(f'profile "{session.profile}" is set up for {kind}')
    if kind == "process_profile":
        return process(session, session.profile, settings, ())
    if kind.startswith("static"):
        if not settings.get(_KEY) and not settings.get(_SECRET):
            return absent(f'profile "{session.profile}" gives no credentials')
        return static(session, session.profile, settings)
    return _role(session, settings)


def static(session: Session, profile: str, settings: Settings) -> Result:
    """Judge a key pair, of which nothing may be empty."""
    for name in (_KEY, _SECRET):
        if not settings.get(name):
            session.fail("profile_invalid", f'profile "{profile}" has no {name}')
    key, token = settings[_KEY], settings.get(_TOKEN)
    if token is not None and not token:
        session.fail("profile_invalid", f"{_TOKEN} is empty", token.location)
    detail = f'{show_key(key.value)} in profile "{profile}"'
    if token is not None:
        detail += " with a session token"
    return found(detail, key_offer(key.value, profile, has_token=token is not None), key.location)


def _role(session: Session, settings: Settings) -> Result:
    role, reference = settings["role_arn"], settings.get("source_profile")
    if reference is None or not reference:
        message = f'profile "{session.profile}" has a role_arn without source_profile'
        session.fail("profile_invalid", message, role.location)
    name = text_of(reference)
    source = find(session.credentials(), name)
    if source is None:
        message = f'source_profile "{name}" does not exist'
        session.fail("profile_invalid", message, reference.location)
    inner = static(session, name, source)
    detail = f'profile "{session.profile}" assumes {role.text}'
    token_file = settings.get("web_identity_token_file")
    if token_file is None:
        detail += f" ({inner.detail})"
        _check_role(session, role, settings, settings.get("external_id"))
    else:
        detail += " with its token file"
        check_regional_client(session, token_file.location)
        fact = session.path_fact("web-identity-token", token_file)
        if not token_file:
            session.fail("token_file_failed", "web_identity_token_file is empty")
        check_token(session, fact, token_file.location)
        _check_role(session, role, settings, None)
    offer = Offer("dynamic", session.profile, account=account_of(role.text), role=role.text)
    return found(detail, offer, role.location)


def _check_role(
    session: Session, role: Setting, settings: Settings, external_id: Optional[Setting]
) -> None:
    name = settings.get("role_session_name")
    text = None if name is None else text_of(name)
    check_role(session, text_of(role), role.location, text, external_id)
