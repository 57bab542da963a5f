"""Joins the instance's user data to a snapshot: fetched by ``host``, read by ``pipeline``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Optional

from credlint.host.captured import Capturer
from credlint.host.user_data import fetch_user_data
from credlint.model.snapshot import HostSnapshot, UserDataEvidence
from credlint.pipeline.user_data import examine_user_data
from credlint.rulebook import load_rules
from credlint.secrets.engine import build_engine

PLACE = "user data"
_NONE_THERE = 404


def with_user_data(
    snapshot: HostSnapshot, endpoint: str, key: bytes, cache_directory: Optional[Path]
) -> HostSnapshot:
    """Return the snapshot with what the user data holds; its text ends here.

    ``endpoint``: where instance metadata was asked for. ``key``: that of the capture, for the
    fingerprints. Asks nobody where no metadata service answered.
    """
    if not snapshot.imds.answers:
        reason = snapshot.imds.reason or "the metadata service gives no usable answer"
        return _unseen(snapshot, UserDataEvidence(asked=True), reason)
    answer = fetch_user_data(endpoint)
    evidence = UserDataEvidence(asked=True, answer=answer.attempt, size=len(answer.body))
    if answer.status == _NONE_THERE:
        return replace(snapshot, user_data=evidence)
    if not evidence.was_read:
        told = answer.attempt.error or f"status {answer.attempt.status}"
        return _unseen(snapshot, evidence, f"the metadata service does not give it ({told})")
    engine = build_engine(load_rules(("secrets",)), cache_directory)
    held = examine_user_data(answer.body, engine, Capturer(key).fingerprint)
    evidence = replace(evidence, secrets=held.secrets, wrappings=held.wrappings, unread=held.unread)
    return _unseen(snapshot, evidence, *held.unread)


def _unseen(snapshot: HostSnapshot, evidence: UserDataEvidence, *reasons: str) -> HostSnapshot:
    skipped = (*snapshot.skipped, *((PLACE, reason) for reason in reasons))
    return replace(snapshot, user_data=evidence, skipped=skipped)
