"""Examines every blob of a repository once, and of a changed one only what the change adds.

A blob that a pack stores as a change of another one holds nothing new but what the change adds;
where no pattern finds anything in that and around it, and the other blob held nothing either, it
needs no look as a whole. What was found is looked for in all blobs that may still hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Finding, Skipped
from credlint.model.rule import Rule
from credlint.pipeline.examine import Outcome, examine
from credlint.secrets.engine import Engine
from credlint.secrets.text import to_utf8
from credlint.sources.errors import UNREADABLE
from credlint.sources.files import is_binary, too_large
from credlint.sources.git import Git
from credlint.sources.git_delta import Regions, apply_delta, new_text, target_size
from credlint.sources.git_history import LEFT_OUT, Introductions, hexadecimal
from credlint.sources.git_loose import loose_identifier, read_loose
from credlint.sources.git_objects import BlobReader
from credlint.sources.git_packs import Pack, PackError

# A longer list of changes is faster applied by git than by Python.
_LONG_DELTA = 16 * 1024
# The largest object that is put together here, though it may be too large to be examined.
_MOST_MEMORY = 64 * 1024 * 1024
# Of the header of a delta, which tells the sizes: two numbers of at most ten bytes.
_SIZES = 20

# A blob in a pack (numbers of pack and object), a loose one (its path), or one by its id.
Item = Union[tuple[int, int], str, bytes]


class Found(NamedTuple):
    """What one blob gave, by its binary id."""

    blob: bytes
    outcome: Outcome


class ChunkResult:
    """What a part of the blobs gave; ``seen``: the ids of all, one after the other."""

    def __init__(self) -> None:
        self.files = self.bytes = self.binary = 0
        self.found: list[Found] = []
        self.skipped: list[Skipped] = []
        self.seen = b""


class _Held(NamedTuple):
    """A blob on the way: its content, and whether it was examined, and found to hold something."""

    data: Optional[bytes]
    covered: bool = False
    interesting: bool = False


_LOST = _Held(None)


class BlobExaminer:
    """Examines items of one repository; one for each process.

    ``only_named``: blobs that no commit names are left out.
    """

    def __init__(
        self,
        engine: Engine,
        code_rule: Optional[Rule],
        git: Git,
        packs: Sequence[Pack],
        introductions: Introductions,
        limit: int,
        *,
        only_named: bool,
    ) -> None:
        self._engine = engine
        self._code_rule = code_rule
        self._packs = packs
        self._blobs, self._paths = introductions
        self._limit = limit
        self._only_named = only_named
        self._reader = BlobReader(git, max(limit, _MOST_MEMORY))
        self._result = ChunkResult()
        self._seen: list[bytes] = []

    def work(self, items: Sequence[Item]) -> ChunkResult:
        """Examine some items."""
        self._result = ChunkResult()
        self._seen = []
        for item in items:
            if isinstance(item, tuple):
                self._walk(self._packs[item[0]], item[1])
            elif isinstance(item, str):
                self._loose(item)
            else:
                self._single(item)
        self._result.seen = b"".join(self._seen)
        return self._result

    def was_examined(self, blob: bytes) -> bool:
        """Tell whether a blob is among those that this run examines."""
        return self._is_wanted(blob)

    def look_at(self, blob: bytes) -> Sequence[Finding]:
        """Return what a blob holds that is not among them; nothing when it cannot be read."""
        data = self._reader.read(hexadecimal(blob), "")
        if isinstance(data, Skipped) or len(data) > self._limit or is_binary(data):
            return ()
        document = Document(self.name_of(blob), data)
        outcome = examine(document, self._engine, self._code_rule)
        return () if outcome is None else outcome.findings

    def close(self) -> None:
        """End the git process, if there is one."""
        self._reader.close()

    def _single(self, blob: bytes) -> None:
        self._seen.append(blob)
        data = self._reader.read(hexadecimal(blob), self.name_of(blob))
        if isinstance(data, Skipped):
            self._result.skipped.append(data)
        else:
            self._judge(blob, data)

    def _loose(self, path: str) -> None:
        blob = loose_identifier(path)
        try:
            size, data = read_loose(path, self._limit)
        except PackError:
            self._seen.append(blob)
            self._damaged(blob)
            return
        if size < 0:
            return
        self._seen.append(blob)
        if data is not None:
            self._judge(blob, data)
        elif self._is_wanted(blob):
            self._result.skipped.append(too_large(self.name_of(blob), size, self._limit))

    def _walk(self, pack: Pack, root: int) -> None:
        """Examine a blob and all that are stored as changes of it, the small families first.

        So at most as many contents are held as the logarithm of the family's size.
        """
        stack: list[tuple[int, Optional[_Held]]] = [(root, None)]
        while stack:
            number, base = stack.pop()
            held = self._visit(pack, number, base)
            children = pack.children(number)
            if not children:
                continue
            if len(children) > 1:
                ordered = sorted(children, key=pack.weights.__getitem__, reverse=True)
                stack.extend((child, held) for child in ordered)
            else:
                stack.append((children[0], held))

    def _visit(self, pack: Pack, number: int, base: Optional[_Held]) -> _Held:
        blob = pack.identifier(number)
        self._seen.append(blob)
        regions: Optional[Regions] = None
        stored = pack.stored(number)
        try:
            if base is None:  # stored whole
                if stored.size > self._limit and self._give_up(blob, stored.size):
                    return _LOST
                data = pack.inflate(stored)
            else:
                long = stored.size > _LONG_DELTA
                delta = pack.inflate_head(stored, _SIZES) if long else pack.inflate(stored)
                size = target_size(delta)
                if size > self._limit and self._give_up(blob, size):
                    return _LOST
                if base.data is None or long:
                    read = self._reader.read(hexadecimal(blob), self.name_of(blob))
                    if isinstance(read, Skipped):
                        self._result.skipped.append(read)
                        return _LOST
                    data = read
                else:
                    data, regions = apply_delta(base.data, delta)
        except PackError:
            self._damaged(blob)
            return _LOST
        if len(data) > self._limit:
            return _Held(data)
        if base is None or not base.covered or base.interesting:
            covered, interesting = self._judge(blob, data)
        else:
            covered, interesting = self._judge(blob, data, regions)
        return _Held(data, covered, interesting)

    def _give_up(self, blob: bytes, size: int) -> bool:
        """Tell of a blob that is too large; whether it is too large even to build others on."""
        if self._is_wanted(blob):
            self._result.skipped.append(too_large(self.name_of(blob), size, self._limit))
        return size > _MOST_MEMORY

    def _damaged(self, blob: bytes) -> None:
        if self._is_wanted(blob):
            name = self.name_of(blob)
            reason = f"object {hexadecimal(blob)[:12]} is damaged"
            self._result.skipped.append(Skipped(name, reason, UNREADABLE, "SRCROOT"))

    def _is_wanted(self, blob: bytes) -> bool:
        place = self._blobs.get(blob)
        return not self._only_named if place is None else place != LEFT_OUT

    def name_of(self, blob: bytes) -> str:
        """Return the path that a blob came with, or that of the object where no commit has it."""
        place = self._blobs.get(blob, LEFT_OUT)
        return self._paths[place] if place != LEFT_OUT else object_path(blob)

    def _judge(
        self, blob: bytes, data: bytes, regions: Optional[Regions] = None
    ) -> tuple[bool, bool]:
        """Examine a blob; return whether that was done, and whether it gave anything."""
        if not self._is_wanted(blob):
            return False, False
        if is_binary(data):
            self._result.binary += 1
            return False, False
        self._result.files += 1
        self._result.bytes += len(data)
        if regions is not None and to_utf8(data) is data:
            text = new_text(data, regions)
            if not text or not self._engine.may_hold(text):
                return True, False
        document = Document(self.name_of(blob), data)
        outcome = examine(document, self._engine, None)
        if outcome is not None and outcome.findings and self._code_rule is not None:
            # Parsing takes a thousand times as long as all patterns: only where a key stands.
            outcome = examine(document, self._engine, self._code_rule)
        if outcome is None:
            return True, False
        self._result.found.append(Found(blob, outcome))
        return True, bool(outcome.findings)


def object_path(blob: bytes) -> str:
    """Return how a blob that no commit names is told: as the path of its object."""
    name = hexadecimal(blob)
    return f".git/objects/{name[:2]}/{name[2:]}"
