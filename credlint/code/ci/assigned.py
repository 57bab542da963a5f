"""AWS keys that a pipeline names in mappings and scripts, and what their values are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.code.ci.written import span_of, written
from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN, kind_of_spelling
from credlint.code.issued_keys import is_issued
from credlint.code.marked.nodes import Mapping, Node, Scalar, entries_of, items_of, text_at
from credlint.code.other_stores import is_other_owner
from credlint.code.sighting import Sighting, Span
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

# `$X`, `${X}` (GitLab, Bitbucket, Travis), `$(x)`, `$[ … ]`, `${{ … }}` (Azure), `<< … >>`
# (CircleCI): one whole value that stands elsewhere.
_REFERENCE = re.compile(
    r"\"?(?:\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)"
    r"|\$\{\{([^{}]{1,200})\}\}|\$\[([^\[\]]{1,200})\]|<<([^<>]{1,200})>>)\"?\Z"
)
_SHELL_REFERENCE = re.compile(
    r"[\"']?\$\{?([A-Za-z_][A-Za-z0-9_]*)(?::?[-?][^{}$]{0,40})?\}?[\"']?\Z"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,80}\Z")
_IN_SCRIPT = re.compile(
    rb"(?:\A|[\s;&|\"'`(])(?:-e[ \t]*|--env[ =])?"
    rb"(AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN))=([^\s;&|]{1,2000})"
    rb"|\baws[ \t]+configure[ \t]+set[ \t]+(?:[a-z0-9_-]+\.)?"
    rb"(aws_(?:access_key_id|secret_access_key|session_token))[ \t]+([^\s;&|]{1,2000})"
)


class Assigned(NamedTuple):
    """A key and its value. ``kind``: ``literal`` of AWS' form, ``reference``, or ``encrypted``."""

    name: str
    spelled: str
    value: str
    kind: str
    span: Span
    literal: Optional[Span] = None

    @property
    def source(self) -> str:
        """Return the name that a reference reads, if it is a name and nothing like a key."""
        text = self.value.strip()
        found = _REFERENCE.match(text) or _SHELL_REFERENCE.match(text)
        names = [each.strip() for each in found.groups() if each] if found is not None else []
        name = names[0] if names else ""
        if not _NAME.match(name) or any(is_issued(key, name) for key in (KEY_ID, SECRET_KEY)):
            return ""
        return name


def kind_of(name: str, value: str, *, in_script: bool = False) -> str:
    """Return what a value is, empty where it tells nothing: made up, worked out."""
    value = value.strip()
    found = (_SHELL_REFERENCE if in_script else _REFERENCE).match(value)
    if found is not None:
        names = [each for each in found.groups() if each]
        return "" if names and is_other_owner(names[0].strip()) else "reference"
    return "literal" if is_issued(name, value.strip("\"'")) else ""


def in_mapping(node: Optional[Node]) -> list[Assigned]:
    """Return the keys of a mapping; values may be scalars or hold one at ``value``."""
    found: list[Assigned] = []
    for entry in entries_of(node):
        name = kind_of_spelling(entry.key.value or "")
        if not name:
            continue
        value: Optional[Node] = entry.value
        if isinstance(value, Mapping):
            value = value.get("value")  # GitLab's long form
        if isinstance(value, Scalar):
            spelled = entry.key.value or name
            literal = Span(value.start, value.end, f"the literal for {spelled}")
            found.extend(_made(spelled, written(value), span_of(entry), literal))
    return found


def in_pairs(node: Optional[Node]) -> list[Assigned]:
    """Return the keys of a list of ``name`` and ``value``, or of texts ``NAME=value``."""
    found: list[Assigned] = []
    for item in items_of(node):
        if isinstance(item, Scalar):
            spelled, _, value = written(item).partition("=")
            literal = Span(item.start, item.end, f"the literal for {spelled}")
            found.extend(_made(spelled, value, Span(item.start, item.end), literal))
            continue
        entry = item.entry("value") if isinstance(item, Mapping) else None
        spelled = text_at(item, "name") or ""
        if entry is not None and isinstance(entry.value, Scalar) and spelled:
            literal = Span(entry.value.start, entry.value.end, f"the literal for {spelled}")
            found.extend(_made(spelled, written(entry.value), span_of(entry), literal))
    return found


def _made(spelled: str, value: str, span: Span, literal: Span) -> Iterator[Assigned]:
    name = kind_of_spelling(spelled)
    kind = kind_of(name, value) if name else ""
    if kind:
        yield Assigned(name, spelled, value, kind, span, literal if kind == "literal" else None)


def in_text(text: bytes, start: int, end: int) -> list[Assigned]:
    """Return the keys that a script between two offsets exports or writes into a file."""
    found: list[Assigned] = []
    for match in _IN_SCRIPT.finditer(text, start, end):
        group = 1 if match.group(1) else 3
        spelled = match.group(group).decode()
        value = match.group(group + 1).decode("utf-8", "replace")
        name = kind_of_spelling(spelled)
        kind = kind_of(name, value, in_script=True)
        if kind:
            literal = Span(*match.span(group + 1), f"the literal for {spelled}")
            span = Span(match.start(group), match.end(group + 1))
            found.append(
                Assigned(name, spelled, value, kind, span, literal if kind == "literal" else None)
            )
    return found


def is_kept(assigned: Sequence[Assigned]) -> bool:
    """Tell whether there is a secret key among them, or a literal id.

    Three that stand elsewhere, a session token among them, are those of a role.
    """
    names = {each.name for each in assigned}
    return any(each.kind == "literal" for each in assigned) or (
        SECRET_KEY in names and TOKEN not in names
    )


def has_literal_secret(assigned: Sequence[Assigned]) -> bool:
    """Tell whether more than the id of a key is spelled out."""
    return any(each.kind == "literal" and each.name != KEY_ID for each in assigned)


def literals_of(assigned: Sequence[Assigned]) -> tuple[Span, ...]:
    """Return where values are spelled out."""
    return tuple(each.literal for each in assigned if each.literal is not None)


def sighting_of(
    assigned: list[Assigned], message: str, level: Level, subject: str, remedy: str = ""
) -> Sighting:
    """Return what is to be told of keys that stand together."""
    first = min(assigned, key=lambda each: (each.kind != "literal", each.span.start))
    literal = [each for each in assigned if each.kind == "literal"]
    telling = min(literal, key=lambda each: each.name == KEY_ID) if literal else None
    return Sighting(
        first.span.start,
        first.span.end,
        message,
        level,
        subject,
        literals=literals_of(assigned),
        value=Secret(telling.value.strip("\"'")) if telling is not None else None,
        remedy=remedy,
    )
