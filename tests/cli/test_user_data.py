"""``--user-data`` of doctor and snapshot as processes: what is told, and what never is."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from credlint import samples
from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from tests.cli.conftest import Runner

KEY, SECRET = samples.key_id("AKIA", "123456789012", "user"), samples.secret_key("user")
SCRIPT = f"""\
#!/bin/sh
echo "words-of-the-script-itself"
export AWS_ACCESS_KEY_ID={KEY}
export AWS_SECRET_ACCESS_KEY={SECRET}
"""
DOCTOR = ("doctor", "--isolated", "--sdk", "boto3", "--format")


def serve(user_data: bytes = SCRIPT.encode(), **more: Any) -> ImdsStandIn:
    return ImdsStandIn(Behaviour(role="app", v1=False, user_data=user_data, **more))


def found(text: str) -> list[dict[str, Any]]:
    return [one for one in json.loads(text)["findings"] if one["code"] == "HST107"]


def test_secrets_are_told_by_their_line(credlint: Runner, tmp_path: Path) -> None:
    with serve() as imds:
        done = credlint(*DOCTOR, "json", "--user-data", "--imds-endpoint", imds.endpoint)

    (finding,) = found(done.out)
    assert (finding["level"], finding["location"]["line"]) == ("error", 3)
    assert list((tmp_path / "empty-home").iterdir()) == []
    assert [place["line"] for place in finding["related"]] == [4]
    assert imds.credential_requests == ()


def test_nobody_looks_unless_asked_to(credlint: Runner) -> None:
    with serve() as imds:
        done = credlint(*DOCTOR, "json", "--imds-endpoint", imds.endpoint)

    assert found(done.out) == []
    assert "/latest/user-data" not in imds.paths
    assert json.loads(done.out)["notices"] == []


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_the_report_says_that_it_was_read(credlint: Runner, form: str) -> None:
    with serve(b"#!/bin/sh\n") as imds:
        done = credlint(*DOCTOR, form, "--user-data", "--imds-endpoint", imds.endpoint)

    assert "RUN915" in done.out
    assert "user data was read" in " ".join(done.out.split())


@pytest.mark.parametrize("packed", [False, True])
def test_no_text_of_it_is_kept_or_shown(credlint: Runner, packed: bool) -> None:
    text = SCRIPT.encode()
    with serve(gzip.compress(text) if packed else text) as imds:
        address = {"CREDLINT_IMDS_ENDPOINT": imds.endpoint}
        told = [credlint(*DOCTOR, form, "--user-data", **address) for form in ("json", "sarif")]
        told += [credlint(*DOCTOR, "text", "--verbose", "--user-data", **address)]
        told += [credlint("snapshot", "--user-data", **address)]

    for done in told:
        shown = done.out + done.err
        assert f"AKIA\u2026{KEY[-4:]}" in shown or f"AKIA\\u2026{KEY[-4:]}" in shown
        assert KEY not in shown
        assert "words-of-the-script" not in shown
        assert not any(SECRET[i : i + 8] in shown for i in range(len(SECRET) - 7))


def test_a_snapshot_gives_the_same_answer(credlint: Runner, tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    with serve() as imds:
        address = {"CREDLINT_IMDS_ENDPOINT": imds.endpoint}
        direct = credlint(*DOCTOR, "json", "--user-data", **keys, **address)
        credlint("snapshot", "--user-data", "-o", "snapshot.json", **keys, **address)

    replayed = credlint(*DOCTOR, "json", "--snapshot", str(tmp_path / "snapshot.json"))

    assert found(replayed.out) == found(direct.out)
    (finding,) = found(direct.out)
    assert [place["logical"] for place in finding["related"]] == [
        "imds/user-data",
        "environment/AWS_ACCESS_KEY_ID",
        "environment/AWS_SECRET_ACCESS_KEY",
    ]


def test_audit_tells_the_same_and_keeps_as_little(credlint: Runner, tmp_path: Path) -> None:
    with serve() as imds:
        address = {"CREDLINT_IMDS_ENDPOINT": imds.endpoint}
        saved = str(tmp_path / "audit.json")
        done = credlint(
            *("audit", "--isolated", "--format", "json", "--user-data", "--save", saved), **address
        )
        replayed = credlint("audit", "--isolated", "--format", "json", "--snapshot", saved)

    assert [one["location"]["line"] for one in found(done.out)] == [3]
    assert found(replayed.out) == found(done.out)
    assert [one["code"] for one in json.loads(done.out)["notices"]] == ["RUN915"]
    for text in (done.out, Path(saved).read_text()):
        assert KEY not in text
        assert "words-of-the-script" not in text
        assert not any(SECRET[i : i + 8] in text for i in range(len(SECRET) - 7))


def test_an_instance_without_user_data(credlint: Runner) -> None:
    with ImdsStandIn(Behaviour(role="app", v1=False)) as imds:
        done = credlint(*DOCTOR, "json", "--user-data", "--imds-endpoint", imds.endpoint)

    report = json.loads(done.out)
    assert (report["skipped"], report["notices"]) == ([], [])


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (["--imds-endpoint", "http://127.0.0.1:9"], "nothing answers at the metadata address"),
        (["--no-network"], "the network was not to be used"),
    ],
)
def test_what_could_not_be_read_is_said(credlint: Runner, more: list[str], reason: str) -> None:
    done = credlint(*DOCTOR, "json", "--user-data", *more)

    skipped = {entry["path"]: entry["reason"] for entry in json.loads(done.out)["skipped"]}
    assert skipped["user data"] == reason


def test_what_it_includes_is_not_fetched_and_said(credlint: Runner) -> None:
    with ImdsStandIn() as other, serve(f"#include\n{other.endpoint}/x\n".encode()) as imds:
        done = credlint(*DOCTOR, "json", "--user-data", "--imds-endpoint", imds.endpoint)

    skipped = {entry["path"]: entry["reason"] for entry in json.loads(done.out)["skipped"]}
    assert "were not fetched" in skipped["user data"]
    assert other.requests == []


@pytest.mark.parametrize("command", ["doctor", "audit"])
def test_a_snapshot_has_no_user_data_to_read(credlint: Runner, command: str) -> None:
    done = credlint(command, "--snapshot", "x.json", "--user-data")

    assert done.code == 2
    assert "--user-data reads this host's" in done.err
