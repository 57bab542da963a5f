"""What starts EC2 instances in a file, and the metadata options that it gives them.

Arguments of the AWS provider 6: ``aws_instance``, ``aws_spot_instance_request``,
``aws_launch_template``, ``aws_launch_configuration``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.hcl.blocks import Body
from credlint.code.hcl.folder import Folder, Known
from credlint.code.hcl.reader import HclFile
from credlint.code.marked.nodes import Mapping, Scalar
from credlint.model.lean_tuples import NamedTuple

RESOURCES = (
    *("aws_instance", "aws_spot_instance_request"),
    *("aws_launch_template", "aws_launch_configuration"),
)
DEFAULTS = "aws_ec2_instance_metadata_defaults"
# First version of a registry module that asks for tokens by default. Read from their
# variables.tf: ec2-instance v5 `"http_tokens" = "optional"`, v6 "required"; autoscaling
# UPGRADE-9.0.md "IMDSv2 is now enforced by default".
MODULES = {
    "terraform-aws-modules/ec2-instance/aws": 6,
    "terraform-aws-modules/autoscaling/aws": 9,
}
# al2023-ami-…, amazon-eks-node-al2023-…, /aws/service/ecs/optimized-ami/amazon-linux-2023/…
_AL2023 = re.compile(r"al2023|amazon-linux-2023")
_IMAGE_SOURCE = re.compile(r"\bdata\.(aws_ami|aws_ami_ids|aws_ssm_parameter)\.([\w-]+)")
_LONGEST_WRITTEN = 2000
_VERSION = re.compile(r"\s*(=|~>|<=|<|>=|>|!=)?\s*v?(\d{1,6})((?:\.\d{1,6})*)")
_REGISTRY = re.compile(r"(?:registry\.(?:terraform\.io|opentofu\.org)/)?(.*?)(?://.*)?\Z")


class Options(NamedTuple):
    """The metadata options of a resource or module.

    ``body``: of the block, ``settings``: the object; neither where there are none. ``unknown``:
    there are some that cannot be told.
    """

    body: Optional[Body] = None
    settings: Optional[Mapping] = None
    start: int = 0
    end: int = 0
    unknown: bool = False

    def get(self, folder: Folder, name: str) -> Optional[Known]:
        """Return an option, None where it is not set."""
        if self.body is not None:
            value = self.body.get(name)
        else:
            value = self.settings.get(name) if self.settings is not None else None
        if value is None:
            return None
        known = folder.known(value)
        return None if isinstance(known.node, Scalar) and known.node.tag == "null" else known


def options_of(folder: Folder, body: Body) -> Options:
    """Return the options that stand in the body of a resource or module."""
    block = body.first("metadata_options")
    if block is not None:
        return Options(block.body, None, block.start, block.end)
    argument = body.arguments.get("metadata_options")
    if argument is None:
        is_dynamic = any(inner.labels == ("metadata_options",) for inner in body.blocks)
        return Options(unknown=is_dynamic)
    value = folder.known(argument.value)
    if isinstance(value.node, Mapping) and not value.source:
        return Options(None, value.node, argument.start, argument.end)
    return Options(unknown=True)


class Launcher(NamedTuple):
    """A resource, or a module of the registry, that starts instances."""

    address: str
    body: Body
    start: int
    end: int
    is_module: bool = False


def launchers_of(file: HclFile) -> Iterator[Launcher]:
    """Yield what starts instances and asks for no tokens unless it says so."""
    for block in file.body.blocks:
        if block.kind == "resource" and block.label(0) in RESOURCES:
            yield Launcher(block.address, block.body, block.start, block.head_end)
        elif block.kind == "module":
            source = _REGISTRY.match(block.body.text("source") or "")
            first = MODULES.get(source.group(1)) if source else None
            if first is not None and _is_below(block.body.text("version") or "", first):
                yield Launcher(
                    block.address, block.body, block.start, block.head_end, is_module=True
                )


def _is_below(constraint: str, major: int) -> bool:
    """Tell whether every version that a constraint allows is below that major version."""
    for part in constraint.split(","):
        found = _VERSION.match(part)
        if found is None:
            continue
        sign, number, rest = found.group(1) or "=", int(found.group(2)), found.group(3)
        is_start = number == major and not rest.strip(".0")
        if sign == "~>":
            below = number < major and bool(rest)  # `~> 5.1` is all of 5, `~> 5` all above
        else:
            below = (sign in ("=", "<=", "<") and number < major) or (sign == "<" and is_start)
        if below:
            return True
    return False


def is_amazon_linux_2023(folder: Folder, body: Body) -> bool:
    """Tell whether every image that may be used is one of Amazon Linux 2023.

    Those have ``ImdsSupport`` ``v2.0`` and ask for tokens unless the launch says otherwise (Amazon
    Linux 2023 User Guide, "IMDSv2"; github.com/aws/amazon-ecs-ami, issue 248). The image stands as
    SSM parameter, or is looked up by its name; where that is made up, the block's own name tells.
    """
    value = body.get("ami") or body.get("image_id")
    known = folder.known(value).node if value is not None else None
    if not isinstance(known, Scalar):
        return False
    if known.value is not None:
        return _AL2023.search(known.value) is not None
    sources = _IMAGE_SOURCE.findall(known.written[:_LONGEST_WRITTEN])
    return bool(sources) and all(
        any(_AL2023.search(text) for text in (name, *_texts_of_data(folder, kind, name)))
        for kind, name in sources
    )


def _texts_of_data(folder: Folder, kind: str, name: str) -> Iterator[str]:
    for block in folder.blocks("data", kind):
        if block.label(1) == name:
            yield from folder.texts(block.body)
