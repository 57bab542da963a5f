"""CHN107, CHN108 and CHN122: one host, and SDKs that come to different identities on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from credlint.checks.arn import account_of_arn
from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import step_place, variable_place
from credlint.checks.situation import contexts_of, is_set, text_of
from credlint.checks.wording import conjunction, do, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import HOME, Location, imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Step, Trace, source_kind

_WEB_IDENTITY = FindingBuilder("CHN107", "web-identity-vs-profile-diverges")
_BOTH_ROLES = FindingBuilder("CHN108", "irsa-and-pod-identity-both-present")
_DIVERGES = FindingBuilder("CHN122", "sdk-resolution-diverges")

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  a variable's name
_ROLE = "AWS_ROLE_ARN"
_FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
# The address of the EKS Pod Identity agent: EKS User Guide, "How EKS Pod Identity works".
_AGENTS = ("169.254.170.23", "fd00:ec2::23")
_OTHER_RULES = ("CHN103", "CHN107", "CHN108", "CHN109", "CHN118", "CHN119", "CHN120")
# Names SDKs only where the profile is the one that they use.
_OF_SELECTED = ("CHN115", "CHN116", "CHN205", "CHN226")
_MACHINES = frozenset(("ec2", "ecs", "eks", "ci", "codebuild", "lambda"))


def web_identity_vs_profile_diverges(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the web identity variables win in some SDKs and a profile in others."""
    del options
    contexts = contexts_of(snapshot)
    if not (is_set(snapshot, _TOKEN_FILE) and is_set(snapshot, _ROLE)):
        return
    if not contexts & {"eks", "ci", "container"}:
        return
    token = [t for t in traces if _winner_stands_in(t, _TOKEN_FILE)]
    profile = [t for t in traces if t.winner and source_kind(t.winner.source) == "profile"]
    if not token or not profile:
        return
    role = text_of(snapshot.variable(_ROLE)) or "the role"
    name = conjunction([f"`{one}`" for one in dict.fromkeys(t.profile for t in profile)])
    winner = profile[0].winner
    place = step_place(winner, "This profile wins there.") if winner else None
    yield _WEB_IDENTITY.build(
        "error" if "eks" in contexts else "warning",
        f"{_TOKEN_FILE} and the profile {name} both resolve: {do(sdks_of(token), 'assume')} "
        f"{role}, {do(sdks_of(profile), 'use')} the profile.",
        variable_place(snapshot, _TOKEN_FILE),
        subject=_TOKEN_FILE,
        sdks=sdks_of((*token, *profile)),
        related=[place] if place else [],
        remedy=(
            "Leave the AWS files out of the image and unset AWS_PROFILE.",
            "Or put web_identity_token_file and role_arn into the profile that is meant.",
        ),
    )


def _winner_stands_in(trace: Trace, variable: str) -> bool:
    step = trace.winner
    if step is None or source_kind(step.source) != "web_identity":
        return False
    place = step.location
    return place is None or place.kind == "environment" or variable in (place.logical or "")


def irsa_and_pod_identity_both_present(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that IRSA and EKS Pod Identity are both injected, and which stays in force."""
    del options
    if not (is_set(snapshot, _TOKEN_FILE) and is_set(snapshot, _ROLE)):
        return
    if snapshot.container.host not in _AGENTS or not is_set(snapshot, _FULL_URI):
        return
    older = [t for t in traces if t.winner and source_kind(t.winner.source) == "web_identity"]
    newer = [t for t in traces if t.winner and t.winner.source == "container"]
    if not older:
        return
    role = text_of(snapshot.variable(_ROLE)) or "its role"
    others = f", {do(sdks_of(newer), 'use')} the new one" if newer else ""
    yield _BOTH_ROLES.build(
        "warning",
        "IRSA and EKS Pod Identity are both set up here; the older one stays in force: "
        f"{do(sdks_of(older), 'assume')} {role}{others}.",
        variable_place(snapshot, _TOKEN_FILE),
        subject=_TOKEN_FILE,
        sdks=sdks_of((*older, *newer)),
        related=[variable_place(snapshot, _FULL_URI, "The Pod Identity agent is named here.")],
        remedy=(
            "1. Remove the annotation `eks.amazonaws.com/role-arn` from the service account.",
            "2. Restart its pods: `kubectl rollout restart deployment/NAME`.",
        ),
    )


def sdk_resolution_diverges(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that SDKs come to different identities; ``run`` drops it where the reason is told."""
    del options
    groups: dict[tuple[object, ...], list[Trace]] = {}
    for trace in traces:
        if trace.outcome_at_use == "selected" and trace.winner and trace.winner.offer:
            groups.setdefault(trace.identity, []).append(trace)
    if len(groups) < 2:  # noqa: PLR2004  one identity is agreement
        return
    ranked = sorted(groups.values(), key=lambda group: -len(group))
    accounts = {account for group in ranked for account in [_account(group[0])] if account}
    strict = bool(contexts_of(snapshot) & _MACHINES) and len(accounts) > 1
    level: Level = "error" if strict else "warning"
    uses = [f"{do(sdks_of(group), 'use')} {_shown(group[0])}" for group in ranked]
    yield _DIVERGES.build(
        level,
        f"On this host {conjunction(uses)}.",
        _place(snapshot, ranked[0][0].winner),
        subject="divergence",
        sdks=sdks_of(trace for group in ranked for trace in group),
        related=list(_related(snapshot, ranked)),
        remedy=(
            "Leave one source: unset the variables, or remove the lines, that are not meant.",
            "`credlint doctor --sdk all` tells for each SDK why it differs.",
        ),
    )


def without_explained(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without the general one where a rule that knows the reason speaks."""
    known = any(
        finding.code in _OTHER_RULES or (finding.code in _OF_SELECTED and finding.sdks)
        for finding in findings
    )
    return [f for f in findings if not (known and f.code == _DIVERGES.code)]


def _account(trace: Trace) -> str:
    offer = trace.winner.offer if trace.winner else None
    if offer is None:
        return ""
    known = offer.account or (offer.key_id.account if offer.key_id else None)
    return known or account_of_arn(offer.role) or ""


def _shown(trace: Trace) -> str:
    step = trace.winner
    offer = step.offer if step else None
    if step is None or offer is None:
        return "something else"
    account = _account(trace)
    owner = f" of account {account}" if account else ""
    if offer.role:
        return f"the role `{offer.role}`"
    if offer.key_id is not None:
        return f"the key {offer.key_id.display()}{owner}"
    return f"profile `{offer.profile}`{owner}" if offer.profile else f"{step.detail}{owner}"


def _related(snapshot: HostSnapshot, groups: list[list[Trace]]) -> Iterable[Location]:
    for group in groups[1:]:
        step = group[0].winner
        if step is not None:
            place = step_place(step, f"{do(sdks_of(group), 'use')} this.")
            yield place or _place(snapshot, step, f"{do(sdks_of(group), 'use')} this.")


def _place(snapshot: HostSnapshot, step: object, message: str = "") -> Location:
    told = message or None
    if isinstance(step, Step):
        place = step_place(step, message) if message else step.location
        if place is not None:
            return place
        if step.source == "imds":
            return imds(message=told)
        if step.source == "container":
            return variable_place(snapshot, _FULL_URI, told)
    return Location("file", ".aws/config", HOME, message=told)
