"""Where Rust takes the region from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from credlint.chain.rust.uri import Uri, parse_uri
from tests.chain.support import ARN, config, trace_of

INSTANCE = {"contexts": ["ec2"], "imds": {"role": "r", "v2": True, "region": "eu-central-1"}}
THROUGH = (
    f"[default]\nrole_arn = {ARN}\nsource_profile = p1\n"
    f"[profile p1]\nrole_arn = {ARN}\nsource_profile = p2\n[profile p2]\nregion = r2\n"
)

ROWS: dict[str, tuple[dict[str, Any], Optional[str], Optional[str]]] = {
    "AWS_REGION comes first": (
        {"environment": {"AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"}},
        "a",
        "env:AWS_REGION",
    ),
    "an empty variable counts": (
        {"environment": {"AWS_REGION": "", "AWS_DEFAULT_REGION": "b"}},
        "",
        "env:AWS_REGION",
    ),
    "the profile": (config("[default]\nregion = r1\n"), "r1", "profile:default"),
    "the profile that it refers to": (config(THROUGH), "r2", "profile:p2"),
    "profiles in a circle": (
        config("[default]\nsource_profile = p1\n[profile p1]\nsource_profile = default\n"),
        None,
        None,
    ),
    "a file that does not parse": (config("[default]\nregion = r1\n[x\n"), None, None),
    "nothing": ({}, None, None),
}


@pytest.mark.parametrize("name", ROWS)
def test_region(tmp_path: Path, name: str) -> None:
    scenario, value, source = ROWS[name]

    region = trace_of(tmp_path, scenario, "rust").region

    assert (region.value, region.source) == (value, source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://127.0.0.1:80/x", ("http", "127.0.0.1")),
        ("HTTPS://user@[::1]:80", ("https", "[::1]")),
        ("localhost:80", ("", "localhost")),
        ("nonsense", ("", "nonsense")),
        ("/x", ("", "")),
        ("*", ("", "")),
        ("http://x/?[12 characters]", ("http", "x")),
        ("http://[REDACTED-0123abcd]@x/", ("http", "x")),
        ("", None),
        ("http://", None),
        ("http:///x", None),
        ("localhost:80/x", None),
        ("::", None),
        ("http://[::1/x", None),
        ("http://a:b:80/", None),
        ("http://a@/", None),
        ("http://a b/", None),
        ("http://x/a b", None),
        ("http://x%20y/", None),
    ],
)
def test_addresses(text: str, expected: Optional[Uri]) -> None:
    assert parse_uri(text) == expected
