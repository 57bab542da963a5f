"""The words that people know: sources, accounts and roles by their usual names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from credlint.model.trace import Offer  # the trace costs a scan 7 ms

# Source ids are those of the chain specifications under rules/sdks.
SOURCE_NAMES = {
    "code": "code",
    "env": "environment",
    "env_amazon": "environment (AMAZON_ names)",
    "sysprops": "system properties",
    "credential_source": "profile, credential_source",
    "provider_assume_role": "provider, assume role",
    "provider_block": "provider block",
    "provider_web_identity": "provider, web identity",
    "role_profile": "profile, assume role",
    "web_identity": "web identity",
    "web_identity_env": "web identity (environment)",
    "web_identity_profile": "web identity (profile)",
    "sso_profile": "profile, SSO",
    "static_credentials_file": "credentials file",
    "login_profile": "profile, aws login",
    "process_profile": "profile, process",
    "static_config_file": "config file",
    "static_profile": "profile, static keys",
    "profile": "profile",
    "ec2_credential_file": "EC2 credential file",
    "boto2_config": "boto config",
    "container": "container endpoint",
    "imds": "instance metadata",
    "container_or_imds": "container or instance",
}


def join_names(names: Iterable[str]) -> str:
    """Return ``a, b and c``; versions of one product are folded: ``AWS CLI v1 and v2``."""
    folded: list[str] = []
    product = None
    for name in names:
        head, _, version = name.rpartition(" ")
        is_version = bool(head) and version[:1] == "v" and version[1:].isdigit()
        folded.append(version if is_version and head == product else name)
        product = head if is_version else None
    if len(folded) < 2:  # noqa: PLR2004  nothing to join
        return "".join(folded)
    return f"{', '.join(folded[:-1])} and {folded[-1]}"


def source_name(source: str) -> str:
    """Return the short name of a source id; an unknown id in words."""
    return SOURCE_NAMES.get(source) or source.replace("_", " ").replace("-", " ")


def account_of(offer: Offer) -> Optional[str]:
    """Return the account of an offer, decoded from its key id when not told otherwise."""
    return offer.account or (offer.key_id.account if offer.key_id else None)


def role_name(role: str) -> str:
    """Return a role's name; ARNs keep the account in front: ``123456789012/app``."""
    if not role.startswith("arn:"):
        return role
    parts = role.split(":", 5)
    if len(parts) < 6:  # noqa: PLR2004  arn:partition:service:region:account:resource
        return role
    return f"{parts[4]}/{parts[5].rpartition('/')[2]}"


def pascal_case(name: str) -> str:
    """Turn a rule name into an identifier: ``env-keys`` gives ``EnvKeys``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))
