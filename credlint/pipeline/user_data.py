"""User data through the engine: what secrets stand in it, and none of its text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from credlint.model.document import Document
from credlint.model.key_id import parse_key_id
from credlint.model.lean_tuples import NamedTuple
from credlint.model.metadata import TextSecret
from credlint.secrets.engine import Engine
from credlint.sources.user_data import Part, split_user_data

_MESSAGE_END = "."


class UserDataSecrets(NamedTuple):
    """What user data holds; the fields as in ``UserDataEvidence``."""

    secrets: tuple[TextSecret, ...]
    wrappings: tuple[str, ...]
    unread: tuple[str, ...]


def examine_user_data(
    raw: bytes, engine: Engine, fingerprint: Callable[[str], str]
) -> UserDataSecrets:
    """Take user data apart and return its secrets, by line; raises nothing.

    ``fingerprint`` is the capture's own (``host.captured.Capturer.fingerprint``), so that a key
    that stands elsewhere as well is recognised.
    """
    data = split_user_data(raw)
    found: dict[object, TextSecret] = {}
    unread = list(data.unread)
    for part in data.parts:
        for secret in _secrets_of(part, engine, fingerprint, unread):
            # What a part holds in base64 may be told by the text around it as well.
            found.setdefault((secret.code, secret.fingerprint, secret.line), secret)
    ordered = sorted(found.values(), key=lambda one: (one.line, one.part_line or 0, one.code))
    return UserDataSecrets(tuple(ordered), data.wrappings, tuple(dict.fromkeys(unread)))


def _secrets_of(
    part: Part, engine: Engine, fingerprint: Callable[[str], str], unread: list[str]
) -> Iterator[TextSecret]:
    try:
        result = engine.scan(Document("user-data", part.data), decode=False)
    except Exception as error:  # noqa: BLE001  a detector's fault must not hide other parts
        unread.append(f"a check failed: {type(error).__name__}")
        return
    unread += [entry.reason for entry in result.skipped]
    # The engine gives a span for each finding, in the same order.
    for finding, span in zip(result.findings, result.spans):
        value = span.value.reveal()
        line = finding.location.line
        yield TextSecret(
            code=finding.code,
            what=finding.message.rstrip(_MESSAGE_END),
            line=part.outer_line(line),
            level=finding.level,
            fingerprint=fingerprint(value),
            subject=finding.subject,
            key_id=parse_key_id(value),
            part=part.name,
            part_line=line if part.encoded else None,
        )
