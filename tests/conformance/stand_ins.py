"""IMDS in many moods, a container endpoint, STS (moto's) and SSO, all on the loopback interface.

The mood is the first part of the path: ``http://127.0.0.1:PORT/v2only`` is an endpoint.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any, Optional

from credlint import samples
from tests.conformance.setups import Addresses

ROLE = "stand-in-role"
ACCOUNT = "210987654321"
ZONE = "eu-central-1b"
# mood: status of the token request, of tokenless requests, of the role list
MOODS: dict[str, tuple[int, int, int]] = {
    "ok": (200, 200, 200),
    "v2only": (200, 401, 200),
    "v1only403": (403, 200, 200),
    "v1only404": (404, 200, 200),
    "v1only405": (405, 200, 200),
    "v1only401": (401, 200, 200),
    "v1only500": (500, 200, 200),
    "bad400": (400, 200, 200),
    "norole": (200, 200, 404),
    "emptyrole": (200, 200, 204),
    "shut": (403, 403, 403),
}
_TOKEN = "stand-in-token"  # noqa: S105  made up
_LIFETIME = "X-aws-ec2-metadata-token-ttl-seconds"
_LIST = "/latest/meta-data/iam/security-credentials/"


def document(seed: str) -> dict[str, str]:
    """Return a credential document as IMDS and the container endpoint give it."""
    return {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "LastUpdated": "2026-01-01T00:00:00Z",
        "AccessKeyId": samples.key_id("ASIA", ACCOUNT, seed),
        "SecretAccessKey": samples.secret_key(seed),
        "Token": samples.session_token(seed),
        "Expiration": "2099-01-01T00:00:00Z",
    }


class StandIns:
    """A context manager; ``base`` is the server's address without a mood."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._servers: dict[str, _Server] = {}
        self._sts: Any = None
        # A port that is bound but not listened on refuses connections and nobody else gets it.
        self._closed = socket.socket()
        self._closed.bind(("127.0.0.1", 0))

    def addresses(self, judge: ModuleType) -> Addresses:
        """Return the addresses as the SDKs of a judge need them."""
        moods = self._moods() if judge.MOODS_BY_PORT else {}
        if judge.SERVICES == "refused":
            environment = {"AWS_ENDPOINT_URL": self.refused}
        else:
            sso = self._by_name("services")
            environment = {
                "AWS_ENDPOINT_URL": self.refused,
                "AWS_ENDPOINT_URL_STS": self._moto(),
                "AWS_ENDPOINT_URL_SSO": sso,
                "AWS_ENDPOINT_URL_SSO_OIDC": sso,
                "AWS_ENDPOINT_URL_SIGNIN": sso,
            }
        return Addresses(self.base, self.refused, moods, environment)

    def _moods(self) -> dict[str, str]:
        # The longest first: they are put in for texts of which one may begin another.
        names = sorted((*MOODS, "nothing"), key=len, reverse=True)
        return {name: self._by_name(name) for name in names}

    def _by_name(self, name: str) -> str:
        """Return the address of a server that is in one mood, or stands in for services."""
        if name not in self._servers:
            server = _Server(("127.0.0.1", 0), _Services if name == "services" else _Handler)
            server.mood = name
            threading.Thread(
                target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
            ).start()
            self._servers[name] = server
        return f"http://127.0.0.1:{self._servers[name].server_address[1]}"

    def _moto(self) -> str:
        """Return the address of moto's STS, alone: its dispatcher guesses by the key's text."""
        if self._sts is None:
            from moto.moto_server.werkzeug_app import create_backend_app  # noqa: PLC0415  slow
            from werkzeug.serving import make_server  # noqa: PLC0415

            logging.getLogger("werkzeug").setLevel(logging.ERROR)
            self._sts = make_server("127.0.0.1", 0, create_backend_app("sts"), threaded=True)
            threading.Thread(target=self._sts.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._sts.server_port}"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def refused(self) -> str:
        return f"http://127.0.0.1:{self._closed.getsockname()[1]}"

    def __enter__(self) -> StandIns:  # noqa: PYI034  Self needs Python 3.11
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._sts is not None:
            self._sts.shutdown()
            self._sts.server_close()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._closed.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    mood = ""  # of all requests; the first part of the path when empty


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, status: int, text: str = "") -> None:
        body = text.encode()
        self.send_response(200 if status == 204 else status)
        self.send_header("Content-Length", str(len(body)))
        lifetime = self.headers.get(_LIFETIME)
        if self.command == "PUT" and status == 200 and lifetime is not None:
            self.send_header(_LIFETIME, lifetime)  # as EC2 does, and Go and Rust insist upon
        self.end_headers()
        self.wfile.write(body)

    def _mood(self) -> tuple[Optional[tuple[int, int, int]], str]:
        assert isinstance(self.server, _Server)
        if self.server.mood:
            return MOODS.get(self.server.mood), self.path
        name, _, rest = self.path.lstrip("/").partition("/")
        return MOODS.get(name), "/" + rest

    def do_PUT(self) -> None:
        mood, path = self._mood()
        if mood is None or path != "/latest/api/token":
            self._answer(404)
            return
        self._answer(mood[0], _TOKEN if mood[0] == 200 else "")

    def do_GET(self) -> None:  # noqa: C901  one path after the other
        if self.path.startswith("/container"):
            self._answer(200, json.dumps(document("container")))
            return
        mood, path = self._mood()
        if mood is None:
            self._answer(404)
            return
        token = self.headers.get("X-aws-ec2-metadata-token")
        if token is not None and token != _TOKEN:
            self._answer(401)
        elif token is None and mood[1] != 200:
            self._answer(mood[1])
        elif path in (_LIST, _LIST.rstrip("/")):  # EC2 does not mind; C++ leaves the slash out
            self._answer(mood[2], ROLE if mood[2] == 200 else "")
        elif path == _LIST + ROLE and mood[2] == 200:
            self._answer(200, json.dumps(document("imds")))
        elif path.rstrip("/").endswith("placement/availability-zone"):
            self._answer(200, ZONE)
        elif path.endswith("placement/region") and token is not None:
            self._answer(200, ZONE[:-1])
        elif path.endswith("instance-identity/document"):
            self._answer(200, json.dumps({"region": ZONE[:-1], "accountId": ACCOUNT}))
        elif path.endswith("iam/info") and mood[2] == 200:
            self._answer(200, json.dumps({"Code": "Success"}))
        else:
            self._answer(404)


class _Services(_Handler):
    """IAM Identity Center's portal, which gives credentials; nothing else is granted."""

    def do_GET(self) -> None:
        if not self.path.partition("?")[0].endswith("/federation/credentials"):
            self._answer(404, "{}")
            return
        given = document("sso")
        role = {
            "accessKeyId": given["AccessKeyId"],
            "secretAccessKey": given["SecretAccessKey"],
            "sessionToken": given["Token"],
            "expiration": 4070908800000,
        }
        self._answer(200, json.dumps({"roleCredentials": role}))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(400, json.dumps({"error": "invalid_grant"}))
