"""``credlint doctor`` and ``snapshot`` as processes, with an instance metadata stand-in."""

from __future__ import annotations

import json
import time
from pathlib import Path

from credlint import samples
from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from tests.cli.conftest import Runner

KEYS = {
    "AWS_ACCESS_KEY_ID": samples.key_id(),
    "AWS_SECRET_ACCESS_KEY": samples.secret_key(),
}


def test_env_keys_hide_the_role(credlint: Runner) -> None:
    with ImdsStandIn(Behaviour(role="app-reader")) as imds:
        done = credlint(
            "doctor",
            "--sdk=boto3,aws-cli-v1,aws-cli-v2",
            "--format=json",
            f"--imds-endpoint={imds.endpoint}",
            **KEYS,
        )

    report = json.loads(done.out)
    winners = {chain["sdk"]: chain["winner"]["source"] for chain in report["chains"]}
    assert done.code == 1
    assert winners == {"boto3": "env", "aws-cli-v1": "env", "aws-cli-v2": "env"}
    assert "CHN101" in {finding["code"] for finding in report["findings"]}
    assert imds.credential_requests == ()


def test_a_snapshot_gives_the_same_answer(credlint: Runner, tmp_path: Path) -> None:
    with ImdsStandIn(Behaviour(role="app-reader")) as imds:
        address = {"CREDLINT_IMDS_ENDPOINT": imds.endpoint}
        direct = credlint("doctor", "--format", "json", **KEYS, **address)
        saved = credlint("snapshot", "-o", "snapshot.json", **KEYS, **address)

    replayed = credlint("doctor", "--format", "json", "--snapshot", "snapshot.json")

    assert (saved.code, saved.out) == (0, "")
    assert (tmp_path / "snapshot.json").is_file()
    # The finding on the time that passed between the two runs is the only thing that may differ.
    assert json.loads(replayed.out) == json.loads(direct.out)
    assert replayed.code == direct.code


def test_profile_option_differs_from_the_variable(credlint: Runner, tmp_path: Path) -> None:
    aws = tmp_path / "empty-home" / ".aws"
    aws.mkdir()
    other = samples.key_id("AKIA", "210987654321", "other")
    (aws / "credentials").write_text(
        f"[dev]\naws_access_key_id = {other}\naws_secret_access_key = {samples.secret_key('o')}\n"
    )

    variable = credlint("doctor", "--sdk", "boto3", "--format", "json", **KEYS, AWS_PROFILE="dev")
    option = credlint("doctor", "--sdk", "boto3", "--format", "json", "--profile", "dev", **KEYS)

    sources = [json.loads(done.out)["chains"][0]["winner"]["source"] for done in (variable, option)]
    assert sources == ["env", "static_credentials_file"]


def test_a_missing_profile_is_the_sdks_own_exception(credlint: Runner) -> None:
    done = credlint("doctor", "--sdk", "boto3", "--format", "json", AWS_PROFILE="nope")

    chain = json.loads(done.out)["chains"][0]
    assert (chain["outcome"], chain["error"]["name"]) == ("error", "ProfileNotFound")


def test_an_unknown_sdk_exits_2(credlint: Runner) -> None:
    done = credlint("doctor", "--sdk", "boto4")

    assert done.code == 2
    assert "boto3" in done.err


def test_a_broken_snapshot_exits_2_in_one_line(credlint: Runner, tmp_path: Path) -> None:
    (tmp_path / "snapshot.json").write_text("{")

    done = credlint("doctor", "--snapshot", "snapshot.json")

    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)


def test_a_metadata_service_that_hangs_is_not_waited_for(credlint: Runner) -> None:
    """No timing bar (that is the bench's): only that the deadline exists at all."""
    with ImdsStandIn(Behaviour(manner="hang")) as imds:
        start = time.monotonic()
        done = credlint("doctor", "--imds-endpoint", imds.endpoint)
        elapsed = time.monotonic() - start

    assert done.code in (0, 1)
    assert "imds: no answer in the time that is waited for it" in done.out
    assert elapsed < 20


def test_text_has_no_colour_in_a_pipe(credlint: Runner) -> None:
    done = credlint("doctor", **KEYS)

    assert "\x1b" not in done.out


def test_force_color_colours_and_no_color_wins(credlint: Runner) -> None:
    forced = credlint("doctor", FORCE_COLOR="1", **KEYS)
    refused = credlint("doctor", FORCE_COLOR="1", NO_COLOR="1", **KEYS)

    assert "\x1b[" in forced.out
    assert "\x1b" not in refused.out
