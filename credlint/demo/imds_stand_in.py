"""A stand-in for the EC2 instance metadata service on loopback, with good and bad manners.

For the demonstration and for tests: the real SDKs can use it too (it serves made-up keys), and
it records what it was asked, so that a test can prove that nobody asked for credentials.
"""

from __future__ import annotations

import json
import socket
import time
from typing import Optional, Union

from credlint import samples
from credlint.demo.loopback import QuietHandler, StandIn
from credlint.model.lean_dataclasses import dataclass

_ROLES = "/latest/meta-data/iam/security-credentials/"
_TOKEN_PATH = "/latest/api/token"  # noqa: S105  a path
_TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds"
_TOKEN_HEADER = "X-aws-ec2-metadata-token"  # noqa: S105  a header's name
_SESSION = "stand-in-session"
_OK, _FOUND, _BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 200, 302, 400, 401, 403, 404
_HANG_SECONDS = 30.0
_MEGABYTE = 1024 * 1024
_DRIP_PAUSE = 0.05
_EXPIRATION = "2099-01-01T00:00:00Z"


@dataclass(frozen=True)
class Behaviour:
    """How the stand-in answers.

    ``role`` None: no role is attached (404). ``profile``: the instance profile's name where that
    is not the role's. ``v1``/``v2``: whether tokenless requests and the token request are served.
    ``token_status`` overrides the token's status. ``hop_limit``: the time to live of the token's
    answer, None for the system's. ``info_code`` other than Success is also what the credential
    document says. ``documents`` False: the credential document is 404. ``user_data``: what
    ``/latest/user-data`` gives, None for 404. ``delay``: seconds before each answer. ``manner``:
    plain, hang (accepts, never answers), token-hang (only the token is never answered), redirect,
    drip (a byte at a time), megabyte, garbage (not HTTP), close (hangs up), chunked, lies (answers
    of the wrong kind), shut (403 for everything, as an endpoint that is switched off).
    """

    role: Optional[str] = "demo-instance-role"
    v1: bool = True
    v2: bool = True
    token_status: Optional[int] = None
    account: str = "123456789012"
    region: str = "eu-west-1"
    availability_zone: str = "eu-west-1a"
    instance_id: str = "i-0123456789abcdef0"
    info_code: str = "Success"
    documents: bool = True
    hop_limit: Optional[int] = None
    user_data: Optional[bytes] = None
    profile: Optional[str] = None
    delay: float = 0.0
    manner: str = "plain"
    redirect_to: str = "http://127.0.0.1:9/latest/meta-data/"

    def key_id(self) -> str:
        """Return the made-up key id that the credential document holds."""
        return samples.key_id("ASIA", self.account, "imds")


class ImdsStandIn(StandIn):
    """A context manager: the service on ``address`` in a thread; port 0 is any that is free.

    ``requests`` are (method, path, had a token) in order.
    """

    def __init__(
        self, behaviour: Optional[Behaviour] = None, address: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__(_Handler, address, port)
        self.behaviour = behaviour or Behaviour()
        self.requests: list[tuple[str, str, bool]] = []

    @property
    def paths(self) -> tuple[str, ...]:
        """Return every path that was asked for, in order."""
        return tuple(path for _, path, _ in self.requests)

    @property
    def credential_requests(self) -> tuple[str, ...]:
        """Return the paths asked for that would give out a credential document."""
        return tuple(path for path in self.paths if path.startswith(_ROLES) and path != _ROLES)


class _Handler(QuietHandler):
    def do_PUT(self) -> None:  # noqa: N802  http.server calls it so
        """Answer the token request."""
        behaviour = self._record()
        if self._misbehaves(behaviour):
            return
        if behaviour.manner == "token-hang":
            self.server.stand_in.wait(_HANG_SECONDS)
            self.close_connection = True
            return
        status = behaviour.token_status or (_OK if behaviour.v2 else _FORBIDDEN)
        if self.path != _TOKEN_PATH:
            status = _NOT_FOUND
        elif status == _OK and not self.headers.get(_TTL_HEADER, "").isdigit():
            status = _BAD_REQUEST
        body = _SESSION if status == _OK else ""
        if behaviour.hop_limit is not None:
            self._limit_hops(behaviour.hop_limit)
        self._answer(status, body, {_TTL_HEADER: self.headers.get(_TTL_HEADER, "")})

    def do_GET(self) -> None:  # noqa: N802  http.server calls it so
        """Answer a metadata request."""
        behaviour = self._record()
        if self._misbehaves(behaviour):
            return
        token = self.headers.get(_TOKEN_HEADER)
        allowed = token == _SESSION if token is not None else behaviour.v1
        if not allowed:
            self._answer(_UNAUTHORIZED, "")
            return
        body = _document(behaviour, self.path)
        self._answer(_NOT_FOUND if body is None else _OK, body or b"")

    def _limit_hops(self, limit: int) -> None:
        """Let what is sent from now on have this time to live."""
        if self.server.address_family == socket.AF_INET6:
            self.connection.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, limit)
        else:
            self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, limit)

    def _record(self) -> Behaviour:
        stand_in: ImdsStandIn = self.server.stand_in
        stand_in.requests.append((self.command, self.path, _TOKEN_HEADER in self.headers))
        if stand_in.behaviour.delay:
            stand_in.wait(stand_in.behaviour.delay)
        return stand_in.behaviour

    def _misbehaves(self, behaviour: Behaviour) -> bool:
        actions = {
            "hang": self._hang,
            "redirect": self._redirect,
            "drip": self._drip,
            "megabyte": self._megabyte,
            "garbage": self._garbage,
            "close": self._close,
            "lies": self._lie,
            "shut": self._shut,
        }
        action = actions.get(behaviour.manner)
        if action is None:
            return False
        action()
        return True

    def _hang(self) -> None:
        self.server.stand_in.wait(_HANG_SECONDS)
        self.close_connection = True

    def _redirect(self) -> None:
        place = self.server.stand_in.behaviour.redirect_to
        self._answer(_FOUND, "", {"Location": place})

    def _drip(self) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not self.server.stand_in.wait(_DRIP_PAUSE):
            self.wfile.write(b"a")
            self.wfile.flush()

    def _megabyte(self) -> None:
        self._answer(_OK, "a" * _MEGABYTE)

    def _garbage(self) -> None:
        self.close_connection = True
        self.wfile.write(b"\x00\xff\x00 this is not HTTP \x1b[31m\r\n\r\n")

    def _close(self) -> None:
        self.close_connection = True

    def _lie(self) -> None:
        body = "a name with spaces\n\x1b[31mred\x1b[0m\n" + "x" * 65 + '\n{"Code": [1]}\n'
        self._answer(_OK, body)

    def _shut(self) -> None:
        self._answer(_FORBIDDEN, "")

    def _answer(
        self, status: int, body: Union[str, bytes], headers: Optional[dict[str, str]] = None
    ) -> None:
        raw = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        chunked = self.server.stand_in.behaviour.manner == "chunked"
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
            pieces = [raw[i : i + 7] for i in range(0, len(raw), 7)]
            raw = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _document(  # noqa: PLR0911  one per path
    behaviour: Behaviour, path: str
) -> Union[str, bytes, None]:
    role, name = behaviour.role, behaviour.profile or behaviour.role
    profile = f"arn:aws:iam::{behaviour.account}:instance-profile/{name}"
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    plain = {
        "/latest/meta-data/instance-id": behaviour.instance_id,
        "/latest/meta-data/placement/availability-zone": behaviour.availability_zone,
        "/latest/meta-data/placement/availability-zone/": behaviour.availability_zone,
        "/latest/meta-data/placement/region": behaviour.region,
    }
    if path in plain:
        return plain[path]
    if path == "/latest/dynamic/instance-identity/document":
        return json.dumps(
            {
                "accountId": behaviour.account,
                "region": behaviour.region,
                "availabilityZone": behaviour.availability_zone,
                "instanceId": behaviour.instance_id,
            }
        )
    if path == "/latest/user-data":
        return behaviour.user_data
    if path == "/latest/meta-data/iam/info" and name is not None:
        info = {"Code": behaviour.info_code, "LastUpdated": now, "InstanceProfileArn": profile}
        return json.dumps(info)
    if role is None:
        return None
    if path in (_ROLES, _ROLES.rstrip("/")):
        return role
    if path == _ROLES + role and behaviour.documents:
        return _credential_document(behaviour, now)
    return None


def _credential_document(behaviour: Behaviour, now: str) -> str:
    if behaviour.info_code != "Success":
        message = "EC2 cannot assume the role; see its trust policy."
        return json.dumps({"Code": behaviour.info_code, "Message": message, "LastUpdated": now})
    return json.dumps(
        {
            "Code": "Success",
            "LastUpdated": now,
            "Type": "AWS-HMAC",
            "AccessKeyId": behaviour.key_id(),
            "SecretAccessKey": samples.secret_key("imds"),
            "Token": samples.session_token("imds"),
            "Expiration": _EXPIRATION,
        }
    )
