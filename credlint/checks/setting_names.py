"""Names of settings that several checks ask for."""

from __future__ import annotations

from credlint.model.snapshot import HostSnapshot

KEY_SETTINGS = frozenset(
    {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"}
)

# Settings that make a section a profile (AWS SDKs and Tools Reference Guide, "Settings reference").
PROFILE_SETTINGS = KEY_SETTINGS | {
    "role_arn",
    "source_profile",
    "credential_source",
    "credential_process",
    "mfa_serial",
    "web_identity_token_file",
    "role_session_name",
    "external_id",
    "duration_seconds",
    "sso_session",
    "sso_start_url",
    "sso_account_id",
    "sso_role_name",
    "sso_region",
    "login_session",
    "region",
    "output",
}


def mentions(snapshot: HostSnapshot, *names: str) -> bool:
    """Tell whether any line of the AWS files could be one of these settings (in lower case).

    Asked before anything is put together: most files hold none of what a check looks for.
    """
    return any(
        line.name is not None and line.name.strip().lower() in names
        for file in snapshot.files
        for line in file.lines
    )
