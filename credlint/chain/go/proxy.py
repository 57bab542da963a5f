"""Whether requests in plain http may go elsewhere than they are addressed to.

Source: Go's net/http ``ProxyFromEnvironment`` (golang.org/x/net/http/httpproxy), which the SDK's
client uses: loopback addresses are never asked through a proxy, nor what NO_PROXY lists.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.go.session import Session
from credlint.model.no_proxy import is_exempt

_PROXIES = ("HTTP_PROXY", "http_proxy")
_EXCEPTIONS = ("NO_PROXY", "no_proxy")


def proxy_doubt(session: Session, host: str) -> Optional[str]:
    """Return why the probe may have met another service than the SDK would, None if it did not."""
    name = next((name for name in _PROXIES if session.env(name)), None)
    if name is None or host in {"localhost", "::1"} or host.startswith("127."):
        return None
    listed = next((value for value in map(session.env, _EXCEPTIONS) if value), None)
    if listed is not None and listed.text is not None and is_exempt("go", listed.text, host):
        return None
    return f"the requests may go through the proxy of {name}"
