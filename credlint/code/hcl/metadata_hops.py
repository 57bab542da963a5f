"""IAC102: answers of the metadata service that may travel further than the instance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Optional

from credlint.code.hcl.blocks import Block
from credlint.code.hcl.folder import Folder, folder_of
from credlint.code.hcl.instances import DEFAULTS, RESOURCES, Options, options_of
from credlint.code.hcl.reader import HclFile
from credlint.code.sighting import Context, Sighting, as_notes
from credlint.model.finding import Level

_NAME = "http_put_response_hop_limit"
# Names of what runs containers: the limit that these need is 2.
_CONTAINERS = re.compile(
    r"(?<![a-z])(?:eks|ecs|k8s|k3s|rke2?|kops|aks)(?![a-z])|docker|kube|karpenter|containerd"
    r"|podman|nomad|node[-_]?group|bottlerocket|nodeadm|bootstrap\.sh"
)
_MOST_TEXT = 20_000


class _Limit(NamedTuple):
    number: int
    said: str
    start: int
    end: int


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield hop limits above 1."""
    yield from as_notes(_seen(file, folder_of(file, context)), context)


def _seen(file: HclFile, folder: Folder) -> Iterator[Sighting]:
    for block in file.body.blocks:
        options = _options(folder, block)
        limit = _limit(folder, options) if options is not None else None
        if limit is None or limit.number <= 1:
            continue
        level, reason = _judged(file, block, limit.number)
        yield Sighting(
            start=limit.start,
            end=limit.end,
            message=f"{_NAME} = {limit.number}{limit.said} on {block.address} lets the metadata "
            f"service's answers go further than the instance itself. {reason}",
            level=level,
            subject=block.address,
        )


def _options(folder: Folder, block: Block) -> Optional[Options]:
    if block.kind == "resource" and block.label(0) == DEFAULTS:
        return Options(block.body, None, block.start, block.head_end)
    is_launcher = block.kind == "resource" and block.label(0) in RESOURCES
    return options_of(folder, block.body) if is_launcher or block.kind == "module" else None


def _limit(folder: Folder, options: Options) -> Optional[_Limit]:
    endpoint = options.get(folder, "http_endpoint")
    if endpoint is not None and endpoint.text == "disabled":
        return None
    known = options.get(folder, _NAME)
    text = known.text if known is not None else None
    if known is None or text is None or not text.isdecimal() or len(text) > 4:  # noqa: PLR2004
        return None
    if known.source:
        return _Limit(int(text), known.said, options.start, options.end)
    return _Limit(int(text), "", known.node.start, known.node.end)


def _judged(file: HclFile, block: Block, number: int) -> tuple[Optional[Level], str]:
    """Return the level, None for the rule's own, and what follows from the number."""
    needed = 2  # one hop for the host, one for the bridge of its containers
    if number > needed:
        return "error", "Containers need 2 at most; behind a tunnel or proxy others can read it."
    text = file.text[block.start : min(block.end, block.start + _MOST_TEXT)].decode(
        "utf-8", "replace"
    )
    if _CONTAINERS.search(text.lower()):
        return "note", "Containers need 2, and with it every one of them can take the host's role."
    return None, "Nothing here speaks of containers, which alone need more than 1."
