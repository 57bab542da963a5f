"""What a run of the checks is told from outside: the time and the accounts that are meant."""

from __future__ import annotations

from credlint.model.lean_dataclasses import dataclass


@dataclass(frozen=True)
class CheckOptions:
    """``now`` is an ISO 8601 time with offset (``2026-03-01T12:00:00Z``).

    ``expected_accounts``: twelve-digit account ids that this host may use on purpose.
    ``node_role_namespaces``: Kubernetes namespaces whose pods may use the role of their node.
    """

    now: str
    expected_accounts: tuple[str, ...] = ()
    node_role_namespaces: tuple[str, ...] = ("kube-system",)
