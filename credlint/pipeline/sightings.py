"""Joins the texts of a host and the secrets engine: which keys lie where, and no value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Callable, Optional

from credlint.model.audit import Sighting
from credlint.model.captured import KeyId
from credlint.model.document import Document
from credlint.model.finding import Finding
from credlint.model.host_text import HostText
from credlint.model.key_id import parse_key_id
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.text import LineIndex
from credlint.secrets.document_result import SecretSpan
from credlint.secrets.engine import Engine
from credlint.secrets.stores import Setting, read_store

# So many values of one text are kept, places of one value in it, and sightings of one host: nobody
# can hide a key behind made-up ones.
VALUE_LIMIT = 1_000
PLACE_LIMIT = 100
LIMIT = 50_000
_KEY_ID, _SECRET_KEY, _TOKEN = "SEC101", "SEC102", "SEC103"
_WHAT = {
    _KEY_ID: "access-key-id",
    _SECRET_KEY: "secret-access-key",
    _TOKEN: "session-token",
    "SEC201": "private-key",
}
_NAMED = ("store", "kubeconfig", "dotenv")

Fingerprint = Callable[[str], str]


@dataclass
class SightingsRead:
    """What the texts gave; ``skipped``: (place, reason) of what was not looked at."""

    sightings: list[Sighting] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def find_sightings(
    texts: Iterable[HostText], engine: Engine, fingerprint: Fingerprint
) -> SightingsRead:
    """Search every text; raises nothing.

    ``fingerprint``: the keyed digest of this audit, so that one key is one in all places.
    """
    result = SightingsRead()
    kept = _Kept(result)
    for text in texts:
        if kept.is_full(text.path):
            continue
        if len(result.sightings) >= LIMIT:
            reason = f"more than {LIMIT:,} keys before it; it was not read, nor what follows"
            result.skipped.append((text.path, reason))
            break
        try:
            for piece in _pieces(text, result):
                for sighting in _search(piece, engine, fingerprint, result):
                    kept.add(sighting)
        except Exception as error:  # noqa: BLE001  one text's fault must not hide the others
            result.skipped.append((text.path, f"a check failed: {type(error).__name__}"))
    return result


class _Kept:
    """Keeps what is worth keeping of one text after another, and tells what it drops."""

    def __init__(self, result: SightingsRead) -> None:
        self._result = result
        self._path = ""
        self._values: Counter[str] = Counter()

    def is_full(self, path: str) -> bool:
        """Tell whether so much of the text is kept that it is read no further."""
        return path == self._path and len(self._values) > VALUE_LIMIT

    def add(self, sighting: Sighting) -> None:
        """Keep a sighting, unless its text has given too many."""
        if sighting.path != self._path:
            self._path, self._values = sighting.path, Counter()
        if self.is_full(sighting.path):
            return
        if sighting.end_column == 1 and self._values[sighting.fingerprint]:
            return  # without a place of its own it says nothing new
        self._values[sighting.fingerprint] += 1
        if len(self._values) > VALUE_LIMIT:
            self._tell(f"more than {VALUE_LIMIT:,} keys; the rest of it was not examined")
        elif self._values[sighting.fingerprint] <= PLACE_LIMIT:
            self._result.sightings.append(sighting)
        else:
            self._tell(f"one key stands there more than {PLACE_LIMIT} times; not all are told")

    def _tell(self, reason: str) -> None:
        entry = (self._path, reason)
        if entry not in self._result.skipped[-VALUE_LIMIT:]:
            self._result.skipped.append(entry)


@dataclass(frozen=True)
class _Piece:
    """A text as the engine gets it; ``outer``: the line of the whole for one of its own."""

    text: HostText
    data: bytes = field(repr=False)
    outer: Optional[Callable[[int], int]] = None
    encoded: bool = False
    detail: str = ""


def _pieces(text: HostText, result: SightingsRead) -> Iterator[_Piece]:
    """Yield the text, or what is packed in it."""
    if not text.packed:
        yield _Piece(text, text.data)
        return
    from credlint.sources.user_data import split_user_data  # noqa: PLC0415  hosts of a cloud only

    whole = split_user_data(text.data)
    result.skipped += [(text.path, reason) for reason in whole.unread]
    packed = bool(whole.wrappings)
    for part in whole.parts:
        words = [part.name, *(f"unpacked {name}" for name in whole.wrappings)]
        detail = ", ".join(word for word in words if word)
        yield _Piece(text, part.data, part.outer_line, part.encoded or packed, detail)


def _search(
    piece: _Piece, engine: Engine, fingerprint: Fingerprint, result: SightingsRead
) -> Iterator[Sighting]:
    text = piece.text
    if text.kind == "docker-config":
        yield from _registry_logins(text, fingerprint)
    elif text.kind == "package-config":
        yield from _codeartifact_tokens(text, fingerprint)
    found = engine.scan(Document(text.path, piece.data), decode=not text.packed)
    result.skipped += [(text.path, one.reason) for one in found.skipped]
    if not found.findings:
        return
    settings: Mapping[int, Setting] = {}
    if text.kind in _NAMED and text.line == 1:
        settings = read_store(text.tool, piece.data)
    ids = {
        (finding.location.line, finding.location.column): parse_key_id(span.value.reveal())
        for finding, span in zip(found.findings, found.spans)
        if span.code == _KEY_ID
    }
    for finding, span in zip(found.findings, found.spans):
        if text.own_end is not None and not text.own_start <= span.start < text.own_end:
            continue
        setting = settings.get(finding.location.line)
        key_id = _key_id(finding, span.code, ids)
        foreign = setting is not None and setting.foreign
        # What another service issued is no key of AWS, unless its structure proves otherwise.
        if foreign and (key_id is None or key_id.account is None):
            continue
        yield _sighting(piece, finding, span, key_id, setting, fingerprint)


def _registry_logins(text: HostText, fingerprint: Fingerprint) -> Iterator[Sighting]:
    """Yield what a Docker configuration stores; no SEC rule knows it, because it is base64."""
    from credlint.secrets.registry_auth import read_registry_auths  # noqa: PLC0415

    lines = LineIndex(text.data)
    for login in read_registry_auths(text.data):
        label = "ECR password" if login.ecr else "registry password"
        expiry = f", expires {login.expires}" if login.expires else ""
        place = (lines.place(login.start), lines.place(login.end)[1])
        value = fingerprint(login.value.reveal())
        yield _login(text, place, ("password", label), value, f"{login.host}{expiry}")


def _codeartifact_tokens(text: HostText, fingerprint: Fingerprint) -> Iterator[Sighting]:
    from credlint.secrets.codeartifact import read_codeartifact_tokens  # noqa: PLC0415

    lines = LineIndex(text.data)
    for token in read_codeartifact_tokens(text.data):
        expiry = f", expires {token.expires}" if token.expires else ""
        place = (lines.place(token.start), lines.place(token.end)[1])
        value = fingerprint(token.value.reveal())
        yield _login(text, place, ("token", "CodeArtifact token"), value, f"{token.host}{expiry}")


def _login(
    text: HostText,
    place: tuple[tuple[int, int], int],
    named: tuple[str, str],
    fingerprint: str,
    detail: str,
) -> Sighting:
    """Return a sighting that no SEC rule makes; ``named``: what it is, and its label."""
    (line, column), end_column = place
    return Sighting(
        kind=text.kind,
        path=text.path,
        line=line,
        column=column,
        end_column=end_column,
        code="",
        what=named[0],
        label=named[1],
        level="warning",
        fingerprint=fingerprint,
        detail=detail,
        user=text.user,
        tool=text.tool,
    )


def _key_id(
    finding: Finding, code: str, ids: Mapping[tuple[int, int], Optional[KeyId]]
) -> Optional[KeyId]:
    """Return the facts of the id that a finding is, or that stands beside its secret key."""
    places = [finding.location, *finding.related] if code in (_KEY_ID, _SECRET_KEY) else []
    found = (ids.get((place.line, place.column)) for place in places)
    return next((one for one in found if one is not None), None)


def _sighting(
    piece: _Piece,
    finding: Finding,
    span: SecretSpan,
    key_id: Optional[KeyId],
    setting: Optional[Setting],
    fingerprint: Fingerprint,
) -> Sighting:
    line, column, end_column = _place(piece, finding)
    foreign = setting is not None and setting.foreign
    detail = setting.name if setting is not None else piece.detail
    if foreign:
        detail = f"{detail}, for another S3 service".lstrip(", ")
    return Sighting(
        kind=piece.text.kind,
        path=piece.text.path,
        line=line,
        column=column,
        end_column=end_column,
        code=span.code,
        what=_WHAT.get(span.code, "token"),
        label=_label(finding, span.code),
        level="note" if foreign else finding.level,
        fingerprint=fingerprint(span.value.reveal()),
        key_id=key_id,
        detail=detail,
        user=piece.text.user,
        pid=piece.text.pid,
        tool=piece.text.tool,
    )


def _place(piece: _Piece, finding: Finding) -> tuple[int, int, int]:
    """Return line, column and its exclusive end in the whole text.

    Where no column of it can be told (decoded text, databases) both are 1.
    """
    text, place = piece.text, finding.location
    if not text.numbered:
        return 1, 1, 1
    if piece.outer is not None:
        line = piece.outer(place.line)
        if piece.encoded:
            return line, 1, 1
    else:
        line = text.line + place.line - 1
    shift = text.column - 1 if place.line == 1 else 0
    column = place.column + shift
    if place.end_line != place.line or place.end_column is None:
        return line, column, column
    return line, column, place.end_column + shift


def _label(finding: Finding, code: str) -> str:
    """Return what was found, for people: the first words of the finding's message."""
    if code == _KEY_ID:
        return "AWS access key id"
    if code == _SECRET_KEY:
        return "secret key" if finding.subject == "secret key" else "AWS secret access key"
    if code == _TOKEN:
        return "AWS session token"
    return finding.message.partition(" with a ")[0].partition(" (")[0].rstrip(".")
