"""What the rules about instance metadata say alike: the command that changes its options."""

from __future__ import annotations

import shlex

from credlint.model.metadata import ImdsEvidence


def modify_options(evidence: ImdsEvidence, options: str) -> str:
    """Return the AWS CLI's command, in backticks, that changes the metadata options here."""
    region = f" --region {shlex.quote(evidence.region)}" if evidence.region else ""
    return (
        f"`aws ec2 modify-instance-metadata-options --instance-id {instance(evidence)}{region} "
        f"{options}`"
    )


def instance(evidence: ImdsEvidence) -> str:
    """Return the instance's id for a shell, or a word in its place."""
    return shlex.quote(evidence.instance_id or "INSTANCE_ID")
