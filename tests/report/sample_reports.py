"""Hand-made reports that every format is tried on: one doctor run, one scan, one clean scan."""

from __future__ import annotations

from dataclasses import replace

from credlint.model.baseline import Accepted, BaselineEntry
from credlint.model.captured import KeyId
from credlint.model.finding import (
    Finding,
    IgnoreDirective,
    Skipped,
    Suppressed,
    number_findings,
)
from credlint.model.location import Location, container_endpoint, environment_variable, imds
from credlint.model.report import Notice, Report, Summary
from credlint.model.rule import Rule
from credlint.model.trace import Offer, RegionChoice, SdkError, Step, Trace

KEY = KeyId("AKIA", "WXYZ", account="123456789012")
FILE_KEY = KeyId("AKIA", "Q7RT", account="210987654321")
ROLE = "app-reader"
VERSION = "0.0.0"

_EXPLAIN = """
## What it does
Finds **keys** in the environment that come before `{name}`.

## Why is this bad?
The role is [never used](https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).

## Example
```sh
aws sts get-caller-identity
```

## Use instead
The role.

## When to ignore it
On a laptop.

## References
- AWS SDKs and Tools Reference Guide
"""


def rule(code: str, name: str, level: str, severity: float, cwe: tuple[int, ...]) -> Rule:
    rooms = {"CHN": "chain", "HST": "host", "SEC": "secrets", "RUN": "run"}
    return Rule(
        id=code,
        name=name,
        room=rooms[code[:3]],
        level=level,
        security_severity=severity,
        confidence="high",
        cwe=cwe,
        summary=f"The summary of {name}.",
        explain=_EXPLAIN.format(name=name),
        remedy=f"Mend {name}.",
        tags=("credentials",),
    )


RULES = (
    rule("CHN101", "env-keys-shadow-instance-role", "error", 8.1, (266,)),
    rule("CHN201", "profile-missing", "error", 0.0, (16,)),
    rule("CHN402", "two-region-variables", "note", 0.0, (436,)),
    rule("HST101", "imds-v1-answers", "warning", 5.5, (918, 1188)),
    rule("RUN901", "unreadable-file", "warning", 0.0, (693,)),
    rule("RUN909", "unused-suppression", "warning", 0.0, (693,)),
    rule("SEC101", "aws-access-key-pair", "error", 9.5, (798, 522)),
    rule("SEC201", "private-key", "error", 8.0, (321,)),
)

_CREDENTIALS = Location("file", ".aws/credentials", "HOME", 2, 1, logical="profile/default")

STEPS = (
    Step(
        "env",
        "selected",
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set",
        environment_variable("AWS_ACCESS_KEY_ID", line=1),
        Offer("static", key_id=KEY, account="123456789012"),
    ),
    Step("role_profile", "absent", "no role_arn"),
    Step("web_identity", "absent", "AWS_WEB_IDENTITY_TOKEN_FILE is not set"),
    Step("sso_profile", "absent", "no sso settings"),
    Step(
        "static_credentials_file",
        "shadowed",
        "profile default has a key pair",
        _CREDENTIALS,
        Offer("static", profile="default", key_id=FILE_KEY, account="210987654321"),
    ),
    Step("static_config_file", "absent", "no keys"),
    Step(
        "boto2_config",
        "broken",
        "half a key pair",
        Location("file", "etc/boto.cfg", "HOSTROOT", 4, 1),
        error=SdkError("PartialCredentialsError", "boto.cfg has a key id and no secret."),
    ),
    Step("container", "absent", "no URI variable is set"),
    Step(
        "imds",
        "shadowed",
        "role app-reader is attached",
        imds(f"iam/security-credentials/{ROLE}"),
        Offer("dynamic", role=ROLE),
    ),
)

_REGION = RegionChoice(
    "eu-west-1",
    "env:AWS_DEFAULT_REGION",
    environment_variable("AWS_DEFAULT_REGION", line=2),
    ignored=(("env:AWS_REGION", "us-east-1"),),
)
BOTO3 = Trace("boto3", "selected", STEPS, winner=STEPS[0], region=_REGION)
CLI_V1 = replace(BOTO3, sdk="aws-cli-v1")
CLI_V2 = replace(
    BOTO3,
    sdk="aws-cli-v2",
    region=RegionChoice("us-east-1", "env:AWS_REGION", environment_variable("AWS_REGION", line=3)),
)
_ERROR = SdkError("ProfileNotFound", "the profile deploy is in neither file.", at_first_use=False)
JS_V3 = Trace(
    "js-v3",
    "error",
    (Step("profile", "broken", "no such profile", error=_ERROR), *STEPS[7:]),
    error=_ERROR,
    profile="deploy",
    profile_source="env:AWS_PROFILE",
)

ENV_FINDING = Finding(
    "CHN101",
    "env-keys-shadow-instance-role",
    "error",
    "Environment keys AKIA…WXYZ (long-term, account 123456789012) win over the instance role "
    "app-reader. The role is never used by boto3, AWS CLI v1 and v2.",
    environment_variable("AWS_ACCESS_KEY_ID", line=1),
    related=(
        imds(f"iam/security-credentials/{ROLE}", "the role app-reader is attached here"),
        Location("file", "srv/app/.env", "HOSTROOT", 3, message="this line exports the key"),
    ),
    remedy=(
        "Unset the variables: `unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN`\n"
        "Remove the line that exports them and restart the service.\n"
        "Check: `aws sts get-caller-identity` must show assumed-role/app-reader.\n"
        "Deactivate the key: `aws iam update-access-key --status Inactive …`"
    ),
    subject="AKIA…WXYZ",
    sdks=("boto3", "aws-cli-v1", "aws-cli-v2"),
    fix="display",
    properties=(("role", ROLE),),
)
IMDS_FINDING = Finding(
    "HST101",
    "imds-v1-answers",
    "warning",
    "The instance metadata service answers without a session token.",
    imds(),
    remedy="Require tokens: `aws ec2 modify-instance-metadata-options --http-tokens required`",
)
NOTE_FINDING = Finding(
    "CHN402",
    "two-region-variables",
    "note",
    "AWS_REGION and AWS_DEFAULT_REGION differ.",
    environment_variable("AWS_REGION", line=3),
    sdks=("boto3",),
)
CONTAINER_FINDING = Finding(
    "CHN201",
    "profile-missing",
    "error",
    "The endpoint that the container names does not answer.",
    container_endpoint(),
)

DOCTOR = Report(
    command="doctor",
    version=VERSION,
    rules=RULES,
    contexts=("ec2",),
    chains=(BOTO3, CLI_V1, CLI_V2),
    findings=number_findings([ENV_FINDING, IMDS_FINDING, NOTE_FINDING]),
    skipped=(Skipped("~/.aws/config", "permission denied", "RUN901", base="HOME"),),
    summary=Summary(findings=3, skipped=1, below_threshold=1),
    environment_listing=("AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_REGION"),
    notes=("the instance metadata service was asked for role names only",),
)

FILE_FINDING = Finding(
    "SEC101",
    "aws-access-key-pair",
    "error",
    "Access key AKIA…Q7RT of account 210987654321 stands with its secret.",
    Location("file", "deploy/settings file.py", "SRCROOT", 12, 11, 12, 31),
    related=(
        Location("file", "deploy/settings file.py", line=13, column=14, message="the secret"),
    ),
    subject="AKIA…Q7RT",
    fix="unsafe",
)
PEM_FINDING = Finding(
    "SEC201",
    "private-key",
    "error",
    "An unencrypted private key (RSA) is kept here.",
    Location("file", "keys/ünï.pem", "SRCROOT", 1, 1, 9, 30),
    remedy="Delete the key and revoke it.",
)
# One secret in many places, as policy.grouping joins them.
COPIED, *_COPIES = number_findings(
    replace(PEM_FINDING, location=Location("file", f"copies/{name}.pem", line=1, end_line=9))
    for name in ("a", "b", "ç d", "e", "f", "g")
)
COPIED = replace(COPIED, also=tuple(_COPIES))
HIDDEN = replace(FILE_FINDING, location=Location("file", "tests/data.py", line=3, column=5))
DIRECTIVE = IgnoreDirective("tests/data.py", "SRCROOT", 3, ("SEC101",), "documented sample")

SCAN = Report(
    command="scan",
    version=VERSION,
    rules=RULES,
    findings=number_findings([FILE_FINDING, PEM_FINDING]),
    suppressed=(Suppressed(number_findings([HIDDEN])[0], DIRECTIVE),),
    skipped=(Skipped("secret/locked.bin", "permission denied", "RUN901", base="SRCROOT"),),
    summary=Summary(
        files=128, bytes=1_400_000, findings=2, suppressed=1, skipped=1, ignored_paths=2
    ),
    unused_directives=("src/old.py:7: ignore[SEC101] matches no finding",),
    notices=(
        Notice("RUN913", "credlint.toml leaves out paths: tests/.", "note"),
        Notice(
            "RUN910",
            "the suppression gives no reason.",
            "note",
            Location("file", "src/new.py", line=9),
        ),
    ),
)
COPIES = replace(
    SCAN, findings=(COPIED,), suppressed=(), skipped=(), unused_directives=(), notices=()
)
ACCEPTED = Accepted(
    COPIED,
    BaselineEntry("SEC201", "3f9c1c2ab04d77e1", "revoked, kept as a fixture", "2027-01-31"),
)
BASELINED = replace(
    SCAN,
    skipped=(),
    unused_directives=(),
    baseline=".credlint-baseline",
    baselined=(ACCEPTED, replace(ACCEPTED, entry=replace(ACCEPTED.entry, reason="", until=""))),
    notices=(
        Notice("RUN913", ".credlint-baseline narrows this run: it accepts what stands.", "note"),
    ),
)
CLEAN = Report(command="scan", version=VERSION, rules=RULES, summary=Summary(files=3, bytes=90))
BROKEN = replace(
    DOCTOR, chains=(BOTO3, JS_V3), findings=number_findings([CONTAINER_FINDING]), skipped=()
)


def _other(sdk: str, winner: str, **more: object) -> Trace:
    """Return the first chain as another SDK has it, in which another step wins."""
    steps = tuple(
        replace(step, status="selected" if step.source == winner else "shadowed")
        if step.offer is not None
        else step
        for step in STEPS
    )
    chosen = next(step for step in steps if step.source == winner)
    return replace(BOTO3, sdk=sdk, steps=steps, winner=chosen, **more)


DIVERGENCE = replace(
    DOCTOR,
    chains=(
        BOTO3,
        CLI_V2,
        _other("js-v3", "static_credentials_file"),
        _other("dotnet-v3", "static_credentials_file", verified="source"),
        _other("rust", "imds"),
        replace(
            BOTO3,
            sdk="go-v2",
            outcome="error",
            winner=None,
            error=SdkError("SharedConfigProfileNotExistError", "the profile x does not exist"),
        ),
        replace(BOTO3, sdk="java-v2", outcome="none", winner=None),
    ),
    findings=(),
    notes=("Judged are the SDKs that were found here.",),
)

REPORTS = {
    "doctor": DOCTOR,
    "divergence": DIVERGENCE,
    "scan": SCAN,
    "copies": COPIES,
    "baselined": BASELINED,
    "clean": CLEAN,
    "broken": BROKEN,
}
