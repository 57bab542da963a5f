"""Trace: how one SDK resolves credentials and region on one snapshot, step by step."""

from __future__ import annotations

from typing import Literal, Optional

from credlint.model.captured import KeyId
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location

Status = Literal["selected", "shadowed", "absent", "broken", "not-reached"]
Outcome = Literal["selected", "none", "error", "undecided"]
CredentialKind = Literal["static", "temporary", "dynamic"]


# The steps by which SDKs that divide their chains otherwise ask for the same thing.
_KINDS = {
    "env_amazon": "env",
    "web_identity_env": "web_identity",
    "web_identity_profile": "web_identity",
    "credential_source": "profile",
}


def source_kind(source: str) -> str:
    """Return env, web_identity, profile, container, imds …: what a source is in any SDK."""
    if source in _KINDS:
        return _KINDS[source]
    return "profile" if source.endswith("_profile") or source.startswith("static_") else source


@dataclass(frozen=True)
class SdkError:
    """The exception that ends the real SDK.

    ``name`` is its class name; ``message`` our own
    words, without any value; ``at_first_use``: raised at the first request, not at resolution.
    ``situation``: what it is about in every SDK alike, a key of the ``errors`` table such as
    profile_not_found, or empty.
    """

    name: str
    message: str
    location: Optional[Location] = None
    at_first_use: bool = False
    situation: str = ""


@dataclass(frozen=True)
class Offer:
    """What a source would give: the identity as far as it can be told offline.

    ``kind``: static (long-term), temporary (with session token), dynamic (fetched at use).
    ``role``: role ARN or name for role sources. ``profile``: the profile that it stands in.
    ``source``: the source of this chain whose credentials a role is assumed with (``imds`` for
    credential_source = Ec2InstanceMetadata), None when they come from outside the chain.
    ``mfa``: where the device is named for which the SDK asks a person to type a code.
    """

    kind: CredentialKind
    profile: Optional[str] = None
    key_id: Optional[KeyId] = None
    account: Optional[str] = None
    role: Optional[str] = None
    has_token: bool = False
    source: Optional[str] = None
    mfa: Optional[Location] = None


@dataclass(frozen=True)
class Step:
    """One source of the chain, in the order the SDK asks.

    selected: it supplies the credentials. shadowed: it has some, but an earlier source won or
    an earlier one raised. absent: nothing configured there. broken: it raises ``error`` (ends
    the chain if reached, else is only told). not-reached: not evaluated because the SDK stops
    before it and what it would give cannot be told.
    """

    source: str
    status: Status
    detail: str
    location: Optional[Location] = None
    offer: Optional[Offer] = None
    error: Optional[SdkError] = None


@dataclass(frozen=True)
class RegionChoice:
    """The region and where it came from.

    ``source``: ``env:AWS_REGION``, ``profile:NAME``, ``imds``, ``fallback`` (the SDK's own);
    None/None when nothing gives one, None/``program`` where that is not the chain's business.
    ``ignored``: other places that name a region, which this SDK does not use, as (source, value)
    pairs.
    """

    value: Optional[str] = None
    source: Optional[str] = None
    location: Optional[Location] = None
    ignored: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Trace:
    """The whole resolution of one SDK.

    ``winner`` is the selected step (outcome ``selected`` or
    ``undecided``). ``error`` ends the SDK (outcome ``error``). ``profile``: the selected profile's
    name and ``profile_source`` what named it (default, env:AWS_PROFILE, option). ``verified``:
    how the SDK's chain was proven, ``run`` (compared with the real SDK) or ``source`` (read).
    ``unread``: roles of shared files (``config``) that this SDK does not read as it is set up.
    ``file_variables``: those that it takes a shared file's path from; ``expands``: the signs
    (``~``, ``$``) that it expands in it, None where that is not known. ``session_folder``: where it
    keeps sessions between runs. ``since``: (ability, first release that has it), as its guides
    list them.
    """

    sdk: str
    outcome: Outcome
    steps: tuple[Step, ...]
    winner: Optional[Step] = None
    error: Optional[SdkError] = None
    region: RegionChoice = RegionChoice()
    profile: str = "default"
    profile_source: str = "default"
    notes: tuple[str, ...] = ()
    verified: str = "run"
    unread: tuple[str, ...] = ()
    file_variables: tuple[str, ...] = ()
    expands: Optional[tuple[str, ...]] = None
    session_folder: Optional[str] = None
    since: tuple[tuple[str, str], ...] = ()

    @property
    def outcome_at_use(self) -> Outcome:
        """Return the outcome; credentials that fail at their first use count as an error."""
        if self.winner is not None and self.winner.error is not None:
            return "error"
        return self.outcome

    @property
    def identity(self) -> tuple[Optional[str], ...]:
        """Return what is equal for SDKs that would act as one and the same.

        The key or role where it is known, else the place where the credentials come from; the
        outcome alone where there are none.
        """
        offer = self.winner.offer if self.winner is not None else None
        if self.outcome_at_use != "selected" or self.winner is None or offer is None:
            return (self.outcome_at_use,)
        account = offer.account or (offer.key_id.account if offer.key_id else None)
        if offer.role:
            return ("role", offer.role, account)
        if offer.key_id is not None:
            return ("key", offer.key_id.display(), account, str(offer.has_token))
        place = self.winner.location.display() if self.winner.location else None
        return (source_kind(self.winner.source), offer.profile, place)

    def step(self, source: str) -> Optional[Step]:
        """Return the step of that source id, if the SDK has it."""
        for entry in self.steps:
            if entry.source == source:
                return entry
        return None
