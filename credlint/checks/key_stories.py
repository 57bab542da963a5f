"""One key in several places is one story: told by equal fingerprints, never by the value. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.checks.provenance import assignment_place
from credlint.checks.situation import KEY_VARIABLES
from credlint.checks.subject_names import subject_name
from credlint.checks.subject_places import subject_place
from credlint.model.answer import KeyStory
from credlint.model.audit import HostAudit, Sighting, Subject
from credlint.model.captured import CapturedValue, KeyId
from credlint.model.host_file import HostFile
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.location import CREDLINTHOST, HOSTROOT, Location, host_path

_SETTINGS = {
    "aws_access_key_id": "its id",
    "aws_secret_access_key": "its secret",
}
_KEY_SHAPES = ("access-key-id", "secret-access-key")


@dataclass
class _Story:
    key_id: Optional[KeyId] = None
    label: str = "a secret access key whose id is not known"
    places: dict[tuple[str, int], Location] = field(default_factory=dict)
    pids: set[int] = field(default_factory=set)


class _Stories:
    """Collects places by fingerprint; an id and the secret beside it are one key."""

    def __init__(self) -> None:
        self._stories: dict[str, _Story] = {}
        self._partners: dict[str, str] = {}

    def pair(self, identifier: str, secret: str) -> None:
        """Say that two fingerprints belong to one key."""
        if identifier and secret and identifier != secret:
            self._partners.setdefault(secret, identifier)

    def add(self, value: CapturedValue, place: Location, pids: tuple[int, ...] = ()) -> None:
        """Add a place where a value stands."""
        self.add_fingerprint(value.fingerprint, value.key_id, place, pids)

    def add_fingerprint(
        self,
        fingerprint: str,
        key_id: Optional[KeyId],
        place: Location,
        pids: tuple[int, ...] = (),
    ) -> None:
        """Add a place by the fingerprint of what stands there."""
        if not fingerprint or (key_id is not None and key_id.example):
            return
        story = self._stories.setdefault(self._partners.get(fingerprint, fingerprint), _Story())
        story.key_id = story.key_id or key_id
        story.places.setdefault((place.uri, place.line), place)
        story.pids.update(pids)

    def told(self) -> Iterator[KeyStory]:
        """Yield the stories, those with most places first."""
        ordered = sorted(self._stories.values(), key=lambda one: -len(one.places) - len(one.pids))
        for story in ordered:
            label = story.key_id.display() if story.key_id else story.label
            account = story.key_id.account if story.key_id else None
            places = sorted(story.places.values(), key=lambda one: (one.base, one.uri, one.line))
            yield KeyStory(label, account, tuple(places), len(story.pids))


def key_stories(audit: HostAudit) -> tuple[KeyStory, ...]:
    """Return every key that was seen on the host, with all its places."""
    stories = _Stories()
    for subject in audit.subjects:
        _pair_environment(stories, subject)
        for file in subject.snapshot.files:
            for identifier, secret in _file_pairs(file):
                stories.pair(identifier.fingerprint, secret.fingerprint)
    _pair_sightings(stories, audit.sightings)
    for subject in audit.subjects:
        _add_environment(stories, subject)
        for file in subject.snapshot.files:
            _add_file(stories, subject, file)
    for one in audit.assignments:
        if one.value.shape in _KEY_SHAPES and one.literal:
            place = assignment_place(one, f"{one.variable} is set there.")
            stories.add(one.value, place)
    for sighting in audit.sightings:
        if sighting.what in _KEY_SHAPES:
            stories.add_fingerprint(
                sighting.fingerprint,
                sighting.key_id if sighting.what == "access-key-id" else None,
                _sighting_place(sighting),
            )
    return tuple(stories.told())


def _pair_environment(stories: _Stories, subject: Subject) -> None:
    identifier, secret = (subject.snapshot.variable(name) for name in KEY_VARIABLES[:2])
    if identifier and secret and identifier.shape == "access-key-id":
        stories.pair(identifier.fingerprint, secret.fingerprint)


def _pair_sightings(stories: _Stories, sightings: tuple[Sighting, ...]) -> None:
    """Pair secrets with ids: the sighting of a secret names the id that stands beside it."""
    ids = {
        (one.path, one.key_id.display()): one.fingerprint
        for one in sightings
        if one.what == "access-key-id" and one.key_id is not None
    }
    for one in sightings:
        if one.what == "secret-access-key" and one.key_id is not None:
            stories.pair(ids.get((one.path, one.key_id.display()), ""), one.fingerprint)


def _file_pairs(file: HostFile) -> Iterator[tuple[CapturedValue, CapturedValue]]:
    identifier: Optional[CapturedValue] = None
    for line in file.lines:
        name = (line.name or "").lower()
        if line.kind == "section":
            identifier = None
        elif name == "aws_access_key_id":
            identifier = line.value
        elif name == "aws_secret_access_key" and identifier and line.value:
            yield identifier, line.value


def _add_environment(stories: _Stories, subject: Subject) -> None:
    pids = tuple(one.pid for one in subject.processes)
    if not pids:
        return
    for name in KEY_VARIABLES[:2]:
        value = subject.snapshot.variable(name)
        if value and value.shape in _KEY_SHAPES:
            message = f"The environment of {subject_name(subject)}."
            stories.add(value, subject_place(subject, "", message=message), pids)


def _add_file(stories: _Stories, subject: Subject, file: HostFile) -> None:
    section = ""
    for line in file.lines:
        if line.kind == "section":
            section = line.name or ""
        name = (line.name or "").lower()
        if line.kind == "setting" and name in _SETTINGS and line.value:
            base, uri = host_path(file.path)
            told = f"{_SETTINGS[name].capitalize()}, in [{section}]."
            place = Location("file", uri, base, line.number, line.value_column, message=told)
            stories.add(line.value, subject_place(subject, location=place))


def _sighting_place(sighting: Sighting) -> Location:
    if sighting.path.startswith("process/"):
        pid = sighting.path.split("/")[1]
        told = f"The arguments of process {pid}."
        return Location("process", sighting.path, CREDLINTHOST, logical=sighting.path, message=told)
    told = f"{sighting.label} in a text of the kind {sighting.kind}."
    return Location(
        "file",
        sighting.path.lstrip("/"),
        HOSTROOT,
        sighting.line,
        sighting.column,
        sighting.line,
        sighting.end_column,
        message=told,
    )
