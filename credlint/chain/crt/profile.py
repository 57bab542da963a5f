"""The profile provider of the Common Runtime: one way to credentials, chosen when it is made.

Source: aws-c-auth source/credentials_provider_profile.c and credentials_provider_sts.c as packed
in awscrt 0.38.0. ``role_arn`` shuts everything else of the starting profile out, static keys
come before a program, and whatever fails leaves the profile without credentials: there is no
second choice within it.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.crt.machine import container, imds
from credlint.chain.crt.profile_file import Profile, Property, setting
from credlint.chain.crt.session import Session, place_of, value_of
from credlint.chain.crt.sts import TokenRole, check_call, web_identity_of
from credlint.chain.outcome import Raised, Result, Unknown, absent, found, undecided
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.location import environment_variable
from credlint.model.trace import Offer

KEY, SECRET, TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
_NAMED = {"ec2instancemetadata": "imds", "environment": "env", "ecscontainer": "container"}


def _kind(profile: Profile, *, first: bool) -> str:
    """Return which source of the chain the provider of a profile stands for."""
    has_keys = _has_keys(profile)
    if setting(profile, "role_arn") is not None and (first or not has_keys):
        named = any(setting(profile, key) for key in ("source_profile", "credential_source"))
        by_token = not named and setting(profile, "web_identity_token_file") is not None
        return "web_identity_profile" if by_token else "role_profile"
    if setting(profile, "credential_process") is not None and not has_keys:
        return "process_profile"
    key = setting(profile, KEY) or setting(profile, SECRET)
    role = key.file.file.role.partition("-")[0] if key is not None else "credentials"
    return f"static_{role}_file"


def _has_keys(profile: Profile) -> bool:
    return setting(profile, KEY) is not None or setting(profile, SECRET) is not None


def from_profile(session: Session, source: str) -> Result:
    """Judge one kind of source of the selected profile; raises Raised or Unknown."""
    if not session.has_paths:
        return absent("a file variable is empty, so that no profile is read")
    profile = session.profile(session.name)
    if profile is None:
        return _missing(session)
    kind = _kind(profile, first=True)
    if kind != source:
        return absent(_why_not(profile, source, kind))
    return _judge(session, profile, kind, (session.name,))


def _missing(session: Session) -> Result:
    for why, place in session.faults.values():
        return absent(f'{why}; the profile "{session.name}" is not found', place)
    return absent(f'the profile "{session.name}" does not exist', session.profile_place())


def _why_not(profile: Profile, source: str, kind: str) -> str:
    keys = {
        "role_profile": ("role_arn", "role_arn"),
        "web_identity_profile": ("web_identity_token_file", "web_identity_token_file"),
        "process_profile": ("credential_process", "credential_process"),
    }
    key = keys.get(source, (KEY, KEY))[0]
    one = setting(profile, key)
    file = source.partition("_")[2].partition("_")[0]
    here = one is not None and (
        not source.startswith("static") or one.file.file.role.partition("-")[0] == file
    )
    if not here or kind.startswith("static") == source.startswith("static"):
        return f'no {key} of this kind in profile "{profile.name}"'
    by = "role_arn" if kind in ("role_profile", "web_identity_profile") else "static keys"
    return f'{key} of profile "{profile.name}" is not used beside its {by}'


def _judge(session: Session, profile: Profile, kind: str, seen: tuple[str, ...]) -> Result:
    if kind == "role_profile":
        return _role(session, profile, seen)
    if kind == "web_identity_profile":
        return _token_role(session, profile)
    if kind == "process_profile":
        return _process(session, profile)
    return _static(session, profile)


def _token_role(session: Session, profile: Profile) -> Result:
    asked = TokenRole(session, profile.name, session.merged())
    if asked.is_made and not session.sdk.facts["assumes_roles"]:
        message = f'web_identity_token_file of profile "{profile.name}" ends the program'
        session.fail("aborts", message, asked.token and asked.token[1])
    return web_identity_of(asked)


def _static(session: Session, profile: Profile) -> Result:
    key, secret = setting(profile, KEY), setting(profile, SECRET)
    there = key or secret
    if there is None:
        return absent(f'no credentials in profile "{profile.name}"')
    if key is None or secret is None or not key.text or not secret.text:
        message = f'profile "{profile.name}" has no whole key pair and is passed over'
        session.fail("profile", message, place_of(there))
    token, value = setting(profile, TOKEN), value_of(key)
    has_token = token is not None and bool(token.text)
    files = sorted({one.file.file.role.partition("-")[0] for one in (key, secret)})
    where = " and ".join(files)
    detail = f'{show_key(value)} in profile "{profile.name}" of the {where} file'
    if has_token:
        detail += " with a session token"
    return found(detail, key_offer(value, profile.name, has_token=has_token), place_of(key))


def _process(session: Session, profile: Profile) -> Result:
    one = profile.settings["credential_process"]
    place = place_of(one)
    if not one.text:
        message = f'credential_process of profile "{profile.name}" is empty'
        session.fail("process", message, place)
    detail = f'the program of credential_process in profile "{profile.name}", run by a shell'
    offer = Offer("dynamic", profile=profile.name)
    fact = session.snapshot.named_file("credential-process-shell", one.text)
    if fact is None or fact.status == "unknown":
        return undecided(f"{detail}: only a shell could tell whether it runs", place, offer)
    if fact.status != "present":
        session.fail("process", f"the program of credential_process is {fact.status}", place)
    return found(detail, offer, place)


def _role(session: Session, profile: Profile, seen: tuple[str, ...]) -> Result:
    arn = profile.settings["role_arn"]
    place = place_of(arn)
    if not session.sdk.facts["assumes_roles"]:
        message = f'role_arn of profile "{profile.name}" is never assumed by this SDK'
        session.fail("role", message, place)
    inner, used = _source(session, profile, seen)
    if inner.kind == "absent":
        message = f'the role of profile "{profile.name}" has no credentials to be assumed with'
        session.fail("role", f"{message} ({inner.detail})", inner.location or place)
    name = setting(profile, "role_session_name")
    if not arn.text or (name is not None and not name.text):
        message = f'profile "{profile.name}" has an empty role_arn or role_session_name'
        session.fail("role", message, place_of(name) if arn.text and name else place)
    # The starting profile's region and endpoint come from the config file alone.
    starts = len(seen) == 1
    around = session.own(profile.name) if starts else profile
    parameters = {
        "role_arn": arn,
        "role_session_name": name,
        "external_id": setting(profile, "external_id"),
    }
    check_call(session, around, session.config if starts else session.merged(), parameters)
    role = value_of(arn).text
    detail = f'profile "{profile.name}" assumes {role or "a role"} ({inner.detail})'
    offer = Offer("dynamic", profile.name, account=account_of(role), role=role, source=used)
    return Result(inner.kind, detail, place, offer)


def _source(
    session: Session, profile: Profile, seen: tuple[str, ...]
) -> tuple[Result, Optional[str]]:
    reference = setting(profile, "source_profile")
    if reference is not None:
        return _of_profile(session, profile, reference, seen), None
    named = setting(profile, "credential_source")
    if named is None:
        return absent("neither source_profile nor credential_source is set"), None
    source = _NAMED.get(named.text.lower())
    if source == "env":
        return environment(session), source
    if source == "imds":
        return imds(session), source
    if source == "container":
        return container(session), source
    return absent("credential_source names nothing that the SDK knows", place_of(named)), None


def _of_profile(
    session: Session, profile: Profile, reference: Property, seen: tuple[str, ...]
) -> Result:
    name = value_of(reference).text
    if "\n" in reference.text:
        return absent("source_profile runs over several lines", place_of(reference))
    if name is None:
        message = f'the source_profile of profile "{profile.name}" was not captured'
        raise Unknown(message)
    source = session.profile(name)
    if source is None:
        return absent(f'source_profile "{name}" does not exist', place_of(reference))
    if name in seen and (len(seen) > 1 or not _has_keys(source)):
        return absent(f'source_profile "{name}" closes a circle', place_of(reference))
    try:
        return _judge(session, source, _kind(source, first=False), (*seen, name))
    except Raised as raised:
        if raised.error.name in session.last_words:
            raise
        # What failed below is told by its place alone.
        message = f"the role has no credentials to be assumed with: {raised.error.message}"
        return session.fail("source", message, raised.error.location)


def environment(session: Session) -> Result:
    """Judge the key variables: a whole pair or nothing."""
    sdk = session.sdk
    key_name, secret_name = sdk.env_access_key_id[0], sdk.env_secret_access_key[0]
    key, secret = session.filled(key_name), session.filled(secret_name)
    if key is None or secret is None:
        there = key_name if key is not None else secret_name if secret is not None else None
        if there is None:
            return absent(f"{key_name} is not set")
        other = secret_name if key is not None else key_name
        detail = f"{there} is set without {other} and is ignored"
        return absent(detail, environment_variable(there))
    token = session.filled(sdk.env_session_token[0])
    detail = f"{show_key(key)} in {key_name}"
    if token is not None:
        detail += f", session token in {sdk.env_session_token[0]}"
    offer = key_offer(key, None, has_token=token is not None)
    return found(detail, offer, environment_variable(key_name))
