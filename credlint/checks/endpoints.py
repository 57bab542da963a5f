"""Whether requests go to another service than AWS, such as MinIO or LocalStack."""

from __future__ import annotations

from typing import Optional

from credlint.checks.profiles import effective_profiles
from credlint.checks.situation import is_set, text_of
from credlint.model.snapshot import HostSnapshot

OWN_ENDPOINT = "An endpoint of its own is set for them, so they may be meant for another service."

# botocore 1.44.5 configprovider.py, ConfiguredEndpointProvider: the global name, of which the
# services' own names are made by a suffix.
_VARIABLE = "AWS_ENDPOINT_URL"
_SETTING = "endpoint_url"
_LOCAL_NAMES = ("localhost", "localhost.localstack.cloud", "host.docker.internal", "::1")


def has_own_endpoint(snapshot: HostSnapshot, profile: str) -> bool:
    """Tell whether the environment or the profile names an endpoint to use instead of AWS's."""
    if is_set(snapshot, _VARIABLE) or is_set(snapshot, f"{_VARIABLE}_S3"):
        return True
    found = effective_profiles(snapshot).get(profile)
    return found is not None and bool(found.text(_SETTING))


def has_local_endpoint(snapshot: HostSnapshot, profile: str) -> bool:
    """Tell whether the environment or the profile sends requests to this very machine."""
    named = [
        entry.value.text
        for entry in snapshot.environment
        if entry.name == _VARIABLE or entry.name.startswith(f"{_VARIABLE}_")
    ]
    found = effective_profiles(snapshot).get(profile)
    named.append(found.text(_SETTING) if found is not None else None)
    ignored = text_of(snapshot.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) or ""
    return ignored.lower() != "true" and any(_is_local(text) for text in named)


def _is_local(address: Optional[str]) -> bool:
    from urllib.parse import urlsplit  # noqa: PLC0415  few hosts have such an address

    try:
        host = urlsplit(address or "").hostname or ""
    except ValueError:
        return False
    return host in _LOCAL_NAMES or host.endswith(".localhost") or host.startswith("127.")
