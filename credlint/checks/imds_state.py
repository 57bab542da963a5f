"""HST104, HST105, HST106, HST108: metadata out of reach, no role, a broken one, for everyone."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.host_files import personal_keys_on_ec2
from credlint.checks.imds_containers import lost_on_the_way
from credlint.checks.imds_words import instance, modify_options
from credlint.checks.options import CheckOptions
from credlint.checks.situation import ACCESS_KEY_ID, contexts_of
from credlint.checks.wording import conjunction, is_long_term
from credlint.model.finding import Finding, Level
from credlint.model.location import Location, imds
from credlint.model.metadata import ImdsEvidence
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_UNREACHABLE = FindingBuilder("HST104", "imds-unreachable-on-ec2")
_NO_ROLE = FindingBuilder("HST105", "no-instance-role")
_EVERYONE = FindingBuilder("HST108", "imds-open-to-every-user")
_BROKEN = FindingBuilder("HST106", "instance-role-broken")

# The service's own addresses (EC2 User Guide, "Access instance metadata").
_ADDRESSES = ("http://169.254.169.254", "http://[fd00:ec2::254]")
_NO_ROUTE = "there is no route to the metadata address"
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_CONTAINERS = frozenset(("container", "ecs", "eks"))
_OK, _FORBIDDEN, _NOT_FOUND, _BROKEN_SERVER = 200, 403, 404, 500
# After a start the profile shows up in the course of the first minute.
_STARTING = 120
_SEVERAL = 2

_CODES = {
    "InstanceProfileNotFound": "the instance profile was deleted, or replaced by another one of "
    "the same name",
    "AssumeRoleUnauthorizedAccess": "EC2 may not assume the role, because of its trust policy",
}


def imds_unreachable_on_ec2(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the firmware says EC2 and the metadata service gives nothing, and how."""
    del traces, options
    evidence = snapshot.imds
    firmware = (snapshot.platform.ec2_evidence or "").startswith(("dmi:", "xen:"))
    trouble = _trouble(evidence) if firmware and evidence.endpoint in _ADDRESSES else None
    if trouble is None or lost_on_the_way(evidence):
        return
    what, remedy = trouble
    value = snapshot.variable(_DISABLED)
    switched_off = value is not None and (value.text or "").lower() == "true"
    # Where nobody is to use it, or in a container, that is most often how it is meant to be.
    meant = switched_off or bool(contexts_of(snapshot) & _CONTAINERS)
    level: Level = "note" if meant else "warning"
    yield _UNREACHABLE.build(
        level,
        f"The firmware says that this is an EC2 instance, but {what}; as long as that is "
        "so, no SDK can use an instance role.",
        imds(),
        subject="imds",
        remedy=(
            remedy,
            (
                "If it is meant to be so, `export AWS_EC2_METADATA_DISABLED=true` spares "
                "every SDK the wait."
            ),
        ),
    )


def _trouble(  # noqa: PLR0911  one per kind of trouble
    evidence: ImdsEvidence,
) -> Optional[tuple[str, str]]:
    """Return what the service looks like and what to do, None when it answers as it should."""
    token, bare = evidence.token, evidence.roles_without_token
    firewall = (
        "Look for what is in the way: `ip route get 169.254.169.254`, `iptables -S OUTPUT`, "
        "`nft list ruleset`, security products."
    )
    if not evidence.probed:
        return None
    if evidence.reason == _NO_ROUTE:
        return "there is no route to the metadata address", (
            "Look for the route: `ip route get 169.254.169.254`; the address is reached through "
            "the primary interface."
        )
    if {token.status, bare.status} <= {_FORBIDDEN, None} and _FORBIDDEN in (
        token.status,
        bare.status,
    ):
        return "IMDS answers with status 403: it is switched off for this instance", (
            "Switch it on: "
            + modify_options(evidence, "--http-endpoint enabled --http-tokens required")
            + "."
        )
    if evidence.answers:
        statuses = [one.status for one in (token, bare) if one.status is not None]
        if min(statuses) < _BROKEN_SERVER:
            return None
        return f"IMDS answers with status {statuses[0]}", (
            "Try again; if it stays so, stop and start the instance, or ask AWS."
        )
    ipv6 = evidence.endpoint == _ADDRESSES[1]
    if ipv6 and not evidence.connected:
        return "nothing answers at the IPv6 address of IMDS", (
            "Switch that on: "
            + modify_options(evidence, "--http-protocol-ipv6 enabled")
            + ", or `unset AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`."
        )
    if evidence.connected and token.error == "timeout":
        return None  # it may only be slow, which the run's own notices tell
    if evidence.connected:
        return (
            f"what takes the connection at its address is not IMDS ({token.error or bare.error})",
            firewall,
        )
    what = {
        "timeout": "what is sent to IMDS is swallowed",
        "refused": "the connection to IMDS is refused",
    }.get(token.error or "", "IMDS cannot be reached")
    return what, firewall


def no_instance_role(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that no role is attached to this instance."""
    evidence = snapshot.imds
    contexts = contexts_of(snapshot)
    if "ec2" not in contexts or not _lists_nothing(evidence) or _has_profile(evidence):
        return
    stored = list(_stored_keys(snapshot, traces, options))
    level: Level = "warning" if stored else "note"
    so = f", and {conjunction(stored)} instead" if stored else ""
    region = f" --region {shlex.quote(evidence.region)}" if evidence.region else ""
    yield _NO_ROLE.build(
        level,
        f"No role is attached to this instance{so}.",
        imds("meta-data/iam/security-credentials/"),
        subject="role",
        remedy=(
            (
                "Attach an instance profile whose role has what the programs here need: "
                f"`aws ec2 associate-iam-instance-profile --instance-id {instance(evidence)}"
                f"{region} --iam-instance-profile Name=PROFILE`. No restart is needed."
            ),
            "Then remove the stored keys." if stored else "Nothing, if no program here uses AWS.",
        ),
    )


def _lists_nothing(evidence: ImdsEvidence) -> bool:
    """Tell whether a true IMDS (it gave a token) has no role to list."""
    asked = evidence.roles_with_token
    return evidence.token.status == _OK and (
        asked.status == _NOT_FOUND or (asked.status == _OK and evidence.role is None)
    )


def _has_profile(evidence: ImdsEvidence) -> bool:
    return evidence.instance_profile_arn is not None or evidence.info_code is not None


def _stored_keys(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterator[str]:
    if next(iter(personal_keys_on_ec2(snapshot, traces, options)), None) is not None:
        yield "a file holds long-term keys"
    value = snapshot.variable(ACCESS_KEY_ID)
    if value and value.key_id is not None and is_long_term(value.key_id):
        yield "the environment holds long-term keys"


def instance_role_broken(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that an instance profile is attached which gives no credentials."""
    del traces, options
    evidence = snapshot.imds
    code = evidence.info_code
    profile = (evidence.instance_profile_arn or "").partition("instance-profile/")[2]
    if "ec2" not in contexts_of(snapshot) or (code is None and not profile):
        return
    name = f" `{profile}`" if profile else ""
    if code not in (None, "Success"):
        meaning = f" ({_CODES[code]})" if code in _CODES else ""
        what = f"An instance profile{name} is attached, but IMDS says {code}{meaning}"
    elif _lists_nothing(evidence):
        what = f"An instance profile{name} is attached, but there is no role in it"
    else:
        return
    uptime = snapshot.platform.uptime
    starting = uptime is not None and uptime < _STARTING
    level: Level = "note" if starting else "error"
    young = (
        f" The machine was started {uptime} seconds ago, so it may still come." if starting else ""
    )
    yield _BROKEN.build(
        level,
        f"{what}; no credentials come from it.{young}",
        _info(),
        subject=code or "no-role",
        remedy=tuple(_repair(evidence, profile)),
    )


def _info() -> Location:
    return imds("meta-data/iam/info")


def _repair(evidence: ImdsEvidence, profile: str) -> Iterator[str]:
    name = shlex.quote(profile.rpartition("/")[2] or "PROFILE")
    region = f" --region {shlex.quote(evidence.region)}" if evidence.region else ""
    if evidence.info_code in (None, "Success"):
        yield (
            "Put the role back: `aws iam add-role-to-instance-profile --instance-profile-name "
            f"{name} --role-name ROLE`."
        )
    elif evidence.info_code == "AssumeRoleUnauthorizedAccess":
        yield (
            "Let EC2 assume it: its trust policy must allow sts:AssumeRole to ec2.amazonaws.com "
            f"(`aws iam get-role --role-name {shlex.quote(evidence.role or 'ROLE')}`)."
        )
    else:
        yield (
            f"Look whether it is still there: `aws iam get-instance-profile "
            f"--instance-profile-name {name}`."
        )
        yield (
            "Attach a valid one: `aws ec2 describe-iam-instance-profile-associations --filters "
            f"Name=instance-id,Values={instance(evidence)}{region}` gives the association for `aws "
            f"ec2 replace-iam-instance-profile-association --association-id ID{region} "
            "--iam-instance-profile Name=PROFILE`."
        )
    yield "New credentials come with the next refresh of the metadata, within some minutes."


def imds_open_to_every_user(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that nobody in particular may use the role, on a host of several people."""
    del traces, options
    role, people = snapshot.imds.role, snapshot.platform.logins or 0
    contexts = contexts_of(snapshot)
    if role is None or people < _SEVERAL or not snapshot.imds.open_to_nobody:
        return
    if "ec2" not in contexts or contexts & _CONTAINERS:
        return
    yield _EVERYONE.build(
        "note",
        f"Every user of this host can use instance role `{role}`: IMDS takes connections of the "
        f"user nobody, and {people} accounts can log in.",
        imds(f"iam/security-credentials/{role}"),
        subject=role,
        remedy=(
            (
                "Let in root and the users of the services that need the role: `iptables -A OUTPUT "
                "-d 169.254.169.254 -m owner --uid-owner 0 -j ACCEPT`, the same with `--uid-owner "
                "USER` for each, then `iptables -A OUTPUT -d 169.254.169.254 -j REJECT`."
            ),
            "Make that last over a restart, and do the same for fd00:ec2::254 with `ip6tables`.",
        ),
        properties=[("role", role)],
    )
