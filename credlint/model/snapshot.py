"""HostSnapshot: everything a decision about the chain needs, and no secret.

A snapshot is made by ``host.capture`` and saved as JSON (``host.snapshot_file``); the
chain and the checks are pure functions over it. ``typing.Optional`` is used instead of
``X | None`` because the JSON codec evaluates these annotations on Python 3.9 as well.
"""

from __future__ import annotations

from typing import Optional

from credlint.model.captured import CapturedValue
from credlint.model.host_file import (
    CacheEntry,
    HomeDirectory,
    HostFile,
    LaxCommand,
    PathFact,
    PathNode,
)
from credlint.model.lean_dataclasses import dataclass
from credlint.model.metadata import ContainerEvidence, ImdsEvidence, UserDataEvidence

SNAPSHOT_SCHEMA = "credlint-snapshot/2"


@dataclass(frozen=True)
class EnvironmentVariable:
    """One captured variable; names are kept, see ``host.environ`` for which are captured."""

    name: str
    value: CapturedValue


@dataclass(frozen=True)
class SystemProperty:
    """One property that a JVM started in this environment has; ``variable`` defines it."""

    name: str
    value: CapturedValue
    variable: str


@dataclass(frozen=True)
class ProviderArgument:
    """One argument of a provider block.

    ``name``: nested ones with dots and numbers, ``assume_role.0.role_arn``; a block by itself is
    ``assume_role.0``. ``values``: one, or those of a list; none when not ``literal``, which is
    what only Terraform can tell (variables, functions, ``dynamic`` blocks).
    """

    name: str
    line: int
    values: tuple[CapturedValue, ...] = ()
    literal: bool = True


@dataclass(frozen=True)
class ProviderBlock:
    """A ``provider "aws"`` block of the Terraform files of the working directory.

    ``file`` is the file's name. ``error``: why the file or the block is of no use (unparsed,
    override, too-many-files, or a status as in ``HostFile``); ``line`` is 0 for a whole file.
    """

    file: str
    line: int
    alias: Optional[str] = None
    arguments: tuple[ProviderArgument, ...] = ()
    error: Optional[str] = None


@dataclass(frozen=True)
class FoundSdk:
    """An SDK that this machine or the working tree has, and what says so, for people."""

    sdk: str
    place: str


@dataclass(frozen=True)
class Platform:
    """The subject that is judged.

    ``contexts``: any of ec2, ecs, eks, lambda, codebuild, ci, container, laptop (when none of
    the others). ``uid`` None: the system has none. ``ec2_evidence``: what says that this is an
    EC2 instance, None when nothing does. ``packages``: (name, version) of the installed
    packages that are part of an AWS SDK. ``sdks``: the SDKs that were found here.
    ``interactive``: whether a person can be asked at a terminal, None when that is not known.
    ``network``: hardware when an interface of this network namespace is a device, virtual when
    none is (as in a container with a network of its own), None when not told.
    ``container_networks``: the kinds of container engines whose interfaces stand beside it
    (docker, podman, kubernetes, lxc, other). ``uptime``: seconds since the machine was started.
    ``logins``: how many accounts of /etc/passwd belong to people who can log in.
    ``namespace``: the Kubernetes namespace of the pod, None outside of one and where no service
    account is mounted.
    """

    system: str = "Linux"
    uid: Optional[int] = None
    contexts: tuple[str, ...] = ("laptop",)
    ec2_evidence: Optional[str] = None
    packages: tuple[tuple[str, str], ...] = ()
    sdks: tuple[FoundSdk, ...] = ()
    interactive: Optional[bool] = None
    network: Optional[str] = None
    container_networks: tuple[str, ...] = ()
    uptime: Optional[int] = None
    logins: Optional[int] = None
    namespace: Optional[str] = None


@dataclass(frozen=True)
class HostSnapshot:
    """All facts of one subject at one time; see the module's head.

    ``container_other``: the endpoint as those have it that take an empty relative URI for none
    and a full one without scheme for http, where that is another one than ``container``.
    ``hidden``: what the tokens in ``HostFile.text`` and ``PathFact.named`` stand for; a token's
    digits begin the fingerprint. ``homes``: the one in use first; none where no other was found.
    ``folders``: ~/.aws and the folders of its caches, as far as they are there.
    """

    captured_at: str
    credlint_version: str = ""
    platform: Platform = Platform()
    environment: tuple[EnvironmentVariable, ...] = ()
    files: tuple[HostFile, ...] = ()
    paths: tuple[PathFact, ...] = ()
    imds: ImdsEvidence = ImdsEvidence()
    container: ContainerEvidence = ContainerEvidence()
    container_other: ContainerEvidence = ContainerEvidence()
    skipped: tuple[tuple[str, str], ...] = ()
    hidden: tuple[CapturedValue, ...] = ()
    system_properties: tuple[SystemProperty, ...] = ()
    provider_blocks: tuple[ProviderBlock, ...] = ()
    lax_commands: tuple[LaxCommand, ...] = ()
    homes: tuple[HomeDirectory, ...] = ()
    caches: tuple[CacheEntry, ...] = ()
    folders: tuple[PathNode, ...] = ()
    user_data: UserDataEvidence = UserDataEvidence()
    schema: str = SNAPSHOT_SCHEMA

    def variable(self, name: str) -> Optional[CapturedValue]:
        """Return the captured value of a variable, None when it is not set at all."""
        for entry in self.environment:
            if entry.name == name:
                return entry.value
        return None

    def file(self, role: str) -> Optional[HostFile]:
        """Return the first file of that role (there is one config and one credentials file)."""
        for entry in self.files:
            if entry.role == role:
                return entry
        return None

    def path_fact(self, setting: str) -> Optional[PathFact]:
        """Return what is known of the file that the named setting points to."""
        for entry in self.paths:
            if entry.setting == setting:
                return entry
        return None

    def named_file(self, purpose: str, named: str) -> Optional[PathFact]:
        """Return what is known of the file or program that a value names, as its reader has it."""
        for entry in self.paths:
            if entry.purpose == purpose and entry.named == named:
                return entry
        return None
