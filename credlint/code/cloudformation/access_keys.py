"""IAC109: access keys that a template makes, and where it puts the secret."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.cloudformation.template import Template, reference, templates_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Node, Scalar, at, entries_of, walk
from credlint.code.sighting import Context, Sighting, Span, as_notes
from credlint.model.lean_tuples import NamedTuple

_KIND = "AWS::IAM::AccessKey"
_MOST_RELATED = 20
_SECRET = "SecretAccessKey"  # noqa: S105  the name of an attribute
_IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)\." + _SECRET + r"\}")
# Stores that keep it encrypted, with rights of its own.
_STORES = ("AWS::SecretsManager::Secret",)


class _Use(NamedTuple):
    """``name``: the key whose secret is put somewhere. ``where``: an output or a type."""

    name: str
    where: str
    owner: str
    node: Node


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the keys of templates, and the outputs that tell their secrets."""
    for template in templates_of(document, context.uri):
        yield from as_notes(_keys_of(template), context)


def _keys_of(template: Template) -> Iterator[Sighting]:
    keys = [
        resource
        for resource in template.resources(_KIND)
        if (given := template.given(at(resource.properties, "Status"))) is None
        or given.value != "Inactive"
    ]
    uses: dict[str, list[_Use]] = {}
    for use in _uses(template) if keys else ():
        uses.setdefault(use.name, []).append(use)
    for resource in keys:
        mine = uses.get(resource.name, [])
        outputs = [use for use in mine if use.where == "output"]
        others = [use for use in mine if use.where not in ("output", *_STORES)]
        is_kept = bool(mine) and not outputs and not others
        if outputs:
            what = f"and the output {outputs[0].owner} shows its secret to everyone who may "
            what += "describe the stack"
        elif is_kept:
            what = "whose secret only Secrets Manager keeps, but which does not expire"
        elif others:
            what = f"and puts its secret into {others[0].owner} ({others[0].where})"
        else:
            what = "which does not expire"
        yield Sighting(
            resource.key.start,
            resource.key.end,
            f"{resource.name} makes a long-term access key {what}.",
            level="note" if is_kept else None,
            subject=f"{_KIND} {resource.name}",
            related=tuple(
                Span(use.node.start, use.node.end, f"its secret goes into {use.owner}")
                for use in (*outputs, *others)[:_MOST_RELATED]
            ),
        )


def _uses(template: Template) -> Iterator[_Use]:
    """Yield where secrets of keys are put, by ``Fn::GetAtt`` and within ``Fn::Sub``."""
    places = [
        ("output", entry.key.value or "", entry.value)
        for entry in entries_of(at(template.root, "Outputs"))
    ]
    places += [(each.kind, each.name, each.body) for each in template.resources()]
    for where, owner, root in places:
        for _, node in walk(root):
            named = reference(node)
            if named is not None and named[1] == _SECRET:
                yield _Use(named[0], where, owner, node)
            elif isinstance(node, Scalar) and "${" in (node.value or ""):
                for found in _IN_TEXT.finditer(node.value or ""):
                    yield _Use(found[1], where, owner, node)
