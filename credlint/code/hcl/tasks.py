"""Task definitions of ECS in HCL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.ecs.tasks import Task, as_written
from credlint.code.hcl.blocks import Block
from credlint.code.hcl.folder import Folder
from credlint.code.hcl.marked import document_of
from credlint.code.hcl.reader import HclFile
from credlint.code.marked.nodes import Mapping, Scalar, items_of, text_at


def tasks_of(file: HclFile, folder: Folder) -> Iterator[Task]:
    """Yield the ``aws_ecs_task_definition`` whose containers stand in the file."""
    for block in file.body.blocks:
        if block.kind != "resource" or block.label(0) != "aws_ecs_task_definition":
            continue
        document = document_of(file, folder, block.body.get("container_definitions"))
        containers = tuple(each for each in items_of(document) if isinstance(each, Mapping))
        compatible = block.body.get("requires_compatibilities")
        kinds = items_of(folder.known(compatible).node) if compatible is not None else ()
        yield Task(
            block.address,
            Scalar(None, block.start, block.head_end),
            containers,
            _has_role(folder, block),
            [text_at(kind) for kind in kinds] == ["FARGATE"],
            as_written,
            file.text,
            "json",  # lists are written alike, and nothing but their items is edited
        )


def _has_role(folder: Folder, block: Block) -> Optional[bool]:
    """Tell whether there is a task role, None where a variable decides that."""
    value = block.body.get("task_role_arn")
    if value is None:
        return False
    known = folder.known(value)
    if isinstance(known.node, Scalar) and known.node.tag == "null":
        return None if known.source else False
    is_open = isinstance(known.node, Scalar) and known.node.written.startswith(("var.", "local."))
    return None if is_open else True
