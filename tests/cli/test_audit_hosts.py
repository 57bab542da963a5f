"""Whole hosts, audited end to end: the findings are whole lists, so that a new one fails.

``CREDLINT_UPDATE_GOLDEN=1`` accepts what is found now; every line is for people to judge.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from credlint.checks.options import CheckOptions
from credlint.cli.audit_judgement import judge_audit
from credlint.host.audit_file import dump_audit, load_audit
from credlint.model.sdk_names import SDK_NAMES
from tests.checks.running import RULES
from tests.support.host_scenario import build_audit

try:
    import tomllib
except ImportError:  # Python 3.9 and 3.10
    import tomli as tomllib  # type: ignore[no-redef]

HOSTS = Path(__file__).resolve().parents[2] / "fixtures" / "hosts"
NAMES = sorted(path.stem for path in HOSTS.glob("*.toml"))
SAVED = ("course-systemd-unit", "course-docker", "eks-pod-irsa", "laptop")
CONTAINER = "4f5e6d7c8b9a0123456789abcdef0123456789abcdef0123456789abcdef0123"
COURSE = {
    "course-systemd-unit": "/etc/systemd/system/app.service:8",
    "course-environment-file": "/etc/app/app.env:2",
    "course-shell-rc": "/home/app/.bashrc:5",
    "course-cron": "/etc/cron.d/app:3",
    "course-docker": "/srv/compose/docker-compose.yml:5",
    "docker-run": f"/var/lib/docker/containers/{CONTAINER}/config.v2.json:1",
}

pytestmark = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="files of several users can be made by root alone",
)


@pytest.fixture(params=NAMES)
def host(request, tmp_path):
    scenario = tomllib.loads((HOSTS / f"{request.param}.toml").read_text())
    return request.param, build_audit(scenario, tmp_path)


def findings_of(audit):
    options = CheckOptions(audit.captured_at)
    return judge_audit(audit, tuple(SDK_NAMES), RULES, options).findings


def lines_of(audit):
    """Return one line per finding, and what was not looked at."""
    told = [
        f"{one.code} {one.level} {one.location.display()} {one.message}"
        for one in findings_of(audit)
    ]
    return [*told, *(f"skipped {path}: {reason}" for path, reason in audit.skipped)]


def test_host_has_these_findings_and_no_others(host):
    name, audit = host
    path = HOSTS / "expected" / f"{name}.txt"
    written = "".join(f"{line}\n" for line in lines_of(audit))
    if os.environ.get("CREDLINT_UPDATE_GOLDEN"):
        path.write_text(written)

    assert written == path.read_text()


def test_saved_audit_replays_to_the_same_findings(host):
    _, audit = host
    replayed = load_audit(dump_audit(audit))

    assert lines_of(replayed) == lines_of(audit)


@pytest.mark.parametrize("name", SAVED)
def test_audit_that_was_saved_once_gives_the_findings_of_today(name, tmp_path):
    """A file that lies in this repository, and is written anew on purpose only."""
    path = HOSTS / "saved" / f"{name}.json"
    if os.environ.get("CREDLINT_UPDATE_GOLDEN"):
        scenario = tomllib.loads((HOSTS / f"{name}.toml").read_text())
        path.write_text(dump_audit(build_audit(scenario, tmp_path)))

    saved = load_audit(path.read_text())

    told = "".join(f"{line}\n" for line in lines_of(saved))
    assert told == (HOSTS / "expected" / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", COURSE)
def test_course_scenario_names_the_line_first(name, tmp_path):
    """Which service, what it uses, instead of which role, and where to delete that."""
    scenario = tomllib.loads((HOSTS / f"{name}.toml").read_text())

    first = findings_of(build_audit(scenario, tmp_path))[0]

    assert first.code == "HST205"
    assert "does not use instance role `app-role`" in first.message
    assert first.location.display() == COURSE[name]
    assert first.remedy.startswith(("Delete the keys at ", "Take the keys out of what starts "))


def test_every_expected_list_belongs_to_a_host():
    assert sorted(path.stem for path in (HOSTS / "expected").glob("*.txt")) == NAMES


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("course-systemd-unit", "`systemctl restart app.service`"),
        ("user-unit", "`systemctl --user restart app.service`"),
        ("course-cron", "Restart the process (3200): a running one keeps its environment."),
        ("docker-run", "`docker rm -f app`"),
    ],
)
def test_remedy_says_how_the_change_takes_effect(name, step, tmp_path):
    scenario = tomllib.loads((HOSTS / f"{name}.toml").read_text())

    first = findings_of(build_audit(scenario, tmp_path))[0]

    assert step in first.remedy
