"""Examines every blob of a repository once, and of a changed one only what the change adds.

A blob that a pack stores as a change of another one holds nothing new but what the change adds;
where no pattern finds anything in that and around it, and the other blob held nothing either, it
needs no look as a whole. What was found is looked for in all blobs that may still hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Callable, Optional, Union

from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.lean_tuples import NamedTuple
from credlint.model.text import to_utf8
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.examine import Outcome, examine
from credlint.pipeline.heritage import (
    Heritage,
    Inherited,
    Left,
    heritage_of,
    inherited,
    left_of,
)
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.secrets.engine import Engine
from credlint.secrets.inspection import judged_alike
from credlint.sources.errors import UNREADABLE
from credlint.sources.files import WHOLE_LIMIT, archive_form, is_binary, too_large
from credlint.sources.git import Git
from credlint.sources.git_delta import Regions, apply_delta, new_text, regions_between, target_size
from credlint.sources.git_history import LEFT_OUT, Introductions, hexadecimal
from credlint.sources.git_loose import loose_identifier, read_loose
from credlint.sources.git_objects import BlobReader, LongBlob
from credlint.sources.git_packs import Pack, PackError

# A list of changes of that length has mostly more steps than `apply_delta` goes.
_LONG_DELTA = 64 * 1024
_HEAD = 8192
# After so many blobs what was read of a pack is given back.
_LET_GO = 4096
# Of the header of a delta, which tells the sizes: two numbers of at most ten bytes.
_SIZES = 20

# A blob in a pack (numbers of pack and object), a loose one (its path), or one by its id.
Item = Union[tuple[int, int], str, bytes]


class Found(NamedTuple):
    """What one blob gave, by its binary id."""

    blob: bytes
    outcome: Outcome


class ChunkResult:
    """What a part of the blobs gave; ``seen``: the ids of all, one after the other.

    ``totals`` holds everything but findings. ``inherited``: blobs with findings of another one,
    if on other lines.
    """

    def __init__(self) -> None:
        self.totals = ScanResult()
        self.found: list[Found] = []
        self.inherited: list[Inherited] = []
        self.seen = b""


class _Held(NamedTuple):
    """A blob on the way: its content, what was found, the path it was examined under, if it was."""

    data: Optional[bytes]
    name: Optional[str] = None
    heritage: Optional[Heritage] = None


_LOST = _Held(None)


class BlobExaminer:
    """Examines items of one repository; one for each process.

    ``only_named``: blobs that no commit names are left out.
    """

    def __init__(
        self,
        request: ScanRequest,
        engine: Engine,
        code_rules: Optional[CodeRules],
        git: Git,
        packs: Sequence[Pack],
        introductions: Introductions,
        *,
        only_named: bool,
    ) -> None:
        self._request = request
        self._engine = engine
        self._code_rules = code_rules
        self._packs = packs
        self._blobs, self._paths = introductions
        self._only_named = only_named
        self._reader = BlobReader(git, WHOLE_LIMIT)
        self._result = ChunkResult()
        self._seen: list[bytes] = []
        self._last = _LOST
        self._since = 0

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
        self._since += len(self._seen)
        if self._since > _LET_GO:
            self._since = 0
            for pack in self._packs:
                pack.let_go()
        self._result.seen = b"".join(self._seen)
        return self._result

    def was_examined(self, blob: bytes) -> bool:
        """Tell whether a blob is among those that this run examines."""
        return self._is_wanted(blob)

    def look_at(self, blob: bytes) -> Outcome:
        """Examine one blob on its own; nothing when it cannot be read."""
        data = self._reader.read(hexadecimal(blob), "")
        nothing = Outcome((), (), ())
        if not isinstance(data, bytes) or is_binary(data):
            return nothing
        document = Document(self.name_of(blob), data)
        found = examine(document, self._engine, self._code_rules, only_beside_secrets=True)
        return found or nothing

    def close(self) -> None:
        """End the git process, if there is one."""
        self._reader.close()

    def _single(self, blob: bytes) -> None:
        self._seen.append(blob)
        data = self._read(blob)
        if data is not None:
            self._judge(blob, data)

    def _read(self, blob: bytes) -> Optional[bytes]:
        """Return a blob's content as git gives it; None, and told or examined, when it does not."""
        read = self._reader.read(hexadecimal(blob), self.name_of(blob))
        if isinstance(read, LongBlob):
            self._long(blob, read.size)
        elif isinstance(read, Skipped):
            if self._is_wanted(blob):
                self._result.totals.skipped.append(read)
        else:
            return read
        return None

    def _loose(self, path: str) -> None:
        blob = loose_identifier(path)
        try:
            size, data = read_loose(path, WHOLE_LIMIT)
        except PackError:
            self._seen.append(blob)
            self._damaged(blob)
            return
        if size < 0:
            return
        self._seen.append(blob)
        if data is not None:
            self._judge(blob, data)
        else:
            self._long(blob, size)

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
        stored = pack.sizes[number]
        try:
            if base is None:  # stored whole
                if stored > WHOLE_LIMIT:
                    self._long(blob, stored)
                    return _LOST
                data = pack.inflate(number)
            else:
                long = stored > _LONG_DELTA
                delta = pack.inflate_head(number, _SIZES) if long else pack.inflate(number)
                size = target_size(delta)
                if size > WHOLE_LIMIT:
                    self._long(blob, size)
                    return _LOST
                built = None
                if base.data is not None and not long:
                    built = apply_delta(base.data, delta)
                if built is not None:
                    data, regions = built
                else:
                    read = self._read(blob)
                    if read is None:
                        return _LOST
                    return self._judge_as_next(blob, read)
        except PackError:
            self._damaged(blob)
            return _LOST
        return self._judge(blob, data, base, regions)

    def _judge_as_next(self, blob: bytes, data: bytes) -> _Held:
        """Examine a blob with a long list of changes against the last one that had such a list.

        Versions of a file that grows at one end are often stored as changes of one that is far
        away, while from each to the next there are a few lines.
        """
        last = self._last
        regions = None if last.data is None else regions_between(last.data, data)
        self._last = self._judge(blob, data, last, regions)
        return self._last

    def _long(self, blob: bytes, size: int) -> None:
        """Examine a blob that is not for memory, as git gives it piece by piece."""
        if not self._is_wanted(blob):
            return
        if self._is_too_large(blob, size):
            return
        with self._reader.open(hexadecimal(blob)) as pipe:
            head = pipe.read(_HEAD)
            form = archive_form(head)
            if not form and is_binary(head):
                self._result.totals.binary += 1
                return
            first = BytesIO(head)
            self._apart(blob, lambda count: first.read(count) or pipe.read(count), form)

    def _is_too_large(self, blob: bytes, size: int) -> bool:
        limit = self._request.max_file_size
        if size > limit:
            self._result.totals.skipped.append(too_large(self.name_of(blob), size, limit))
        return size > limit

    def _apart(self, blob: bytes, read: Callable[[int], bytes], form: str) -> None:
        """Examine a long text or an archive."""
        from credlint.pipeline.apart import examine_apart  # noqa: PLC0415  rarely met

        document = Document(self.name_of(blob), b"")
        rule = self._code_rules
        part = examine_apart(document, read, form, self._request, self._engine, rule)
        outcome = Outcome(part.findings, part.directives, ())
        part.findings, part.directives = [], []
        self._result.totals.merge(part)
        if outcome.findings:
            self._result.found.append(Found(blob, outcome))

    def _damaged(self, blob: bytes) -> None:
        if self._is_wanted(blob):
            name = self.name_of(blob)
            reason = f"object {hexadecimal(blob)[:12]} is damaged"
            self._result.totals.skipped.append(Skipped(name, reason, UNREADABLE, "SRCROOT"))

    def _is_wanted(self, blob: bytes) -> bool:
        place = self._blobs.get(blob)
        return not self._only_named if place is None else place != LEFT_OUT

    def name_of(self, blob: bytes) -> str:
        """Return the path that a blob came with, or that of the object where no commit has it."""
        place = self._blobs.get(blob, LEFT_OUT)
        return self._paths[place] if place != LEFT_OUT else object_path(blob)

    def _judge(
        self,
        blob: bytes,
        data: bytes,
        base: Optional[_Held] = None,
        regions: Optional[Regions] = None,
    ) -> _Held:
        """Examine a blob. ``regions``: where it is new against ``base``."""
        place = self._blobs.get(blob)
        if (self._only_named if place is None else place == LEFT_OUT) or (
            len(data) > self._request.max_file_size and self._is_too_large(blob, len(data))
        ):
            return _Held(data)
        form = archive_form(data)
        if form:
            self._apart(blob, BytesIO(data).read, form)
            return _Held(data)
        totals = self._result.totals
        if is_binary(data):
            totals.binary += 1
            return _Held(data)
        totals.files += 1
        totals.bytes += len(data)
        name = object_path(blob) if place is None else self._paths[place]
        if (
            base is not None
            and base.name is not None
            and regions is not None
            and (base.name is name or judged_alike(base.name, name))
            and to_utf8(data) is data
        ):
            whole, left = self._look_at_new(name, data, regions, base)
            if not whole:
                if left is None:
                    return _Held(data, name)
                self._result.inherited.append(inherited(blob, left))
                return _Held(data, name, left.heritage)
        return _Held(data, name, self._examine(blob, Document(name, data)))

    def _look_at_new(
        self, name: str, data: bytes, regions: Regions, base: _Held
    ) -> tuple[bool, Optional[Left]]:
        """Look at what is new in a text; tell whether the whole is to be, and what is left of old.

        A line that held a secret before and is still there is not judged anew.
        """
        left = None
        if base.heritage is not None:
            left = left_of(base.heritage, data, regions) if base.name == name else None
            if left is None:
                return True, None
        new = new_text(data, regions)
        commented = False
        if new.text:
            known = left.spans if left is not None else ()
            try:
                part = self._engine.scan_part(name, data, new.text, new.place, known)
            except Exception:  # noqa: BLE001  the look at the whole tells of it
                return True, None
            if part is None or part.findings or part.skipped:
                return True, None
            commented = bool(part.directives)
        if left is None or not left.heritage.places:
            return False, None
        if commented:
            left = left._replace(heritage=left.heritage._replace(commented=True))
        return False, left

    def _examine(self, blob: bytes, document: Document) -> Optional[Heritage]:
        """Examine a text as a whole; return what it gave."""
        # Parsing takes a thousand times as long as all patterns: only where a key stands.
        outcome = examine(document, self._engine, self._code_rules, only_beside_secrets=True)
        if outcome is None:
            return None
        self._result.totals.skipped.extend(outcome.skipped)
        if not outcome.findings:
            return None
        self._result.found.append(Found(blob, outcome))
        commented = bool(outcome.directives)
        return heritage_of(blob, document.uri, outcome.findings, document.data, commented=commented)


def object_path(blob: bytes) -> str:
    """Return how a blob that no commit names is told: as the path of its object."""
    name = hexadecimal(blob)
    return f".git/objects/{name[:2]}/{name[2:]}"
