"""The judge of the AWS SDK for Go v1."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, Optional

from credlint.model.trace import Trace
from tests.conformance.judges import go
from tests.conformance.setups import SetUp

SDKS = ("go-v1",)
MOODS_BY_PORT = go.MOODS_BY_PORT
SERVICES = "answer"
missing = go.missing
Judge = go.Judge


def disagreement(trace: Trace, verdict: dict[str, Any]) -> Optional[str]:
    """Return in what our trace and the verdict of the real SDK differ, None when they agree."""
    return go.compared(trace, verdict, _may_differ)


def _may_differ(trace: Trace, expected: Optional[str], real: Optional[str]) -> bool:
    """Tell whether the difference lies in what only a program or the service can tell."""
    assert trace.winner is not None
    detail = trace.winner.detail
    if expected is None and real is not None and real.startswith("ProcessProvider"):
        return "credential_process" in detail
    # The program may give a region, without which an endpoint cannot be told.
    lost = real in {"MissingRegion", "MissingEndpoint"}
    return lost and not go.usable(trace.region.value)


_LINES = (
    "region = # eu",
    'region = "eu-north-1" and more',
    'region = "eu\\"north"',
    'region = "eu\\nor\\tth',
    'region = "open',
    'region = eu "north-1"',
    "region = eu-north-1 ,x",
    "region = ,eu-north-1",
    "region = eu,north",
    "region = =x",
    "region = [x]",
    "region = eu\tnorth\t",
    ", lead",
    "loose text",
    "loose text # comment",
    "two words = x",
    "[dev",
    "[dev] text",
    "[profile dev] # comment",
    '[profile "dev"]',
    "[profile\tdev]",
    "[profile dev",
    "[a:b]",
    "[a,b]",
    "[]",
    "]",
    "[default]",
    "[aws_csm]",
    "[sso-session s-dev]",
    "  nested =",
    "nested =",
    "  indented = value",
    'source_profile = "base"',
    "source_profile = base ; comment",
    "SOURCE_PROFILE = base",
    'credential_source = "Environment"',
    'web_identity_token_file = "{HOME}/tokens/good"',
    'credential_process = "{HOME}/bin/missing"',
    "aws_session_token =",
    'aws_access_key_id = "@@key-id:AKIA:123456789012:quoted@@"',
    "aws_secret_access_key = @@secret-key:spaced@@ # comment",
    "ec2_metadata_v1_disabled = TrueIsh",
    "ec2_metadata_v1_disabled = no",
    "sts_regional_endpoints = Regional",
    "sts_regional_endpoints = global",
    "sts_regional_endpoints =",
    "s3_us_east_1_regional_endpoint = legacy # x",
    "ec2_metadata_service_endpoint_mode = IPv4 # x",
    "duration_seconds = soon",
    "csm_enabled = false",
    "ca_bundle = {HOME}/bundles/good",
    "ca_bundle = {HOME}/bundles/none",
    "role_arn = short",
    "mfa_serial = x",
)
_VARIABLES = (
    ("AWS_STS_REGIONAL_ENDPOINTS", ("regional", "legacy", "Regional", "global")),
    ("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", ("regional", "x")),
    ("AWS_S3_USE_ARN_REGION", ("true", "False", "1")),
    ("AWS_USE_DUALSTACK_ENDPOINT", ("false", "0")),
    ("AWS_USE_FIPS_ENDPOINT", ("false", "FALSE", "0")),
    ("AWS_ENABLE_ENDPOINT_DISCOVERY", ("auto", "on")),
    ("AWS_SDK_GO_CLIENT_TLS_CERT", ("{HOME}/bundles/good",)),
    ("AWS_RETRY_MODE", ("turbo",)),
)
_SWITCH = "AWS_SDK_LOAD_CONFIG"
_SWITCHES = ("1",) * 8 + ("true", "T", "0", "false", "yes", "")


def extended(setup: SetUp, seed: int, number: int) -> SetUp:
    """Return the set-up with what only Go v1 reads or reads in its own way."""
    dice = random.Random(f"go-v1:{seed}:{number}")  # noqa: S311  repeatable
    setup = go.with_corners(setup, dice, _LINES, _VARIABLES)
    if dice.random() < 0.25:
        return setup
    return replace(setup, environment={**setup.environment, _SWITCH: dice.choice(_SWITCHES)})
