"""SRC213: SDKs for AWS that get no more corrections, those of security included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.code.manifest.dependency import DEVELOPMENT, DIRECT, Dependency, Manifest
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple

_MOST_RELATED = 20
# Folders of packages that others wrote; what they ask for is not the project's to change.
_OF_OTHERS = re.compile(r"(?:\A|/)(?:node_modules|vendor|third_party|bower_components)/")
_LOCKS = ("yarn.lock", "pnpm-lock.yaml")


class _Ended(NamedTuple):
    """An SDK, the names of its packages, and the day its support ended (empty: not known).

    ``below``: it is this SDK where the major version is less. ``lacks``: what came with a later
    version, as in the files of rules/sdks; without a version no version has it.
    """

    title: str
    registry: str
    names: re.Pattern[str]
    ended: str
    instead: str
    below: Optional[int] = None
    lacks: tuple[tuple[str, str], ...] = ()


# AWS SDKs and Tools Reference Guide, "Version lifecycle", and the announcements in the AWS
# Developer Tools Blog.
_SDKS = (
    _Ended(
        "The AWS SDK for JavaScript v2",
        "npm",
        re.compile(r"aws-sdk\Z"),
        "2025-09-08",
        "@aws-sdk/client-… (v3)",
        lacks=(("IMDSv2", "2.722.0"), ("EKS Pod Identity", "2.1550.0")),
    ),
    _Ended(
        "The AWS SDK for Go v1",
        "go",
        re.compile(r"github\.com/aws/aws-sdk-go\Z"),
        "2025-07-31",
        "github.com/aws/aws-sdk-go-v2",
        lacks=(
            ("IMDSv2", "1.25.38"),
            ("sso-session", "1.44.298"),
            ("EKS Pod Identity", "1.47.11"),
        ),
    ),
    _Ended(
        "The AWS SDK for Java 1.x",
        "maven",
        re.compile(r"com\.amazonaws:aws-java-sdk(?:-[\w-]+)?\Z"),
        "2025-12-31",
        "software.amazon.awssdk (2.x)",
        lacks=(("IMDSv2", "1.11.678"), ("EKS Pod Identity", "1.12.746")),
    ),
    _Ended(
        "boto 2",
        "pypi",
        re.compile(r"boto\Z"),
        "",
        "boto3",
        lacks=(("IMDSv2", ""), ("roles of tasks and service accounts", "")),
    ),
    _Ended(
        "The AWS SDK for Ruby v1 and v2",
        "rubygems",
        re.compile(r"aws-sdk(?:-v1|-core|-resources)?\Z"),
        "",
        "the gems of v3, aws-sdk-s3 and so on",
        below=3,
    ),
    _Ended(
        "The AWS SDK for PHP v2",
        "packagist",
        re.compile(r"aws/aws-sdk-php\Z"),
        "",
        "aws/aws-sdk-php ^3",
        below=3,
    ),
    _Ended(
        "The AWS SDK for .NET v3",
        "nuget",
        re.compile(r"AWSSDK(?:\..+)?\Z", re.IGNORECASE),
        "2026-06-01",
        "version 4 of the same packages",
        below=4,
    ),
)
_PINNED = re.compile(r"(?:==?[ \t]*|v|=)?([0-9]+(?:\.[0-9]+)+)[ \t]*\Z")
_MAJOR = re.compile(r"[^0-9]*([0-9]+)")


def check(manifest: Manifest, context: Context) -> Iterator[Sighting]:
    """Yield one finding for each SDK, at the first of its packages."""
    for sdk in _SDKS:
        found = [each for each in manifest.dependencies if _is_of(sdk, each)]
        if not found or (_is_lock(context.uri) and _is_asked_for(found[0].name, context)):
            continue
        found.sort(key=lambda each: (each.scope != DIRECT, each.start))
        yield _sighting(sdk, found, context)


def _is_of(sdk: _Ended, dependency: Dependency) -> bool:
    if dependency.registry != sdk.registry or not sdk.names.match(dependency.name):
        return False
    if dependency.version.startswith(("npm:", "file:", "link:", "workspace:")):
        return False  # another package under that name
    if sdk.below is None:
        return True
    # The lowest version that is named decides; without any, the newest comes.
    major = _MAJOR.match(dependency.version)
    return major is not None and int(major[1][:6]) < sdk.below


def _is_lock(uri: str) -> bool:
    return uri.rpartition("/")[2] in _LOCKS


def _is_asked_for(name: str, context: Context) -> bool:
    """Tell whether the project itself asks for a package, which is told at its manifest."""
    folder = context.uri.rpartition("/")[0]
    data = context.around.read(f"{folder}/package.json" if folder else "package.json")
    return data is not None and f'"{name}"'.encode() in data


def _sighting(sdk: _Ended, found: Sequence[Dependency], context: Context) -> Sighting:
    first = found[0]
    level: Level = "warning" if first.scope == DIRECT else "note"
    if context.is_test or context.is_documentation or _OF_OTHERS.search(context.uri):
        level = "note"
    ended = f" since {sdk.ended}" if sdk.ended else ""
    message = f"{sdk.title} is past end of support{ended}{_lacks(sdk, first)}."
    if first.scope != DIRECT:
        message += (
            " It is used for development alone."
            if first.scope == DEVELOPMENT
            else " Another package brings it along."
        )
    return Sighting(
        start=first.start,
        end=first.end,
        message=message,
        level=level,
        subject=f"{sdk.registry} {first.name}",
        related=tuple(
            Span(each.start, each.end, f"{each.name} is of it as well")
            for each in found[1 : _MOST_RELATED + 1]
        ),
        remedy=f"Go over to {sdk.instead}.",
    )


def _lacks(sdk: _Ended, dependency: Dependency) -> str:
    """Return what the version cannot do, where it is one and no range."""
    pinned = _PINNED.match(dependency.version)
    missing = [
        name
        for name, since in sdk.lacks
        if not since or (pinned is not None and _number(pinned[1]) < _number(since))
    ]
    return f"; it lacks {' and '.join(missing)}" if missing else ""


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part[:9]) for part in version.split("."))
