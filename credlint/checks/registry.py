"""Every check by the name that rules use for it. An explicit list: nothing is discovered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable

from credlint.checks import (
    accounts,
    commands,
    divergence,
    durations,
    empty_values,
    environment,
    expiry,
    file_shadowing,
    files,
    host_files,
    imds_containers,
    imds_state,
    key_shapes,
    metadata,
    mfa,
    misspelled,
    nonstandard,
    placeholders,
    profile_kinds,
    profiles,
    region,
    region_values,
    role_sources,
    shadowing,
    stops,
    tokens,
    unread_files,
    user_data,
    values,
    web_identity,
    writable,
)
from credlint.checks.options import CheckOptions
from credlint.model.finding import Finding
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

Check = Callable[[HostSnapshot, "tuple[Trace, ...]", CheckOptions], Iterable[Finding]]

_FUNCTIONS: tuple[Check, ...] = (
    shadowing.env_keys_shadow_instance_role,
    shadowing.env_keys_shadow_workload_role,
    environment.env_keys_vs_aws_profile,
    file_shadowing.profile_file_shadows_machine_role,
    file_shadowing.legacy_file_shadows_machine_role,
    divergence.web_identity_vs_profile_diverges,
    divergence.irsa_and_pod_identity_both_present,
    environment.two_profile_variables_disagree,
    accounts.shadowing_key_belongs_to_other_account,
    tokens.legacy_security_token_wins,
    tokens.long_term_key_with_session_token,
    tokens.temporary_key_without_session_token,
    environment.incomplete_env_credentials,
    nonstandard.nonstandard_key_variables,
    nonstandard.jvm_properties_shadow,
    profile_kinds.mixed_credential_kinds_in_profile,
    placeholders.placeholder_credentials_shadow,
    divergence.sdk_resolution_diverges,
    environment.profile_not_found,
    files.config_section_missing_profile_prefix,
    files.credentials_section_has_profile_prefix,
    files.duplicate_section_or_key,
    files.unparseable_file,
    values.value_quoted_or_padded,
    values.inline_comment_in_value,
    values.indented_key_swallowed,
    misspelled.misspelled_setting,
    key_shapes.malformed_key_or_swapped,
    profiles.source_profile_missing,
    profiles.source_profile_loop,
    profiles.role_without_source,
    role_sources.role_with_two_sources,
    role_sources.credential_source_unusable,
    empty_values.empty_variable_set,
    web_identity.web_identity_half_configured,
    web_identity.web_identity_token_unusable,
    commands.credential_process_unresolvable,
    writable.credential_process_writable,
    unread_files.sdk_ignores_config_file,
    host_files.file_not_readable,
    stops.sdk_stops_with_error,
    expiry.expired_credentials_in_file,
    mfa.mfa_profile_in_unattended_context,
    mfa.malformed_mfa_serial,
    durations.role_chaining_over_one_hour,
    durations.duration_out_of_range,
    region.region_not_set,
    region.region_variables_disagree,
    region_values.region_not_inherited,
    region_values.region_malformed,
    region_values.region_differs_from_host,
    region_values.partition_mismatch,
    metadata.imds_disabled_where_role_needed,
    metadata.imds_disable_value_ineffective,
    metadata.imdsv1_enabled,
    imds_containers.imds_reachable_from_container,
    imds_containers.imds_hop_limit_blocks_container,
    imds_state.imds_unreachable_on_ec2,
    imds_state.no_instance_role,
    imds_state.instance_role_broken,
    user_data.user_data_contains_secrets,
    imds_containers.ecs_task_reaches_instance_role,
    host_files.personal_keys_on_ec2,
    host_files.credentials_file_permissions,
)

CHECKS: dict[str, Check] = {
    f"{function.__module__.rpartition('.')[2]}.{function.__name__}": function
    for function in _FUNCTIONS
}
