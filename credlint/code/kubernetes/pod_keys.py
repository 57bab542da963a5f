"""IAC113: AWS keys in the environment of pods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.code.addresses import names_host_of_aws
from credlint.code.credential_names import KEY_ID, kind_of
from credlint.code.issued_keys import is_issued
from credlint.code.kubernetes.objects import Account, Around, nearest_text, read_around
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.edits import remove_entries, remove_items
from credlint.code.marked.nodes import (
    Entry,
    Mapping,
    Node,
    Scalar,
    Step,
    at,
    entries_of,
    items_of,
    text_at,
    walk,
)
from credlint.code.marked.nodes import Sequence as Items
from credlint.code.other_stores import is_name_of_endpoint
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

# What is there on EKS alone. A key from a Secret is no fault where no role is to be had.
_EKS = re.compile(
    rb"eks\.amazonaws\.com|image[\"']?[ \t]*:[ \t]*[\"']?[0-9]{12}\.dkr\.ecr\."
    rb"|aws-load-balancer|alb\.ingress|ebs\.csi\.aws|karpenter\.(?:sh|k8s)"
)
_REFERENCE = re.compile(r"\$\(|\$\{|\{\{|<[^>]*>")
_ENVIRONMENT = re.compile(r"env|environment", re.IGNORECASE)
_LITERAL, _SECRET, _CONFIG_MAP, _GIVEN = "literal", "from a Secret", "from a ConfigMap", "given"


class _Variable(NamedTuple):
    """A key that is set; ``how``: one of the above; ``value``: a literal that AWS may have issued.

    ``node``: the item or entry, as an edit takes it.
    """

    name: str
    how: str
    start: int
    end: int
    literal: Span
    value: str = ""
    item: Optional[Node] = None
    entry: Optional[Entry] = None


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield one finding for each list of variables that holds keys."""
    is_values = "kubernetes" not in document.formats
    around: Optional[Around] = None
    names_eks: Optional[bool] = None
    for root in document.roots:
        for path, node in walk(root):
            name = path[-1] if path else ""
            if not isinstance(name, str):
                continue
            is_mapping = isinstance(node, Mapping) and is_values and _ENVIRONMENT.search(name)
            if isinstance(node, Items) and name != "envFrom":
                found = list(_of_list(node))
            elif is_mapping:
                found = list(_of_mapping(node))
            elif name == "envFrom":
                around = around or read_around(document.roots, context)
                found = list(_of_secrets(node, around))
            else:
                continue
            if not found or _is_elsewhere(node, root, path):
                continue
            around = around or read_around(document.roots, context)
            if names_eks is None:
                names_eks = _EKS.search(document.text) is not None
            sighting = _sighting(
                document, context, root, path, node, found, around, names_eks=names_eks
            )
            if sighting is not None:
                yield sighting


def _of_list(node: Items) -> Iterator[_Variable]:
    """Yield the keys of ``[{name, value | valueFrom}]``."""
    for item in node.items:
        name = text_at(item, "name")
        kind = kind_of(name) if name else ""
        if name is None or not kind:
            continue
        value, source = at(item, "value"), at(item, "valueFrom")
        place = Span(item.start, item.end, f"the literal for {name}")
        if at(source, "secretKeyRef") is not None:
            yield _Variable(name, _SECRET, item.start, item.end, place)
        elif at(source, "configMapKeyRef") is not None:
            yield _Variable(name, _CONFIG_MAP, item.start, item.end, place)
        elif isinstance(value, Scalar):
            yield from _literal(name, kind, value, item.start, item=item)


def _of_mapping(node: Node) -> Iterator[_Variable]:
    """Yield the keys of ``{NAME: value}``, as charts have them in their values."""
    for entry in entries_of(node):
        name = entry.key.value or ""
        kind = kind_of(name)
        if kind and isinstance(entry.value, Scalar):
            yield from _literal(name, kind, entry.value, entry.key.start, entry=entry)


def _literal(
    name: str,
    kind: str,
    value: Scalar,
    start: int,
    item: Optional[Node] = None,
    entry: Optional[Entry] = None,
) -> Iterator[_Variable]:
    place = Span(value.start, value.end, f"the literal for {name}")
    if value.value is None or _REFERENCE.search(value.value):
        yield _Variable(name, _GIVEN, start, value.end, place)
    elif value.value:
        issued = value.value if is_issued(kind, value.value) else ""
        yield _Variable(name, _LITERAL, start, value.end, place, issued, item, entry)


def _of_secrets(node: Node, around: Around) -> Iterator[_Variable]:
    """Yield the keys of Secrets that are taken as a whole and stand in a manifest nearby."""
    for item in items_of(node):
        secret = text_at(item, "secretRef", "name")
        for name in around.secrets.get(secret or "", ()):
            yield _Variable(name, _SECRET, item.start, item.end, Span(item.start, item.end))


def _is_elsewhere(node: Node, root: Node, path: tuple[Step, ...]) -> bool:
    """Tell whether the same container is told an endpoint that is not one of AWS, or not here."""
    lists: list[Optional[Node]] = [node]
    if path and path[-1] == "envFrom":
        lists.append(at(root, *path[:-1], "env"))
    for each in lists:
        pairs = [(text_at(item, "name"), text_at(item, "value")) for item in items_of(each)]
        pairs += [(e.key.value, text_at(e.value)) for e in entries_of(each)]
        for name, value in pairs:
            if name and value != "" and is_name_of_endpoint(name):
                return value is None or not names_host_of_aws(value)
    return False


def _sighting(
    document: MarkedDocument,
    context: Context,
    root: Node,
    path: tuple[Step, ...],
    node: Node,
    found: Sequence[_Variable],
    around: Around,
    *,
    names_eks: bool,
) -> Optional[Sighting]:
    issued = [variable for variable in found if variable.value]
    referred = [variable for variable in found if variable.how in (_SECRET, _CONFIG_MAP)]
    is_chart = "kubernetes" not in document.formats or bool(document.unread)
    owner = _owner(root, path)
    if owner is None and not is_chart:
        return None  # a kubeconfig, say: no pod
    owner = owner or "The chart"
    account = nearest_text(root, path, "serviceAccountName", "serviceAccount")
    known = around.accounts.get(account) if account else None
    is_on_eks = (known is not None and known.has_role) or names_eks
    level: Level = "note"
    if any(kind_of(variable.name) != KEY_ID for variable in issued):
        level = "error"
    elif issued or (referred and is_on_eks and not is_chart):
        level = "warning"
    elif is_chart or context.is_test:
        # A chart is for clusters of all kinds, so that a choice is no fault.
        return None  # values that are given, or made up
    if context.is_test or context.is_documentation:
        level = "note"
    told = issued or referred or list(found)
    literals = [variable for variable in found if variable.how == _LITERAL]
    names = ", ".join(dict.fromkeys(variable.name for variable in told))
    telling = next((v for v in issued if kind_of(v.name) != KEY_ID), issued[0] if issued else None)
    return Sighting(
        start=told[0].start,
        end=told[0].end,
        message=f"{owner} sets {names} ({told[0].how}): {_consequence(account, known)}",
        level=level,
        subject=f"{owner} {names}",
        literals=tuple(variable.literal for variable in issued),
        value=Secret(telling.value) if telling else None,
        fix=_fix(document.text, node, literals) if literals else None,
    )


def _owner(root: Node, path: tuple[Step, ...]) -> Optional[str]:
    """Return the kind and name of the object that the variables belong to, None for no object."""
    for length in range(len(path), -1, -1):
        node = at(root, *path[:length])
        kind, name = text_at(node, "kind"), text_at(node, "metadata", "name")
        if kind and at(node, "metadata") is not None:
            return f"{kind} {name}" if name else kind
    return None


def _consequence(account: Optional[str], known: Optional[Account]) -> str:
    if known is not None and known.has_role:
        return f"the role of service account {known.name} is never used, because keys come first."
    of_account = f" of service account {account}" if account else ""
    return f"keys come first, so that a role{of_account} (IRSA, Pod Identity) would never be used."


def _fix(text: bytes, node: Node, literals: Sequence[_Variable]) -> Fix:
    """Return the removal of the literals, which goes for all keys of a list at once."""
    names = ", ".join(variable.name for variable in literals)
    edits: Sequence[Edit] = ()
    if isinstance(node, Items):
        edits = remove_items(text, node, [v.item for v in literals if v.item is not None])
    elif isinstance(node, Mapping):
        edits = remove_entries(text, node, [v.entry for v in literals if v.entry is not None])
    summary = f"Remove {names} from the environment."
    if not edits:
        return Fix("display", summary)
    return Fix("unsafe", summary, (FileEdits("", tuple(edits)),))
