"""Which settings of AWS files may be kept as text, and which are secret. Pure."""

from __future__ import annotations

import re

# Plain settings by name (AWS SDKs and Tools Reference Guide, "Settings reference"; botocore
# 1.44.5 configprovider.py; the CLI's config-vars topic). Whatever is not here is captured as
# facts only.
_PLAIN = frozenset(
    """
    region output role_arn source_profile credential_source role_session_name mfa_serial
    web_identity_token_file login_session duration_seconds endpoint_url services
    ignore_configured_endpoint_urls use_fips_endpoint use_dualstack_endpoint
    account_id_endpoint_mode aws_account_id ca_bundle cli_pager cli_auto_prompt cli_binary_format
    cli_timestamp_format cli_history cli_follow_urlparam cli_help_output cli_error_format
    defaults_mode retry_mode max_attempts parameter_validation data_path tcp_keepalive
    metadata_service_timeout metadata_service_num_attempts ec2_metadata_service_endpoint
    ec2_metadata_service_endpoint_mode ec2_metadata_v1_disabled imds_use_ipv6
    disable_ec2_metadata disable_ec2_metadata_v1 ec2_instance_profile_name
    sts_regional_endpoints s3_us_east_1_regional_endpoint
    s3_use_arn_region s3_disable_multiregion_access_points s3_disable_express_session_auth
    endpoint_discovery_enabled sdk_ua_app_id request_min_compression_size_bytes
    disable_request_compression disable_clock_skew_correction
    request_checksum_calculation response_checksum_validation
    auth_scheme_preference sigv4a_signing_region_set csm_enabled csm_host csm_port
    s3 s3api s3control cloudfront api_versions plugins
    signature_version addressing_style payload_signing_enabled use_accelerate_endpoint
    max_concurrent_requests max_queue_size multipart_threshold multipart_chunksize max_bandwidth
    preferred_transfer_client target_bandwidth should_stream disk_throughput io_chunksize
    x_security_token_expires x_principal_arn aws_credential_expiration aws_expiration expiration
    expires aws_session_token_expiration aws_session_expiration token_expiration
    credential_process_auto_refresh x_source_profile assumed_role assumed_role_arn is_secure debug
    toolkit_artifact_guid num_retries boto_config https_validate_certificates ec2_region_name
    """.split()  # noqa: SIM905  a list of a hundred words reads best as words
)
_PLAIN_PREFIXES = ("sso_", "granted_", "region_")
# sso_ settings that would hold a secret if someone wrote them into a file.
_SENSITIVE = re.compile(
    r"key|secret|token|passw|credential|signature|external_?id|mfa_code|auth|cookie", re.IGNORECASE
)
_PROCESS = ("credential_process", "granted_sso_credential_process")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}\Z")


def is_plain(name: str) -> bool:
    """Tell whether a setting's value is kept as (scrubbed) text."""
    lower = name.lower().lstrip("\ufeff")
    if lower in _PLAIN:
        return True
    return lower.startswith(_PLAIN_PREFIXES) and _SENSITIVE.search(lower) is None


def is_process(name: str) -> bool:
    """Tell whether a setting holds a command, of which only the executable is kept."""
    return name.lower() in _PROCESS


def is_sensitive(name: str) -> bool:
    """Tell whether a setting is secret by its name, so that its value is scrubbed everywhere."""
    return not is_plain(name) and not is_process(name) and _SENSITIVE.search(name) is not None


def is_identifier(name: str) -> bool:
    """Tell whether a text can be the name of a setting, rather than some pasted value."""
    return _IDENTIFIER.match(name) is not None
