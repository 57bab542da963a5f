"""Whether requests go to another service than AWS, such as MinIO or LocalStack."""

from __future__ import annotations

from credlint.checks.profiles import effective_profiles
from credlint.checks.situation import is_set
from credlint.model.snapshot import HostSnapshot

OWN_ENDPOINT = "An endpoint of its own is set for them, so they may be meant for another service."

# botocore 1.44.5 configprovider.py, ConfiguredEndpointProvider: the global name, of which the
# services' own names are made by a suffix.
_VARIABLE = "AWS_ENDPOINT_URL"
_SETTING = "endpoint_url"


def has_own_endpoint(snapshot: HostSnapshot, profile: str) -> bool:
    """Tell whether the environment or the profile names an endpoint to use instead of AWS's."""
    if is_set(snapshot, _VARIABLE) or is_set(snapshot, f"{_VARIABLE}_S3"):
        return True
    found = effective_profiles(snapshot).get(profile)
    return found is not None and bool(found.text(_SETTING))
