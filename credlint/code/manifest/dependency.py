"""What a manifest says of one package."""

from __future__ import annotations

from collections.abc import Iterable

from credlint.code.sighting import Embedded
from credlint.model.lean_tuples import NamedTuple

DIRECT, DEVELOPMENT, TRANSITIVE = "direct", "development", "transitive"


class Dependency(NamedTuple):
    """``registry``: npm, go, maven, pypi, rubygems, packagist or nuget.

    ``version``: as written, a range perhaps, or empty. ``scope``: one of the above. The offsets
    are those of the name.
    """

    registry: str
    name: str
    version: str
    scope: str
    start: int
    end: int


class Manifest(NamedTuple):
    """A file of dependencies."""

    text: bytes
    dependencies: tuple[Dependency, ...]
    formats: tuple[str, ...] = ("manifest",)
    unread: tuple[str, ...] = ()

    def embedded(self) -> Iterable[Embedded]:
        """Return nothing."""
        return ()
