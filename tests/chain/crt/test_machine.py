"""The container endpoint and IMDS, as the Common Runtime and the C++ SDK take them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

import pytest

from credlint.chain.crt.machine import Address, split
from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.model.metadata import ContainerEvidence, HttpAttempt, ImdsEvidence
from tests.chain.support import trace_of, verdict
from tests.support.scenario import build_snapshot

FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  a variable's name
FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
EC2: dict[str, Any] = {"contexts": ["ec2"]}
OK, REFUSED = HttpAttempt(200, None, 5), HttpAttempt(None, "refused", 5)
SILENT = HttpAttempt(None, "timeout", 350)
ROLE = ImdsEvidence(
    probed=True,
    token=OK,
    roles_with_token=OK,
    roles_without_token=OK,
    role_names=("r",),
    availability_zone="eu-central-1b",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://h/p", Address("http", "h", 0, "/p")),
        ("HTTPS://h:1?q", Address("https", "h", 1, "?q")),
        ("h:80/p", Address("", "h", 80, "/p")),
        ("h", Address("", "h", 0, "")),
        ("/p", Address("", "", 0, "/p")),
        ("http://u:p@h:1/p", Address("http", "h", 1, "/p")),
        ("http://[::1]:1/p", Address("http", "::1", 1, "/p")),
        ("http://[::1]/p", Address("http", "::1", 0, "/p")),
        ("http://[::1/p", None),
        ("http://h:x/p", None),
        ("http:/p", None),
        ("http://", None),
        ("::", None),
        ("", None),
    ],
)
def test_how_an_address_is_split(text: str, expected: Optional[Address]) -> None:
    assert split(text) == expected


CONTAINERS: list[tuple[dict[str, str], str, str]] = [
    ({FULL: "http://127.0.0.1:1/x"}, "container", "container"),
    ({FULL: "http://127.1.2.3:1/x"}, "container", "none"),
    ({FULL: "http://[::1]:1/x"}, "container", "container"),
    ({FULL: "http://localhost:1/x"}, "container", "container"),
    ({FULL: "http://169.254.170.23/x"}, "container", "container"),
    ({FULL: "http://10.0.0.5/x"}, "none", "none"),
    ({FULL: "http://a.invalid/x"}, "none", "none"),
    ({FULL: "/x"}, "none", "none"),
    ({FULL: "https://h.example/x"}, "container", "container"),
    ({FULL: "http://u@127.0.0.1:1/x"}, "container", "none"),
    ({RELATIVE: "/x"}, "container", "container"),
    ({RELATIVE: "x"}, "none", "none"),
    # A relative one wins, an empty one counts as none.
    ({RELATIVE: "/x", FULL: "http://10.0.0.5/x"}, "container", "container"),
    ({FULL: "http://127.0.0.1:1/x", TOKEN: "a\nb"}, "none", "container"),
    ({FULL: "http://127.0.0.1:1/x", TOKEN: "a\r\nb"}, "none", "none"),
    ({FULL: "http://127.0.0.1:1/x", FILE: "{home}/token"}, "container", "container"),
    ({FULL: "http://127.0.0.1:1/x", FILE: "{home}/lf"}, "none", "container"),
    ({FULL: "http://127.0.0.1:1/x", FILE: "{home}/crlf"}, "none", "none"),
    ({FULL: "http://127.0.0.1:1/x", FILE: "{home}/empty"}, "container", "none"),
    ({FULL: "http://127.0.0.1:1/x", FILE: "{home}/gone"}, "never returns", "none"),
    ({FULL: "http://127.0.0.1:1/x", FILE: "{home}"}, "never returns", "SIGABRT"),
    ({RELATIVE: "x", FILE: "{home}"}, "never returns", "none"),
    ({FULL: "http://[::1/x", FILE: "{home}"}, "none", "none"),
]


@pytest.mark.parametrize(("environment", "crt", "cpp"), CONTAINERS)
def test_container(tmp_path: Path, environment: dict[str, str], crt: str, cpp: str) -> None:
    files = {"token": "t", "lf": "t\n", "crlf": "t\r\n", "empty": ""}
    scenario = {
        "environment": environment,
        "files": files,
        "container": {"reachable": "yes"},
    }

    assert verdict(trace_of(tmp_path, scenario, "crt")) == crt
    assert verdict(trace_of(tmp_path, scenario, "cpp")) == cpp


@pytest.mark.parametrize(
    ("reachable", "expected"),
    [("refused", "none"), ("unreachable", "none"), ("timeout", "container?")],
)
@pytest.mark.parametrize("sdk", ["crt", "cpp"])
def test_what_the_probe_saw(tmp_path: Path, sdk: str, reachable: str, expected: str) -> None:
    scenario = {"environment": {RELATIVE: "/x"}, "container": {"reachable": reachable}}

    assert verdict(trace_of(tmp_path, scenario, sdk)) == expected


@pytest.mark.parametrize("sdk", ["crt", "cpp"])
def test_an_address_that_only_some_read_is_looked_up_beside(tmp_path: Path, sdk: str) -> None:
    snapshot = build_snapshot({"environment": {FULL: "localhost:1/x"}}, tmp_path)
    other = ContainerEvidence(FULL, "http", "localhost", 1, "yes")
    seen = replace(snapshot, container_other=other)

    assert verdict(resolve(snapshot, load_sdk(sdk))) == "container?"
    assert verdict(resolve(seen, load_sdk(sdk))) == "container"


@pytest.mark.parametrize(
    ("evidence", "contexts", "expected"),
    [
        (ROLE, ["ec2"], "imds"),
        (replace(ROLE, token=REFUSED), ["ec2"], "imds"),
        (replace(ROLE, token=HttpAttempt(400, None, 5)), ["ec2"], "none"),
        (replace(ROLE, role_names=()), ["ec2"], "none"),
        (replace(ROLE, token=REFUSED, roles_without_token=REFUSED), ["ec2"], "none"),
        (replace(ROLE, token=SILENT, roles_without_token=SILENT), ["ec2"], "imds?"),
        (replace(ROLE, token=SILENT, roles_without_token=SILENT), ["laptop"], "none"),
        (replace(ROLE, token=HttpAttempt(200, None, 900)), ["ec2"], "imds?"),
        (ImdsEvidence(reason="no route"), ["laptop"], "none"),
        (ImdsEvidence(reason="not to be used"), ["ec2"], "imds?"),
        # What was asked is not what these SDKs ask.
        (replace(ROLE, endpoint="http://127.0.0.1:1"), ["ec2"], "imds?"),
        (replace(ROLE, endpoint="http://127.0.0.1:1"), ["laptop"], "none"),
        (replace(ROLE, endpoint="(not http)"), ["laptop"], "none"),
    ],
)
@pytest.mark.parametrize("sdk", ["crt", "cpp"])
def test_imds(
    tmp_path: Path, sdk: str, evidence: ImdsEvidence, contexts: list[str], expected: str
) -> None:
    snapshot = replace(build_snapshot({"contexts": contexts}, tmp_path), imds=evidence)

    assert verdict(resolve(snapshot, load_sdk(sdk))) == expected


@pytest.mark.parametrize(
    ("environment", "probed", "crt", "cpp"),
    [
        ({ENDPOINT: "http://127.0.0.1:1/"}, "http://127.0.0.1:1", "imds", "imds"),
        # The Common Runtime drops a path, the C++ SDK keeps it.
        ({ENDPOINT: "http://127.0.0.1:1/p"}, "http://127.0.0.1:1/p", "imds?", "imds"),
        # One that cannot be split gives way to the default one, or leaves none.
        ({ENDPOINT: "http://"}, "http://169.254.169.254", "imds", "none"),
        ({ENDPOINT: "localhost:1"}, "(not http)", "imds?", "imds?"),
        (
            {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"},
            "http://[fd00:ec2::254]",
            "imds",
            "imds",
        ),
        ({ENDPOINT: "http://[::1]:1"}, "http://[::1]:1", "imds", "imds"),
    ],
)
def test_imds_endpoint(
    tmp_path: Path, environment: dict[str, str], probed: str, crt: str, cpp: str
) -> None:
    snapshot = build_snapshot({"environment": environment}, tmp_path)
    seen = replace(snapshot, imds=replace(ROLE, endpoint=probed))

    assert verdict(resolve(seen, load_sdk("crt"))) == crt
    assert verdict(resolve(seen, load_sdk("cpp"))) == cpp


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("eu-central-1", "imds")),
        ({"AWS_EC2_METADATA_DISABLED": "true"}, ("us-east-1", "fallback")),
        ({ENDPOINT: "http://"}, ("us-east-1", "fallback")),
    ],
)
def test_region_of_the_machine(
    tmp_path: Path, environment: dict[str, str], expected: tuple[str, str]
) -> None:
    snapshot = build_snapshot({"environment": environment}, tmp_path)
    region = resolve(replace(snapshot, imds=ROLE), load_sdk("cpp")).region

    assert (region.value, region.source) == expected
