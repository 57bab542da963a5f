"""The environments of containers, from the state files of their engines.

Docker keeps one JSON file a container, containerd and podman the configuration of the OCI runtime.
A container that does not run is among them where its engine still knows it. Root only, as a rule.
Sources: moby daemon/container/container.go (config.v2.json), opencontainers/runtime-spec config.md
(process.env, annotations), containers/storage overlay-containers/containers.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Optional

from credlint.host.filesystem import FileSystem
from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.compose import compose_lines
from credlint.host.machine.texts import Lines, Texts
from credlint.host.scrub import shaped_spans
from credlint.model.lean_dataclasses import dataclass, field, replace

_DOCKER = "/var/lib/docker/containers"
_CONTAINERD = (
    "/run/containerd/io.containerd.runtime.v2.task",
    "/run/k3s/containerd/io.containerd.runtime.v2.task",
)
_PODMAN = "/var/lib/containers/storage/overlay-containers"
_SHORT = 12
_VARIABLE = re.compile(r"[^=\s]+\Z")
_CONTAINER_LIMIT = 2_000
_NAMES = ("nerdctl/name", "io.kubernetes.cri.container-name", "io.kubernetes.container.name")
_IMAGES = ("nerdctl/image-name", "io.kubernetes.cri.image-name", "io.container.manager.image")


@dataclass(frozen=True)
class RawContainer:
    """One container. ``short``: the first twelve digits of its id. ``running``: None if unsaid."""

    engine: str
    short: str
    name: str
    image: str
    path: str
    running: Optional[bool] = None
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    assignments: tuple[RawAssignment, ...] = ()


@dataclass(frozen=True)
class ContainersRead:
    """All containers that the engines' state files tell of."""

    containers: tuple[RawContainer, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def assignments(self) -> tuple[RawAssignment, ...]:
        """Return the lines of all of them."""
        return tuple(one for container in self.containers for one in container.assignments)


def read_containers(system: FileSystem) -> ContainersRead:
    """Read the state files of Docker, containerd and podman."""
    texts = Texts(system)
    found: list[RawContainer] = []
    for container in _all(texts):
        found.append(container)
        if len(found) >= _CONTAINER_LIMIT:
            texts.skip("containers", f"more than {_CONTAINER_LIMIT}: the rest is not looked at")
            break
    return ContainersRead(tuple(found), tuple(texts.skipped))


def _all(texts: Texts) -> Iterator[RawContainer]:
    for name in texts.names(_DOCKER):
        path = f"{_DOCKER}/{name}/config.v2.json"
        document = _load(texts, path)
        if document is not None:
            made = _docker(document, texts.read(path) or "", path, name)
            labels = _object(_object(document, "Config"), "Labels")
            files = compose_lines(texts, labels, made.environment, made.name)
            yield replace(made, assignments=(*files, *made.assignments))
    known = set(texts.names(_DOCKER))
    for folder in _CONTAINERD:
        for namespace in texts.names(folder):
            for name in texts.names(f"{folder}/{namespace}"):
                # Docker's own containers run under containerd, in the namespace moby.
                if name not in known:
                    yield from _runtime(
                        texts, f"{folder}/{namespace}/{name}/config.json", name, "containerd", {}
                    )
    names = _podman_names(texts)
    for name in texts.names(_PODMAN):
        path = f"{_PODMAN}/{name}/userdata/config.json"
        yield from _runtime(texts, path, name, "podman", names)


def _load(texts: Texts, path: str) -> Optional[dict[str, Any]]:
    text = texts.read(path)
    if text is None:
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        texts.skip(path, "is no JSON")
        return None
    if not isinstance(document, dict):
        texts.skip(path, "is no JSON object")
        return None
    return document


def _docker(document: dict[str, Any], text: str, path: str, identifier: str) -> RawContainer:
    config = _object(document, "Config")
    state = _object(document, "State")
    name = _text(document, "Name").lstrip("/") or identifier[:_SHORT]
    running = state.get("Running")
    return _container(
        "docker",
        identifier,
        name,
        _text(config, "Image"),
        path,
        running if isinstance(running, bool) else None,
        config.get("Env"),
        text,
    )


def _runtime(
    texts: Texts, path: str, identifier: str, engine: str, names: dict[str, tuple[str, str]]
) -> Iterator[RawContainer]:
    document = _load(texts, path)
    if document is None:
        return
    notes = _object(document, "annotations")
    name, image = names.get(identifier, ("", ""))
    name = name or next((_text(notes, key) for key in _NAMES if _text(notes, key)), "")
    image = image or next((_text(notes, key) for key in _IMAGES if _text(notes, key)), "")
    process = _object(document, "process")
    yield _container(
        engine,
        identifier,
        name or identifier[:_SHORT],
        image,
        path,
        True if engine == "containerd" else None,
        process.get("env"),
        texts.read(path) or "",
    )


def _podman_names(texts: Texts) -> dict[str, tuple[str, str]]:
    """Return name and image of each podman container, by its id."""
    text = texts.read(f"{_PODMAN}/containers.json")
    try:
        listed = json.loads(text) if text else []
    except (ValueError, RecursionError):
        texts.skip(f"{_PODMAN}/containers.json", "is no JSON")
        return {}
    found: dict[str, tuple[str, str]] = {}
    for entry in listed if isinstance(listed, list) else []:
        if not isinstance(entry, dict):
            continue
        names = entry.get("names")
        name = names[0] if isinstance(names, list) and names and isinstance(names[0], str) else ""
        image = ""
        with suppress(ValueError, RecursionError):
            image = _text(_as_object(json.loads(_text(entry, "metadata") or "{}")), "image-name")
        found[_text(entry, "id")] = (name, image)
    return found


def _container(
    engine: str,
    identifier: str,
    name: str,
    image: str,
    path: str,
    running: Optional[bool],
    variables: object,
    text: str,
) -> RawContainer:
    environment: dict[str, str] = {}
    assignments: list[RawAssignment] = []
    lines = Lines(text)
    if any(shaped_spans(name, identifier=True)):
        name = identifier[:_SHORT]  # a name is shown, and this one looks like a key
    position = 0
    for entry in variables if isinstance(variables, list) else []:
        if not isinstance(entry, str):
            continue
        variable, equals, value = entry.partition("=")
        if not equals or not _VARIABLE.match(variable):
            continue
        environment[variable] = value
        start, end = _find(text, entry, variable, position)
        position = max(position, end)
        line, column, last = lines.place(start, end)
        assignments.append(
            RawAssignment(
                kind="container",
                path=path,
                line=line,
                column=column,
                end_column=last,
                variable=variable,
                value=value,
                container=name,
            )
        )
    return RawContainer(
        engine,
        identifier[:_SHORT],
        name,
        image,
        path,
        running,
        environment,
        tuple(assignments),
    )


def _find(text: str, entry: str, variable: str, position: int) -> tuple[int, int]:
    """Return where the value of an entry stands in the JSON text, as near as it can be found."""
    for ascii_only in (True, False):
        written = json.dumps(entry, ensure_ascii=ascii_only)
        for escaped in (written, _go_escaped(written)):
            start = text.find(escaped, position)
            if start < 0:
                start = text.find(escaped)
            if start >= 0:
                begin = start + 1 + len(variable) + 1
                return begin, start + len(escaped) - 1
    start = text.find(f'"{variable}=', position)
    return (start + len(variable) + 2, start + len(variable) + 2) if start >= 0 else (0, 0)


def _go_escaped(written: str) -> str:
    """Return a JSON text as Go's encoder writes it, which spares HTML."""
    return written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _object(document: dict[str, Any], key: str) -> dict[str, Any]:
    return _as_object(document.get(key))


def _as_object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(document: dict[str, Any], key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""
