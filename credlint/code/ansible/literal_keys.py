"""IAC129: AWS keys that stand in playbooks, variables and inventories of Ansible."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.code.addresses import is_of_aws
from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN
from credlint.code.issued_keys import is_issued
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Entry, Mapping, Scalar, Step, text_at, walk
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

# Parameters of amazon.aws 9 (plugins/doc_fragments/common.py) with their aliases, old ones too,
# and the variables that a play hands to programs.
_KINDS = {
    **dict.fromkeys(
        ("access_key", "aws_access_key", "aws_access_key_id", "ec2_access_key"), KEY_ID
    ),
    **dict.fromkeys(
        ("secret_key", "aws_secret_key", "aws_secret_access_key", "ec2_secret_key"), SECRET_KEY
    ),
    **dict.fromkeys(
        ("session_token", "aws_session_token", "security_token", "aws_security_token"), TOKEN
    ),
}
_ENDING = re.compile(
    r"(?:\A|_)((?:aws|ec2)_(?:access_key(?:_id)?|secret_(?:access_)?key|session_token|security_token))\Z"
)
_ENDPOINTS = ("endpoint_url", "aws_endpoint_url", "ec2_url", "s3_url", "AWS_ENDPOINT_URL")


class _Literal(NamedTuple):
    name: str
    kind: str
    entry: Entry
    value: str


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield one finding for each mapping with keys in it."""
    for root in document.roots:
        for path, node in walk(root):
            if not isinstance(node, Mapping):
                continue
            found = [literal for entry in node.entries for literal in _literal(entry)]
            if found:
                yield _sighting(context, path, node, found)


def _literal(entry: Entry) -> Iterator[_Literal]:
    """Yield an entry that holds a key as AWS issues them; encrypted and templated ones do not."""
    name, value = entry.key.value or "", entry.value
    kind = _kind(name)
    if kind is None or not isinstance(value, Scalar) or value.tag.endswith("vault"):
        return
    if value.value and is_issued(kind, value.value.strip()):
        yield _Literal(name, kind, entry, value.value.strip())


def _kind(name: str) -> Optional[str]:
    small = name.lower()
    found = _ENDING.search(small)
    return _KINDS.get(found[1] if found else small)


def _sighting(
    context: Context, path: Sequence[Step], node: Mapping, found: Sequence[_Literal]
) -> Sighting:
    names = ", ".join(literal.name for literal in found)
    telling = next((each for each in found if each.kind != KEY_ID), found[0])
    endpoint = next((text for name in _ENDPOINTS for text in (text_at(node, name),) if text), None)
    level: Level = "error"
    if telling.kind == KEY_ID or (endpoint and not is_of_aws(endpoint)):
        level = "warning"
    if context.is_test or context.is_documentation:
        level = "note"
    where = next((step for step in reversed(path) if isinstance(step, str) and step), "")
    place = f" of {where}" if where else ""
    first = found[0].entry
    return Sighting(
        start=first.key.start,
        end=first.value.end,
        message=(
            f"AWS keys stand here unencrypted ({names}{place}), for everyone who can read the "
            "playbooks; a host on AWS needs none."
        ),
        level=level,
        subject=f"{where} {names}".strip(),
        literals=tuple(
            Span(each.entry.value.start, each.entry.value.end, f"the literal for {each.name}")
            for each in found
        ),
        value=Secret(telling.value),
    )
