"""An HTTP server in a thread that plays a service: what every stand-in does alike."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Optional, TypeVar

Self = TypeVar("Self", bound="StandIn")


class StandIn:
    """A context manager: a server on ``address``; port 0 is any that is free.

    The socket is made at once, in the network namespace of the thread that makes the stand-in.
    Handlers find the stand-in as ``self.server.stand_in``.
    """

    def __init__(
        self, handler: type[QuietHandler], address: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._stopping = threading.Event()
        self._server = Server(self, handler, address, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def endpoint(self) -> str:
        """Return ``http://127.0.0.1:PORT``."""
        host, port = self._server.server_address[:2]
        name = host.decode() if isinstance(host, bytes) else str(host)
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    @property
    def port(self) -> int:
        """Return the port that the server has."""
        return int(self._server.server_address[1])

    def wait(self, seconds: float) -> bool:
        """Wait; return True as soon as the server is to stop."""
        return self._stopping.wait(seconds)

    def __enter__(self: Self) -> Self:  # noqa: PYI019  typing.Self needs Python 3.11
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class Server(ThreadingHTTPServer):
    """The server behind a stand-in."""

    daemon_threads = True
    # Joining a handler that hangs on purpose would hang the stop as well.
    block_on_close = False

    def __init__(
        self, stand_in: StandIn, handler: type[QuietHandler], address: str, port: int
    ) -> None:
        # Each handler knows which stand-in is its own.
        self.stand_in: Any = stand_in
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are part of the show."""


class QuietHandler(BaseHTTPRequestHandler):
    """Answers without a word on standard error."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Keep quiet."""
