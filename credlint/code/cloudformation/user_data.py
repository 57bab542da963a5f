"""IAC108: secrets in the user data of templates; IAC131 asks the same of raw launch templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.cloudformation.template import templates_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Node, Scalar, at, walk
from credlint.code.marked.positions import embedded
from credlint.code.sighting import Context, Sighting, Span
from credlint.code.user_data import Held, decoded, secrets_in

_PLACES = {
    "AWS::EC2::Instance": ("UserData",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData", "UserData"),
    "AWS::AutoScaling::LaunchConfiguration": ("UserData",),
}


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the resources whose user data hold secrets."""
    for template in templates_of(document, context.uri):
        for resource in template.resources(*_PLACES):
            node = at(resource.properties, *_PLACES[resource.kind])
            yield from told(document, node, f"{resource.kind} {resource.name}")


def told(document: MarkedDocument, node: Optional[Node], owner: str) -> Iterator[Sighting]:
    """Yield one finding for the user data of an owner, none where they hold no secret."""
    held = list(_held(document, node))
    if not held:
        return
    worst = next((each for each in held if each.is_sure), held[0])
    kinds = ", ".join(dict.fromkeys(each.kind for each in held))
    yield Sighting(
        worst.start,
        worst.end,
        f"The user data of {owner} contain {kinds}: whoever reaches the metadata service of the "
        "instance, or may describe it, can read them.",
        level=None if worst.is_sure else "warning",
        subject=f"{owner} user data",
        literals=tuple(Span(each.start, each.end, each.kind) for each in held),
        value=worst.value if worst.value.reveal() else None,
    )


def _held(document: MarkedDocument, node: Optional[Node]) -> Iterator[Held]:
    """Yield the secrets of all texts below a node, placed in the document."""
    for _, inner in walk(node) if node is not None else ():
        if not isinstance(inner, Scalar) or not inner.written:
            continue
        made = embedded(document.text, inner, "shell")
        bare = decoded(made.text)
        for each in secrets_in(bare or made.text):
            if bare:
                yield each._replace(start=inner.start, end=inner.end)
            else:
                start, end = made.outside(each.start), made.outside(each.end)
                yield each._replace(start=start, end=end)
