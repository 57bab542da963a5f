"""The Terraform AWS provider's own configuration, as evidence without secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from credlint.host.aws_reading import FileRequest
from credlint.host.captured import Capturer
from credlint.host.home import display_path
from credlint.host.terraform_files import LISTS, RawArgument, RawBlock
from credlint.model.captured import CapturedValue
from credlint.model.snapshot import ProviderArgument, ProviderBlock

_SECRET = ("access_key", "secret_key", "token", "web_identity_token", "external_id")
# os.ExpandEnv of Go: an unknown name gives nothing.
_VARIABLE = re.compile(r"\$(?:\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*|[*#$@!?0-9-]))", re.ASCII)
_ROLES = dict(zip(LISTS, ("config-provider", "credentials-provider")))
# Files that an argument names, and what is to be known of them.
NAMED = {
    "custom_ca_bundle": "ca-bundle",
    "assume_role_with_web_identity.0.web_identity_token_file": "web-identity-token",
}


def iter_secrets(blocks: Iterable[RawBlock]) -> Iterator[str]:
    """Yield the secrets that stand in the blocks."""
    for block in blocks:
        for argument in block.arguments:
            if argument.name.rpartition(".")[2] in _SECRET:
                yield from argument.values or ()


def default_block(blocks: Iterable[RawBlock]) -> Optional[RawBlock]:
    """Return the block that has no alias, if it can be read."""
    return next((one for one in blocks if one.alias is None and one.error is None), None)


def requested_files(
    blocks: Iterable[RawBlock], environment: Mapping[str, str], home: Optional[str]
) -> Iterator[FileRequest]:
    """Yield the AWS files that the default block names."""
    block = default_block(blocks)
    for argument in block.arguments if block is not None else ():
        for text in argument.values or () if argument.name in _ROLES else ():
            path = expand(text, environment, home)
            shown = display_path(path, home)
            yield FileRequest(_ROLES[argument.name], path, shown, block.file if block else "")


def expand(text: str, environment: Mapping[str, str], home: Optional[str]) -> str:
    """Expand variables and ``~`` as aws-sdk-go-base 2.0.0-beta.74 does (internal/expand)."""
    path = _VARIABLE.sub(lambda found: environment.get(found[1] or found[2] or "", ""), text)
    if path == "~" or path.startswith("~/"):
        return os.path.normpath((home or "") + path[1:])
    return path


def capture_blocks(blocks: Iterable[RawBlock], capturer: Capturer) -> tuple[ProviderBlock, ...]:
    """Return what may be kept of the blocks; of those with an alias only that they are there."""
    return tuple(
        ProviderBlock(
            file=capturer.scrub(block.file),
            line=block.line,
            alias=None if block.alias is None else capturer.scrub(block.alias),
            arguments=()
            if block.alias is not None
            else tuple(_capture(argument, capturer) for argument in block.arguments),
            error=block.error,
        )
        for block in blocks
    )


def _capture(argument: RawArgument, capturer: Capturer) -> ProviderArgument:
    values = tuple(_value(argument.name, value, capturer) for value in argument.values or ())
    literal = argument.values is not None
    return ProviderArgument(argument.name, argument.line, values, literal=literal)


def _value(name: str, value: str, capturer: Capturer) -> CapturedValue:
    if name.rpartition(".")[2] in _SECRET:
        return capturer.capture_secret(value)
    return capturer.capture_text(value)
