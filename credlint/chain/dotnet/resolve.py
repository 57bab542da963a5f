"""Walks the chain of an SDK of the .NET family over a snapshot. Pure.

The chain is a list of generators; what one throws is kept for the message at the end and the next
one is asked. The profile is one generator: its kind says which of our sources it is.
"""

from __future__ import annotations

from typing import Callable, Optional

from credlint.chain.dotnet.container import configured, container
from credlint.chain.dotnet.imds import imds
from credlint.chain.dotnet.region import choose_region
from credlint.chain.dotnet.session import Session
from credlint.chain.dotnet.sources import (
    env,
    of_profile,
    static_source,
    unconfigured,
    web_identity_env,
)
from credlint.chain.outcome import Raised, Result, Unknown, absent
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import Walk, walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace


class _Profile:
    """The selected profile, judged once; ``source`` is the step that it is told in."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.result = absent("")
        self.fault: Optional[Exception] = None
        self.source = next(one for one in session.sdk.chain if one.endswith("_profile"))
        try:
            self._judge()
        except (Raised, Unknown) as fault:
            self.fault = fault

    def _judge(self) -> None:
        session, facts = self.session, self.session.sdk.facts
        profile, why = session.profile()
        if profile is None:
            self._none(why)
            profile = session.store.find(facts["fallback_profile"])[0] if self._falls_back else None
        if profile is None:
            self.result = absent(why)
            return
        if not profile.kind and facts["kindless_profile"] == "next" and not session.explicit:
            why = f'profile "{profile.name}" is of no valid kind and passed over'
            self._none(why)
            self.result = absent(why)
            return
        kind = profile.kind or "role_profile"
        self.source = static_source(profile) if kind == "static_profile" else kind
        self.result = of_profile(session, profile)

    @property
    def _falls_back(self) -> bool:
        return bool(self.session.sdk.facts["fallback_profile"]) and not self.session.explicit

    def _none(self, why: str) -> None:
        """Raise what a profile that is not there ends in; the default one may be missing."""
        session = self.session
        if session.explicit:
            session.fail("profile_option", why)
        if session.name.lower() == "default":
            return
        if session.sdk.on_broken["missing_profile"] == "unverified":
            raise Unknown(why)
        session.fail("profile_not_found", why, session.profile_place())

    def step(self, source: str) -> Result:
        if source == self.source:
            if self.fault is not None:
                raise self.fault
            return self.result
        if self.fault is not None or self.result.kind == "absent":
            return absent(f'nothing of profile "{self.session.name}" can be used')
        return absent(f'profile "{self.session.name}" is of another kind')


def resolve_family(
    snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
) -> Trace:
    """Resolve credentials and region as the SDK would; see ``chain.resolve.resolve``."""
    session = Session(snapshot, sdk, profile)
    selected = _Profile(session)
    walked = walk(
        sdk.chain,
        lambda source: unconfigured(session, _judge(session, selected, source)),
        left_out=frozenset(_OWN) if session.explicit else frozenset(),
        goes_on=lambda source, result: _goes_on(session, source, result),
    )
    region, region_note = choose_region(session)
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=region,
        profile=session.name,
        profile_source=session.profile_source,
        notes=tuple(note for note in (region_note, *_notes(session, walked)) if note),
    )


def _container_or_imds(session: Session) -> Result:
    named = configured(session)
    if named is not None:
        return absent(f"IMDS is not asked because {named} is set")
    return imds(session)


# Of every source but the profile's, which are one.
_OWN: dict[str, Callable[[Session], Result]] = {
    "env": env,
    "web_identity_env": web_identity_env,
    "container": container,
    "imds": _container_or_imds,
}
SOURCES = frozenset(
    {
        *_OWN,
        "role_profile",
        "web_identity_profile",
        "sso_profile",
        "static_credentials_file",
        "static_config_file",
        "login_profile",
        "process_profile",
    }
)


def _judge(session: Session, selected: _Profile, source: str) -> Result:
    return _OWN[source](session) if source in _OWN else selected.step(source)


def _goes_on(session: Session, source: str, result: Result) -> bool:
    if session.explicit:
        return False
    stops = session.sdk.facts["stopping_errors"]
    name = result.error.name if result.error is not None else ""
    return name not in stops and not (source not in _OWN and "profile" in stops)


def _notes(session: Session, walked: Walk) -> list[str]:
    notes = []
    sdk = session.sdk
    if walked.outcome == "none":
        last = walked.steps[-1]
        failure = last.error.message if last.error else last.detail
        notes.append(f"{sdk.name} ends with {sdk.error('none_found')}: {failure}")
    if session.snapshot.platform.system == "Windows":
        notes.append(f"{sdk.name} reads the encrypted SDK store, not looked at here, before files")
    since = sdk.since.get("login_profile")
    if since is not None and sdk.login == "no" and _has_login(session):
        notes.append(f"from {since} on, {sdk.name} takes the login_session of this profile")
    return notes


def _has_login(session: Session) -> bool:
    try:
        profile = session.profile()[0]
    except (Raised, Unknown):
        return False
    return profile is not None and bool(profile.section.get("login_session"))
