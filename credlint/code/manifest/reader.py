"""Reads a manifest by its name: which package managers call their files what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable

from credlint.code.manifest import lines, trees
from credlint.code.manifest.dependency import Dependency, Manifest

_Read = Callable[[bytes], Iterator[Dependency]]
_BY_NAME: dict[str, _Read] = {
    "package.json": trees.of_package_json,
    "package-lock.json": trees.of_package_lock,
    "npm-shrinkwrap.json": trees.of_package_lock,
    "composer.json": trees.of_composer,
    "pom.xml": trees.of_pom,
    "packages.config": trees.of_project,
    "directory.packages.props": trees.of_project,
    "yarn.lock": lines.of_yarn_lock,
    "pnpm-lock.yaml": lines.of_pnpm_lock,
    "go.mod": lines.of_go_mod,
    "build.gradle": lines.of_gradle,
    "build.gradle.kts": lines.of_gradle,
    "libs.versions.toml": lines.of_gradle,
    "build.sbt": lines.of_gradle,
    "pyproject.toml": lines.of_pyproject,
    "pipfile": lines.of_pyproject,
    "gemfile": lines.of_gemfile,
    "gemfile.lock": lines.of_gemfile_lock,
}
_PROJECTS = (".csproj", ".fsproj", ".vbproj")


def read(text: bytes, uri: str) -> Manifest:
    """Return the dependencies; raises NotReadError for what is not what its name says."""
    name = uri.rpartition("/")[2].lower()
    found = _BY_NAME.get(name)
    if found is None:
        found = trees.of_project if name.endswith(_PROJECTS) else lines.of_requirements
    dependencies = found(text)
    if found is lines.of_requirements and any(word in uri.lower() for word in ("dev", "test")):
        dependencies = (each._replace(scope="development") for each in dependencies)
    return Manifest(text, tuple(dependencies))
