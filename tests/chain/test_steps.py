"""What the trace tells beside the winner."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.model.metadata import HttpAttempt, ImdsEvidence
from credlint.model.trace import Trace
from tests.chain.support import ARN, PACKAGES, env, pair, trace_of, verdict
from tests.support.scenario import build_snapshot


def statuses(trace: Trace) -> dict[str, str]:
    return {step.source: step.status for step in trace.steps if step.status != "absent"}


def test_environment_keys_hide_everything_below(tmp_path: Path) -> None:
    scenario = {
        "environment": env(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://169.254.170.2/x"),
        "files": {
            "credentials": "[default]\n" + pair("DEF"),
            "boto": "[Credentials]\n" + pair("BOTO"),
        },
        "container": {"reachable": "yes"},
        "imds": {"role": "app"},
    }

    trace = trace_of(tmp_path, scenario)

    assert statuses(trace) == {
        "env": "selected",
        "static_credentials_file": "shadowed",
        "boto2_config": "shadowed",
        "container": "shadowed",
        "imds": "shadowed",
    }


def test_shadowed_role_is_named(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, {"environment": env(), "imds": {"role": "app"}})

    step = trace.step("imds")
    assert step is not None
    assert step.offer is not None
    assert (step.status, step.offer.kind, step.offer.role) == ("shadowed", "dynamic", "app")


def test_error_shows_what_it_keeps_from_being_used(tmp_path: Path) -> None:
    scenario = {"environment": {"AWS_ACCESS_KEY_ID": "x"}, "imds": {"role": "app"}}

    trace = trace_of(tmp_path, scenario)

    assert statuses(trace) == {"env": "broken", "imds": "shadowed"}


def test_missing_profile_is_an_error_of_no_step(tmp_path: Path) -> None:
    scenario = {"environment": env(AWS_PROFILE="gone"), "imds": {"role": "app"}}

    trace = trace_of(tmp_path, scenario)

    assert trace.error is not None
    assert trace.error.location is not None
    assert trace.error.location.logical == "environment/AWS_PROFILE"
    assert statuses(trace) == {"env": "shadowed", "imds": "shadowed"}
    assert trace.winner is None


def test_unparseable_file_leaves_profile_steps_untold(tmp_path: Path) -> None:
    scenario = {"environment": env(), "files": {"config": "[default\n"}}

    trace = trace_of(tmp_path, scenario)

    assert verdict(trace) == "ConfigParseError"
    assert statuses(trace)["role_profile"] == "not-reached"
    assert statuses(trace)["env"] == "shadowed"


def test_explicit_profile_leaves_environment_out(tmp_path: Path) -> None:
    scenario = {"environment": env(), "files": {"credentials": "[p1]\n" + pair("P1")}}

    trace = trace_of(tmp_path, scenario, profile="p1")

    step = trace.step("env")
    assert step is not None
    assert step.status == "shadowed"
    assert step.detail.endswith("not asked because a profile was given explicitly")
    assert (trace.profile, trace.profile_source) == ("p1", "option")


def test_broken_environment_is_not_asked_with_explicit_profile(tmp_path: Path) -> None:
    scenario = {
        "environment": {"AWS_ACCESS_KEY_ID": "x"},
        "files": {"credentials": "[p1]\n" + pair("P1")},
    }

    trace = trace_of(tmp_path, scenario, profile="p1")

    assert verdict(trace) == "static_credentials_file P1"
    assert "env" not in statuses(trace)


def test_empty_profile_option_counts_for_boto3_only(tmp_path: Path) -> None:
    scenario = {"environment": env()}

    verdicts = [verdict(trace_of(tmp_path, scenario, sdk, "")) for sdk in ("boto3", "aws-cli-v1")]

    assert verdicts == ["ProfileNotFound", "env ENV"]


def test_role_names_its_source(tmp_path: Path) -> None:
    config = f"[default]\nrole_arn = {ARN}\nsource_profile = base\n"
    files = {"config": config, "credentials": "[base]\n" + pair("BASE")}

    winner = trace_of(tmp_path, {"files": files}).winner

    assert winner is not None
    assert winner.offer is not None
    assert winner.offer.account == "123456789012"
    assert 'with profile "base" (key AKIA…' in winner.detail


@pytest.mark.parametrize(
    ("name", "source"), [("Ec2InstanceMetadata", "imds"), ("Environment", "env")]
)
def test_role_tells_which_source_of_the_chain_it_uses(
    name: str, source: str, tmp_path: Path
) -> None:
    config = f"[profile a]\nrole_arn = {ARN}\ncredential_source = {name}\n"
    scenario = {"environment": env(), "files": {"config": config}, "imds": {"role": "app"}}

    winner = trace_of(tmp_path, scenario, profile="a").winner

    assert winner is not None
    assert winner.offer is not None
    assert (winner.source, winner.offer.source) == ("role_profile", source)


def test_role_that_is_its_own_source_uses_the_profile_s_keys(tmp_path: Path) -> None:
    config = f"[default]\nrole_arn = {ARN}\nsource_profile = default\n"
    files = {"config": config, "credentials": "[default]\n" + pair("OWN")}

    winner = trace_of(tmp_path, {"files": files}).winner

    assert winner is not None
    assert winner.offer is not None
    assert winner.offer.source == "static_credentials_file"


def test_role_of_another_profile_s_keys_uses_no_step_of_the_chain(tmp_path: Path) -> None:
    config = f"[default]\nrole_arn = {ARN}\nsource_profile = base\n"
    files = {"config": config, "credentials": "[base]\n" + pair("BASE")}

    winner = trace_of(tmp_path, {"files": files}).winner

    assert winner is not None
    assert winner.offer is not None
    assert winner.offer.source is None


def test_role_chain_tells_the_source_at_its_end(tmp_path: Path) -> None:
    config = (
        f"[default]\nrole_arn = {ARN}\nsource_profile = hub\n"
        f"[profile hub]\nrole_arn = {ARN}\ncredential_source = Ec2InstanceMetadata\n"
    )
    scenario = {"files": {"config": config}, "imds": {"role": "app"}}

    winner = trace_of(tmp_path, scenario).winner

    assert winner is not None
    assert winner.offer is not None
    assert winner.offer.source == "imds"


SLOW = HttpAttempt(error="timeout", milliseconds=350)


@pytest.mark.parametrize(
    "evidence",
    [
        ImdsEvidence(probed=True, token=SLOW, roles_without_token=SLOW),
        ImdsEvidence(
            probed=True,
            token=HttpAttempt(200, None, 340),
            roles_with_token=SLOW,
            roles_without_token=SLOW,
        ),
    ],
)
def test_service_that_is_there_but_slow_leaves_any_host_undecided(
    evidence: ImdsEvidence, tmp_path: Path
) -> None:
    snapshot = replace(build_snapshot({}, tmp_path), imds=evidence)

    trace = resolve(snapshot, load_sdk("boto3"), None)

    assert trace.outcome == "undecided"
    assert trace.winner is not None
    assert trace.winner.source == "imds"


def test_address_that_takes_no_connection_is_no_service(tmp_path: Path) -> None:
    evidence = ImdsEvidence(probed=True, token=SLOW)
    snapshot = replace(build_snapshot({}, tmp_path), imds=evidence)

    assert resolve(snapshot, load_sdk("boto3"), None).outcome == "none"


def test_unprobed_instance_is_undecided(tmp_path: Path) -> None:
    trace = trace_of(tmp_path, {"contexts": ["ec2"]})

    assert trace.outcome == "undecided"
    assert trace.winner is not None
    assert trace.winner.source == "imds"


def test_failed_instance_profile_is_undecided(tmp_path: Path) -> None:
    trace = trace_of(
        tmp_path, {"imds": {"role": "app", "info_code": "AssumeRoleUnauthorizedAccess"}}
    )

    assert trace.outcome == "undecided"
    assert trace.winner is not None
    assert "AssumeRoleUnauthorizedAccess" in trace.winner.detail


def test_login_without_known_packages_is_undecided(tmp_path: Path) -> None:
    config = "[default]\nlogin_session = arn:aws:iam::123456789012:user/x\n"

    outcomes = [
        trace_of(tmp_path, {"files": {"config": config}, "packages": packages}).outcome
        for packages in ({}, PACKAGES)
    ]

    assert outcomes == ["undecided", "error"]


def test_proxy_makes_imds_undecided(tmp_path: Path) -> None:
    role = {"imds": {"role": "app"}}
    proxy = {"http_proxy": "http://proxy.example.com:3128"}

    outcomes = [
        trace_of(tmp_path, {**role, "environment": environment}).outcome
        for environment in (
            proxy,
            {**proxy, "no_proxy": "169.254.169.254"},
            {**proxy, "no_proxy": "169.254.0.0/16"},
            {**proxy, "no_proxy": "*"},
        )
    ]

    assert outcomes == ["undecided", "selected", "undecided", "selected"]


def test_command_line_tells_its_exit_code(tmp_path: Path) -> None:
    notes = [trace_of(tmp_path, {}, sdk).notes[-1] for sdk in ("aws-cli-v1", "aws-cli-v2")]

    assert notes == [
        "AWS CLI v1 ends with exit code 255 without credentials",
        "AWS CLI v2 ends with exit code 253 without credentials",
    ]


def test_no_step_tells_a_secret(tmp_path: Path) -> None:
    from credlint import samples  # noqa: PLC0415

    scenario = {"environment": env(AWS_SESSION_TOKEN="@@session-token@@")}  # noqa: S106

    text = repr(trace_of(tmp_path, scenario))

    assert samples.secret_key("ENV") not in text
    assert samples.session_token()[:20] not in text
