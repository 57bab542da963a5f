"""Registry passwords in Docker's configuration, which are base64 and no more. Pure.

Shapes: docker/cli ``cli/config/configfile`` and ``cli/config/types/authconfig.go`` (``auths`` or,
in the old ``.dockercfg``, the hosts at the top; ``auth`` is base64 of ``user:password``);
containers-auth.json(5) is alike. An ECR password lasts 12 hours (ECR API, AuthorizationData);
observed: it is base64 of a JSON text with the second in which it ends.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.model.secret import Secret

_LIMIT = 1024 * 1024
_ECR = re.compile(r"(?:\d{12}\.dkr\.ecr(?:-fips)?\.|public\.ecr\.aws|ecr-public\.)")
_HOST = re.compile(r"(?:https?://)?([A-Za-z0-9][A-Za-z0-9.:-]{0,200})(?:/[A-Za-z0-9._/-]{0,80})?\Z")
_EXPIRY = re.compile(r'"expiration"\s{0,4}:\s{0,4}"?(\d{10,13})')
_MILLISECONDS = 12
_FIELDS = ("auth", "identitytoken", "registrytoken", "password")
_MEMBER = re.compile(
    rb'"(auth|identitytoken|registrytoken|password)"\s{0,40}:\s{0,40}"((?:[^"\\]|\\.){1,20000})"'
)


@dataclass(frozen=True)
class RegistryAuth:
    """One stored login; ``host`` without a scheme. ``start``, ``end``: bytes of the value.

    ``ecr``: the registry is AWS'. ``expires``: ISO 8601, where the password itself tells.
    """

    host: str
    field: str
    start: int
    end: int
    value: Secret
    ecr: bool = False
    expires: Optional[str] = None


def read_registry_auths(data: bytes) -> tuple[RegistryAuth, ...]:
    """Return the logins that a Docker configuration stores; raises nothing."""
    if len(data) > _LIMIT:
        return ()
    try:
        table = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return ()
    if not isinstance(table, dict):
        return ()
    auths = table.get("auths", table if "auths" not in table else None)
    found = _entries(data, auths) if isinstance(auths, dict) else ()
    return tuple(sorted(found, key=lambda entry: entry.start))


def _entries(data: bytes, auths: Mapping[str, object]) -> Iterator[RegistryAuth]:
    places = _places(data)
    for name, entry in auths.items():
        if not isinstance(entry, dict):
            continue
        shape = _HOST.match(name)
        host = shape.group(1) if shape else "a registry"
        for field in _FIELDS:
            written = entry.get(field)
            if not isinstance(written, str) or not written:
                continue
            value = _password(written) if field == "auth" else written
            own = places.get((field, written))
            if not value or not own:
                continue
            start, end = own.popleft()
            yield RegistryAuth(
                host=host,
                field=field,
                start=start,
                end=end,
                value=Secret(value),
                ecr=_ECR.match(host) is not None,
                expires=_expiry(value),
            )


def _places(data: bytes) -> dict[tuple[str, str], deque[tuple[int, int]]]:
    """Return where each member stands, in the order of the text: equal ones have many places."""
    found: dict[tuple[str, str], deque[tuple[int, int]]] = {}
    for member in _MEMBER.finditer(data):
        written = member.group(2).decode("utf-8", "replace").replace("\\/", "/")
        key = (member.group(1).decode(), written)
        found.setdefault(key, deque()).append(member.span(2))
    return found


def _password(auth: str) -> Optional[str]:
    """Return the password of ``user:password`` in base64, None when there is none."""
    try:
        text = base64.b64decode(auth, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return text.partition(":")[2].strip("\0") or None


def _expiry(password: str) -> Optional[str]:
    """Return when an ECR password ends, None when it does not say."""
    try:
        text = base64.b64decode(password + "=" * (-len(password) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None
    found = _EXPIRY.search(text)
    if found is None:
        return None
    seconds = int(found.group(1)) / (1000 if len(found.group(1)) > _MILLISECONDS else 1)
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).isoformat()
    except (OverflowError, OSError, ValueError):
        return None
