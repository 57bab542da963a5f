"""Fetches the instance's user data, for those who asked for it; the caller must not keep it.

Path and token: EC2 User Guide, "Access user data". At most 16 KiB are allowed there; what a
stand-in may give beyond 64 KiB is refused (``host.http``).
"""

from __future__ import annotations

import time

from credlint.host.address import AddressError, resolve
from credlint.host.http import Answer, parse_endpoint, request
from credlint.host.imds import TOKEN_PATH, TOKEN_REQUEST, Patience, token_headers
from credlint.model.lean_dataclasses import replace
from credlint.model.metadata import HttpAttempt

_PATH = "/latest/user-data"
# Nobody is kept waiting who did not ask for it.
PATIENCE = Patience(connection=0.5, one_request=2.0, everything=3.0)


def fetch_user_data(endpoint: str, patience: Patience = PATIENCE) -> Answer:
    """Return the answer with the raw user data; never raises, never follows a redirect.

    With a token where one can be had, else without, as version 1 allows.
    """
    parsed = parse_endpoint(endpoint)
    if parsed is None:
        return Answer(HttpAttempt(error="malformed"), connected=False)
    end = time.monotonic() + patience.everything
    try:
        addresses = resolve(parsed.host, time.monotonic() + patience.connection)
    except AddressError as error:
        return Answer(HttpAttempt(error=error.kind), connected=False)

    def ask(method: str, path: str, headers: dict[str, str]) -> Answer:
        now = time.monotonic()
        return request(
            parsed,
            addresses,
            method,
            path,
            headers,
            connect_deadline=now + patience.connection,
            deadline=min(now + patience.one_request, end),
        )

    token = ask("PUT", TOKEN_PATH, TOKEN_REQUEST)
    answer = ask("GET", _PATH, token_headers(token) or {})
    # What an error's page says is nobody's user data.
    return answer if answer.status == 200 else replace(answer, body=b"")  # noqa: PLR2004
