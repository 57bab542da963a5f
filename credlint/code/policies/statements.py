"""Statements of trust policies that let tokens of an OIDC provider become a role.

IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys": all
operators and keys of a statement must be met, of a key's values one; ``ForAllValues`` and
``IfExists`` are met by a request without the key, too; ``*`` and ``?`` are wildcards for the
``Like`` operators alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Optional

from credlint.code.cloudformation.template import function, reference
from credlint.code.marked.nodes import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    at,
    entries_of,
    items_of,
    text_at,
    walk,
)
from credlint.code.policies.providers import UNKNOWN, Provider, provider_of, provider_of_arn
from credlint.model.lean_tuples import NamedTuple

_ACTIONS = ("sts:assumerolewithwebidentity", "sts:*", "*")


class Condition(NamedTuple):
    """One key of one operator.

    ``operator``: without ``ForAllValues:`` and ``IfExists``, in small letters. ``claim``: what
    stands behind the colon of the key. ``values``: scalars with their texts, in which
    :data:`UNKNOWN` stands for what is not known.
    """

    operator: str
    written: Scalar
    holder: Mapping
    key: Scalar
    issuer: str
    claim: str
    values: tuple[tuple[Scalar, str], ...]
    is_lenient: bool

    @property
    def restricts(self) -> bool:
        """Tell whether it asks for a value, rather than for another."""
        return self.operator.startswith(("string", "arn", "numeric")) and "not" not in self.operator


class Trust(NamedTuple):
    """``told``: the statement's place. ``refuses``: another one refuses some subjects.

    ``condition``: where edits would go.
    """

    statement: Mapping
    provider: Provider
    told: Scalar
    conditions: tuple[Condition, ...]
    refuses: bool
    condition: Optional[Mapping]


Text = Callable[[Optional[Node]], Optional[str]]


def text_of(node: Optional[Node]) -> Optional[str]:
    """Return a text with what is not known replaced, None for what is no text.

    The spellings are those of CloudFormation and of templates with ``${}``.
    """
    name, argument = function(node)
    if name == "Sub" and isinstance(argument, Sequence) and argument.items:
        argument = argument.items[0]
    if name not in ("", "Sub"):
        return UNKNOWN
    scalar = argument if name else node
    if not isinstance(scalar, Scalar):
        return None
    text = scalar.value if scalar.value is not None else scalar.written
    for opening, closing in (("{{", "}}"), ("${", "}"), ("%{", "}")):
        pieces = text.split(opening)
        text = pieces[0] + "".join(
            UNKNOWN + piece.partition(closing)[2] if closing in piece else piece
            for piece in pieces[1:]
        )
    return text


def trusts_in(root: Node) -> Iterator[Trust]:
    """Yield the statements of all policies of a tree that let such tokens in."""
    urls = {
        entry.key.value or "": text_of(at(entry.value, "Properties", "Url")) or ""
        for entry in entries_of(at(root, "Resources"))
        if text_at(entry.value, "Type") == "AWS::IAM::OIDCProvider"
    }
    for _, node in walk(root):
        if not isinstance(node, Mapping):
            continue
        said = node.get("Statement")
        statements = [s for s in items_of(said) or (said,) if isinstance(s, Mapping)]
        refuses = any(
            condition.claim == "sub" or UNKNOWN in condition.issuer
            for statement in statements
            if text_of(statement.get("Effect")) == "Deny"
            for condition in conditions_of(statement.get("Condition"))
        )
        for statement in statements:
            yield from _trust(statement, urls, refuses=refuses)


def _trust(statement: Mapping, urls: dict[str, str], *, refuses: bool) -> Iterator[Trust]:
    if text_of(statement.get("Effect")) != "Allow":
        return
    action = statement.get("Action")
    actions = [text_of(item) or "" for item in items_of(action) or (action,)]
    if not any(each.lower() in _ACTIONS for each in actions):
        return
    principal = statement.get("Principal")
    entry = principal.entry("Federated") if isinstance(principal, Mapping) else None
    if entry is None:
        return
    condition = statement.get("Condition")
    conditions = tuple(conditions_of(condition))
    if (condition is not None and not isinstance(condition, Mapping)) or function(condition)[0]:
        return
    seen: set[str] = set()
    for item in items_of(entry.value) or (entry.value,):
        named = reference(item)
        url = urls.get(named[0]) if named is not None else None
        arn = f":oidc-provider/{url.partition('://')[2]}" if url else text_of(item) or ""
        provider = _provider(arn, conditions)
        if provider is not None and provider.title not in seen:
            seen.add(provider.title)
            kept = condition if isinstance(condition, Mapping) else None
            yield Trust(statement, provider, entry.key, conditions, refuses, kept)


def _provider(arn: str, conditions: tuple[Condition, ...]) -> Optional[Provider]:
    """Return the one that a principal names; where it is a reference, the conditions tell."""
    found = provider_of_arn(arn)
    if found is not None or (":oidc-provider/" in arn and not arn.endswith(UNKNOWN)):
        return found
    if UNKNOWN not in arn:
        return None
    return next((p for p in (provider_of(c.issuer) for c in conditions) if p), None)


def conditions_of(node: Optional[Node]) -> Iterator[Condition]:
    """Yield each key of each operator of a ``Condition``."""
    for operator in entries_of(node):
        name = (operator.key.value or "").lower()
        plain = name.rpartition(":")[2]
        is_lenient = name.startswith("forallvalues:") or plain.endswith("ifexists")
        holder = operator.value
        if not isinstance(holder, Mapping):
            continue
        for entry in entries_of(holder):
            issuer, _, claim = (text_of(entry.key) or "").rpartition(":")
            yield Condition(
                plain.replace("ifexists", ""),
                operator.key,
                holder,
                entry.key,
                issuer,
                claim.lower(),
                tuple(_values(entry)),
                is_lenient,
            )


def _values(entry: Entry) -> Iterator[tuple[Scalar, str]]:
    value = entry.value
    several = isinstance(value, Sequence) and not function(value)[0]
    for item in value.items if several and isinstance(value, Sequence) else (value,):
        text = text_of(item)
        place = item if isinstance(item, Scalar) else Scalar(None, item.start, item.end)
        yield place, UNKNOWN if text is None else text
