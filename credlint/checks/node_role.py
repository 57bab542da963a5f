"""CHN106: a pod or task that acts as the machine it happens to run on."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.imds_words import modify_options
from credlint.checks.options import CheckOptions
from credlint.checks.situation import CONTAINER_VARIABLES, is_set
from credlint.checks.wording import do, sdks_of
from credlint.model.finding import Finding
from credlint.model.location import imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_NODE = FindingBuilder("CHN106", "node-role-used-instead-of-workload-role")

_IDENTITY = (*CONTAINER_VARIABLES, "AWS_WEB_IDENTITY_TOKEN_FILE")
_IMDS_SOURCES = ("imds", "container_or_imds")


def node_role_used_instead_of_workload_role(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell which SDKs take the node's role because the pod or task has none of its own."""
    role = snapshot.imds.role
    platform = snapshot.platform
    # The facts of the machine itself: on a laptop a session tool may play the metadata service.
    if role is None or "ec2" not in platform.contexts:
        return
    in_pod = is_set(snapshot, "KUBERNETES_SERVICE_HOST") or platform.namespace is not None
    if not in_pod and "ecs" not in platform.contexts:
        return
    if any(is_set(snapshot, name) for name in _IDENTITY):
        return
    if in_pod and platform.namespace in options.node_role_namespaces:
        return
    users = [trace for trace in traces if _uses_imds(trace)]
    if not users:
        return
    sdks = sdks_of(users)
    what, whose = ("pod", "node role") if in_pod else ("task", "container instance's role")
    inside = f" of namespace {platform.namespace}" if platform.namespace else ""
    yield _NODE.build(
        "error",
        f"This {what}{inside} has no role of its own, so {do(sdks, 'act')} as the {whose} "
        f"`{role}`, like every other {what} on the machine that reaches the metadata service.",
        imds(f"iam/security-credentials/{role}"),
        subject=role,
        sdks=sdks,
        remedy=_pod_remedy(snapshot, options) if in_pod else _task_remedy(snapshot, role),
        properties=[("role", role)],
    )


def _uses_imds(trace: Trace) -> bool:
    winner = trace.winner
    if winner is None:
        return False
    inner = winner.offer.source if winner.offer is not None else None
    return winner.source in _IMDS_SOURCES or inner in _IMDS_SOURCES


def _pod_remedy(snapshot: HostSnapshot, options: CheckOptions) -> Iterator[str]:
    namespace = shlex.quote(snapshot.platform.namespace or "NAMESPACE")
    yield (
        "1. Give its service account a role: `aws eks create-pod-identity-association "
        f"--cluster-name CLUSTER --namespace {namespace} --service-account NAME --role-arn ARN`, "
        f"or for IRSA `kubectl annotate serviceaccount -n {namespace} NAME "
        "eks.amazonaws.com/role-arn=ARN`."
    )
    yield f"2. Start it anew: `kubectl rollout restart -n {namespace} deployment/NAME`."
    yield "3. `aws sts get-caller-identity` in the pod must show the new role."
    yield f"4. {_shut(snapshot)}"
    allowed = [*options.node_role_namespaces, snapshot.platform.namespace or "NAMESPACE"]
    listed = ", ".join(f'"{name}"' for name in allowed)
    yield (
        "An agent that is meant to use the node's role: `expect.node-role-namespaces = "
        f"[{listed}]` in credlint.toml."
    )


def _task_remedy(snapshot: HostSnapshot, role: str) -> Iterator[str]:
    yield "1. Set `taskRoleArn` in the task definition and deploy it again."
    yield (
        "2. `aws sts get-caller-identity` in the task must show the task's role, not "
        f"`assumed-role/{role}`."
    )
    yield (
        "3. Keep tasks from the instance's role: `ECS_AWSVPC_BLOCK_IMDS=true` in "
        "/etc/ecs/ecs.config for network mode awsvpc; for bridge "
        + modify_options(snapshot.imds, "--http-tokens required --http-put-response-hop-limit 1")
        + "."
    )


def _shut(snapshot: HostSnapshot) -> str:
    command = modify_options(
        snapshot.imds, "--http-tokens required --http-put-response-hop-limit 1"
    )
    return (
        f"Keep pods from the node's role: {command}, or a NetworkPolicy that denies "
        "169.254.169.254."
    )
