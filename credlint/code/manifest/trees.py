"""Manifests in JSON and XML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.manifest.dependency import DEVELOPMENT, DIRECT, TRANSITIVE, Dependency
from credlint.code.marked.json_reader import read as read_json
from credlint.code.marked.nodes import Node, at, entries_of, text_at
from credlint.code.markup import Element, iter_elements

_SECTIONS = {
    "dependencies": DIRECT,
    "optionalDependencies": DIRECT,
    "peerDependencies": DIRECT,
    "devDependencies": DEVELOPMENT,
    "require": DIRECT,
    "require-dev": DEVELOPMENT,
}
_VERSIONS = ("include", "update", "id")  # names of attributes that name a package, in small


def of_package_json(text: bytes) -> Iterator[Dependency]:
    """Yield what ``package.json`` asks for (npm 11, "package.json")."""
    for root in read_json(text, "").roots:
        yield from _sections(root, "npm")


def of_composer(text: bytes) -> Iterator[Dependency]:
    """Yield what ``composer.json`` asks for."""
    for root in read_json(text, "").roots:
        yield from _sections(root, "packagist")


def _sections(root: Node, registry: str) -> Iterator[Dependency]:
    for section, scope in _SECTIONS.items():
        for entry in entries_of(at(root, section)):
            version = text_at(entry.value)
            if entry.key.value and version is not None:
                key = entry.key
                yield Dependency(registry, entry.key.value, version, scope, key.start, key.end)


def of_package_lock(text: bytes) -> Iterator[Dependency]:
    """Yield what others ask for: what the project itself does stands in ``package.json``.

    Lock files of version 2 and 3 have ``packages`` by folder, those of version 1 nested
    ``dependencies``.
    """
    for root in read_json(text, "").roots:
        direct = {dependency.name for dependency in _sections(_own(root), "npm")}
        packages = at(root, "packages")
        by_name = packages is None
        for entry in entries_of(at(root, "dependencies") if by_name else packages):
            name = (entry.key.value or "").rpartition("node_modules/")[2]
            version = text_at(entry.value, "version")
            if version is None or name in direct or not name:
                continue
            is_dev = text_at(entry.value, "dev") == "true"
            scope = DEVELOPMENT if is_dev else TRANSITIVE
            yield Dependency("npm", name, version, scope, entry.key.start, entry.key.end)


def _own(root: Node) -> Node:
    return at(root, "packages", "") or root


def of_pom(text: bytes) -> Iterator[Dependency]:
    """Yield the dependencies of ``pom.xml``, managed ones and imported lists as well."""
    parts: dict[int, dict[str, Element]] = {}
    for element in iter_elements(text):
        inner = element.path[-1]
        if element.path[-2:-1] == ("dependency",):
            parts.setdefault(element.parent, {})[inner] = element
        elif inner == "dependency":
            found = parts.pop(element.number, {})
            group, artifact = found.get("groupId"), found.get("artifactId")
            if group is None or artifact is None:
                continue
            scope = DEVELOPMENT if _text(found.get("scope")) == "test" else DIRECT
            name = f"{group.text}:{artifact.text}"
            version = _text(found.get("version"))
            yield Dependency("maven", name, version, scope, artifact.start, artifact.end)


def _text(element: Optional[Element]) -> str:
    return element.text if element is not None else ""


def of_project(text: bytes) -> Iterator[Dependency]:
    """Yield the packages of a project for .NET: PackageReference, PackageVersion, package."""
    inner: dict[int, str] = {}
    for element in iter_elements(text):
        name = element.path[-1].lower()
        if name == "version":
            inner[element.parent] = element.text
        if name not in ("packagereference", "packageversion", "package"):
            continue
        given = {key.lower(): value for key, value in element.attributes.items()}
        package = next((given[key] for key in _VERSIONS if key in given), "")
        version = given.get("version") or inner.get(element.number, "")
        place = text.rfind(package.encode(), 0, element.end) if package else -1
        if place >= 0:
            end = place + len(package.encode())
            yield Dependency("nuget", package, version, DIRECT, place, end)
