"""Every check of a whole host by the name that rules use for it. An explicit list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable

from credlint.checks import services
from credlint.checks.options import CheckOptions
from credlint.model.audit import HostAudit, Verdict
from credlint.model.finding import Finding

AuditCheck = Callable[[HostAudit, "tuple[Verdict, ...]", CheckOptions], Iterable[Finding]]

_FUNCTIONS: tuple[AuditCheck, ...] = (
    services.service_shadows_instance_role,
    services.process_environment_holds_keys,
)

AUDIT_CHECKS: dict[str, AuditCheck] = {
    f"{function.__module__.rpartition('.')[2]}.{function.__name__}": function
    for function in _FUNCTIONS
}
