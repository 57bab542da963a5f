"""CHN231: an installed SDK is older than the source that this host offers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.profiles import effective_profiles
from credlint.checks.situation import contexts_of, is_set
from credlint.model.finding import Finding, Level
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BUILDER = FindingBuilder("CHN231", "library-too-old-for-source")

_FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
# The address of the EKS Pod Identity agent: EKS User Guide, "How EKS Pod Identity works".
_AGENTS = ("169.254.170.23", "fd00:ec2::23")
_UNAUTHORISED, _OK = 401, 200
# The Python package by whose version an SDK's releases are told.
_PACKAGES = {"boto3": "boto3", "aws-cli-v1": "awscli"}
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")


@dataclass(frozen=True)
class _Offer:
    """What the host offers: the ability that it takes, by its key in ``[since]``."""

    ability: str
    name: str
    place: Location
    context: str


def library_too_old_for_source(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Compare installed versions with the first releases that can use what is offered here."""
    del options
    installed = {name.lower(): version for name, version in snapshot.platform.packages}
    offers = tuple(_offers(snapshot))
    for trace in traces:
        package = _PACKAGES.get(trace.sdk)
        version = installed.get(package or "")
        for offer in offers if package is not None and version is not None else ():
            needed = dict(trace.since).get(offer.ability)
            if needed is not None and _is_older(version or "", needed):
                yield _finding(snapshot, trace, (package or "", version or ""), offer, needed)


def _offers(snapshot: HostSnapshot) -> Iterator[_Offer]:
    if is_set(snapshot, _FULL) and snapshot.container.host in _AGENTS:
        place = variable_place(snapshot, _FULL)
        yield _Offer("eks_pod_identity", "EKS Pod Identity", place, "eks")
    evidence = snapshot.imds
    tokenless = evidence.roles_without_token.status
    if evidence.probed and evidence.token.status == _OK and tokenless == _UNAUTHORISED:
        yield _Offer("imdsv2", "IMDSv2, which this instance insists on", imds(), "ec2")
    for profile in effective_profiles(snapshot).values():
        setting = profile.settings.get("login_session")
        if setting is not None:
            yield _Offer("login_profile", "the sessions of `aws login`", setting.place(), "")
            return


def _is_older(version: str, needed: str) -> bool:
    ours, theirs = _numbers(version), _numbers(needed)
    return ours is not None and theirs is not None and ours < theirs


def _numbers(version: str) -> Optional[tuple[int, ...]]:
    """Return a release's numbers; None for what is no plain version."""
    found = _VERSION.match(version)
    return tuple(int(part) for part in found.group().split(".")) if found else None


def _finding(
    snapshot: HostSnapshot,
    trace: Trace,
    installed: tuple[str, str],
    offer: _Offer,
    needed: str,
) -> Finding:
    package, version = installed
    level: Level = "error" if offer.context in contexts_of(snapshot) else "warning"
    return _BUILDER.build(
        level,
        f"{package} {version} cannot use {offer.name}: that takes {needed} or newer.",
        offer.place,
        subject=f"{package}/{offer.ability}",
        sdks=(trace.sdk,),
        remedy=(
            (
                f"`pip install --upgrade '{package}>={needed}'` for the Python that runs it, or "
                "update the system's package."
            ),
        ),
        properties=[("installed", version), ("needed", needed)],
    )
