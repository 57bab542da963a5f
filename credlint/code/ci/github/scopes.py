"""Where a workflow keeps AWS keys: in ``env`` of three levels, and in inputs of actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.ci.github.workflow import Job, Step, Workflow
from credlint.code.ci.written import is_expression, secrets_of, written
from credlint.code.credential_names import KEY_ID, SECRET_KEY, TOKEN, kind_of_spelling
from credlint.code.issued_keys import is_issued
from credlint.code.marked.nodes import Entry, Mapping, at, entries_of
from credlint.code.other_stores import is_other_owner
from credlint.model.lean_tuples import NamedTuple


class Keys(NamedTuple):
    """The entries of one mapping that are AWS keys, by their standard names."""

    entries: dict[str, Entry]

    def text(self, name: str) -> str:
        """Return what is written there."""
        entry = self.entries.get(name)
        return written(entry.value).strip() if entry is not None else ""

    def is_stored(self, name: str) -> bool:
        """Tell whether the value is a secret of the repository, organisation or environment."""
        return bool(secrets_of(self.text(name)))

    def is_literal(self, name: str) -> bool:
        """Tell whether the value is spelled out and has the form that AWS issues."""
        text = self.text(name)
        return bool(text) and not is_expression(text) and is_issued(name, text)

    def is_id_alone(self) -> bool:
        """Tell whether only the id is known to be a key of AWS: the secret is elsewhere."""
        return self.is_literal(KEY_ID) and not (
            self.is_literal(SECRET_KEY) or self.is_stored(SECRET_KEY)
        )

    def is_kept(self) -> bool:
        """Tell whether they are long-term keys of AWS: spelled out, or stored as secrets."""
        if self.is_literal(SECRET_KEY) or self.is_literal(KEY_ID):
            return True
        if not self.is_stored(SECRET_KEY):
            return False
        names = secrets_of(self.text(KEY_ID)) + secrets_of(self.text(SECRET_KEY))
        return not any(is_other_owner(name) for name in names)

    def is_temporary(self) -> bool:
        """Tell whether a session token stands with them."""
        return bool(self.text(TOKEN))

    def first(self) -> Entry:
        """Return the one that stands first."""
        return min(self.entries.values(), key=lambda entry: entry.key.start)


def keys_of(mapping: Optional[Mapping]) -> Keys:
    """Return the keys that a mapping gives a name to."""
    found: dict[str, Entry] = {}
    for entry in entries_of(mapping):
        name = kind_of_spelling(entry.key.value or "")
        if name:
            found[name] = entry
    return Keys(found)


class Scope(NamedTuple):
    """An ``env`` with keys. ``level``: workflow, job, container or step."""

    keys: Keys
    level: str
    mapping: Mapping
    owner: Mapping
    job: Optional[Job] = None
    step: Optional[Step] = None


def scopes_of(workflow: Workflow) -> Iterator[Scope]:
    """Yield every ``env`` that holds AWS keys."""
    yield from _scope(workflow.env, "workflow", workflow.node)
    for job in workflow.jobs:
        yield from _scope(job.env, "job", job.node, job)
        container = at(job.node, "container")
        if isinstance(container, Mapping):
            inner = container.get("env")
            if isinstance(inner, Mapping):
                yield from _scope(inner, "container", container, job)
        for step in job.steps:
            yield from _scope(step.env, "step", step.node, job, step)


def _scope(
    mapping: Optional[Mapping],
    level: str,
    owner: Mapping,
    job: Optional[Job] = None,
    step: Optional[Step] = None,
) -> Iterator[Scope]:
    keys = keys_of(mapping)
    if mapping is not None and keys.entries:
        yield Scope(keys, level, mapping, owner, job, step)
