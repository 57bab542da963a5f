"""Joins the instance's user data to what is captured: fetched by ``host``, read by ``pipeline``."""

from __future__ import annotations

from credlint.host.captured import Capturer
from credlint.host.user_data import fetch_user_data
from credlint.model.lean_dataclasses import replace
from credlint.model.metadata import ImdsEvidence, UserDataEvidence
from credlint.model.snapshot import HostSnapshot
from credlint.pipeline.user_data import examine_user_data
from credlint.rulebook import load_rules
from credlint.secrets.engine import build_engine

PLACE = "user data"
_NONE_THERE = 404


def look_at_user_data(
    imds: ImdsEvidence, endpoint: str, key: bytes
) -> tuple[UserDataEvidence, tuple[tuple[str, str], ...]]:
    """Return what the user data holds, and what of it was not seen; its text ends here.

    ``imds``: what asking ``endpoint`` for metadata gave; nobody is asked where nobody answered.
    ``key``: that of the capture, for the fingerprints. The second part is for ``skipped``. The
    engine's database is not cached: whoever looks at a host writes nothing on it.
    """
    if not imds.answers:
        reason = imds.reason or "the metadata service gives no usable answer"
        return UserDataEvidence(asked=True), ((PLACE, reason),)
    answer = fetch_user_data(endpoint)
    evidence = UserDataEvidence(asked=True, answer=answer.attempt, size=len(answer.body))
    if answer.status == _NONE_THERE:
        return evidence, ()
    if not evidence.was_read:
        told = answer.attempt.error or f"status {answer.attempt.status}"
        return evidence, ((PLACE, f"the metadata service does not give it ({told})"),)
    engine = build_engine(load_rules(("secrets",)))
    held = examine_user_data(answer.body, engine, Capturer(key).fingerprint)
    evidence = replace(evidence, secrets=held.secrets, wrappings=held.wrappings, unread=held.unread)
    return evidence, tuple((PLACE, reason) for reason in held.unread)


def with_user_data(snapshot: HostSnapshot, endpoint: str, key: bytes) -> HostSnapshot:
    """Return the snapshot with what :func:`look_at_user_data` gives."""
    evidence, unseen = look_at_user_data(snapshot.imds, endpoint, key)
    return replace(snapshot, user_data=evidence, skipped=(*snapshot.skipped, *unseen))
