"""IAC102: answers of the metadata service that may travel further than the instance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.hcl.blocks import Block
from credlint.code.hcl.folder import Folder, folder_of
from credlint.code.hcl.instances import DEFAULTS, RESOURCES, Options, options_of
from credlint.code.hcl.reader import HclFile
from credlint.code.hop_limits import judged, number_of
from credlint.code.sighting import Context, Sighting, as_warnings
from credlint.model.lean_tuples import NamedTuple

_NAME = "http_put_response_hop_limit"


class _Limit(NamedTuple):
    number: int
    said: str
    start: int
    end: int


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield hop limits above 1."""
    yield from as_warnings(_seen(file, folder_of(file, context)), context)


def _seen(file: HclFile, folder: Folder) -> Iterator[Sighting]:
    for block in file.body.blocks:
        options = _options(folder, block)
        limit = _limit(folder, options) if options is not None else None
        if limit is None:
            continue
        level, reason = judged(limit.number, file.text[block.start : block.end])
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
    number = number_of(known.text) if known is not None else 0
    if known is None or number <= 1:
        return None
    if known.source:
        return _Limit(number, known.said, options.start, options.end)
    return _Limit(number, "", known.node.start, known.node.end)
