"""Every check of a whole host by the name that rules use for it. An explicit list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable

from credlint.checks import host_assignments, host_logins, host_sightings, host_stores, services
from credlint.checks.options import CheckOptions
from credlint.model.audit import HostAudit, Verdict
from credlint.model.finding import Finding

AuditCheck = Callable[[HostAudit, "tuple[Verdict, ...]", CheckOptions], Iterable[Finding]]

_FUNCTIONS: tuple[AuditCheck, ...] = (
    services.service_shadows_instance_role,
    services.process_environment_holds_keys,
    host_sightings.process_arguments_hold_keys,
    host_sightings.shell_history_holds_keys,
    host_sightings.cloud_init_userdata_on_disk,
    host_sightings.boot_and_service_logs_hold_keys,
    host_stores.other_tools_store_keys,
    host_logins.docker_config_plain_auth,
    host_logins.package_config_codeartifact_token,
    host_stores.credential_copies,
    host_stores.root_account_credentials,
    host_stores.kubeconfig_embeds_keys,
    host_assignments.systemd_unit_holds_keys,
    host_assignments.global_environment_holds_keys,
    host_assignments.crontab_holds_keys,
    host_assignments.shell_startup_exports_keys,
    host_assignments.running_container_holds_keys,
)

AUDIT_CHECKS: dict[str, AuditCheck] = {
    f"{function.__module__.rpartition('.')[2]}.{function.__name__}": function
    for function in _FUNCTIONS
}
