"""What the files of a Terraform folder declare together: variables, locals, other blocks.

Terraform reads all ``.tf`` files of a folder as one module ("Files and Directories" in its
language documentation), so that a default may stand in another file than its use.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Optional

from credlint.code.hcl.blocks import Block, Body
from credlint.code.hcl.reader import HclFile, read
from credlint.code.marked.nodes import Node, Scalar, walk
from credlint.code.sighting import Context, NotReadError, Span, Surroundings
from credlint.model.lean_tuples import NamedTuple

_SUFFIXES = (".tf", ".tofu")
_MOST_FILES = 60
_MOST_BYTES = 1024 * 1024
_DEEPEST = 4  # a local that is a variable that …


class Known(NamedTuple):
    """A value as far as it can be told.

    ``node``: it, or what could not be told. ``source``: the variable or local that it comes from,
    empty where it stands in place. ``here``: it stands in the file that is looked at.
    """

    node: Node
    source: str = ""
    here: bool = True

    @property
    def text(self) -> Optional[str]:
        """Return the text, None where it is not known."""
        return self.node.value if isinstance(self.node, Scalar) else None

    @property
    def said(self) -> str:
        """Return where it comes from, to be put behind a word in a message."""
        return f" (by {self.source})" if self.source else ""

    def spans(self, message: str) -> tuple[Span, ...]:
        """Return the place of the value, none where it is in another file."""
        return (Span(self.node.start, self.node.end, message),) if self.here else ()


class Folder:
    """The module that a file is part of; its other files are read when they are asked for."""

    def __init__(self, file: HclFile, context: Context) -> None:
        self._file = file
        self._context = context
        self._others: Optional[tuple[HclFile, ...]] = None
        self._blocks: dict[tuple[str, str], tuple[Block, ...]] = {}

    def blocks(self, kind: str, label: str = "") -> tuple[Block, ...]:
        """Return the blocks of all files of that kind and first label, those of this file first."""
        found = self._blocks.get((kind, label))
        if found is None:
            found = self._blocks[kind, label] = tuple(
                block
                for file in self._files()
                for block in file.body.blocks
                if block.kind == kind and label in ("", block.label(0))
            )
        return found

    def known(self, node: Node) -> Known:
        """Return what a value is; defaults of variables and locals are followed."""
        source, here = "", True
        for _ in range(_DEEPEST):
            if not isinstance(node, Scalar) or node.tag != "reference":
                break
            found = self._declared(node.written)
            if found is None:
                break
            source = source or node.written.strip()
            node, here = found
        return Known(node, source, here)

    def texts(self, body: Body) -> Iterator[str]:
        """Yield the texts that stand in a body and in its inner blocks."""
        for argument in body.arguments.values():
            for _, node in walk(self.known(argument.value).node):
                if isinstance(node, Scalar):
                    yield node.value if node.value is not None else node.written
        for block in body.blocks:
            yield from self.texts(block.body)

    def _declared(self, written: str) -> Optional[tuple[Node, bool]]:
        kind, _, name = written.strip().partition(".")
        if kind not in ("var", "local") or not name.replace("-", "_").isidentifier():
            return None
        for file in self._files():
            for block in file.body.blocks:
                if kind == "var":
                    declares = block.kind == "variable" and block.label(0) == name
                    value = block.body.get("default") if declares else None
                else:
                    value = block.body.get(name) if block.kind == "locals" else None
                if value is not None:
                    return value, file is self._file
        return None

    def _files(self) -> Iterator[HclFile]:
        yield self._file
        if self._others is None:
            folder, _, own = self._context.uri.rpartition("/")
            others = _files_of(self._context.around, folder)  # type: ignore[arg-type]  # by identity
            self._others = tuple(file for name, file in others if name != own)
        yield from self._others


@lru_cache(maxsize=16)
def _files_of(around: Surroundings, folder: str) -> tuple[tuple[str, HclFile], ...]:
    """Return the files of a folder that can be read, by name; so many and so large at most."""
    names = sorted(name for name in around.names(folder) if name.endswith(_SUFFIXES))
    files: list[tuple[str, HclFile]] = []
    size = 0
    for name in names[:_MOST_FILES]:
        data = around.read(f"{folder}/{name}" if folder else name)
        if data is None:
            continue
        size += len(data)
        if size > _MOST_BYTES:
            break
        try:
            files.append((name, read(data, name)))
        except NotReadError:
            continue
    return tuple(files)


# That of the file that is looked at now.
_last: list[tuple[HclFile, Context, Folder]] = []


def folder_of(file: HclFile, context: Context) -> Folder:
    """Return the folder of a file; the rules that look at one file share it."""
    if not _last or _last[0][0] is not file or _last[0][1] is not context:
        _last[:] = [(file, context, Folder(file, context))]
    return _last[0][2]
