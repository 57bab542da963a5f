"""The region of each SDK and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest

from tests.chain.support import (
    THREE,
    trace_of,
    verdict,
)

# name, SDK, environment, config, region
REGIONS = [
    ("only AWS_REGION", "boto3", {"AWS_REGION": "r1"}, "", (None, None)),
    (
        "AWS_DEFAULT_REGION",
        "boto3",
        {"AWS_DEFAULT_REGION": "r2"},
        "",
        ("r2", "env:AWS_DEFAULT_REGION"),
    ),
    (
        "both",
        "boto3",
        {"AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"},
        "",
        ("r2", "env:AWS_DEFAULT_REGION"),
    ),
    (
        "both, v2",
        "aws-cli-v2",
        {"AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"},
        "",
        ("r1", "env:AWS_REGION"),
    ),
    ("only AWS_REGION, v1", "aws-cli-v1", {"AWS_REGION": "r1"}, "", (None, None)),
    ("default profile", "boto3", {}, "[default]\nregion = r3\n", ("r3", "profile:default")),
    (
        "no inheritance",
        "boto3",
        {"AWS_PROFILE": "p"},
        "[default]\nregion = r3\n[profile p]\n",
        (None, None),
    ),
    (
        "comment is part",
        "boto3",
        {},
        "[default]\nregion = r3 # home\n",
        ("r3 # home", "profile:default"),
    ),
    (
        "empty variable hides",
        "boto3",
        {"AWS_DEFAULT_REGION": ""},
        "[default]\nregion = r3\n",
        ("", "env:AWS_DEFAULT_REGION"),
    ),
]


@pytest.mark.parametrize(
    ("sdk", "environment", "config_text", "expected"),
    [row[1:] for row in REGIONS],
    ids=[row[0] for row in REGIONS],
)
def test_region(
    tmp_path: Path,
    sdk: str,
    environment: dict[str, str],
    config_text: str,
    expected: tuple[Optional[str], Optional[str]],
) -> None:
    scenario = {"environment": environment, "files": {"config": config_text}}

    region = trace_of(tmp_path, scenario, sdk).region

    assert (region.value, region.source) == expected


def test_region_of_instance_for_cli_v2_only(tmp_path: Path) -> None:
    scenario = {"imds": {"role": "r", "availability_zone": "eu-west-1a"}}

    chosen = [trace_of(tmp_path, scenario, sdk).region for sdk in ("boto3", "aws-cli-v2")]

    assert [(region.value, region.source) for region in chosen] == [
        (None, None),
        ("eu-west-1", "imds"),
    ]


def test_other_places_of_a_region_are_named(tmp_path: Path) -> None:
    scenario = {
        "environment": {"AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"},
        "files": {"config": "[default]\nregion = r3\n"},
    }

    region = trace_of(tmp_path, scenario).region

    assert region.ignored == (("env:AWS_REGION", "r1"), ("profile:default", "r3"))


def test_cli_v2_prefers_aws_profile(tmp_path: Path) -> None:
    scenario = {
        "environment": {"AWS_DEFAULT_PROFILE": "p1", "AWS_PROFILE": "p2"},
        "files": THREE,
    }

    trace = trace_of(tmp_path, scenario, "aws-cli-v2")

    assert (verdict(trace), trace.profile_source) == (
        "static_credentials_file P2",
        "env:AWS_PROFILE",
    )
