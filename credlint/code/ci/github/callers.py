"""The workflows of a repository that call one of its reusable workflows."""

from __future__ import annotations

from credlint.code.ci.github.permissions import Grant, grant_of
from credlint.code.ci.github.workflow import Job, Workflow, read_workflow
from credlint.code.ci.written import roots_of
from credlint.code.sighting import Surroundings
from credlint.model.lean_tuples import NamedTuple

_MOST_FILES = 200
_DEEPEST = 4  # callers of callers
_MARK = b"\xef\xbb\xbf"


class Caller(NamedTuple):
    """A job that calls. ``data``: the bytes of its file; ``shift``: of its text within them."""

    uri: str
    data: bytes
    shift: int
    workflow: Workflow
    job: Job
    grant: Grant

    @property
    def text(self) -> bytes:
        """Return what offsets count in."""
        return self.data[self.shift :]

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.uri.rpartition("/")[2]


def callers_without_token(uri: str, around: Surroundings) -> tuple[Caller, ...]:
    """Return the jobs that call a workflow, or call who calls it, and grant no ``id-token``."""
    found: list[Caller] = []
    folder, _, name = uri.rpartition("/")
    others = _others(folder, name, around)
    pending = [(name, 0)]
    seen = {name}
    while pending:
        called, depth = pending.pop()
        for caller in others:
            if not _calls(caller.job, called):
                continue
            if caller.grant.value == "none":
                found.append(caller)
            elif caller.grant.value == "caller" and caller.name not in seen and depth < _DEEPEST:
                seen.add(caller.name)
                pending.append((caller.name, depth + 1))
    return tuple(found)


def _calls(job: Job, name: str) -> bool:
    return job.calls.strip() == f"./.github/workflows/{name}"


def _others(folder: str, name: str, around: Surroundings) -> list[Caller]:
    """Return the jobs of the other workflows of the folder that call one of it."""
    found: list[Caller] = []
    files = sorted(each for each in around.names(folder) if each.endswith((".yml", ".yaml")))
    for file in files[:_MOST_FILES]:
        uri = f"{folder}/{file}" if folder else file
        data = around.read(uri) if file != name else None
        if not data or b"./.github/workflows/" not in data:
            continue
        shift = len(_MARK) if data.startswith(_MARK) else 0
        for root in roots_of(data, uri):
            workflow = read_workflow(root)
            if workflow is None:
                continue
            found.extend(
                Caller(uri, data, shift, workflow, job, grant_of(workflow, job))
                for job in workflow.jobs
                if job.calls
            )
    return found
