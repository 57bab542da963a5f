"""HST102, HST103, HST109: the instance's role and containers, by how far a token travels.

The answer to the token request has the hop limit for its time to live (EC2 User Guide, "Configure
the Instance Metadata Service options"); a container behind a bridge is one router away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from credlint.checks.builder import FindingBuilder
from credlint.checks.imds_words import modify_options
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.situation import CONTAINER_VARIABLES, contexts_of, is_set
from credlint.checks.wording import conjunction, do, lower, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import imds
from credlint.model.metadata import ImdsEvidence
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_REACHABLE = FindingBuilder("HST102", "imds-reachable-from-container")
_BLOCKED = FindingBuilder("HST103", "imds-hop-limit-blocks-container")
_TASK = FindingBuilder("HST109", "ecs-task-reaches-instance-role")

_CONTAINERS = frozenset(("container", "ecs", "eks"))
_ORCHESTRATED = frozenset(("ecs", "eks"))
_TOKEN = "api/token"  # noqa: S105  a path
_ROLES = "meta-data/iam/security-credentials/"
_IMDS_SOURCES = ("imds", "container_or_imds")
_OK = 200
# Whoever fires for one of these tells of the same open door, and what comes of it.
_STRONGER = ("HST109", "CHN106")


def imds_reachable_from_container(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a container can become the instance: seen from inside it, or from its host."""
    del traces, options
    evidence = snapshot.imds
    contexts = contexts_of(snapshot)
    if evidence.role is None or "ec2" not in contexts:
        return
    if _is_container(snapshot):
        yield from _from_inside(snapshot, contexts)
    elif snapshot.platform.container_networks and evidence.token_travels:
        engines = conjunction(snapshot.platform.container_networks)
        level: Level = "note" if "ci" in contexts else "warning"
        yield _REACHABLE.build(
            level,
            "The hop limit of IMDS is above 1, so containers on this host can obtain a token and "
            f"become instance role `{evidence.role}`, unless a firewall rule keeps them away.",
            imds(_TOKEN),
            subject="containers",
            remedy=_shut(snapshot),
            properties=[("role", evidence.role), ("networks", engines)],
        )


def _from_inside(snapshot: HostSnapshot, contexts: frozenset[str]) -> Iterable[Finding]:
    evidence = snapshot.imds
    if evidence.token.status == _OK:
        own = snapshot.platform.network == "virtual"
        means = "obtain an IMDSv2 token" + (" (the hop limit is above 1)" if own else "")
        place = _TOKEN
    elif evidence.roles_without_token.status == _OK:
        means = "read IMDS without a token (IMDSv1 is on), which no hop limit prevents,"
        place = _ROLES
    else:
        return
    in_cluster = contexts & _ORCHESTRATED or is_set(snapshot, "KUBERNETES_SERVICE_HOST")
    level: Level = "error" if in_cluster else "warning"
    if "ci" in contexts:
        level = lower(level)
    yield _REACHABLE.build(
        level,
        f"This container can {means} and become instance role `{evidence.role}`.",
        imds(place),
        subject="container",
        remedy=_shut(snapshot),
        properties=[("role", evidence.role or "")],
    )


def _shut(snapshot: HostSnapshot) -> tuple[str, ...]:
    """Return how containers are kept from IMDS, as far as their network lets that be."""
    on_host = _is_container(snapshot) and snapshot.platform.network == "hardware"
    shares = (
        "This container has no network of its own, so no hop limit holds it back: run it in one, "
        "or block the address for it on the host."
    )
    return (
        (
            "Give the workloads that need AWS a role of their own (EKS Pod Identity or IRSA, an "
            "ECS task role)."
        ),
        shares
        if on_host
        else modify_options(snapshot.imds, "--http-tokens required --http-put-response-hop-limit 1")
        + ", once nothing in a container needs the instance's role any more.",
        (
            "Or let the container network drop what goes to 169.254.169.254 and fd00:ec2::254 "
            "(a NetworkPolicy, or a rule in iptables' DOCKER-USER chain)."
        ),
    )


def lost_on_the_way(evidence: ImdsEvidence) -> bool:
    """Tell whether the token's answer alone gets lost: the sign of a hop limit that is too small.

    The connection stands and other answers come: a firewall would stop those as well.
    """
    return (
        evidence.connected is True
        and evidence.token.error == "timeout"
        and evidence.roles_without_token.status is not None
    )


def imds_hop_limit_blocks_container(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the token never arrives here, and which SDKs then have nothing."""
    del options
    if not lost_on_the_way(snapshot.imds) or snapshot.platform.network == "hardware":
        return
    without = [trace for trace in traces if _lacks_imds(trace)]
    if not without or not _is_container(snapshot):
        return
    sdks = sdks_of(without)
    what = "container" if contexts_of(snapshot) & _CONTAINERS else "network namespace"
    yield _BLOCKED.build(
        "error",
        f"IMDS accepts connections from this {what}, but the answer to the token request never "
        f"arrives, as with a hop limit of 1; {do(sdks, 'find')} no credentials.",
        imds(_TOKEN),
        subject="hop-limit",
        sdks=sdks,
        remedy=(
            (
                "Better: give the workload a role of its own (EKS Pod Identity or IRSA, an ECS "
                "task role), and leave the hop limit as it is."
            ),
            "If containers are meant to use the instance's role: "
            + modify_options(snapshot.imds, "--http-put-response-hop-limit 2")
            + "; or run this one with the host's network.",
            (
                "On the host itself `credlint doctor` must list the role; if it does not, a "
                "firewall is in the way."
            ),
        ),
    )


def _lacks_imds(trace: Trace) -> bool:
    """Tell whether this SDK would have to get its credentials from IMDS, and has no others."""
    winner = trace.winner
    if trace.outcome == "none":
        return any(step.source in _IMDS_SOURCES for step in trace.steps)
    if trace.outcome == "error":
        place = trace.error.location if trace.error else None
        return place is not None and place.kind == "imds"
    if trace.outcome != "undecided" or winner is None:
        return False
    return winner.source in _IMDS_SOURCES or (
        winner.offer is not None and winner.offer.source in _IMDS_SOURCES
    )


def ecs_task_reaches_instance_role(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a task with a role of its own can also take that of its instance."""
    del traces, options
    evidence = snapshot.imds
    contexts = contexts_of(snapshot)
    variable = next((name for name in CONTAINER_VARIABLES if is_set(snapshot, name)), None)
    if evidence.role is None or variable is None or "ecs" not in contexts or "eks" in contexts:
        return
    answers = (evidence.token.status, evidence.roles_without_token.status)
    if _OK not in answers:
        return
    tokenless = "" if evidence.token.status == _OK else " without a token"
    yield _TASK.build(
        "error",
        f"This ECS task has a role of its own ({variable}), yet IMDS also offers the container "
        f"instance's role `{evidence.role}`{tokenless}.",
        variable_place(snapshot, variable),
        subject=evidence.role,
        related=[
            imds(f"iam/security-credentials/{evidence.role}", "This role is offered as well.")
        ],
        remedy=(
            (
                "Tasks of network mode awsvpc: set `ECS_AWSVPC_BLOCK_IMDS=true` in "
                "/etc/ecs/ecs.config of the container instance and restart the agent: "
                "`systemctl restart ecs`."
            ),
            "Tasks of network mode bridge: "
            + modify_options(evidence, "--http-tokens required --http-put-response-hop-limit 1")
            + ".",
            "Tasks of network mode host share the instance's network: give them another mode.",
        ),
        properties=[("role", evidence.role)],
    )


def _is_container(snapshot: HostSnapshot) -> bool:
    return bool(
        set(snapshot.platform.contexts) & _CONTAINERS or snapshot.platform.network == "virtual"
    )


def without_explained(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings without HST102 where a stronger rule tells of the same open door."""
    known = any(finding.code in _STRONGER for finding in findings)
    return [f for f in findings if not (known and f.code == _REACHABLE.code)]
