"""STS, SSO and its token service behind TLS, as the redirected calls of a driver find them.

Every answer tells in the session token who asked for what (``story``), so that the credentials
that a driver ends up with say by themselves which roles were assumed with whose keys. What the
services are documented to refuse is refused: role ARNs, session names and external ids that are
too short or hold other characters.
"""

from __future__ import annotations

import base64
import json
import re
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "345678901234"
# What no role can be called is refused for want of such a role.
_ARN = re.compile(r"arn(:[^:\s]*){4}:\S+\Z")
_NAME = re.compile(r"[\w+=,.@-]{2,64}\Z", re.ASCII)
_EXTERNAL = re.compile(r"[\w+=,.@:/-]{2,1224}\Z", re.ASCII)
_SHORTEST_ARN = 20


def story(token: str) -> Any:
    """Return what a session token of these services tells, None for another token."""
    head, _, rest = token.partition(".")
    if head != "story":
        return None
    return json.loads(base64.urlsafe_b64decode(rest))


def _token(telling: dict[str, Any]) -> str:
    return "story." + base64.urlsafe_b64encode(json.dumps(telling).encode()).decode()


class Authority:
    """A certificate authority of its own and a certificate for every host that is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bundle = folder / "authority.pem"
        self._key = folder / "authority.key"
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", str(self._key), "-out", str(self.bundle), "-days", "30",
            "-subj", "/CN=stand-in authority",
        )  # fmt: skip
        self.server = self._context("127.0.0.1")
        self.server.sni_callback = self._choose

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name:
            connection.context = self._context(name)

    def _context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._issue(host)
            return self._contexts[host]

    def _issue(self, host: str) -> ssl.SSLContext:
        base = self.folder / f"host-{len(self._contexts)}"
        kind = "IP" if re.fullmatch(r"[0-9.]+", host) else "DNS"
        extensions = base.with_suffix(".ext")
        extensions.write_text(f"subjectAltName={kind}:{host}\n", encoding="utf-8")
        _openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", f"{base}.key", "-out", f"{base}.csr", "-subj", "/CN=stand-in",
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-in", f"{base}.csr", "-CA", str(self.bundle), "-CAkey",
            str(self._key), "-CAcreateserial", "-days", "30", "-extfile", str(extensions),
            "-out", f"{base}.pem",
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{base}.pem", f"{base}.key")
        return context


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=30)


class Services(ThreadingHTTPServer):
    """The services; ``serve_forever`` in a process of its own."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, authority: Authority) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._authority = authority

    def get_request(self) -> tuple[Any, Any]:
        connection, address = self.socket.accept()
        connection.settimeout(10)
        # The handshake is made by the handler's thread.
        wrapped = self._authority.server.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        )
        return wrapped, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over callers that hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if self.path.endswith("/token"):
            answer = {"accessToken": "made-up-renewed", "expiresIn": 3600, "tokenType": "Bearer"}
            self._answer(200, json.dumps(answer), "application/json")
            return
        fields = {
            name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()
        }
        fault = _fault(fields)
        if fault:
            text = f"<ErrorResponse><Error><Code>{fault}</Code></Error></ErrorResponse>"
            self._answer(400, text, "text/xml")
            return
        self._answer(200, self._assumed(fields), "text/xml")

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        if not address.path.endswith("/federation/credentials"):
            self._answer(404, "{}", "application/json")
            return
        token = self.headers.get("x-amz-sso_bearer_token") or ""
        if not (token and asked.get("role_name") and asked.get("account_id")):
            self._answer(401, "{}", "application/json")
            return
        telling = {"call": "sso", "host": self.headers["Host"], **asked}
        answer = {
            "accessKeyId": key_of("sso"),
            "secretAccessKey": "stand-in-secret",
            "sessionToken": _token(telling),
            "expiration": 4070908800000,
        }
        self._answer(200, json.dumps({"roleCredentials": answer}), "application/json")

    def _assumed(self, fields: dict[str, str]) -> str:
        action = fields["Action"]
        sent = self.headers.get("X-Amz-Security-Token")
        # The end of the key id is enough to know it by.
        caller = re.search(r"Credential=[^/,]*?([^/,]{4})/", self.headers["Authorization"] or "")
        telling = {
            "call": "role" if action == "AssumeRole" else "web-identity",
            "role": fields["RoleArn"],
            "session": fields.get("RoleSessionName"),
            "host": self.headers["Host"],
            "caller": caller.group(1) if caller else None,
            "before": story(sent) if sent else None,
        }
        return (
            f"<{action}Response><{action}Result><Credentials>"
            f"<AccessKeyId>{key_of(telling['call'])}</AccessKeyId>"
            "<SecretAccessKey>stand-in-secret</SecretAccessKey>"
            f"<SessionToken>{_token(telling)}</SessionToken>"
            "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
            "<AssumedRoleUser><Arn>arn:aws:sts::345678901234:assumed-role/a/b</Arn>"
            f"<AssumedRoleId>x</AssumedRoleId></AssumedRoleUser></{action}Result></{action}Response>"
        )

    def _answer(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def key_of(call: str) -> str:
    """Return the key id of a call's answer; no key that AWS could have given."""
    return f"STANDIN{call.upper().replace('-', '')}"


def _fault(fields: dict[str, str]) -> str | None:
    arn = fields.get("RoleArn", "")
    if len(arn) < _SHORTEST_ARN or not _ARN.match(arn):
        return "ValidationError"
    if not _NAME.match(fields.get("RoleSessionName", "")):
        return "ValidationError"
    if "ExternalId" in fields and not _EXTERNAL.match(fields["ExternalId"]):
        return "ValidationError"
    if fields["Action"] != "AssumeRole" and not fields.get("WebIdentityToken"):
        return "InvalidIdentityToken"
    return None
