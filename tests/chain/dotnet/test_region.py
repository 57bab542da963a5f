"""The region: FallbackRegionFactory.cs, and IAWSRegionArgumentsMethods of PowerShell."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from tests.chain.support import trace_of

FILES = {"config": "[default]\nregion = r1\n[profile p1]\nregion = r2\n"}
INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True, "v2": True, "region": "r9"}}
Choice = tuple[Optional[str], Optional[str]]
NONE: Choice = (None, None)
ROWS: dict[str, tuple[dict[str, Any], Choice, Choice]] = {
    "variable and profile": (
        {"environment": {"AWS_REGION": "r3"}, "files": FILES},
        ("r3", "env:AWS_REGION"),
        ("r1", "profile:default"),
    ),
    "AWS_DEFAULT_REGION is not read": ({"environment": {"AWS_DEFAULT_REGION": "r3"}}, NONE, NONE),
    "a name that is none is passed over": (
        {"environment": {"AWS_REGION": "r 3"}, "files": FILES},
        ("r1", "profile:default"),
        ("r1", "profile:default"),
    ),
    "the selected profile, for PowerShell the one called default": (
        {"environment": {"AWS_PROFILE": "p1"}, "files": FILES},
        ("r2", "profile:p1"),
        ("r1", "profile:default"),
    ),
    "the profile cannot be read": (
        {"files": {"config": "garbage\n"}, **INSTANCE},
        NONE,
        NONE,
    ),
    "the identity document": (INSTANCE, ("r9", "imds"), ("r9", "imds")),
    "the identity document without a role": (
        {**INSTANCE, "imds": {"v1": True, "v2": True, "region": "r9"}},
        ("r9", "imds"),
        ("r9", "imds"),
    ),
    "not where IMDS is off": (
        {"environment": {"AWS_EC2_METADATA_DISABLED": "true"}, **INSTANCE},
        NONE,
        NONE,
    ),
    "nothing": ({}, NONE, NONE),
}


@pytest.mark.parametrize("name", ROWS)
def test_region(tmp_path: Path, name: str) -> None:
    scenario, sdks, powershell = ROWS[name]
    expected = {"dotnet-v3": sdks, "dotnet-v4": sdks, "powershell": powershell}

    found = {}
    for sdk in expected:
        (tmp_path / sdk).mkdir()
        region = trace_of(tmp_path / sdk, scenario, sdk).region
        found[sdk] = (region.value, region.source)

    assert found == expected


def test_the_clients_profile_gives_no_region(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, {"files": FILES}, "dotnet-v3", "p1")

    assert (trace.region.value, trace.region.source) == ("r1", "profile:default")
