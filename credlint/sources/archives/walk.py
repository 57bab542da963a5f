"""Goes through an archive and the archives in it: every text, and all that was not examined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable, Optional, Union

from credlint.model.lean_tuples import NamedTuple
from credlint.sources.archives.budget import Budget
from credlint.sources.archives.compressed import FORMS, NoDecoderError, Unpacked, decoder_of
from credlint.sources.archives.members import Entry, Member, NoFile
from credlint.sources.archives.reader import Reader
from credlint.sources.archives.tar import read_tar
from credlint.sources.archives.zip import read_zip
from credlint.sources.files import archive_form, is_binary

_HEAD = 8192
_ENDINGS = (".gz", ".bz2", ".xz", ".zst")
_TAR_ENDINGS = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".tzst": ".tar"}
# Between the names of an archive and of what is in it.
INSIDE = "!"


class InnerText(NamedTuple):
    """A text: ``path`` within the outermost archive, archives on the way parted by ``INSIDE``."""

    path: str
    read: Callable[[int], bytes]


class InnerUnread(NamedTuple):
    """Something that was not examined; ``path`` empty for the archive itself.

    ``bound``: for it would have cost too much.
    """

    path: str
    reason: str
    bound: bool = False


class InnerCount(NamedTuple):
    """Something that is told by its number alone: ``kind`` is binary or link."""

    kind: str


Inner = Union[InnerText, InnerUnread, InnerCount]


def walk_archive(
    read: Callable[[int], bytes], form: str, name: str, budget: Budget
) -> Iterator[Inner]:
    """Yield what is in the archive of that form and name that ``read`` gives.

    A text is to be read before the next thing is asked for. Raises what ``read`` raises, and
    nothing else, whatever the bytes are.
    """

    def counted(size: int) -> bytes:
        data = b"" if budget.hit else read(size)
        budget.take(len(data))
        return data

    yield from _Walk(budget).contents(Reader(counted), form, "", name, 1)
    if budget.hit:
        yield InnerUnread("", budget.hit, bound=True)


class _Walk:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def contents(
        self, data: Reader, form: str, path: str, name: str, depth: int
    ) -> Iterator[Inner]:
        """Yield what a file holds; ``path`` and ``name``: where it is, what it is called."""
        budget = self._budget
        if not form:
            yield from self._file(data, path or name)
            return
        if depth > budget.bounds.depth:
            reason = f"nested deeper than {budget.bounds.depth} archives, not read"
            yield InnerUnread(path, reason, bound=True)
            return
        if form in FORMS:
            try:
                unpacked = Unpacked(data, decoder_of(form), budget)
            except NoDecoderError as error:
                yield InnerUnread(path, str(error))
                return
            inner_name = _without_ending(name)
            inner_form = archive_form(unpacked.peek(_HEAD))
            # A compressed archive is one thing for people; a compressed text is a file in a file.
            inner_path = path if inner_form else _joined(path, inner_name)
            yield from self.contents(unpacked, inner_form, inner_path, inner_name, depth + 1)
            if unpacked.fault and not budget.hit:
                yield InnerUnread(path, f"{unpacked.fault}; the rest was not examined")
            return
        entries = self._entries(data, form)
        if entries is None:
            yield InnerUnread(path, f"not read: no reader for {form}")
            return
        for entry in entries:
            budget.enter()
            if budget.hit:
                return
            yield from self._entry(entry, path, depth)

    def _entries(self, data: Reader, form: str) -> Optional[Iterator[Entry]]:
        if form == "tar":
            return read_tar(data)
        return read_zip(data, self._budget) if form == "zip" else None

    def _entry(self, entry: Entry, path: str, depth: int) -> Iterator[Inner]:
        if isinstance(entry, NoFile):
            yield InnerCount("link")
        elif isinstance(entry, Member):
            inner, data = _joined(path, entry.name), entry.data
            form = archive_form(data.peek(_HEAD))
            yield from self.contents(data, form, inner, entry.name, depth + 1 if form else depth)
            if data.fault and not self._budget.hit:
                yield InnerUnread(inner, f"{data.fault}; the rest was not examined")
        else:
            yield InnerUnread(
                path if entry.name is None else _joined(path, entry.name), entry.reason
            )

    def _file(self, data: Reader, path: str) -> Iterator[Inner]:
        if is_binary(data.peek(_HEAD)):
            yield InnerCount("binary")
        else:
            yield InnerText(path, data.read)


def _joined(path: str, name: str) -> str:
    return f"{path}{INSIDE}{name}" if path else name


def _without_ending(name: str) -> str:
    name = name.rpartition("/")[2]
    for ending, other in _TAR_ENDINGS.items():
        if name.lower().endswith(ending):
            return name[: -len(ending)] + other
    return name.rpartition(".")[0] if name.lower().endswith(_ENDINGS) else name
