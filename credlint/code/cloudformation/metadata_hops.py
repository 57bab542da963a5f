"""IAC102: templates that let answers of the metadata service travel further than the instance."""

from __future__ import annotations

from collections.abc import Iterator

from credlint.code.cloudformation.template import Resource, Template, templates_of
from credlint.code.hop_limits import judged, number_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, at
from credlint.code.sighting import Context, Sighting, as_warnings

_NAME = "HttpPutResponseHopLimit"
# Where the types have their options (CloudFormation's resource schemas, cfn-lint 1.58.0).
_PLACES = {
    "AWS::EC2::Instance": ("MetadataOptions",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData", "MetadataOptions"),
    "AWS::AutoScaling::LaunchConfiguration": ("MetadataOptions",),
    "AWS::ImageBuilder::InfrastructureConfiguration": ("InstanceMetadataOptions",),
}
_OF_CONTAINERS = ("AWS::ECS::", "AWS::EKS::")


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield hop limits above 1."""
    for template in templates_of(document, context.uri):
        for resource in template.resources(*_PLACES):
            yield from as_warnings(_seen(document, template, resource), context)


def _seen(document: MarkedDocument, template: Template, resource: Resource) -> Iterator[Sighting]:
    options = at(resource.properties, *_PLACES[resource.kind])
    if not isinstance(options, Mapping):
        return
    endpoint = template.given(options.get("HttpEndpoint"))
    if endpoint is not None and endpoint.value == "disabled":
        return
    given = template.given(options.get(_NAME))
    number = number_of(given.value) if given is not None else 0
    if given is None or number <= 1:
        return
    end = document.text.find(b"\n", resource.body.end)  # with a comment on the last line
    about = document.text[resource.body.start : end if end >= 0 else None]
    if any(kind.startswith(_OF_CONTAINERS) for kind in template.kinds.values()):
        about = b"ecs"
    level, reason = judged(number, about)
    yield Sighting(
        given.start,
        given.end,
        f"{_NAME}: {number} of {resource.kind} {resource.name} lets the metadata service's answers "
        f"go further than the instance itself. {reason}",
        level=level,
        subject=f"{resource.kind} {resource.name}",
    )
