"""The texts of a host for a search that this room knows nothing of: which, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Callable, Optional

from credlint.host.captured import Capturer
from credlint.host.filesystem import FileSystem
from credlint.host.machine.documents import Arguments, TextReader
from credlint.host.machine.text_files import TextFile, list_files
from credlint.model.audit import HostFileFact, Sighting
from credlint.model.host_text import HostText
from credlint.model.lean_dataclasses import dataclass

# Gets the texts and the keyed digest of this audit; gives sightings and (place, reason) of what
# was not looked at.
Search = Callable[
    [Iterable[HostText], Callable[[str], str]],
    "tuple[Sequence[Sighting], Sequence[tuple[str, str]]]",
]


@dataclass(frozen=True)
class Searched:
    """What lies around on a host; ``files``: those that hold something. ``texts``: how many."""

    sightings: tuple[Sighting, ...] = ()
    files: tuple[HostFileFact, ...] = ()
    texts: int = 0
    skipped: tuple[tuple[str, str], ...] = ()


def search_texts(
    system: FileSystem,
    homes: Sequence[tuple[str, str]],
    processes: Iterable[Arguments],
    key: bytes,
    search: Search,
    name_of: Callable[[int], Optional[str]] = str,
    more: Iterable[TextFile] = (),
) -> Searched:
    """Search the files that the table names, ``more`` of them, and the words of processes.

    ``homes``: (user, home directory). ``key``: of the whole audit, so that a key that is seen here
    and by a subject is known to be one.
    """
    reader = TextReader(system, name_of)

    def texts() -> Iterator[HostText]:
        yield from reader.read(chain(list_files(system, homes, reader.tell), more))
        yield from reader.read_arguments(processes)

    sightings, skipped = search(texts(), Capturer(key).fingerprint)
    return Searched(
        sightings=tuple(sightings),
        files=reader.facts(one.path for one in sightings),
        texts=reader.read_count,
        skipped=(*reader.skipped, *skipped),
    )
