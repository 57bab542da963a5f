"""A stand-in for the container credentials endpoint on loopback; the real SDKs fetch from it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional

from credlint import samples

_PATH = "/v2/credentials/stand-in"


class ContainerStandIn:
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
        self.status = status
        self.authorization = authorization
        self.key_id = samples.key_id("ASIA", account, seed)
        self.account = account
        self.seed = seed
        self.requests: list[tuple[str, bool]] = []
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Return the value for AWS_CONTAINER_CREDENTIALS_FULL_URI."""
        return f"http://127.0.0.1:{self.port}{_PATH}"

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

    def __enter__(self) -> ContainerStandIn:  # noqa: PYI034  typing.Self needs Python 3.11
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, stand_in: ContainerStandIn) -> None:
        self.stand_in = stand_in
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients may hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Keep quiet."""

    def do_GET(self) -> None:
        stand_in = self.server.stand_in
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
