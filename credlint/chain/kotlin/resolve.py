"""Walks the chain of the AWS SDK for Kotlin over a snapshot. Pure.

Source: aws-sdk-kotlin 1.8.12, aws-config DefaultChainCredentialsProvider.kt; smithy-kotlin 1.7.2
IdentityProviderChain.kt: whatever a source raises, the next one is asked. A profile is one source
there; here it has a step for each kind of credentials that it may hold, of which it uses one.
"""

from __future__ import annotations

from typing import Callable, Optional, Union

from credlint.chain.kotlin.container import container, is_named
from credlint.chain.kotlin.imds import disabled, imds
from credlint.chain.kotlin.leaf import judge_plan, source_of
from credlint.chain.kotlin.profile import Plan, plan
from credlint.chain.kotlin.region import choose_region
from credlint.chain.kotlin.session import Session
from credlint.chain.kotlin.sources import env, sysprops, web_identity_env
from credlint.chain.outcome import Raised, Result, Unknown, absent, broken, found, undecided
from credlint.chain.sdk import SdkSpecification
from credlint.chain.sources.web_identity import account_of
from credlint.chain.walk import judged, walk
from credlint.model.location import imds as imds_place
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Offer, Trace

# The step of each kind of credentials and the settings that tell of it, strongest first.
_KINDS = (
    ("role_profile", "role_arn", ("source_profile", "credential_source")),
    ("credential_source", "credential_source", ()),
    ("web_identity_profile", "web_identity_token_file", ()),
    ("sso_profile", "sso_session", ()),
    ("sso_profile", "sso_account_id", ()),
    ("sso_profile", "sso_role_name", ()),
    ("login_profile", "login_session", ()),
    ("process_profile", "credential_process", ()),
)


def resolve_family(snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    session = Session(snapshot, sdk, profile)
    profiles = _Profiles(session)
    walked = walk(
        sdk.chain,
        lambda source: _OUTSIDE[source](session) if source in _OUTSIDE else profiles.judge(source),
        goes_on=lambda _source, _result: True,
    )
    region, region_note = choose_region(session)
    failure = None
    if walked.outcome == "none":
        name = sdk.error("no_credentials")
        failure = f"every request fails with {name}: no source of the chain gives credentials"
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.name,
        profile_source=session.profile_source,
        notes=tuple(note for note in (region_note, failure) if note),
    )


def _container(session: Session) -> Result:
    if not is_named(session):
        return absent("no container credentials endpoint is named")
    return container(session)


def _imds(session: Session) -> Result:
    result = imds(session)
    if result.error is None or session.snapshot.imds.answers:
        return result
    place = session.place("AWS_EC2_METADATA_DISABLED") if disabled(session) else imds_place()
    return absent(result.error.message, place)


_OUTSIDE: dict[str, Callable[[Session], Result]] = {
    "sysprops": sysprops,
    "env": env,
    "web_identity_env": web_identity_env,
    "container": _container,
    "imds": _imds,
}
_NO_PROFILE = frozenset({"code", *_OUTSIDE})
_STATIC = ("static_credentials_file", "static_config_file")
SOURCES = frozenset({*_OUTSIDE, *_STATIC, *(source for source, *_ in _KINDS)})


class _Profiles:
    """The steps of the selected profile: the one that it uses, those that it passes over."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._chosen, self._result = self._judge_once()

    def judge(self, source: str) -> Result:
        """Return the result of one step."""
        if source == self._chosen:
            return self._result
        return self._passed_over(source)

    def _judge_once(self) -> tuple[str, Result]:
        planned = self._plan()
        if isinstance(planned, Plan):
            chosen = planned
            return source_of(chosen), judged(lambda _: judge_plan(self._session, chosen), "")
        return self._named() or self._first(), planned

    def _plan(self) -> Union[Plan, Result]:
        try:
            return plan(self._session)
        except Raised as raised:
            quiet = self._session.profile_source == "default" and self._is_missing()
            if quiet or self._has_nothing():
                return absent(raised.error.message, raised.error.location)
            return broken(raised.error)
        except Unknown as reason:
            return undecided(str(reason))

    def _first(self) -> str:
        return next(source for source in self._session.sdk.chain if source not in _NO_PROFILE)

    def _is_missing(self) -> bool:
        try:
            return not self._session.config().profile(self._session.name).exists
        except (Raised, Unknown):
            return False

    def _has_nothing(self) -> bool:
        """Tell whether the profile is there and says nothing of credentials."""
        try:
            profile = self._session.config().profile(self._session.name)
        except (Raised, Unknown):
            return False
        keys = ("aws_access_key_id", "aws_secret_access_key", "role_arn")
        return profile.exists and self._named() is None and not any(key in profile for key in keys)

    def _named(self) -> Optional[str]:
        """Return the first step that the profile has settings of."""
        return next((source for source, *_ in _KINDS if self._has(source)), None)

    def _has(self, source: str) -> bool:
        try:
            profile = self._session.config().profile(self._session.name)
        except (Raised, Unknown):
            return False
        return any(
            key in profile and (not others or any(one in profile for one in others))
            for name, key, others in _KINDS
            if name == source
        )

    def _passed_over(self, source: str) -> Result:
        """Return what is told of a kind that the profile does not use."""
        name = self._session.name
        if source.startswith("static_"):
            return absent(f'no whole key pair that counts in profile "{name}"')
        if not self._has(source):
            return absent(f'nothing of the kind in profile "{name}"')
        words = f'profile "{name}" comes to its {source_words(self._chosen)} first'
        if self._result.kind != "found":
            return absent(f"never asked, because {words}")
        try:
            profile = self._session.config().profile(name)
            key = next(one for step, one, _ in _KINDS if step == source and one in profile)
            setting, role = profile.get(key), profile.get("role_arn")
        except Raised as raised:
            return absent(raised.error.message, raised.error.location)
        arn = role.text if role is not None and "arn" in key + source_words(source) else None
        offer = Offer("dynamic", name, account=account_of(arn), role=arn)
        return found(f"{key} is there, but {words}", offer, setting.location if setting else None)


def source_words(source: str) -> str:
    """Return a step's kind in words."""
    return source.replace("_profile", "").replace("_", " ")
