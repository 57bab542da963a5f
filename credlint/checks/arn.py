"""The parts of an ARN that the checks read."""

from __future__ import annotations

from typing import Optional

# arn:partition:service:region:account:resource (IAM User Guide, "Amazon Resource Names").
_FIELDS = 6
_ACCOUNT_DIGITS = 12


def account_of_arn(arn: Optional[str]) -> Optional[str]:
    """Return the twelve-digit account of an ARN, None when it has none."""
    fields = (arn or "").split(":", _FIELDS - 1)
    if len(fields) < _FIELDS or fields[0] != "arn":
        return None
    account = fields[4]
    return account if len(account) == _ACCOUNT_DIGITS and account.isdigit() else None


def partition_of_arn(arn: Optional[str]) -> Optional[str]:
    """Return the partition of an ARN (aws, aws-cn, aws-us-gov …), None for anything else."""
    fields = (arn or "").split(":", _FIELDS - 1)
    partition = fields[1] if len(fields) == _FIELDS and fields[0] == "arn" else ""
    return partition if partition == "aws" or partition.startswith("aws-") else None
