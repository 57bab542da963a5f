"""Asks the EC2 instance metadata service which role is attached, and whether version 1 answers.

Role *names* only: the credential document (``iam/security-credentials/ROLE``) is never
requested. Everything that is answered is untrusted. Paths: EC2 User Guide, "Instance metadata
categories"; token and tokenless requests as botocore 1.44.5 utils.IMDSFetcher makes them.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any, Optional

from credlint.host.address import AddressError, resolve, source_address
from credlint.host.http import Answer, Endpoint, parse_endpoint, request
from credlint.host.other_user import nobody_connects
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.metadata import HttpAttempt, ImdsEvidence

DEFAULT_ENDPOINT = "http://169.254.169.254"
IPV6_ENDPOINT = "http://[fd00:ec2::254]"

TOKEN_PATH = "/latest/api/token"  # noqa: S105  a path
_ROLES = "/latest/meta-data/iam/security-credentials/"
_INFO = "/latest/meta-data/iam/info"
_ZONE = "/latest/meta-data/placement/availability-zone"
_REGION = "/latest/meta-data/placement/region"
_DOCUMENT = "/latest/dynamic/instance-identity/document"
TOKEN_REQUEST = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
_TOKEN_HEADER = "X-aws-ec2-metadata-token"  # noqa: S105  a header's name
_OK = 200
# An answer that is to pass a router must arrive with a time to live of two.
_ONE_MORE = 2
# How long to wait for it: it is as fast as the first one, or will never come.
_HOP_WAIT = 0.04
_HOP_FACTOR = 4

_TOKEN_SHAPE = re.compile(r"[\x21-\x7e]{1,1024}\Z")
# IAM API Reference, RoleName and InstanceProfileName: [\w+=,.@-]+, at most 64 and 128.
_ROLE_SHAPE = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}\Z")
_ROLE_LIMIT = 8
_ARN_SHAPE = re.compile(
    r"arn:[a-z0-9-]{1,32}:iam::[0-9]{12}:instance-profile/[A-Za-z0-9_+=,.@/-]{1,640}\Z"
)
_CODE_SHAPE = re.compile(r"[A-Za-z0-9]{1,64}\Z")
_ACCOUNT_SHAPE = re.compile(r"[0-9]{12}\Z")
_REGION_SHAPE = re.compile(r"[a-z]{2,4}(-[a-z0-9]{1,16}){1,4}\Z")
_INSTANCE_SHAPE = re.compile(r"i-[0-9a-f]{8,32}\Z")

# Reasons not to ask that are answers: nothing is left unseen.
NO_ROUTE = "there is no route to the metadata address"
NOT_EC2 = "the machine's firmware says that it is not an EC2 instance"


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for a connection, for one request, for all of them.

    A token answer lost to a hop limit of one costs ``one_request`` each time; with
    ``everything`` the whole probe stays under a second, so that doctor ends within 1.5 s at worst.
    """

    connection: float = 0.2
    one_request: float = 0.35
    everything: float = 0.9


def choose_endpoint(override: Optional[str], variable: Optional[str], mode: Optional[str]) -> str:
    """Return the address to ask: the option, else the SDKs' variable, else by the IP mode.

    botocore compares the mode with ``ipv6`` in lower case (session.py, 1.44.5).
    """
    if override:
        return override
    if variable:
        return variable
    return IPV6_ENDPOINT if (mode or "").lower() == "ipv6" else DEFAULT_ENDPOINT


def reason_to_skip(endpoint: str, is_ec2: Optional[bool], *, overridden: bool) -> Optional[str]:
    """Return why the service need not be asked, None when it should be.

    On a machine of another maker the address is still asked when it is one of our own (tools
    such as ``aws-vault exec --ec2-server`` put it on the loopback interface).
    """
    parsed = parse_endpoint(endpoint)
    if parsed is None:
        return "the endpoint is not a plain http address"
    if overridden:
        return None
    source = source_address(parsed.host, parsed.port)
    if source is None:
        return NO_ROUTE
    if is_ec2 is False and source != parsed.host:
        return NOT_EC2
    return None


def probe_imds(
    endpoint: str,
    patience: Patience = Patience(),  # noqa: B008  frozen
    *,
    measure_hops: bool = False,
    try_nobody: bool = False,
) -> ImdsEvidence:
    """Ask the service at ``endpoint`` (http only); never raises.

    The token request is first; one tokenless request of the role list tells about version 1.
    ``measure_hops``: a second token request that only an answer fit for one more router satisfies.
    ``try_nobody``: a connection, without any request, as the user nobody where this one is root.
    """
    parsed = parse_endpoint(endpoint)
    if parsed is None:
        reason = "the endpoint is not a plain http address"
        return ImdsEvidence(endpoint="(not http)", probed=False, reason=reason)
    begin = time.monotonic()
    evidence = ImdsEvidence(endpoint=parsed.display(), probed=True)
    try:
        addresses = resolve(parsed.host, begin + patience.connection)
    except AddressError as error:
        failed = replace(evidence.token, error=error.kind)
        return replace(evidence, token=failed, reason="the endpoint's name could not be resolved")
    probe = _Probe(parsed, addresses, patience, begin + patience.everything)
    evidence = probe.run(evidence)
    if measure_hops and evidence.token.status == _OK:
        evidence = replace(evidence, token_travels=probe.token_travels(evidence.token))
    if try_nobody and evidence.role is not None:
        deadline = min(time.monotonic() + patience.connection, probe.deadline)
        reachable = nobody_connects(addresses, parsed.port, deadline)
        evidence = replace(evidence, open_to_nobody=reachable)
    return evidence


class _Probe:
    def __init__(
        self, endpoint: Endpoint, addresses: tuple[str, ...], patience: Patience, deadline: float
    ) -> None:
        self._endpoint = endpoint
        self._addresses = addresses
        self._patience = patience
        self.deadline = deadline

    def _ask(
        self,
        method: str,
        path: str,
        headers: Optional[dict[str, str]] = None,
        *,
        least_hops: int = 0,
        wait: Optional[float] = None,
    ) -> Answer:
        now = time.monotonic()
        return request(
            self._endpoint,
            self._addresses,
            method,
            path,
            headers or {},
            connect_deadline=now + self._patience.connection,
            deadline=min(now + (wait or self._patience.one_request), self.deadline),
            least_hops=least_hops,
        )

    def token_travels(self, token: HttpAttempt) -> Optional[bool]:
        """Tell whether a container behind this host would get the token as well.

        The hop limit is the time to live of that answer (EC2 User Guide, "Configure the Instance
        Metadata Service options"), and a router throws away what arrives with 1. None when the
        kernel cannot tell, or the answer did not come for another reason.
        """
        if self.deadline - time.monotonic() < _HOP_WAIT:
            return None
        wait = _HOP_WAIT + _HOP_FACTOR * (token.milliseconds or 0) / 1000
        again = self._ask("PUT", TOKEN_PATH, TOKEN_REQUEST, least_hops=_ONE_MORE, wait=wait)
        if again.status == _OK:
            return True
        return False if again.attempt.error == "timeout" and again.connected else None

    def run(self, evidence: ImdsEvidence) -> ImdsEvidence:
        token = self._ask("PUT", TOKEN_PATH, TOKEN_REQUEST)
        evidence = replace(evidence, token=token.attempt, connected=token.connected)
        if not token.connected:
            return replace(evidence, reason="nothing answers at the metadata address")
        headers = token_headers(token)
        # What the SDKs ask comes first: a slow service may use up the time that there is.
        listed = self._ask("GET", _ROLES, headers) if headers else None
        if listed:
            evidence = replace(evidence, roles_with_token=listed.attempt)
        bare = self._ask("GET", _ROLES)
        evidence = replace(evidence, roles_without_token=bare.attempt)
        if headers is None and bare.status is None:
            return replace(evidence, reason="the metadata service gives no usable answer")
        roles, malformed = _role_names(listed if listed and listed.status == _OK else bare)
        if malformed:
            evidence = replace(
                evidence, reason="the role list holds something else than role names"
            )
        return self._describe(replace(evidence, role_names=roles), headers)

    def _describe(self, evidence: ImdsEvidence, headers: Optional[dict[str, str]]) -> ImdsEvidence:
        info = _json_object(self._ask("GET", _INFO, headers))
        document = _json_object(self._ask("GET", _DOCUMENT, headers))
        zone = self._ask("GET", _ZONE, headers)
        # Some SDKs take the region from here, and they ask with a token alone.
        region = self._ask("GET", _REGION, headers) if headers else None
        placed = region.text.strip() if region is not None and region.status == _OK else None
        return replace(
            evidence,
            placement_region=_shaped(placed, _REGION_SHAPE),
            info_code=_shaped(info.get("Code"), _CODE_SHAPE),
            instance_profile_arn=_shaped(info.get("InstanceProfileArn"), _ARN_SHAPE),
            account=_shaped(document.get("accountId"), _ACCOUNT_SHAPE),
            region=_shaped(document.get("region"), _REGION_SHAPE),
            instance_id=_shaped(document.get("instanceId"), _INSTANCE_SHAPE),
            availability_zone=_shaped(
                zone.text.strip() if zone.status == _OK else None, _REGION_SHAPE
            ),
        )


def token_headers(token: Answer) -> Optional[dict[str, str]]:
    """Return the headers by which the answered token is shown, None when there is no token."""
    value = token.text.strip() if token.status == _OK else ""
    return {_TOKEN_HEADER: value} if _TOKEN_SHAPE.match(value) else None


def _role_names(answer: Answer) -> tuple[tuple[str, ...], bool]:
    """Return the valid role names of a list, and whether something else stood in it."""
    if answer.status != _OK:
        return (), False
    lines = [line.strip() for line in answer.text.split("\n") if line.strip()]
    names = [line for line in lines if _ROLE_SHAPE.match(line)]
    return tuple(names[:_ROLE_LIMIT]), len(names) != len(lines) or len(names) > _ROLE_LIMIT


def _json_object(answer: Answer) -> dict[str, Any]:
    if answer.status != _OK:
        return {}
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _shaped(value: object, shape: re.Pattern[str]) -> Optional[str]:
    return value if isinstance(value, str) and shape.match(value) else None
