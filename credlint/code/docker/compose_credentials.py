"""IAC119: how a Compose file hands AWS credentials to its services."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.code.credential_names import KEY_ID, PROFILE_VARIABLES, kind_of
from credlint.code.docker.compose import Mount, Service, Variable, services_of
from credlint.code.issued_keys import is_issued
from credlint.code.lines import line_start, newline_of
from credlint.code.marked.document import MarkedDocument
from credlint.code.marked.nodes import Mapping, Scalar, at, text_at
from credlint.code.other_stores import points_elsewhere
from credlint.code.sighting import Context, Sighting, Span
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_dataclasses import replace
from credlint.model.secret import Secret

_STORE = re.compile(r"(?:\A|[/\\])\.aws(?:[/\\](?:credentials|config))?[/\\]?\Z")
_EMULATOR = re.compile(
    r"localstack|moto|minio|elasticmq|dynamodb-local|fake-?s3|s3mock|s3rver|ceph|seaweed|garage",
    re.IGNORECASE,
)
_FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
# Mounts that bring a home directory, and with it the profiles.
_HOME = re.compile(r"(?:~|\$\{?HOME\}?|\$\{?USERPROFILE\}?)[/\\]?\Z")


def check(document: MarkedDocument, context: Context) -> Iterator[Sighting]:
    """Yield what is wrong with each service, a shared mapping's faults once."""
    seen: set[tuple[int, int]] = set()
    for root in document.roots:
        emulated = _EMULATOR.search(
            " ".join(text_at(service.node, "image") or "" for service in services_of(root))
        )
        for service in services_of(root):
            for sighting in _faults(document, service, is_emulated=emulated is not None):
                if (sighting.start, sighting.end) in seen:
                    continue
                seen.add((sighting.start, sighting.end))
                if context.is_test or context.is_documentation:
                    yield replace(sighting, level="note")
                else:
                    yield sighting


def _faults(document: MarkedDocument, service: Service, *, is_emulated: bool) -> Iterator[Sighting]:
    variables = list(service.variables())
    mounts = list(service.mounts())
    is_elsewhere = is_emulated or any(
        points_elsewhere(each.name, each.value or each.default) for each in variables
    )
    yield from _keys(service, variables, is_elsewhere=is_elsewhere)
    for mount in mounts:
        if _STORE.search(mount.source) and not mount.is_read_only:
            yield _mount(document, service, mount)
    if not is_elsewhere and _lacks_profiles(service, variables, mounts):
        yield from _profiles(service, variables)


def _keys(
    service: Service, variables: Sequence[Variable], *, is_elsewhere: bool
) -> Iterator[Sighting]:
    """Yield the keys that stand here, and those that are handed through, a finding each."""
    keys = [(v, kind) for v in variables for kind in (kind_of(v.name),) if kind]
    issued = [(v, kind) for v, kind in keys if v.value and is_issued(kind, v.value)]
    if issued:
        level: Level = "warning" if all(kind == KEY_ID for _, kind in issued) else "error"
        telling = next((v for v, kind in issued if kind != KEY_ID), issued[0][0])
        yield _told(
            service,
            [v for v, _ in issued],
            "Service {service} is given AWS keys that stand in this file ({names}).",
            "error" if level == "error" and not is_elsewhere else "warning",
            Secret(telling.value or ""),
        )
    handed = [v for v, _ in keys if v.value is None and not v.default]
    if handed and not is_elsewhere:
        yield _told(
            service,
            handed,
            "Service {service} gets the shell's AWS keys ({names}): "
            "they win over a role, are shown by docker inspect, and expire unnoticed.",
            "note",
        )


def _told(
    service: Service,
    variables: Sequence[Variable],
    message: str,
    level: Level,
    value: Optional[Secret] = None,
) -> Sighting:
    names = ", ".join(variable.name for variable in variables)
    first = variables[0]
    return Sighting(
        start=first.start,
        end=first.end,
        message=message.format(service=service.name, names=names),
        level=level,
        subject=f"{service.name} {names}",
        literals=tuple(
            Span(*variable.literal, f"the literal for {variable.name}") for variable in variables
        )
        if value
        else (),
        value=value,
    )


def _lacks_profiles(
    service: Service, variables: Sequence[Variable], mounts: Sequence[Mount]
) -> bool:
    """Tell whether nothing here brings profiles: no mount, no other file, no other service."""
    if at(service.node, "extends") is not None or at(service.node, "volumes_from") is not None:
        return False
    if any(variable.name in _FILES for variable in variables):
        return False
    if at(service.node, "configs") is not None or at(service.node, "secrets") is not None:
        return False
    return not any(
        ".aws" in mount.source or ".aws" in mount.target or _HOME.match(mount.source)
        for mount in mounts
    )


def _profiles(service: Service, variables: Sequence[Variable]) -> Iterator[Sighting]:
    for variable in variables:
        if variable.name in PROFILE_VARIABLES and variable.value:
            yield _told(
                service,
                [variable],
                "Service {service} is given {names}, and no profile: without a mount of ~/.aws "
                "SDKs stop with an error and never ask for a role.",
                "warning",
            )


def _mount(document: MarkedDocument, service: Service, mount: Mount) -> Sighting:
    edit = _read_only(document.text, mount)
    summary = f"Mount {mount.source} read-only; caches of SSO and the CLI are then not written."
    return Sighting(
        start=mount.node.start,
        end=mount.node.end,
        message=(
            f"Service {service.name} may write to {mount.source}: whatever runs in it can change "
            "the profiles and keys of the host."
        ),
        level="warning",
        subject=f"{service.name} {mount.source}",
        fix=Fix("unsafe", summary, (FileEdits("", (edit,)),)) if edit else Fix("display", summary),
    )


def _read_only(text: bytes, mount: Mount) -> Optional[Edit]:
    """Return what makes a mount read-only, None where it is written in an unusual way."""
    if isinstance(mount.node, Scalar):
        return _short_read_only(text, mount.node, mount.mode)
    return _long_read_only(text, mount.node) if isinstance(mount.node, Mapping) else None


def _short_read_only(text: bytes, node: Scalar, mode: Optional[str]) -> Optional[Edit]:
    """Return the edit for ``source:target:mode``, where modes are parted by commas."""
    quote = 1 if node.style in ("single", "double") else 0
    start, end = node.start + quote, node.end - quote
    if text[start:end] != (node.value or "").encode():
        return None
    if not mode:
        return Edit(end, end, ":ro" if mode is None else "ro")
    modes = mode.split(",")
    if "rw" not in modes:
        return Edit(end, end, ",ro")
    before = sum(len(each.encode()) + 1 for each in modes[: modes.index("rw")])
    place = end - len(mode.encode()) + before
    return Edit(place, place + 2, "ro")


def _long_read_only(text: bytes, node: Mapping) -> Optional[Edit]:
    """Return the edit that sets ``read_only``, or adds it in line with the first name."""
    given = node.get("read_only")
    if isinstance(given, Scalar):
        return Edit(given.start, given.end, "true")
    last = max((entry.value.end for entry in node.entries), default=node.end)
    if not node.block:
        return Edit(last, last, ", read_only: true")
    first = node.entries[0].key.start
    indent = first - line_start(text, first)
    line_end = text.find(b"\n", last)
    line_end = len(text) if line_end < 0 else line_end
    place = line_end - (text[line_end - 1 : line_end] == b"\r")
    return Edit(place, place, f"{newline_of(text)}{' ' * indent}read_only: true")
