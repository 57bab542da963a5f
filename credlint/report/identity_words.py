"""An identity in words: what a winning source gives, and from where."""

from __future__ import annotations

from credlint.model.trace import Offer, Step
from credlint.report.names import account_of, role_name, source_name

_KINDS = {"static": "long-term", "temporary": "temporary", "dynamic": ""}
PLACE_OF = {
    "env": "from the environment",
    "imds": "of the instance, from its metadata service",
    "container": "from the container credentials endpoint",
}


def sentence(text: str) -> str:
    """Return a text with a full stop."""
    return text if text.endswith(".") else f"{text}."


def identity(step: Step) -> str:
    """Return what a winning step gives: key, role or kind, account and place."""
    offer = step.offer
    place = PLACE_OF.get(step.source) or place_of_profile(step)
    if offer is None:
        return f"what the source {source_name(step.source)} gives"
    account = account_of(offer)
    owner = f" of account {account}" if account else ""
    if offer.key_id is not None and not offer.role:
        kind = "temporary key" if key_kind(offer) == "temporary" else "key"
        # A long-term key takes none, so AWS refuses the pair.
        extra = " with a session token" if _has_stray_token(offer) else ""
        return f"the {kind} {offer.key_id.display()}{extra}{owner} {place}"
    if offer.role:
        return f"the role {role_name(offer.role)} {place}"
    noun = {"static": "a long-term key", "temporary": "a temporary key"}.get(offer.kind)
    return f"{noun or 'credentials that are fetched at use'}{owner} {place}"


def _has_stray_token(offer: Offer) -> bool:
    return offer.has_token and offer.key_id is not None and offer.key_id.prefix == "AKIA"


def key_kind(offer: Offer) -> str:
    """Return what the key is: its prefix knows better than the token beside it.

    IAM User Guide, "Unique identifiers": AKIA is long-term, ASIA temporary; ABIA and ACCA are
    neither.
    """
    if offer.key_id is None or offer.kind == "dynamic":
        return _KINDS[offer.kind]
    if _has_stray_token(offer):
        return "long-term key with a session token"
    return {"AKIA": "long-term", "ASIA": "temporary"}.get(offer.key_id.prefix, "")


def place_of_profile(step: Step) -> str:
    """Return the place of what stands in a file: profile and file, as far as known."""
    profile = f"profile {step.offer.profile}" if step.offer and step.offer.profile else ""
    if step.location is not None and step.location.kind == "file":
        where = step.location.display().rpartition(":")[0]
        return f"from {profile} in {where}" if profile else f"from {where}"
    return f"from {profile}" if profile else f"from the source {source_name(step.source)}"
