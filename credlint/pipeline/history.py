"""One scan of a repository's history: every blob once, then the commits of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, Optional

from credlint.model.finding import Skipped
from credlint.pipeline.blobs import BlobExaminer, Found, Item
from credlint.pipeline.code_rules import CodeRules
from credlint.pipeline.heritage import Inherited
from credlint.pipeline.history_findings import collate
from credlint.pipeline.request import ScanRequest, ScanResult
from credlint.pipeline.workers import map_chunks, worker_count
from credlint.secrets.engine import Engine
from credlint.secrets.readiness import steps
from credlint.sources.errors import UNREADABLE
from credlint.sources.git import Git, is_below
from credlint.sources.git_history import (
    LEFT_OUT,
    HistoryLog,
    Introductions,
    boundary_commits,
)
from credlint.sources.git_loose import list_loose
from credlint.sources.git_packs import Pack, PackError, list_packs
from credlint.sources.git_repository import Repository, find_repository
from credlint.sources.tree import compile_excludes, is_excluded

# So many blobs of a range are asked for one by one; above, the packs are walked as a whole.
_FEW = 2000
# More of one kind are told as a number.
_TOLD_ONE_BY_ONE = 20
_CHUNK = 8


class HistoryScan:
    """A scan in two steps, so that git lists the commits while the engine is made."""

    def __init__(self, request: ScanRequest) -> None:
        self._request = request
        self._git = Git(request.root, request.environment)
        self._repository = find_repository(self._git)
        self._log = HistoryLog(self._git, request.revision)

    def close(self) -> None:
        """End git and give its list back."""
        self._log.close()

    def run(self, engine: Engine, code_rules: Optional[CodeRules]) -> ScanResult:
        """Examine and collate; raises SourceError, WorkerError."""
        request, repository = self._request, self._repository
        result = ScanResult()
        packs = self._packs(result)
        introductions = self._log.introductions(self._keeps(), steps(engine.patterns))
        items = self._items(introductions, packs)
        examiner = BlobExaminer(
            request,
            engine,
            code_rules,
            self._git,
            packs,
            introductions,
            only_named=bool(request.revision or request.paths),
        )
        try:
            found, inherited = self._examine(examiner, items, introductions, result)
            result.ignored = sum(1 for place in introductions.blobs.values() if place == LEFT_OUT)
            findings, directives = collate(found, inherited, self._log, self._git, examiner)
        finally:
            examiner.close()
        result.findings, result.directives = findings, directives
        result.nothing_differs = bool(request.revision) and not introductions.blobs
        self._tell_limits(result, repository)
        return result

    def _keeps(self) -> Callable[[str], bool]:
        request = self._request
        excluded = compile_excludes(request.exclude, request.root, request.exclude_base)
        wanted = self._git.from_top(request.paths) if request.paths else None

        def keeps(path: str) -> bool:
            if wanted is not None and not is_below(path, wanted):
                return False
            return not is_excluded(path, excluded)

        return keeps

    def _packs(self, result: ScanResult) -> list[Pack]:
        packs = []
        for folder in self._repository.objects:
            for path in list_packs(folder):
                try:
                    pack = Pack(path, self._repository.digits)
                except PackError as error:
                    reason = f"{error}; git was asked for its objects one by one"
                    result.skipped.append(Skipped("history", reason, UNREADABLE))
                    continue
                if pack.orphans:
                    reason = f"a pack holds {pack.orphans:,} objects without what they build on"
                    result.skipped.append(Skipped("history", reason, UNREADABLE))
                packs.append(pack)
        return packs

    def _items(self, introductions: Introductions, packs: Sequence[Pack]) -> list[Item]:
        wanted = [blob for blob, place in introductions.blobs.items() if place != LEFT_OUT]
        if self._request.revision and len(wanted) <= _FEW and not self._repository.foreign:
            return list(wanted)
        items: list[Item] = []
        for number, pack in enumerate(packs):
            # The large families first, so that no worker is left alone with one at the end.
            roots = sorted(pack.roots, key=pack.weights.__getitem__, reverse=True)
            items.extend((number, root) for root in roots)
        for folder in self._repository.objects:
            items.extend(list_loose(folder, self._repository.digits))
        return items

    def _examine(
        self,
        examiner: BlobExaminer,
        items: list[Item],
        introductions: Introductions,
        result: ScanResult,
    ) -> tuple[list[Found], list[Inherited]]:
        found: list[Found] = []
        inherited: list[Inherited] = []
        seen: set[bytes] = set()
        width = self._repository.digits // 2
        count = worker_count(self._request.jobs, len(items))
        for chunk in map_chunks(examiner.work, items, count, _CHUNK):
            seen.update(chunk.seen[at : at + width] for at in range(0, len(chunk.seen), width))
            result.merge(chunk.totals)
            found.extend(chunk.found)
            inherited.extend(chunk.inherited)
        rest: list[Item] = [
            blob
            for blob, place in introductions.blobs.items()
            if place != LEFT_OUT and blob not in seen
        ]
        if not rest:
            return found, inherited
        if self._repository.foreign:
            reason = f"the contents of {len(rest):,} files are not in the repository's own folders"
            result.skipped.append(Skipped("history", reason, UNREADABLE))
            return found, inherited
        # Whatever our own reader does not know of, git may: it says of each whether it is here.
        chunk = examiner.work(rest)
        told = chunk.totals.skipped
        if len(told) > _TOLD_ONE_BY_ONE:
            reason = (
                f"the contents of {len(told):,} files are not here (a partial clone, or "
                "missing objects); nothing is fetched"
            )
            chunk.totals.skipped = [Skipped("history", reason, UNREADABLE)]
        result.merge(chunk.totals)
        found.extend(chunk.found)
        return found, inherited

    def _tell_limits(self, result: ScanResult, repository: Repository) -> None:
        if self._log.fault:
            reason = f"{self._log.fault}; commits and paths of what was found may be missing"
            result.skipped.append(Skipped("history", reason, UNREADABLE))
        if repository.shallow:
            number = boundary_commits(repository.git_folder)
            reason = f"a shallow clone: what is older than {number:,} of its commits is not here"
            result.skipped.append(Skipped("history", reason, UNREADABLE))
        if repository.foreign:
            reason = (
                f"{len(repository.foreign):,} folders of objects outside of the repository, which "
                "its alternates file names, were not read; name them in "
                "GIT_ALTERNATE_OBJECT_DIRECTORIES to have them read"
            )
            result.skipped.append(Skipped("history", reason, UNREADABLE))
        result.commits = len(self._log.commits)
