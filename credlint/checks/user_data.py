"""HST107: secrets in the instance's user data, where somebody asked to look."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import cast

from credlint.checks.builder import FindingBuilder
from credlint.checks.imds_words import instance
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place, variable_place
from credlint.checks.wording import key_argument
from credlint.model.finding import LEVEL_RANK, Finding, Level
from credlint.model.location import Location, user_data
from credlint.model.metadata import TextSecret
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BUILDER = FindingBuilder("HST107", "user-data-contains-secrets")
# In the short form of a key id, which the engine names a pair by.
_SHORTENED = "\u2026"


def user_data_contains_secrets(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each secret by its line; one that stands there twice is one finding."""
    del traces, options
    groups: dict[str, list[TextSecret]] = {}
    for secret in snapshot.user_data.secrets:
        groups.setdefault(_story(secret), []).append(secret)
    for first, *others in groups.values():
        level = max((one.level for one in (first, *others)), key=LEVEL_RANK.__getitem__)
        related = [user_data(other.line, f"{other.what}.") for other in others]
        for one in (first, *others):
            related += _same_value(snapshot, one)
        yield _BUILDER.build(
            cast("Level", level),
            f"Line {first.line} of the instance's user data{_inner_place(first)} holds a secret: "
            f"{first.what}; every process here that reaches IMDS and every caller of "
            "DescribeInstanceAttribute can read it.",
            user_data(first.line),
            subject=f"{first.code}/{first.subject}",
            related=related,
            remedy=_remedy(snapshot, first),
            properties=[("rule", first.code)],
        )


def _story(secret: TextSecret) -> str:
    """Return what is equal for secrets of one story: both halves of a pair, one value twice."""
    return secret.subject if _SHORTENED in secret.subject else secret.fingerprint


def _inner_place(secret: TextSecret) -> str:
    if secret.part_line is not None:
        return f" (packed: {secret.part or 'what it holds'}, line {secret.part_line})"
    return f" ({secret.part})" if secret.part else ""


def _same_value(snapshot: HostSnapshot, secret: TextSecret) -> Iterator[Location]:
    """Yield where else the same value stands, by the capture's fingerprints."""
    told = "The same value stands here."
    for entry in snapshot.environment:
        if entry.value.fingerprint == secret.fingerprint:
            yield variable_place(snapshot, entry.name, told)
    for file in snapshot.files:
        for line in file.lines:
            if line.value is not None and line.value.fingerprint == secret.fingerprint:
                yield file_place(file, line, message=told)


def _remedy(snapshot: HostSnapshot, secret: TextSecret) -> Iterator[str]:
    name = instance(snapshot.imds)
    region = f" --region {shlex.quote(snapshot.imds.region)}" if snapshot.imds.region else ""
    if secret.key_id is not None and secret.key_id.prefix == "AKIA":
        yield (
            "It counts as known: deactivate the key, `aws iam update-access-key --access-key-id "
            f"{key_argument(secret.key_id)} --status Inactive`."
        )
    else:
        yield "It counts as known: replace it where it was issued."
    yield (
        "Keep the new one in Secrets Manager or Parameter Store, or better use the instance's role "
        "alone, and let the script fetch it when it runs: `aws ssm get-parameter --with-decryption "
        "--name NAME --query Parameter.Value --output text`."
    )
    yield (
        f"Replace the user data, also in the launch template: `aws ec2 stop-instances "
        f"--instance-ids {name}{region}`, `aws ec2 modify-instance-attribute --instance-id {name}"
        f"{region} --attribute userData --value file://NEW_TEXT_IN_BASE64`, start it again."
    )
    yield "Copies of it lie below /var/lib/cloud/instances on this instance and in its images."
