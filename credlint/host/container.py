"""What the environment says of the container credentials endpoint; it is never requested.

botocore 1.44.5: credentials.ContainerProvider prefers the relative URI when it is *set*, even
if empty, and appends it to ``http://169.254.170.2``; utils.ContainerMetadataFetcher then judges
the host name as urlsplit gives it, without resolving it (any https host is allowed).
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from credlint.host.address import AddressError, connect, is_literal, resolve
from credlint.model.metadata import ContainerEvidence

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_ECS_ADDRESS = "http://169.254.170.2"
_PORTS = {"http": 80, "https": 443}
_PATIENCE = 0.2
# The EKS Pod Identity agent on IPv6 (botocore 1.44.5 utils.py, ContainerMetadataFetcher).
_AGENT_ADDRESSES = ("fd00:ec2::23",)
# Names that are looked up; any other name would send a question to a name server.
_LOCAL_NAMES = ("localhost",)


def container_endpoint(environment: Mapping[str, str]) -> ContainerEvidence:
    """Return the endpoint's parts as the environment names it, without touching the network.

    ``host`` is in lower case and without brackets, as urlsplit gives it; None when malformed.
    """
    if RELATIVE in environment:
        variable, url = RELATIVE, _ECS_ADDRESS + environment[RELATIVE]
    elif FULL in environment:
        variable, url = FULL, environment[FULL]
    else:
        return ContainerEvidence()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ContainerEvidence(variable)
    return ContainerEvidence(
        variable, parts.scheme or None, host or None, port or _PORTS.get(parts.scheme)
    )


def other_endpoint(environment: Mapping[str, str]) -> ContainerEvidence:
    """Return the endpoint of those SDKs that do not follow botocore, where it is another one.

    An empty relative URI counts as none, and a full one without scheme as plain http (aws-c-auth
    credentials_provider_ecs.c, aws-c-common uri.c).
    """
    url = environment.get(FULL, "")
    if environment.get(RELATIVE) or not url:
        return ContainerEvidence()
    other = container_endpoint({FULL: url if "://" in url else f"http://{url}"})
    return ContainerEvidence() if other == container_endpoint(environment) else other


def probe_container(evidence: ContainerEvidence, patience: float = _PATIENCE) -> ContainerEvidence:
    """Return the evidence with ``resolved`` and ``reachable`` filled in; never raises.

    A TCP connection is opened to a link-local or loopback address, or the EKS agent's, and closed
    at once; other addresses are not connected to, other names not even resolved.
    """
    host, port = evidence.host, evidence.port
    if host is None or port is None or not _may_connect(host):
        return evidence
    deadline = time.monotonic() + patience
    resolved: tuple[str, ...] = ()
    try:
        resolved = resolve(host, deadline)
        connect(resolved, port, deadline).close()
        reachable = "yes"
    except AddressError as error:
        reachable = error.kind if error.kind in ("refused", "timeout") else "unreachable"
    return ContainerEvidence(evidence.variable, evidence.scheme, host, port, reachable, resolved)


def _may_connect(host: str) -> bool:
    if host in _LOCAL_NAMES:
        return True
    if not is_literal(host):
        return False
    address = ipaddress.ip_address(host)
    return address.is_loopback or address.is_link_local or host in _AGENT_ADDRESSES
