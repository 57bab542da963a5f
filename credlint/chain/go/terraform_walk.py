"""Walks the chain of the Terraform AWS provider: its block around the chain of Go v2. Pure."""

from __future__ import annotations

from typing import Optional

from credlint.chain.go.region import choose_region
from credlint.chain.go.resolve import AROUND, ENVIRONMENT, SOURCES, imds_note
from credlint.chain.go.sources import can_be_sent
from credlint.chain.go.terraform import (
    CALLS_STS,
    TerraformSession,
    check_region,
    eager,
    provider_assume_role,
    provider_block,
    provider_web_identity,
    region_of_instance,
    without_region,
    without_request,
)
from credlint.chain.outcome import Result, absent
from credlint.chain.patterns import pattern
from credlint.chain.sdk import SdkSpecification
from credlint.chain.walk import Judge, Walk, judged, prepared, walk
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import RegionChoice, SdkError, Trace

_HOST_LABEL = pattern(r"[A-Za-z0-9-]+\Z")


def resolve_terraform(
    snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str]
) -> Trace:
    """Resolve credentials and region as the provider does when it is configured."""
    session = TerraformSession(snapshot, sdk, profile)
    fatal, unknown = prepared(session.load)
    region, region_note = choose_region(session)
    chain = _Chain(session, region)
    walked = chain.walk(fatal, unknown)
    if fatal is None and unknown is None and walked.outcome == "selected":
        fatal, unknown = prepared(lambda: chain.settle_region(walked))
        if fatal is not None or unknown is not None:
            walked = chain.walk(fatal, unknown)
    notes = (region_note, unknown, imds_note(session, walked), *session.notes())
    return Trace(
        sdk=sdk.id,
        outcome=walked.outcome,
        steps=walked.steps,
        winner=walked.winner,
        error=walked.error,
        region=chain.region,
        profile=session.name,
        profile_source=session.profile_source,
        notes=tuple(note for note in notes if note),
    )


class _Chain:
    """The sources as Terraform meets them; ``region`` is what is known before any was asked."""

    def __init__(self, session: TerraformSession, region: RegionChoice) -> None:
        self._session = session
        self.region = region
        excluded = ENVIRONMENT if session.explicit else frozenset[str]()
        self._excluded = excluded
        chain = session.sdk.chain
        self._inner = [one for one in chain if one in SOURCES and one not in excluded]

    def walk(self, fatal: Optional[SdkError], unknown: Optional[str]) -> Walk:
        return walk(
            self._session.sdk.chain,
            self._judge,
            fatal=fatal,
            lost=unknown is not None,
            left_out=self._excluded,
        )

    def settle_region(self, walked: Walk) -> None:
        """Find the region where the instance gives it; raises Raised when it is refused."""
        winner = walked.winner
        base = winner.offer.source if winner is not None and winner.offer is not None else None
        source = winner.source if winner is not None else None
        if self.region.source is None and "imds" in (base, source):
            own = region_of_instance(self._session)
            self.region = RegionChoice(own.value, own.source, ignored=self.region.ignored)
        check_region(self._session, self.region)

    def _judge(self, source: str) -> Result:
        session = self._session
        if source == "provider_block":
            return provider_block(session)
        if source == "provider_web_identity":
            return self._web_identity()
        if source == "provider_assume_role":
            return self._assume_role()
        result = eager(session, SOURCES[source](session))
        if source in CALLS_STS and not self._has_region():
            return without_region(session, result, "no_provider")
        return result

    def _has_region(self) -> bool:
        unknown = self.region.source is not None and self.region.value is None
        return unknown or _HOST_LABEL.match(self.region.value or "") is not None

    def _web_identity(self) -> Result:
        _, underneath = self._first(self._inner, lambda source: SOURCES[source](self._session))
        result = provider_web_identity(self._session, underneath)
        if not (self._has_region() or self._session.provider.text("sts_region")):
            return without_region(self._session, result, "provider_web_identity")
        return result

    def _assume_role(self) -> Result:
        source, inner = self._first([*AROUND[1:], *self._inner], self._judge)
        result = provider_assume_role(self._session, inner, source)
        if result.kind == "found" and not can_be_sent(self._session, source):
            return without_request(self._session, result)
        if not (self._has_region() or self._session.provider.text("sts_region")):
            return without_region(self._session, result, "provider_assume_role")
        return result

    def _first(self, sources: list[str], judge: Judge) -> tuple[str, Result]:
        for source in sources:
            result = judged(judge, source)
            if result.kind != "absent":
                return source, result
        return "", absent("no source has any")
