"""Runs a rule sample end to end: capture, resolution by the real chain, checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from credlint.chain.resolve import resolve
from credlint.chain.sdk import load_sdk
from credlint.checks.options import CheckOptions
from credlint.checks.run import run_checks
from credlint.cli.audit_judgement import judge_audit
from credlint.model.finding import Finding
from credlint.model.host_file import HostFile
from credlint.model.rule import Rule
from credlint.model.sdk_names import SDK_NAMES
from credlint.model.snapshot import HostSnapshot
from credlint.rulebook import load_rules
from tests.support.host_scenario import build_audit
from tests.support.scenario import build_snapshot

SDKS = ("boto3", "aws-cli-v1", "aws-cli-v2")
RULES = load_rules(("chain", "host"), samples=True)

# Keys of a sample that the scenario does not know.
_OWN_KEYS = (
    "description",
    "expect",
    "expected_accounts",
    "node_role_namespaces",
    "unreadable",
    "beside_all",
)


def rule(code: str) -> Rule:
    return next(entry for entry in RULES if entry.id == code)


def run_sample(
    sample: Mapping[str, Any], tmp_path: Path, rules: tuple[Rule, ...] = RULES
) -> tuple[Finding, ...]:
    """Return the findings of the rules on the sample.

    ``unreadable`` names roles of files that are captured as the user who may not open them
    would see them: tests often run as root, to whom nothing is closed. ``beside_all`` is for
    rules that keep silent when another one speaks, see ``test_rule_samples``.
    """
    if is_host_sample(sample):
        return run_host_sample(sample, tmp_path, rules)
    scenario = {key: value for key, value in sample.items() if key not in _OWN_KEYS}
    snapshot = build_snapshot(scenario, tmp_path)
    for role in sample.get("unreadable", ()):
        snapshot = close_file(snapshot, role)
    return run_snapshot(snapshot, sample, rules)


def run_snapshot(
    snapshot: HostSnapshot, sample: Mapping[str, Any], rules: tuple[Rule, ...] = RULES
) -> tuple[Finding, ...]:
    traces = tuple(
        resolve(snapshot, load_sdk(sdk), sample.get("profile")) for sdk in sample.get("sdk", SDKS)
    )
    options = CheckOptions(
        snapshot.captured_at,
        tuple(sample.get("expected_accounts", ())),
        tuple(sample.get("node_role_namespaces", CheckOptions.node_role_namespaces)),
    )
    return run_checks(snapshot, traces, rules, options)


def findings_of(code: str, sample: Mapping[str, Any], tmp_path: Path) -> tuple[Finding, ...]:
    return run_sample(sample, tmp_path, (rule(code),))


def change_file(snapshot: HostSnapshot, role: str, **changes: Any) -> HostSnapshot:
    """Return the snapshot with other facts about the file of that role."""

    def change(file: HostFile) -> HostFile:
        return replace(file, **changes) if file.role == role else file

    return replace(snapshot, files=tuple(change(file) for file in snapshot.files))


def close_file(snapshot: HostSnapshot, role: str) -> HostSnapshot:
    return change_file(snapshot, role, status="unreadable", error="EACCES", lines=())


def is_host_sample(sample: Mapping[str, Any]) -> bool:
    """Tell whether a sample describes a whole host."""
    return bool(sample.keys() & {"tree", "processes", "users"})


def run_host_sample(
    sample: Mapping[str, Any], tmp_path: Path, rules: tuple[Rule, ...] = RULES
) -> tuple[Finding, ...]:
    """Return the findings of the rules on a host scenario; see ``tests.support.host_scenario``."""
    scenario = {key: value for key, value in sample.items() if key not in (*_OWN_KEYS, "sdk")}
    audit = build_audit(scenario, tmp_path)
    options = CheckOptions(audit.captured_at, tuple(sample.get("expected_accounts", ())))
    sdks = tuple(sample.get("sdk", SDK_NAMES))
    return tuple(judge_audit(audit, sdks, rules, options, chosen="sdk" in sample).findings)
