"""CHN410, CHN411 and HST101: the instance metadata service, switched off or too open."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from credlint.checks.builder import FindingBuilder
from credlint.checks.imds_words import modify_options
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.situation import contexts_of
from credlint.checks.wording import do, file_readers, sdk_list, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.location import imds
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_HIDDEN = FindingBuilder("CHN410", "imds-disabled-where-role-needed")
_INEFFECTIVE = FindingBuilder("CHN411", "imds-disable-value-ineffective")
_OPEN = FindingBuilder("HST101", "imdsv1-enabled")

_DISABLED = "AWS_EC2_METADATA_DISABLED"
_OK = 200
_NOT_FOUND = 404


def imds_disabled_where_role_needed(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the switch hides the only credentials of this machine."""
    del options
    value = snapshot.variable(_DISABLED)
    role = snapshot.imds.role
    # botocore 1.44.5 utils.py, IMDSFetcher: any spelling of "true" and nothing else.
    if value is None or (value.text or "").lower() != "true" or role is None:
        return
    without = [trace for trace in traces if trace.outcome == "none"]
    if not without:
        return
    contexts = contexts_of(snapshot)
    # Pods and tasks are kept from the node's role on purpose.
    level: Level = "note" if contexts & {"eks", "ecs"} else "error"
    sdks = sdks_of(without)
    yield _HIDDEN.build(
        level,
        f"{_DISABLED}={value.text} hides instance role `{role}`, and nothing else provides "
        f"credentials to {sdk_list(sdks)}.",
        variable_place(snapshot, _DISABLED),
        subject=_DISABLED,
        sdks=sdks,
        related=[imds(f"iam/security-credentials/{role}", f"Instance role `{role}` is there.")],
        remedy=(
            f"`unset {_DISABLED}` for this service and restart it.",
            f"`aws sts get-caller-identity` must show `assumed-role/{role}`.",
        ),
    )


def imds_disable_value_ineffective(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the switch holds a value which the modelled SDKs do not take for true."""
    del options
    value = snapshot.variable(_DISABLED)
    if not value or (value.text or "").lower() in ("true", "false"):
        return
    level: Level = "note" if contexts_of(snapshot) == {"laptop"} else "warning"
    sdks = file_readers(traces)
    shown = f'"{value.text}"' if value.text and value.text.isprintable() else "a value"
    yield _INEFFECTIVE.build(
        level,
        f'{_DISABLED} is {shown}, which disables nothing: {do(sdks, "need")} exactly "true", in '
        "upper or lower case.",
        variable_place(snapshot, _DISABLED),
        subject=_DISABLED,
        sdks=sdks,
        remedy=(f"`export {_DISABLED}=true`, or `unset {_DISABLED}` if IMDS is meant to be used.",),
    )


def imdsv1_enabled(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the metadata service answers without a session token.

    Only where it is AWS: the token PUT was answered as IMDSv2 does, or the firmware says EC2.
    """
    del traces, options
    evidence = snapshot.imds
    tokenless = evidence.roles_without_token.status
    if not evidence.probed or set(snapshot.platform.contexts) & {"laptop", "lambda"}:
        return
    has_token = evidence.token.status == _OK
    known_as_ec2 = snapshot.platform.ec2_evidence is not None
    # Without a role the list is 404 for everyone who is let in, 401 for those who are not.
    open_to_all = (tokenless == _OK and (has_token or known_as_ec2)) or (
        tokenless == _NOT_FOUND and has_token
    )
    if not open_to_all:
        return
    role = evidence.role
    level: Level = "error" if role else "warning"
    danger = (
        f"a single SSRF can read the keys of role `{role}`"
        if role
        else "no role is attached yet, but the keys of the next one will be one SSRF away"
    )
    region = f" --region {shlex.quote(evidence.region)}" if evidence.region else ""
    yield _OPEN.build(
        level,
        f"IMDS answers without a session token (IMDSv1 is on): {danger}.",
        imds("meta-data/iam/security-credentials/"),
        subject="imdsv1",
        remedy=(
            (
                modify_options(evidence, "--http-tokens required --http-endpoint enabled")
                + ", once the CloudWatch metric MetadataNoToken of the instance stays at zero."
            ),
            (
                "For new instances set the account's default: `aws ec2 "
                f"modify-instance-metadata-defaults --http-tokens required{region}`."
            ),
        ),
    )
