"""Freezes everything that decides a subject's credentials into a HostSnapshot without secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Optional

import credlint
from credlint.host import aws_files, aws_reading, environ, system_properties, terraform
from credlint.host.caches import capture_caches, iter_cut
from credlint.host.captured import Capturer
from credlint.host.container import (
    FULL,
    RELATIVE,
    container_endpoint,
    other_endpoint,
    probe_container,
)
from credlint.host.files import SIZE_LIMIT
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.home import display_path, entry_home, home_of
from credlint.host.homes import capture_homes, find_homes
from credlint.host.http import parse_endpoint
from credlint.host.imds import NO_ROUTE, NOT_EC2, choose_endpoint, probe_imds, reason_to_skip
from credlint.host.lax_commands import lax_commands
from credlint.host.masking import Masker
from credlint.host.network import container_networks
from credlint.host.paths import PATH_LIMIT, Subject, capture_paths, provider_paths
from credlint.host.platform import detect_platform, ec2_evidence
from credlint.host.role_sessions import role_sessions
from credlint.host.sdks import detect_sdks
from credlint.host.terraform_files import read_provider_blocks
from credlint.host.ways import Accounts, Ways
from credlint.model.host_file import HostFile
from credlint.model.lean_dataclasses import dataclass, field, replace
from credlint.model.metadata import ContainerEvidence, HttpAttempt, ImdsEvidence
from credlint.model.snapshot import FoundSdk, HostSnapshot, Platform

KEY_BYTES = 32


_OK = 200


@dataclass(frozen=True)
class CaptureRequest:
    """Whom to capture, and with what.

    ``environment``: the subject's variables, in clear (``host.environ.current()`` for this
    process). ``home``: its home directory; None follows HOME, then the password entry of
    ``uid``. ``uid``: its user, None where there are none. ``now``: ISO 8601 time with zone.
    ``imds_endpoint`` replaces the metadata address (http://host[:port][/prefix]). ``root``
    stands for ``/`` when /etc, /proc and /sys are read. ``probe_network`` False sends nothing.
    ``imds``, ``container`` and ``platform``: ready-made evidence instead of probing, for tests.
    ``entry_home``: the home directory of the password entry, None looks it up by ``uid``;
    ``sudo_home``: that of the user in SUDO_USER, None looks it up.
    ``packages``: names and versions installed where the SDK runs, when known; see
    ``host.packages``. ``tree``: the working directory, where SDKs are looked for; None looks
    for none. ``terraform``: the folder whose Terraform files are read, none when None.
    ``system``: how the subject's own files are reached, when it is not this process.
    ``interactive``: whether the subject has a terminal at which a person could be asked (False
    for services and timed jobs), None when that is not known.
    """

    environment: Mapping[str, str] = field(repr=False)
    now: str
    home: Optional[Path] = None
    uid: Optional[int] = None
    imds_endpoint: Optional[str] = None
    root: Path = Path("/")
    probe_network: bool = True
    imds: Optional[ImdsEvidence] = None
    container: Optional[ContainerEvidence] = None
    platform: Optional[Platform] = None
    packages: tuple[tuple[str, str], ...] = ()
    tree: Optional[Path] = None
    terraform: Optional[Path] = None
    entry_home: Optional[Path] = None
    sudo_home: Optional[Path] = None
    system: FileSystem = OWN
    interactive: Optional[bool] = None


def capture(request: CaptureRequest, key: Optional[bytes] = None) -> HostSnapshot:
    """Probe the host and return what was seen; never raises for what the host holds.

    ``key`` keys the fingerprints; random when None, and never kept.
    """
    environment = request.environment
    home = _home(request)
    blocks = read_provider_blocks(request.terraform) if request.terraform is not None else ()
    wanted = (
        *aws_reading.requested_files(environment, home, request.root, _entry(request)),
        *terraform.requested_files(blocks, environment, home),
    )
    files = aws_reading.read_aws_files(wanted, request.system)
    known = [
        *environ.iter_secrets(environment),
        *system_properties.iter_secrets(environment),
        *terraform.iter_secrets(blocks),
    ]
    for file in files:
        known += aws_files.iter_secrets(file)
    capturer = Capturer(key or os.urandom(KEY_BYTES), known)
    imds = probe_imds_for(request)
    container, other = _probe_container(request)
    masker = Masker(capturer)

    def show(path: str) -> str:
        return capturer.scrub(display_path(path, home))

    accounts = Accounts(Path(request.system.root) if request.system.root else request.root)
    ways = Ways(request.system, request.uid, accounts, show)
    captured_files = tuple(aws_files.capture_file(file, masker, ways) for file in files)
    platform = request.platform or detect_platform(environment, request.root, request.uid, imds)
    subject = Subject(environment, home, request.system, ways, request.now)
    paths = (
        *capture_paths(subject, files, masker),
        *provider_paths(subject, blocks, masker),
        *role_sessions(home, request.system, capturer),
    )
    provider_blocks = terraform.capture_blocks(blocks, capturer)
    sudo_home = str(request.sudo_home) if request.sudo_home is not None else None
    others = find_homes(environment, _entry(request), sudo_home)
    caches = capture_caches(environment, home, request.system, ways, capturer.scrub)
    homes = capture_homes(home, others, request.system, ways, capturer.scrub)
    interactive = request.interactive
    if interactive is None:
        interactive = platform.interactive
    return HostSnapshot(
        captured_at=request.now,
        credlint_version=credlint.__version__,
        platform=replace(
            platform,
            packages=request.packages or platform.packages,
            sdks=_scrub_sdks(request, capturer),
            interactive=interactive,
        ),
        environment=environ.capture_environment(environment, capturer),
        files=captured_files,
        paths=paths,
        imds=_scrub_imds(imds, capturer),
        container=_scrub_container(container, capturer),
        container_other=_scrub_container(other, capturer),
        system_properties=system_properties.capture_system_properties(environment, capturer),
        skipped=(
            *_iter_skipped(captured_files, imds, len(paths)),
            *iter_cut(caches),
            *((one.file, f"Terraform file: {one.error}") for one in provider_blocks if one.error),
        ),
        hidden=masker.hidden,
        provider_blocks=provider_blocks,
        lax_commands=lax_commands(home, request.system, capturer, shells=interactive is not False),
        homes=homes,
        caches=caches.entries,
        folders=caches.folders,
    )


def _scrub_sdks(request: CaptureRequest, capturer: Capturer) -> tuple[FoundSdk, ...]:
    if request.tree is None:
        return request.platform.sdks if request.platform is not None else ()
    found = detect_sdks(
        request.environment, request.tree, request.root, request.packages, request.uid
    )
    return tuple(replace(one, place=capturer.scrub(one.place)) for one in found)


def _home(request: CaptureRequest) -> Optional[str]:
    if request.home is not None:
        return str(request.home)
    if "HOME" not in request.environment and request.entry_home is not None:
        return str(request.entry_home)
    return home_of(request.environment, request.uid)


def _entry(request: CaptureRequest) -> Optional[str]:
    if request.entry_home is not None:
        return str(request.entry_home)
    return entry_home(request.uid) if request.uid is not None else None


def metadata_endpoint(request: CaptureRequest) -> tuple[str, bool]:
    """Return the address to ask for instance metadata, and whether somebody chose it."""
    environment = request.environment
    properties = system_properties.definitions(environment)
    named, _ = properties.get("aws.ec2MetadataServiceEndpoint", (None, ""))
    variable = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", named)
    endpoint = choose_endpoint(
        request.imds_endpoint,
        variable,
        environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"),
    )
    return endpoint, bool(request.imds_endpoint or variable)


def probe_imds_for(request: CaptureRequest) -> ImdsEvidence:
    """Return the metadata evidence of a request: what it brings, else by asking."""
    if request.imds is not None:
        return request.imds
    endpoint, overridden = metadata_endpoint(request)
    parsed = parse_endpoint(endpoint)
    shown = parsed.display() if parsed else "(not http)"
    if not request.probe_network:
        return ImdsEvidence(endpoint=shown, reason="the network was not to be used")
    is_ec2, _ = ec2_evidence(request.root)
    reason = reason_to_skip(endpoint, is_ec2, overridden=overridden)
    if reason == NO_ROUTE:
        # The kernel has answered: whoever asks gets the same error at once.
        attempt = HttpAttempt(error="unreachable", milliseconds=0)
        return ImdsEvidence(
            endpoint=shown, probed=True, reason=reason, token=attempt, connected=False
        )
    if reason is not None:
        return ImdsEvidence(endpoint=shown, reason=reason)
    several = (Accounts(request.root).logins() or 0) > 1
    # Only beside containers does it matter how far a token travels, and who else may ask only
    # where there is somebody else.
    return probe_imds(
        endpoint,
        measure_hops=bool(container_networks(request.root)),
        try_nobody=several,
    )


def _probe_container(request: CaptureRequest) -> tuple[ContainerEvidence, ContainerEvidence]:
    if request.container is not None:
        return request.container, ContainerEvidence()
    both = (container_endpoint(request.environment), other_endpoint(request.environment))
    if both[0].variable is None:
        properties = system_properties.definitions(request.environment)
        for name, variable in (
            ("aws.containerCredentialsFullUri", FULL),
            ("aws.containerCredentialsPath", RELATIVE),
        ):
            address, _ = properties.get(name, ("", ""))
            if address.strip():
                both = (replace(container_endpoint({variable: address}), variable=name), both[1])
    if not request.probe_network:
        return both
    return probe_container(both[0]), probe_container(both[1])


def _scrub_imds(imds: ImdsEvidence, capturer: Capturer) -> ImdsEvidence:
    """Return the evidence without known secrets: a service that lies may echo what it was sent."""

    def safe(text: Optional[str]) -> Optional[str]:
        return None if text is None else capturer.scrub(text, identifier=True)

    return replace(
        imds,
        endpoint=capturer.scrub(imds.endpoint),
        role_names=tuple(capturer.scrub(name, identifier=True) for name in imds.role_names),
        info_code=safe(imds.info_code),
        instance_profile_arn=safe(imds.instance_profile_arn),
        account=safe(imds.account),
        region=safe(imds.region),
        instance_id=safe(imds.instance_id),
        availability_zone=safe(imds.availability_zone),
        placement_region=safe(imds.placement_region),
    )


def _scrub_container(container: ContainerEvidence, capturer: Capturer) -> ContainerEvidence:
    if container.host is None:
        return container
    return replace(container, host=capturer.scrub(container.host))


def _iter_skipped(
    files: tuple[HostFile, ...], imds: ImdsEvidence, path_count: int
) -> Iterator[tuple[str, str]]:
    for file in files:
        if file.path == os.devnull:
            # The usual way to switch a file off; there is nothing in it to see.
            continue
        if file.status in ("unreadable", "not-a-file", "too-large"):
            reason = {
                "unreadable": f"cannot be read ({file.error})",
                "not-a-file": "is not a regular file",
                "too-large": f"is larger than {SIZE_LIMIT} bytes or {aws_reading.LINE_LIMIT} lines",
            }[file.status]
            yield file.path, reason
    if path_count >= PATH_LIMIT:
        yield (
            "~/.aws",
            f"only the first {PATH_LIMIT} files and programs that it names were looked at",
        )
    if imds.probed and _role_timed_out(imds):
        yield "imds", "no answer in the time that is waited for it; an SDK may wait longer"
    elif imds.probed and imds.roles_without_token.error == "timeout":
        yield "imds", "whether it answers without a session token could not be told in time"
    elif not imds.probed and imds.reason not in (NO_ROUTE, NOT_EC2):
        yield "imds", imds.reason or "not asked"


def _role_timed_out(imds: ImdsEvidence) -> bool:
    """Tell whether the role is unknown because an answer took too long."""
    if imds.token.status == _OK:
        return imds.roles_with_token.error == "timeout"
    late = "timeout" in (imds.token.error, imds.roles_without_token.error)
    return late and imds.roles_without_token.status != _OK
