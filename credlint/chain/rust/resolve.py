"""Walks the chain of the AWS SDK for Rust over a snapshot. Pure.

Source: aws-config 1.13.0, default_provider/credentials.rs (the order) and
meta/credentials/chain.rs: only credentials that were "not loaded" let the next source be asked,
every other error ends the chain.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.outcome import Raised, Result, Unknown, absent, broken, found, undecided
from credlint.chain.rust.endpoints import container, imds
from credlint.chain.rust.profile_chain import KEY, SECRET, Broken, NotLoaded, Plan, plan_of
from credlint.chain.rust.profile_files import Section
from credlint.chain.rust.region import choose_region
from credlint.chain.rust.session import Session
from credlint.chain.rust.sources import base_id, env, file_of, of_plan, static, web_identity_env
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import prepared, walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Offer, Trace

_OUTSIDE: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "web_identity_env": web_identity_env,
    "container": container,
    "imds": imds,
}
# The setting that makes a profile take part in a source.
_SETTINGS = {
    "role_profile": "role_arn",
    "credential_source": "credential_source",
    "web_identity_profile": "web_identity_token_file",
    "sso_profile": "sso_account_id",
    "login_profile": "login_session",
    "process_profile": "credential_process",
}
_PAIRS = ("static_credentials_file", "static_config_file")
# Every source that a chain of this family may name.
SOURCES = frozenset((*_OUTSIDE, *_SETTINGS, *_PAIRS))


def resolve_family(
    snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
) -> Trace:
    """Resolve credentials and region as Rust would; ``profile`` as for ``resolve``."""
    session = Session(snapshot, sdk, profile)
    fatal, unknown = prepared(session.check_retries)
    profiles = _Profiles(session)

    def judge(source: str) -> Result:
        outside = _OUTSIDE.get(source)
        return outside(session) if outside is not None else profiles.judge(source)

    walked = walk(sdk.chain, judge, fatal=fatal, lost=unknown is not None)
    region, note = choose_region(session)
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.name,
        profile_source=session.profile_source,
        notes=tuple(one for one in (note, unknown) if one),
    )


class _Profiles:
    """What the one profile provider of the SDK gives, told at the source that it is about."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._chain = session.sdk.chain
        self._source, self._result = self._decide()

    def _decide(self) -> tuple[str, Result]:
        session = self._session
        if session.unread is not None:
            return "role_profile", broken(session.unread)
        plan: Optional[Plan] = None
        source = "role_profile"
        try:
            plan = plan_of(session)
            source = "role_profile" if plan.roles else _told_at(base_id(plan), plan)
            return source, of_plan(session, plan)
        except NotLoaded as reason:
            return self._told_at(reason.source), absent(reason.detail, reason.place)
        except Broken as reason:
            return self._told_at(reason.source), broken(reason.raised.error)
        except Raised as raised:
            return source, broken(self._wrapped(raised).error)
        except Unknown as reason:
            return source, undecided(str(reason))

    def _told_at(self, source: str) -> str:
        if source != "static":
            return source
        root = self._session.sections.get(("profile", self._session.name))
        return f"static_{file_of(root)}_file" if root is not None else "static_config_file"

    def _wrapped(self, raised: Raised) -> Raised:
        """Return the error as the profile's own: whatever failed below it is inside."""
        sdk, error = self._session.sdk, raised.error
        if error.name == sdk.error("panic"):
            return raised
        return Raised(sdk.error("source_failed"), error.message, error.location)

    def judge(self, source: str) -> Result:
        """Judge one source of the profile."""
        if source == self._source:
            return self._result
        if self._session.unread is not None:
            return absent("the files do not parse, see the first source of the profile")
        profile = self._session.profile(self._session.name)
        if profile is None:
            return absent(f'the profile "{self._session.name}" does not exist')
        if source in _PAIRS:
            return self._pair(source, profile)
        key = _SETTINGS[source]
        setting = profile.get(key)
        if setting is None:
            return absent(f'no {key} in profile "{profile.name}"')
        detail = f'{key} of profile "{profile.name}"'
        return self._hidden(source, found(detail, Offer("dynamic", profile.name), setting.location))

    def _pair(self, source: str, profile: Section) -> Result:
        where = f'profile "{profile.name}"'
        if profile.get(KEY) is None or profile.get(SECRET) is None:
            return absent(f"no whole key pair in {where}")
        if source != f"static_{file_of(profile)}_file":
            return absent(f"the keys of {where} stand in the other file")
        return self._hidden(source, static(self._session, profile))

    def _hidden(self, source: str, result: Result) -> Result:
        """Return what the profile has but does not give: something else in it decides."""
        before = self._chain.index(source) < self._chain.index(self._source)
        if before or self._result.kind == "absent":
            return absent(f"{result.detail} is passed over", result.location)
        return result


def _told_at(base: str, plan: Plan) -> str:
    return "credential_source" if plan.source == "credential_source" else base
