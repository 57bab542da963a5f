"""The profiles of the AWS SDK for PHP that hold a role or keys.

Source: aws-sdk-php 3.329.0, Credentials/CredentialProvider.php ``ini``, ``loadRoleProfile`` and
``getCredentialsFromSource``. The steps of the config file look for the section ``profile NAME``
by its whole name, and so do they for the source profile's.
"""

from __future__ import annotations

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Result, absent, found
from credlint.chain.php.ini_view import Profile, Profiles, readable
from credlint.chain.php.machine import container, imds
from credlint.chain.php.session import PREFIX, Session, said
from credlint.chain.php.sources import KEY, SECRET, check_region, check_role, env, static
from credlint.chain.sources.web_identity import account_of
from credlint.model.trace import Offer

_Visited = tuple[str, ...]


def ini(session: Session, *, config: bool, role: bool) -> Result:
    """Judge the role or the keys of the profile in either file."""
    name, section, where = session.profile, session.profile, "credentials"
    file = session.credentials_file
    if config:
        section, where, file = PREFIX + name, "config", session.file("config")
    profiles = session.loaded(file) if readable(file) else {}
    settings = (profiles or {}).get(section)
    if profiles is None or settings is None:
        why = "PHP refuses the file" if profiles is None else "no such section"
        return absent(f'no profile "{name}" in the {where} file ({why})')
    if "role_arn" in settings:
        if role:
            return _role(session, profiles, section, name, ())
        return absent(f'profile "{name}" of the {where} file has a role_arn, so its keys are not')
    if role:
        return absent(f'no role_arn in profile "{name}" of the {where} file')
    return static(session, settings, name, where)


def _role(
    session: Session, profiles: Profiles, section: str, name: str, visited: _Visited
) -> Result:
    settings = profiles[section]
    arn = settings["role_arn"]
    source, named = said(settings, "source_profile"), said(settings, "credential_source")
    used = None
    if source is not None and named is None:
        inner = _of_profile(session, profiles, source, visited)
    elif named is not None and source is None:
        if said(settings, "role_arn") is None:
            session.refuse(f'profile "{name}" has an empty role_arn', arn.location)
        inner, used = _of_machine(session, named)
        check_region(session, profiles.get("", {}).get("region"))
    else:
        message = f'profile "{name}" has neither or both of source_profile and credential_source'
        session.refuse(message, arn.location)
    role = check_role(session, settings).text
    detail = f'profile "{name}" assumes {role} ({inner.detail})'
    for ignored in ("mfa_serial", "external_id"):
        if ignored in settings:
            detail += f", without its {ignored}, which the SDK does not know"
    offer = Offer("dynamic", name, account=account_of(role), role=role, source=used)
    if inner.kind == "undecided":
        return Result("undecided", detail, arn.location, offer)
    return found(detail, offer, arn.location)


def _of_profile(session: Session, profiles: Profiles, source: Setting, visited: _Visited) -> Result:
    """Return what the source profile gives; raises Raised where that is nothing."""
    name = source.masked
    settings: Profile = profiles.get(name, {})
    if name not in profiles:
        session.refuse(f'there is no section "{name}" for source_profile', source.location)
    if name in visited:
        session.refuse(f'source_profile comes back to "{name}"', source.location)
    keys = KEY in settings and SECRET in settings
    if "role_arn" in settings and not keys:
        inner = _role(session, profiles, name, name, (*visited, name))
    else:
        inner = static(session, settings, name, "same")
    if inner.kind == "absent":
        session.refuse(f'source profile "{name}" has no keys', source.location)
    check_region(session, settings.get("region"))
    return inner


def _of_machine(session: Session, named: Setting) -> tuple[Result, str]:
    """Return what ``credential_source`` gives and its source id; raises Raised without any."""
    if named.text == "Environment":
        inner, used = env(session), "env"
    elif named.text == "EcsContainer":
        inner, used = container(session), "container"
    elif named.text == "Ec2InstanceMetadata":
        inner, used = imds(session), "imds"
    else:
        session.refuse("credential_source is none of the three names", named.location)
    if inner.kind == "absent":
        message = f"credential_source gives nothing ({inner.detail})"
        session.refuse(message, named.location)
    return inner, used
