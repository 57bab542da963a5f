"""The names that SDKs and common tools give to settings and variables: data for CHN211.

A name that is missing here can only be reported where it differs from a known one by a slip.
Sources: AWS SDKs and Tools Reference Guide ("Settings reference", "Environment variables list");
botocore 1.44.5 configprovider.py and the AWS CLI's config-vars and config-file topics; what the
chains of ``rules/sdks`` read; ``host.aws_settings``; the guides of the helpers named below.
"""

from __future__ import annotations

# Settings of profiles and sso-sessions that an SDK acts upon: what someone may have meant.
SETTINGS = frozenset(
    """
    aws_access_key_id aws_secret_access_key aws_session_token aws_security_token aws_account_id
    role_arn source_profile credential_source credential_process web_identity_token_file
    role_session_name external_id mfa_serial duration_seconds login_session
    sso_session sso_start_url sso_region sso_account_id sso_role_name sso_registration_scopes
    region output services endpoint_url ignore_configured_endpoint_urls
    use_fips_endpoint use_dualstack_endpoint account_id_endpoint_mode ca_bundle
    cli_pager cli_auto_prompt cli_binary_format cli_timestamp_format cli_history
    cli_follow_urlparam cli_help_output cli_error_format
    defaults_mode retry_mode max_attempts parameter_validation data_path tcp_keepalive
    metadata_service_timeout metadata_service_num_attempts
    ec2_metadata_service_endpoint ec2_metadata_service_endpoint_mode ec2_metadata_v1_disabled
    imds_use_ipv6 disable_ec2_metadata disable_ec2_metadata_v1 ec2_instance_profile_name
    sts_regional_endpoints s3_us_east_1_regional_endpoint s3_use_arn_region
    s3_disable_multiregion_access_points s3_disable_express_session_auth
    endpoint_discovery_enabled sdk_ua_app_id request_min_compression_size_bytes
    disable_request_compression disable_clock_skew_correction disable_host_prefix_injection
    request_checksum_calculation response_checksum_validation auth_scheme_preference
    sigv4a_signing_region_set csm_enabled csm_host csm_port csm_client_id s3 s3api s3control
    cloudfront api_versions signature_version addressing_style payload_signing_enabled
    use_accelerate_endpoint max_concurrent_requests max_queue_size multipart_threshold
    multipart_chunksize max_bandwidth preferred_transfer_client target_bandwidth
    """.split()  # noqa: SIM905  a list of a hundred words reads best as words
)
# Names that belong to somebody, though no SDK acts upon them.
HELPER_SETTINGS = frozenset(
    """
    should_stream disk_throughput io_chunksize plugins
    expiration expires expiry token_expiration credentials_expiration
    aws_expiration aws_credential_expiration aws_session_token_expiration aws_session_expiration
    aws_token_expiration session_expiration sso_auto_populated sso_account_name
    assumed_role assumed_role_arn aws_role_arn aws_mfa_device credential_process_auto_refresh
    toolkit_artifact_guid num_retries boto_config https_validate_certificates ec2_region_name
    is_secure debug chain_from mfa_process parent_profile include_profile session_tags
    transitive_session_tags source_identity use_sso_session role_name role service
    """.split()  # noqa: SIM905
)
# granted, saml2aws, aws-azure-login, okta-awscli, aws-google-auth, aws-adfs, onelogin, Leapp.
HELPER_PREFIXES = (
    "granted_", "x_", "azure_", "okta_", "saml", "google_", "adfs_", "onelogin_", "leapp_",
    "region_", "toolkit_", "vault_", "gimme_", "cognito_", "codeartifact_",
)  # fmt: skip

# Slips that no comparison of letters finds.
MISTAKEN_SETTINGS = {
    "aws_access_key": "aws_access_key_id",
    "access_key": "aws_access_key_id",
    "access_key_id": "aws_access_key_id",
    "aws_secret_key": "aws_secret_access_key",
    "secret_key": "aws_secret_access_key",
    "secret_access_key": "aws_secret_access_key",
    "aws_secret_access_key_id": "aws_secret_access_key",
    "session_token": "aws_session_token",
    "aws_default_region": "region",
    "default_region": "region",
    "sso_url": "sso_start_url",
}

VARIABLES = frozenset(
    """
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN
    AWS_CREDENTIAL_EXPIRATION AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION
    AWS_DEFAULT_REGION AWS_DEFAULT_OUTPUT AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE
    AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI
    AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
    AWS_EC2_METADATA_DISABLED AWS_EC2_METADATA_V1_DISABLED AWS_EC2_METADATA_SERVICE_ENDPOINT
    AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE AWS_EC2_INSTANCE_PROFILE_NAME
    AWS_METADATA_SERVICE_TIMEOUT AWS_METADATA_SERVICE_NUM_ATTEMPTS AWS_IMDS_USE_IPV6
    AWS_ENDPOINT_URL AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_CA_BUNDLE AWS_DATA_PATH
    AWS_RETRY_MODE AWS_MAX_ATTEMPTS AWS_DEFAULTS_MODE AWS_STS_REGIONAL_ENDPOINTS
    AWS_USE_FIPS_ENDPOINT AWS_USE_DUALSTACK_ENDPOINT AWS_SDK_LOAD_CONFIG AWS_SDK_UA_APP_ID
    AWS_CLI_AUTO_PROMPT AWS_CLI_FILE_ENCODING AWS_BEARER_TOKEN_BEDROCK
    AWS_LOGIN_CACHE_DIRECTORY AWS_S3_USE_ARN_REGION AWS_S3_US_EAST_1_REGIONAL_ENDPOINT
    AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS AWS_S3_DISABLE_EXPRESS_SESSION_AUTH
    AWS_ACCOUNT_ID_ENDPOINT_MODE AWS_AUTH_SCHEME_PREFERENCE AWS_SIGV4A_SIGNING_REGION_SET
    AWS_REQUEST_CHECKSUM_CALCULATION AWS_RESPONSE_CHECKSUM_VALIDATION
    AWS_DISABLE_REQUEST_COMPRESSION AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES
    AWS_DISABLE_HOST_PREFIX_INJECTION AWS_ENABLE_ENDPOINT_DISCOVERY
    """.split()  # noqa: SIM905
)
# Known too, and so close to names that people make up (AWS_PAGES, AWS_ACCOUNTID, AWS_RULE_ARN)
# that nothing is taken for a slip of them.
HELPER_VARIABLES = frozenset(
    """
    AWS_ACCOUNT_ID AWS_PAGER AWS_RULE_ARN AWS_CSM_ENABLED AWS_CSM_HOST AWS_CSM_PORT
    AWS_CSM_CLIENT_ID
    AWS_ACCESS_KEY AWS_SECRET_KEY AWS_CREDENTIAL_FILE AWS_CREDENTIALS_FILE AWS_CREDENTIALS_PATH
    AWS_CREDENTIAL_PROFILES_FILE AWS_CREDENTIALS_EXPIRATION AWS_SESSION_TOKEN_EXPIRATION
    AWS_SESSION_EXPIRATION AWS_VAULT AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME
    AWS_ENDPOINT_DISCOVERY_ENABLED AWS_DISABLE_CLOCK_SKEW_CORRECTION AWS_NEW_RETRIES_2026
    AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026 AWS_PARTITIONS_FILE AWS_SDK_CONFIG_OPT_OUT
    AWS_SDK_LOAD_NONDEFAULT_CONFIG AWS_SDK_GO_CLIENT_TLS_CERT AWS_SDK_GO_CLIENT_TLS_KEY
    AWS_CONTAINER_SERVICE_ENDPOINT AWS_HOST AWS_METADATA_URL AWS_RESTRICT_FILE_PERMISSIONS
    AWS_USE_DUALSTACK AWS_USE_FIPS AWS_CLI_HISTORY_FILE AWS_S3_FORCE_PATH_STYLE
    AWS_STS_USE_GLOBAL_ENDPOINT AWS_S3_USE_GLOBAL_ENDPOINT AWS_PARTITION AWS_ACCOUNT
    AWS_SSO_PROFILE AWS_SSO_REGION AWS_SSO_ACCOUNT_ID AWS_SSO_ROLE_NAME AWS_SSO_SESSION_EXPIRATION
    AWS_MFA_SERIAL AWS_ROLE_NAME AWS_ASSUME_ROLE_ARN AWS_SESSION_NAME AWS_DEFAULT_ROLE
    """.split()  # noqa: SIM905
)
VARIABLE_PREFIXES = (
    "AWS_ENDPOINT_URL_", "AWS_BEARER_TOKEN_", "AWS_LAMBDA_", "AWS_XRAY_", "AWS_CLI_", "AWS_VPC_",
    "AWS_OKTA_", "AWS_VAULT_", "AWS_SSO_", "AWS_CHINA_", "AWS_JAVA_", "AWS_CDK_", "AWS_SAM_",
)  # fmt: skip
MISTAKEN_VARIABLES = {
    "AWS_SECRET_ACCESS_KEY_ID": "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY": "AWS_SECRET_ACCESS_KEY",
    "AWS_ACCESS_SECRET": "AWS_SECRET_ACCESS_KEY",
}
