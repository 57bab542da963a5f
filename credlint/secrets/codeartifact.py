"""CodeArtifact's tokens in the files of package managers, recognised by their own header. Pure.

A token lasts 12 hours at most (CodeArtifact user guide, "Tokens"). Observed: it is an encrypted JWT
(RFC 7516, five parts) whose header begins with ``ver`` and ``isu`` and tells its end in ``exp``.
``aws codeartifact login`` writes it to ``.npmrc``, ``pip.conf``, ``.pypirc`` and ``.netrc``
(aws-cli 1.44 ``customizations/codeartifact/login.py``); others put it into Maven's settings.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import datetime, timezone
from typing import Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.model.secret import Secret

_TOKEN = re.compile(
    rb"(?<![A-Za-z0-9_-])(eyJ2ZXIiOjEsImlzdSI6[A-Za-z0-9_-]{20,600})(?:\.[A-Za-z0-9_-]{4,4000}){4}"
)
_HOST = re.compile(rb"[a-z0-9-]{2,64}-\d{12}\.d\.codeartifact\.[a-z0-9-]{5,20}\.[a-z0-9.]{3,20}")


@dataclass(frozen=True)
class CodeArtifactToken:
    """One token: its bytes in the text, and when it ends (ISO 8601), where it tells.

    ``host``: the repository's, the nearest in the text; empty when none is there.
    """

    start: int
    end: int
    value: Secret
    expires: Optional[str] = None
    host: str = ""


def read_codeartifact_tokens(data: bytes) -> tuple[CodeArtifactToken, ...]:
    """Return the tokens of a text; raises nothing."""
    hosts = [(found.start(), found.group().decode()) for found in _HOST.finditer(data)]
    return tuple(
        CodeArtifactToken(
            start=found.start(),
            end=found.end(),
            value=Secret(found.group().decode()),
            expires=_expiry(found.group(1)),
            host=min(hosts, key=lambda one: abs(one[0] - found.start()))[1] if hosts else "",
        )
        for found in _TOKEN.finditer(data)
    )


def _expiry(header: bytes) -> Optional[str]:
    try:
        table = json.loads(base64.urlsafe_b64decode(header + b"=" * (-len(header) % 4)))
        return datetime.fromtimestamp(table["exp"], timezone.utc).isoformat()
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, OSError):
        return None
