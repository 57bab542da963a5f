"""Where the examined process runs: EC2, ECS, EKS, Lambda, CodeBuild, CI, container or laptop.

Sources: EC2 User Guide, "Identify EC2 instances" (DMI vendor on Nitro, hypervisor UUID that starts
with ec2 on Xen); for the rest the variables that each service's own guide names (ECS task metadata
endpoint, EKS Pod Identity and IRSA, Lambda and CodeBuild environment variables).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Optional

from credlint.host.files import read_file
from credlint.host.network import container_networks, network_kind
from credlint.host.ways import Accounts
from credlint.model.lean_dataclasses import replace
from credlint.model.metadata import ImdsEvidence
from credlint.model.snapshot import Platform

_FACT_LIMIT = 4096
_EC2_VENDOR = "amazon ec2"
_DMI = "sys/class/dmi/id"
_VENDOR_FILES = ("sys_vendor", "bios_vendor", "board_vendor")
_UUID_FILES = ("sys/hypervisor/uuid", f"{_DMI}/product_uuid")
# A guest of these may be an older EC2 instance whose UUID only root may read.
_UNDECIDED_VENDORS = ("xen",)
_CI_FLAGS = ("GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "BUILDKITE", "TF_BUILD")
_POD_IDENTITY = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ROLE_ARN",
)
_CONTAINER_CGROUP = re.compile(r"docker|kubepods|containerd|libpod|lxc|/ecs/")
# RFC 1123 label, which a namespace's name must be.
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_INSTANCE_ID = re.compile(r"i-[0-9a-f]{8,17}\Z")


def _fact(root: Path, relative: str) -> Optional[str]:
    raw = read_file(str(root / relative), _FACT_LIMIT)
    return raw.data.decode("utf-8", "replace").strip() if raw.status == "read" else None


def ec2_evidence(root: Path) -> tuple[Optional[bool], Optional[str]]:
    """Tell whether the machine says that it is an EC2 instance, and which fact says so.

    (True, fact), (False, "dmi:…") when the machine names another maker, (None, None) when it
    says nothing (no DMI in this container, no right to read it, another system than Linux).
    """
    vendors = {name: _fact(root, f"{_DMI}/{name}") for name in _VENDOR_FILES}
    for name, value in vendors.items():
        if value and _EC2_VENDOR in value.lower():
            return True, f"dmi:{name}"
    for relative in _UUID_FILES:
        value = _fact(root, relative)
        if value and value.lower().startswith("ec2"):
            return True, f"dmi:{relative.rpartition('/')[2]}" if "dmi" in relative else "xen:uuid"
    maker = vendors["sys_vendor"]
    if maker and not any(word in maker.lower() for word in _UNDECIDED_VENDORS):
        return False, "dmi:sys_vendor"
    return None, None


def detect_platform(
    environment: Mapping[str, str], root: Path, uid: Optional[int], imds: ImdsEvidence
) -> Platform:
    """Return the subject's platform; contexts stack and come in a fixed order."""
    is_ec2, evidence = ec2_evidence(root)
    if not is_ec2:
        # An instance identity document with an instance id: something that is, or plays, EC2.
        answered = imds.instance_id is not None and _INSTANCE_ID.match(imds.instance_id)
        evidence = "imds" if answered else None
    platform = platform_of(
        environment, uid, evidence, in_container=_is_container(environment, root)
    )
    return with_machine_facts(platform, root)


def with_machine_facts(platform: Platform, root: Path) -> Platform:
    """Return the platform with what is the machine's, or the container's, whoever is judged."""
    return replace(
        platform,
        network=network_kind(root),
        container_networks=container_networks(root),
        uptime=_uptime(root),
        logins=Accounts(root).logins(),
        namespace=pod_namespace(root),
    )


def platform_of(
    environment: Mapping[str, str],
    uid: Optional[int],
    evidence: Optional[str],
    *,
    in_container: bool,
) -> Platform:
    """Return the platform of a subject; ``evidence``: what says that the machine is EC2."""
    found = {
        "ec2": evidence is not None,
        "ecs": _is_ecs(environment),
        "eks": "KUBERNETES_SERVICE_HOST" in environment
        and any(name in environment for name in _POD_IDENTITY),
        "lambda": bool(environment.get("AWS_LAMBDA_FUNCTION_NAME")),
        "codebuild": bool(environment.get("CODEBUILD_BUILD_ID")),
        "ci": _is_ci(environment),
        "container": in_container,
    }
    contexts = tuple(name for name, holds in found.items() if holds)
    return Platform(
        system=_system(),
        uid=uid,
        contexts=contexts or ("laptop",),
        ec2_evidence=evidence,
    )


def pod_namespace(root: Path) -> Optional[str]:
    """Return the namespace that stands beside a pod's service account token, None without one.

    Source: Kubernetes, "Accessing the Kubernetes API from a Pod".
    """
    for folder in ("var/run", "run"):
        name = _fact(root, f"{folder}/secrets/kubernetes.io/serviceaccount/namespace")
        if name and _NAMESPACE.match(name):
            return name
    return None


def _uptime(root: Path) -> Optional[int]:
    """Return the seconds since the start (proc(5), /proc/uptime), None when not told."""
    first, _, _ = (_fact(root, "proc/uptime") or "").partition(" ")
    whole, _, _ = first.partition(".")
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 12 else None  # noqa: PLR2004


def _system() -> str:
    names = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
    return names.get(sys.platform, sys.platform)


def _is_ecs(environment: Mapping[str, str]) -> bool:
    return any(name.startswith("ECS_CONTAINER_METADATA_URI") for name in environment)


def _is_ci(environment: Mapping[str, str]) -> bool:
    if environment.get("CI", "").lower() in ("true", "1", "yes"):
        return True
    if environment.get("JENKINS_URL") or environment.get("CODEBUILD_BUILD_ID"):
        return True
    return any(environment.get(name, "").lower() in ("true", "1") for name in _CI_FLAGS)


def _is_container(environment: Mapping[str, str], root: Path) -> bool:
    if "KUBERNETES_SERVICE_HOST" in environment or _is_ecs(environment):
        return True
    if any((root / name).exists() for name in (".dockerenv", "run/.containerenv")):
        return True
    return _CONTAINER_CGROUP.search(_fact(root, "proc/1/cgroup") or "") is not None
