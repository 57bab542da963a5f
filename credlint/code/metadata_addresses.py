"""The addresses of AWS' metadata services, and which of their paths are those of EC2.

EC2 User Guide, "Use the Instance Metadata Service to access instance metadata": 169.254.169.254
and, on Nitro, fd00:ec2::254; versions are ``latest``, ``1.0`` and dates; a token comes from
``PUT /latest/api/token`` with a lifetime of 1 to 21,600 seconds. ``instance-data`` is the name
that the VPC's DNS gives the first. Other clouds answer at the same address: Azure at
``/metadata/instance`` (header ``Metadata: true``), Google at ``/computeMetadata`` (header
``Metadata-Flavor``), Oracle at ``/opc``, DigitalOcean at ``/metadata/v1``, OpenStack at
``/openstack`` besides EC2's own paths.
Containers: 169.254.170.2 (ECS Developer Guide, "Task IAM role"), 169.254.170.23 and fd00:ec2::23
(EKS User Guide, "EKS Pod Identity").
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.lazy_expressions import lazy_compile
from credlint.model.lean_tuples import NamedTuple

TOKEN_HEADER = "X-aws-ec2-metadata-token"  # noqa: S105  a name
LIFETIME_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_PATH = "/latest/api/token"  # noqa: S105  a path
LONGEST_LIFETIME = 21_600
# As expressions: the host of an instance's service in an address, and the first part of its paths.
HOST = r"(?:169\.254\.169\.254|\[fd00:ec2::254\]|instance-data(?:\.ec2\.internal)?)"
VERSION = r"(?:latest|1\.0|20\d\d-\d\d-\d\d)"

_ADDRESS = lazy_compile(
    r"(?:\A|(?<=[^\w.-]))(?P<scheme>https?://)?"
    rf"(?:(?P<instance>{HOST})"
    r"|(?P<container>169\.254\.170\.23?|\[fd00:ec2::23\]))"
    r"(?::80)?(?P<path>/[^\s'\"`<>|;)]*|(?![\w.:-]))",
    re.IGNORECASE,
)
_EC2_PATH = lazy_compile(rf"/{VERSION}/(?:meta-data|user-data|dynamic|api/token)(?:/|\Z|[?$#{{])")
_CREDENTIALS = lazy_compile(r"/meta-data/iam/security-credentials(?:/|\Z)")
_OTHER_CLOUDS = lazy_compile(
    r"/(?:metadata/(?:instance|identity|v1)|computeMetadata|opc/|openstack|hetzner|v1(?:\.json|/)"
    r"|0\.1/meta-data|\d+\.\d+/meta-data/vultr)",
    re.IGNORECASE,
)


class MetadataUrl(NamedTuple):
    """An address within a text, and where.

    ``service``: instance or container. ``base``: scheme and host as they are requested.
    """

    service: str
    base: str
    path: str
    start: int
    end: int

    @property
    def is_token(self) -> bool:
        """Tell whether it is where tokens come from."""
        return self.path.split("?", 1)[0].rstrip("/") == TOKEN_PATH

    @property
    def is_of_ec2(self) -> bool:
        """Tell whether the path is one that EC2 answers, so that the request is meant for it."""
        return self.service == "instance" and _EC2_PATH.match(self.path) is not None

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether the path is that of another cloud."""
        return _OTHER_CLOUDS.match(self.path) is not None

    @property
    def gives_credentials(self) -> bool:
        """Tell whether the answer holds the keys of a role."""
        return self.service == "container" or _CREDENTIALS.search(self.path) is not None


def find_address(text: str) -> Optional[MetadataUrl]:
    """Return the first address of a metadata service in a text, None for none."""
    if "169.254." not in text and "fd00:ec2" not in text and "instance-data" not in text:
        return None
    for found in _ADDRESS.finditer(text):
        name = found["instance"] or found["container"]
        path = found["path"] or ""
        # A bare word `instance-data` is nearly always something else.
        if name.lower().startswith("instance-data") and not (found["scheme"] and path):
            continue
        service = "instance" if found["instance"] else "container"
        base = (found["scheme"] or "http://") + name
        return MetadataUrl(service, base, path, found.start(), found.end())
    return None


# EC2 User Guide, "Instance metadata categories": for internal use of EC2 only.
IDENTITY_CREDENTIALS = "/identity-credentials/ec2/security-credentials/ec2-instance"


# aws-ec2-instance-connect-config, src/bin/eic_harvest_hostkeys; amazon-ssm-agent, common/identity/
# availableidentities/ec2/ec2roleprovider: what these credentials are for.
_MEANT = (b"ec2-instance-connect", b"ssm-agent", b"EC2IdentityRole")
# Who asks several clouds looks which of them it is on, or what a request can be made to reach.
_OTHER_SERVICES = (b"metadata.google", b"computeMetadata", b"/metadata/instance", b"/opc/v")


def is_meant_for_identity(text: bytes) -> bool:
    """Tell whether a program is one of AWS' own that works with these credentials."""
    return any(word in text for word in _MEANT)


def asks_several_clouds(text: bytes) -> bool:
    """Tell whether a program knows metadata services of other clouds."""
    return any(word in text for word in _OTHER_SERVICES)


def identity_message() -> str:
    """Return what is to be said of a request for these credentials."""
    return (
        "identity-credentials/…/ec2-instance is an identity for AWS' own use, not the role of the "
        "instance; calls with it are denied."
    )
