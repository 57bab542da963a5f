"""What breaks every client of a session, whatever its credentials are.

Source: botocore 1.44.5 session.py ``create_client`` (asks for a bearer token first, which reads
the selected profile's ``sso_session``), tokens.py ``SSOTokenProvider._load_sso_config``, args.py
(copies the ``s3`` block, which an empty ``s3 =`` makes a text).
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.outcome import Raised, Unknown, at_first_use
from credlint.chain.session import Session
from credlint.model.trace import SdkError

_NEEDED = ("sso_start_url", "sso_region")


def client_error(session: Session) -> Optional[SdkError]:
    """Return the error that creating any client raises, None when there is none of these."""
    try:
        settings = session.scoped()
        sessions = session.full().sso_sessions
    except (Raised, Unknown):
        return None  # told elsewhere
    reference = settings.get("sso_session")
    if reference is not None:
        if reference.nested:
            message = "sso_session is a nested block, not a name"
            return at_first_use("TypeError", message, reference.location)
        own = sessions.get(reference.text or "", {})
        missing = [name for name in _NEEDED if name not in own]
        if missing:
            fault = f"lacks {' and '.join(missing)}" if own else "does not exist or is empty"
            message = f'no client can be created: the sso-session "{reference.text}" {fault}'
            return at_first_use(session.sdk.error("invalid_config"), message, reference.location)
    block = settings.get("s3")
    if block is not None and not block:
        message = "no client can be created: s3 is empty where a block is expected"
        return at_first_use("AttributeError", message, block.location)
    return None
