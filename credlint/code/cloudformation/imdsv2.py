"""IAC103: instances whose template lets version 1 of the metadata service answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.cloudformation.template import (
    Resource,
    Template,
    function,
    present,
    templates_of,
)
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.edits import insert_entry, replace_scalar
from credlint.code.marked.nodes import Mapping, Node, Scalar
from credlint.code.sighting import Context, Sighting, as_warnings
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_tuples import NamedTuple


class _Kind(NamedTuple):
    """Where a resource type says it: ``inside`` the properties, in ``options``, by ``name``."""

    options: str = "MetadataOptions"
    inside: str = ""
    name: str = "HttpTokens"
    wanted: str = "required"


# Types and properties as in CloudFormation's resource schemas (cfn-lint 1.58.0 has them).
_KINDS = {
    "AWS::EC2::Instance": _Kind(),
    "AWS::EC2::LaunchTemplate": _Kind(inside="LaunchTemplateData"),
    "AWS::AutoScaling::LaunchConfiguration": _Kind(),
    "AWS::ImageBuilder::InfrastructureConfiguration": _Kind("InstanceMetadataOptions"),
    "AWS::SageMaker::NotebookInstance": _Kind(
        "InstanceMetadataServiceConfiguration",
        name="MinimumInstanceMetadataServiceVersion",
        wanted="2",
    ),
}
# Types whose default AWS or another resource decides, so that silence says less.
_WEAK = ("AWS::ImageBuilder::InfrastructureConfiguration", "AWS::SageMaker::NotebookInstance")
# Images that are registered with ImdsSupport v2.0 (EC2 User Guide, "Configure the AMI"; AL2023
# User Guide, "IMDSv2"): version 2 is required unless the instance says otherwise.
_IMAGES_OF_VERSION_2 = ("al2023", "amazon-linux-2023", "al2023-ami")


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield the resources that allow version 1."""
    seen = (
        _sighting(document, template, resource)
        for template in templates_of(document, context.uri)
        for resource in template.resources(*_KINDS)
    )
    yield from as_warnings(filter(None, seen), context)


def _sighting(  # noqa: PLR0911  one for each way to be silent
    document: MarkedDocument, template: Template, resource: Resource
) -> Optional[Sighting]:
    kind = _KINDS[resource.kind]
    holder = _holder(resource, kind)
    if not isinstance(holder, Mapping) or function(holder)[0]:
        return None
    options = present(holder.get(kind.options))
    if options is None:
        return _missing(document, template, resource, holder, kind)
    if not isinstance(options, Mapping) or function(options)[0]:
        return None
    endpoint = template.given(options.get("HttpEndpoint"))
    if endpoint is not None and endpoint.value == "disabled":
        return None
    tokens = present(options.get(kind.name))
    if tokens is None:
        return _missing(document, template, resource, options, kind)
    given = template.given(tokens)
    if given is None or given.value == kind.wanted:
        return None
    edit = replace_scalar(given, kind.wanted, document.syntax)
    return Sighting(
        given.start,
        given.end,
        f"{resource.kind} {resource.name} allows IMDSv1 ({kind.name}: {given.value}): a request "
        "that a program is tricked into sending reads the role's credentials.",
        subject=f"{resource.kind} {resource.name}",
        fix=_fix(resource, [edit], kind),
    )


def _missing(
    document: MarkedDocument,
    template: Template,
    resource: Resource,
    holder: Mapping,
    kind: _Kind,
) -> Optional[Sighting]:
    """Return what is to be told of a resource that says nothing."""
    properties = resource.properties
    level: Optional[Level] = "warning" if resource.kind in _WEAK else None
    reason = ""
    if resource.kind not in _WEAK and properties is not None:
        if resource.kind == "AWS::EC2::Instance" and properties.get("LaunchTemplate") is not None:
            return None  # the launch template says it, and is looked at itself
        place = _holder(resource, kind)
        image = place.get("ImageId") if isinstance(place, Mapping) else None
        if _is_of_version_2(template, image):
            return None
        if image is None and kind.inside:
            level = "warning"
            reason = " The image that it will start is not known and may decide otherwise."
    if holder is _holder(resource, kind):
        inner = {kind.name: kind.wanted}
        edits = insert_entry(document.text, holder, kind.options, inner, document.syntax)
    else:
        edits = insert_entry(document.text, holder, kind.name, kind.wanted, document.syntax)
    return Sighting(
        resource.key.start,
        resource.key.end,
        f"{resource.kind} {resource.name} does not require IMDSv2 (no {kind.options}.{kind.name}): "
        "a request that a program is tricked into sending reads the role's credentials." + reason,
        level=level,
        subject=f"{resource.kind} {resource.name}",
        fix=_fix(resource, edits, kind),
    )


def _holder(resource: Resource, kind: _Kind) -> Optional[Node]:
    """Return the mapping that holds the options."""
    properties = resource.properties
    return properties.get(kind.inside) if kind.inside and properties is not None else properties


def _is_of_version_2(template: Template, image: Optional[Node]) -> bool:
    texts = []
    given = template.given(image)
    if given is not None:
        texts.append(given.value or "")
    if isinstance(image, Scalar):
        texts.append(image.written or image.value or "")
    return any(name in text.lower() for text in texts for name in _IMAGES_OF_VERSION_2)


def _fix(resource: Resource, edits: list[Edit], kind: _Kind) -> Optional[Fix]:
    """Return the offer; what the CDK has made would be made again, so that is only told."""
    summary = f"Require IMDSv2 with {kind.options}.{kind.name}: {kind.wanted}."
    if resource.is_generated:
        return Fix("display", "Require IMDSv2 in the CDK construct that this was made from.")
    return Fix("unsafe", summary, (FileEdits("", tuple(edits)),)) if edits else None
