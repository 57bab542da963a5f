"""A stand-in for the container credentials endpoint on loopback; the real SDKs fetch from it."""

from __future__ import annotations

import json
from typing import Optional

from credlint import samples
from credlint.demo.loopback import QuietHandler, StandIn

_PATH = "/v2/credentials/stand-in"


class ContainerStandIn(StandIn):
    """A context manager: ``url`` gives credentials for a task role.

    ``status``: what every request gets. ``authorization``: the header that must come with it,
    if any. ``requests``: (path, Authorization header was sent) in order.
    """

    def __init__(
        self,
        status: int = 200,
        authorization: Optional[str] = None,
        account: str = "123456789012",
        seed: str = "container",
    ) -> None:
        super().__init__(_Handler)
        self.status = status
        self.authorization = authorization
        self.key_id = samples.key_id("ASIA", account, seed)
        self.account = account
        self.seed = seed
        self.requests: list[tuple[str, bool]] = []

    @property
    def url(self) -> str:
        """Return the value for AWS_CONTAINER_CREDENTIALS_FULL_URI."""
        return f"{self.endpoint}{_PATH}"

    def document(self) -> dict[str, str]:
        """Return the credential document with made-up keys."""
        return {
            "RoleArn": f"arn:aws:iam::{self.account}:role/demo-task-role",
            "AccessKeyId": self.key_id,
            "SecretAccessKey": samples.secret_key(self.seed),
            "Token": samples.session_token(self.seed),
            "Expiration": "2099-01-01T00:00:00Z",
            "AccountId": self.account,
        }


class _Handler(QuietHandler):
    def do_GET(self) -> None:  # noqa: N802  http.server calls it so
        stand_in: ContainerStandIn = self.server.stand_in
        sent = self.headers.get("Authorization")
        stand_in.requests.append((self.path, sent is not None))
        status = stand_in.status
        if stand_in.authorization is not None and sent != stand_in.authorization:
            status = 401
        body = json.dumps(stand_in.document() if status == 200 else {"code": "refused"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
