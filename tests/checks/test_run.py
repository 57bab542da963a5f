from __future__ import annotations

from dataclasses import replace

import pytest

from credlint.checks import run as run_module
from credlint.checks.options import CheckOptions
from credlint.checks.run import run_checks
from credlint.model.snapshot import HostSnapshot
from tests.checks.running import RULES, rule, run_sample

SNAPSHOT = HostSnapshot(captured_at="2026-07-01T12:00:00Z")
OPTIONS = CheckOptions("2026-07-01T12:00:00Z")


@pytest.fixture
def breaking(monkeypatch):
    def check(snapshot, traces, options):
        del snapshot, traces, options
        message = "a text with a value"
        raise KeyError(message)

    detector = rule("CHN101").detector
    monkeypatch.setattr(run_module, "CHECKS", {**run_module.CHECKS, detector: check})


@pytest.mark.usefixtures("breaking")
def test_a_check_that_raises_becomes_a_finding_without_the_text():
    (finding,) = run_checks(SNAPSHOT, (), (rule("CHN101"),), OPTIONS)

    assert (finding.code, finding.name, finding.level) == ("RUN902", "check-crashed", "error")
    assert finding.message == (
        "The check of CHN101 failed (KeyError), so its findings may be missing."
    )
    assert "a text with a value" not in repr(finding)


@pytest.mark.usefixtures("breaking")
def test_the_other_checks_go_on(tmp_path):
    sample = {"contexts": ["ec2"], "imds": {"role": "r", "v1": True}}

    assert {finding.code for finding in run_sample(sample, tmp_path)} == {
        "RUN902",
        "CHN401",
        "HST101",
    }


def test_a_check_that_speaks_for_another_rule_is_a_crash():
    swapped = replace(rule("CHN401"), detector=rule("HST101").detector, room="host")
    snapshot = HostSnapshot(captured_at=OPTIONS.now)
    evidence = replace(
        snapshot.imds,
        probed=True,
        token=replace(snapshot.imds.token, status=200),
        roles_without_token=replace(snapshot.imds.token, status=200),
    )
    platform = replace(snapshot.platform, contexts=("ec2",))

    (finding,) = run_checks(
        replace(snapshot, imds=evidence, platform=platform), (), (swapped,), OPTIONS
    )

    assert finding.message.startswith("The check of CHN401 failed (ValueError)")


def test_an_unknown_detector_is_a_crash():
    (finding,) = run_checks(SNAPSHOT, (), (replace(rule("CHN101"), detector="no.such"),), OPTIONS)

    assert finding.code == "RUN902"


def test_rules_of_other_rooms_are_left_alone():
    assert run_checks(SNAPSHOT, (), (replace(rule("CHN101"), room="secrets"),), OPTIONS) == ()


def test_an_empty_snapshot_without_traces_gives_nothing():
    assert run_checks(SNAPSHOT, (), RULES, OPTIONS) == ()


def test_findings_are_numbered_and_carry_the_rules_fix(tmp_path):
    findings = run_sample({"environment": {"AWS_PROFILE": "nope"}}, tmp_path)

    assert {(finding.code, finding.fix) for finding in findings} == {("CHN201", "display")}
    assert all(len(finding.fingerprint) == 32 for finding in findings)


def test_a_time_that_cannot_be_read_is_not_passed_over():
    (finding,) = run_checks(SNAPSHOT, (), (rule("CHN301"),), CheckOptions("now"))

    assert finding.message.startswith("The check of CHN301 failed (ValueError)")
