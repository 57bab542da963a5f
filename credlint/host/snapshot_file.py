"""HostSnapshot as JSON: written the same way every time, read without trust."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import credlint
from credlint.host.codec import CodecError, decode, encode
from credlint.host.scrub import shaped_spans
from credlint.model.snapshot import SNAPSHOT_SCHEMA, HostSnapshot

# A snapshot of files of the largest size that is read stays below this many characters.
SIZE_LIMIT = 64 * 1024 * 1024

_WORDS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "kind": "blank comment section setting text used password sudo sso cli login shell",
        "role": "config credentials ec2-credential-file boto2 config-unexpanded "
        "credentials-unexpanded config-default credentials-default config-property "
        "credentials-property config-beside-credentials config-provider credentials-provider "
        "credentials-profiles config-user-home credentials-user-home",
        "encoding": "utf-8 utf-8-bom utf-16 undecodable",
        "shape": "empty blank text access-key-id secret-access-key session-token other",
        "purpose": "web-identity-token credential-process credential-process-shell "
        "container-token sso-token login-token ca-bundle role-session",
        "reachable": "yes refused timeout unreachable not-probed",
        "network": "hardware virtual",
    }.items()
}


_SCHEMA = re.compile(r"credlint-snapshot/([0-9]{1,4})\Z")
# What lines had in schema 1 and the file's text tells now.
_DROPPED = ("bare", "joined", "comment")


class SnapshotError(Exception):
    """A text is not a snapshot of this schema; the message says what is wrong with it."""


def dump_snapshot(snapshot: HostSnapshot) -> str:
    """Return the snapshot as JSON: sorted keys, ASCII only, a newline at the end."""
    return json.dumps(encode(snapshot), indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def load_snapshot(text: str) -> HostSnapshot:
    """Parse a snapshot; raises SnapshotError for anything that :func:`dump_snapshot` cannot write.

    Never quotes the text itself: a file that was named by mistake may hold anything.
    """
    table = parse_json(text)
    _convert(table)
    snapshot = build(HostSnapshot, table)
    assert isinstance(snapshot, HostSnapshot)  # noqa: S101  decode returns what it is asked for
    return snapshot


def parse_json(text: str) -> Any:  # noqa: ANN401  whatever the file holds
    """Parse a bounded JSON text strictly; raises SnapshotError."""
    if len(text) > SIZE_LIMIT:
        message = f"the snapshot is larger than {SIZE_LIMIT} characters"
        raise SnapshotError(message)
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_refuse
        )
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, CodecError) else "it is not JSON"
        message = f"the snapshot cannot be read: {reason}"
        raise SnapshotError(message) from None


def build(kind: Any, table: Any) -> Any:  # noqa: ANN401  a codec is about values of any type
    """Build a value of the dataclass ``kind``; raises SnapshotError."""
    try:
        return decode(kind, table, "snapshot", _check_text)
    except CodecError as error:
        message = f"the snapshot is malformed: {error}"
        raise SnapshotError(message) from None


def _convert(table: Any) -> None:  # noqa: ANN401  whatever the file holds
    """Bring a snapshot of schema 1 up to date; raises SnapshotError for other schemas.

    Its files have no text, which some SDKs' chains then miss and say so.
    """
    schema = table.get("schema") if isinstance(table, dict) else None
    found = _SCHEMA.match(schema) if isinstance(schema, str) else None
    if found is None:
        message = f'the file is not a snapshot of the schema "{SNAPSHOT_SCHEMA}"'
        raise SnapshotError(message)
    if schema == SNAPSHOT_SCHEMA:
        return
    if found.group(1) != "1":
        message = (
            f"the snapshot has schema {found.group(1)} and needs a newer credlint; this one "
            f"({credlint.__version__}) reads schemas 1 and 2"
        )
        raise SnapshotError(message)
    table["schema"] = SNAPSHOT_SCHEMA
    for file in _entries(table, "files"):
        for line in _entries(file, "lines"):
            for field in _DROPPED:
                line.pop(field, None)


def _entries(table: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    listed = table.get(name)
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict):
            yield entry


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        message = "a field occurs twice"
        raise CodecError(message)
    return table


def _refuse(_: str) -> NoReturn:
    message = "a number is not an integer"
    raise CodecError(message)


def _check_text(place: str, text: str) -> None:
    """Refuse unknown words, and texts that hold what capture would have taken out."""
    name = place.rpartition(".")[2]
    words = _WORDS.get(name)
    # The lines of an AWS file are of few kinds; other things of an audit have kinds of their own.
    listed = name != "kind" or ".lines[" in place
    if words is not None and listed and text not in words:
        message = f"{place} is none of {', '.join(sorted(words))}"
        raise CodecError(message)
    if next(shaped_spans(text, identifier=True), None) is not None:
        message = f"{place} holds something that looks like a secret"
        raise CodecError(message)
