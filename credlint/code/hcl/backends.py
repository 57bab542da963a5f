"""Where the S3 backend is set: ``backend "s3"``, ``terraform_remote_state``, Terragrunt, partial.

S3 backend, "Credentials and Shared Configuration", of Terraform's documentation; Terragrunt's
``remote_state`` block and its older attribute of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.hcl.blocks import Body, entry_text
from credlint.code.hcl.credentials import Given, addresses_in, entries_given
from credlint.code.hcl.folder import Folder
from credlint.code.hcl.reader import HclFile
from credlint.code.marked.nodes import Mapping, Node
from credlint.model.lean_tuples import NamedTuple

_PARTIAL = (".tfbackend", "backend.hcl")
_ENDPOINTS = ("endpoints", "endpoint")


class Backend(NamedTuple):
    """``said``: how the file calls it. One of ``body`` and ``settings`` is there."""

    said: str
    start: int
    end: int
    body: Optional[Body] = None
    settings: Optional[Node] = None

    def given(self, folder: Folder, names: tuple[str, ...]) -> dict[str, Given]:
        """Return those of its settings."""
        if self.body is None:
            return entries_given(folder, self.settings, names)
        return given_in(folder, self.body, names)

    def addresses(self, folder: Folder) -> Iterator[str]:
        """Yield the endpoints that it is given."""
        if self.body is not None:
            yield from addresses_of(folder, self.body)
        elif isinstance(self.settings, Mapping):
            yield from addresses_in(folder, *(self.settings.get(name) for name in _ENDPOINTS))


def given_in(folder: Folder, body: Body, names: tuple[str, ...]) -> dict[str, Given]:
    """Return those arguments of a body."""
    return {
        name: Given(folder.known(argument.value), argument.start, argument.end)
        for name, argument in body.arguments.items()
        if name in names
    }


def addresses_of(folder: Folder, body: Body) -> Iterator[str]:
    """Yield the endpoints that a provider or backend is given."""
    yield from addresses_in(folder, *(body.get(name) for name in (*_ENDPOINTS, "s3_endpoint")))
    for block in body.of("endpoints"):
        for argument in block.body.arguments.values():
            yield from addresses_in(folder, argument.value)


def backends_of(file: HclFile, uri: str) -> Iterator[Backend]:
    """Yield the S3 backends that a file sets or reads from."""
    for block in file.body.blocks:
        if block.kind == "terraform":
            for inner in block.body.of("backend"):
                if inner.label(0) == "s3":
                    yield Backend('backend "s3"', inner.start, inner.head_end, inner.body)
        elif block.kind == "data" and block.label(0) == "terraform_remote_state":
            if block.body.text("backend") == "s3":
                yield _by_config(block.body, block.address, block.start, block.head_end)
        elif block.kind == "remote_state" and block.body.text("backend") == "s3":
            yield _by_config(block.body, "remote_state", block.start, block.head_end)
    argument = file.body.arguments.get("remote_state")
    if argument is not None and entry_text(argument.value, "backend") == "s3":
        settings = argument.value.get("config") if isinstance(argument.value, Mapping) else None
        yield Backend("remote_state", argument.start, argument.value.start, None, settings)
    name = uri.rpartition("/")[2]
    if name.endswith(_PARTIAL) and not file.body.blocks and file.body.arguments:
        yield Backend("This backend file", 0, 0, file.body)


def _by_config(body: Body, said: str, start: int, end: int) -> Backend:
    inner = body.first("config")  # as it was written before Terraform 0.12
    if inner is not None:
        return Backend(said, start, end, inner.body)
    return Backend(said, start, end, None, body.get("config"))
