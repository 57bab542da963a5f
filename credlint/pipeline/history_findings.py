"""What blobs gave becomes findings: one for each secret and path, at the commit that brought it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

from credlint.model.finding import Finding, IgnoreDirective
from credlint.model.lean_dataclasses import dataclass, field, replace
from credlint.pipeline.blobs import BlobExaminer, Found, object_path
from credlint.pipeline.examine import Outcome
from credlint.pipeline.heritage import Inherited, Secret, moved, secret_of, secrets_of
from credlint.sources.git import Git
from credlint.sources.git_history import (
    CommitFacts,
    HistoryLog,
    Record,
    files_of_head,
    hexadecimal,
)

_ABBREVIATED = 7

_ByBlob = dict[bytes, dict[Secret, Finding]]


@dataclass
class _Story:
    """One secret at one path, as the log tells it from the newest commit to the oldest.

    Numbers are those of commits in the log. ``first`` and ``newest``: the blob that brought it,
    and the last one that holds it; ``name``: the path that it was examined under.
    """

    versions: set[bytes] = field(default_factory=set)
    came: Optional[int] = None
    first: Optional[bytes] = None
    newest: Optional[bytes] = None
    gone: Optional[int] = None
    name: str = ""


class _Known:
    """What is known of each blob. ``by_blob``: the first finding of each of its secrets."""

    def __init__(
        self, found: Sequence[Found], inheriting: Sequence[Inherited], examiner: BlobExaminer
    ) -> None:
        self._examiner = examiner
        self._outcomes = {blob: outcome for blob, outcome in found if outcome.findings}
        self._heirs = {heir.blob: heir for heir in inheriting}
        self.by_blob: _ByBlob = {
            blob: secrets_of(outcome.findings) for blob, outcome in self._outcomes.items()
        }
        for heir in inheriting:
            source = self._outcomes[heir.source].findings
            self.by_blob[heir.blob] = secrets_of(source[number] for number, _ in heir.findings)

    def exact(self, blob: bytes) -> Outcome:
        """Return what a blob gave, with the places and comments in that very one."""
        if blob not in self._outcomes:
            heir = self._heirs[blob]
            if heir.exact:
                source = self._outcomes[heir.source].findings
                at_lines = tuple(moved(source[number], line) for number, line in heir.findings)
                outcome = Outcome(at_lines, (), ())
            else:
                outcome = self._examiner.look_at(blob)
            self._outcomes[blob] = outcome
            self.by_blob[blob] = {**self.by_blob[blob], **secrets_of(outcome.findings)}
        return self._outcomes[blob]


def collate(
    found: Sequence[Found],
    inheriting: Sequence[Inherited],
    log: HistoryLog,
    git: Git,
    examiner: BlobExaminer,
) -> tuple[list[Finding], list[IgnoreDirective]]:
    """Return findings with their commits, and the directives that speak for them.

    ``inheriting``: blobs that hold findings of another one, on other lines. A commit brings a
    secret where none of its parents had it in that file. A comment that accepts it counts when
    the newest version that holds the secret has it.
    """
    known = _Known(found, inheriting, examiner)
    by_blob = known.by_blob
    if not by_blob:
        return [], []
    records = list(log.records(by_blob.keys()))
    holders: dict[Secret, set[bytes]] = {}
    for blob, secrets in by_blob.items():
        for secret in secrets:
            holders.setdefault(secret, set()).add(blob)
    _look_before(records, by_blob, holders, examiner)
    stories = _tell(records, by_blob, holders)
    head = files_of_head(git)
    numbers = {n for story in stories.values() for n in (story.came, story.gone) if n is not None}
    facts = log.facts(numbers)
    findings: list[Finding] = []
    kept: list[IgnoreDirective] = []
    for (secret, path), story in stories.items():
        if story.first is None or story.newest is None:
            continue
        story.name = examiner.name_of(story.first)
        directives = known.exact(story.newest).directives
        known.exact(story.first)
        finding, newest = by_blob[story.first][secret], by_blob[story.newest][secret]
        alive = {place for blob in holders[secret] for place in head.get(blob, ())}
        findings.append(_placed(finding, path, story, facts, alive))
        kept.extend(_moved(directives, newest, findings[-1]))
    named = {record.new for record in records}
    for blob in by_blob.keys() - named:
        directives = known.exact(blob).directives
        findings.extend(_nameless(finding, blob) for finding in by_blob[blob].values())
        kept.extend(replace(one, uri=object_path(blob)) for one in directives)
    return sorted(findings, key=_place_of), kept


def _place_of(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.location
    return place.uri, place.line or 0, place.column or 0, finding.code, place.commit or ""


def _moved(
    directives: Iterable[IgnoreDirective], newest: Finding, shown: Finding
) -> list[IgnoreDirective]:
    """Return the comments beside a finding, as if they stood where it is shown."""
    place = newest.location
    lines = range(place.line - 1, (place.end_line or place.line) + 1)
    by = shown.location.line - place.line
    return [
        replace(directive, uri=shown.location.uri, line=directive.line + by)
        for directive in directives
        if directive.line in lines and (directive.stands_alone or directive.line >= place.line)
    ]


def _look_before(
    records: Sequence[Record],
    by_blob: _ByBlob,
    holders: dict[Secret, set[bytes]],
    examiner: BlobExaminer,
) -> None:
    """For a range: note which secrets the versions before it held already."""
    looked: set[bytes] = set()
    for record in records:
        if record.new not in by_blob:
            continue
        for old in record.old:
            if old in looked or old in by_blob or examiner.was_examined(old):
                continue
            looked.add(old)
            for finding in examiner.look_at(old).findings:
                holders.get(secret_of(finding), set()).add(old)


def _tell(
    records: Sequence[Record],
    by_blob: _ByBlob,
    holders: dict[Secret, set[bytes]],
) -> dict[tuple[Secret, bytes], _Story]:
    stories: dict[tuple[Secret, bytes], _Story] = {}
    left = _left_files(records, by_blob)
    for record in records:
        new = by_blob.get(record.new, {}) if record.new is not None else {}
        for secret in new:
            story = stories.setdefault((secret, record.path), _Story())
            assert record.new is not None  # noqa: S101  it is a key of by_blob
            story.versions.add(record.new)
            if story.newest is None:
                story.newest = record.new
            moved = (record.commit, secret) in left and not record.old
            if not moved and holders[secret].isdisjoint(record.old):
                story.came, story.first = record.commit, record.new
        for old in record.old:
            for secret in by_blob.get(old, ()):
                if secret not in new:
                    story = stories.setdefault((secret, record.path), _Story())
                    if story.gone is None:
                        story.gone = record.commit
    return stories


def _left_files(records: Sequence[Record], by_blob: _ByBlob) -> set[tuple[int, Secret]]:
    """Return which commits delete a file with a secret: what they add elsewhere has moved."""
    return {
        (record.commit, secret)
        for record in records
        if record.new is None
        for old in record.old
        for secret in by_blob.get(old, ())
    }


def _placed(
    finding: Finding,
    path: bytes,
    story: _Story,
    facts: dict[int, CommitFacts],
    alive: set[bytes],
) -> Finding:
    """Return the finding at the commit that brought it; ``alive``: where HEAD has the secret."""
    assert story.came is not None  # noqa: S101  the caller looked
    came = facts[story.came]
    # What lies in an archive has a longer name than the file.
    old, uri = finding.location.uri, _text(path)
    if old.startswith(story.name):
        uri += old[len(story.name) :]
    properties = {
        **dict(finding.properties),
        "commit": came.commit,
        "author": came.author,
        "author-date": came.date,
        "in-head": "yes" if alive else "no",
        "versions": str(len(story.versions)),
    }
    told = f"Added {came.date[:10]} by {came.author}".rstrip()
    if path not in alive and story.gone is not None:
        gone = facts[story.gone]
        properties["removed-in"] = gone.commit
        told += f", removed in {gone.commit[:_ABBREVIATED]}"
    if path in alive:
        told += ", still in HEAD."
    elif alive:
        told += f" and still in HEAD, in {_text(min(alive))}."
    else:
        told += ", not in HEAD but in the history."
    place = replace(finding.location, uri=uri, commit=came.commit)
    related = tuple(
        replace(entry, uri=uri, commit=came.commit) if entry.uri == old else entry
        for entry in finding.related
    )
    return replace(
        finding,
        message=f"{finding.message} {told}",
        location=place,
        related=related,
        properties=tuple(sorted(properties.items())),
    )


def _nameless(finding: Finding, blob: bytes) -> Finding:
    name = hexadecimal(blob)
    told = f"It stands in object {name[:_ABBREVIATED]}, which no commit, tag or stash names."
    properties = {**dict(finding.properties), "in-head": "no", "object": name}
    return replace(
        finding,
        message=f"{finding.message} {told}",
        location=replace(finding.location, uri=object_path(blob)),
        properties=tuple(sorted(properties.items())),
    )


def _text(path: bytes) -> str:
    import os  # noqa: PLC0415

    return os.fsdecode(path).replace(os.sep, "/")
