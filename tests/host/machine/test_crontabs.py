"""Crontabs, anacron, scripts and at jobs: what a job's command would get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.host.machine.crontab_lines import parse_entry, parse_variable
from credlint.host.machine.crontabs import read_crontabs
from credlint.host.machine.users import read_users
from tests.host.machine.trees import build, shown

ALWAYS = ("PATH", "HOME", "USER", "LOGNAME", "SHELL")


def read(root, files):
    system = build(root, files)
    return read_crontabs(system, read_users(system))


def own(job) -> dict[str, str]:
    return {name: value for name, value in job.environment.items() if name not in ALWAYS}


def jobs(found) -> list[tuple]:
    return [(f"{job.path}:{job.line}", job.user, own(job)) for job in found.jobs]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A=b", ("A", "b", 2, 3)),
        ("  A = b c  ", ("A", "b c", 6, 9)),
        ("A='b c'", ("A", "b c", 3, 6)),
        ('"A"="b \'c"  ', ("A", "b 'c", 5, 9)),
        ("A=", ("A", "", 2, 2)),
        ("A=b # c", ("A", "b # c", 2, 7)),
        ("A=$B", ("A", "$B", 2, 4)),
        ("A='b' c", None),
        ("A='b", None),
        ("'A=b'=c", None),
        ("* * * * * A=b cmd", None),
        ("@daily A=b", None),
        ("word", None),
    ],
)
def test_variables_as_cron_quotes_them(line, expected):
    assert parse_variable(line) == expected


@pytest.mark.parametrize(
    ("line", "names_user", "expected"),
    [
        ("1 2 * * * cmd x", False, (None, "cmd x", 10)),
        ("*/5\t* 1-3 jan mon alice cmd", True, ("alice", "cmd", 24)),
        ("@reboot alice cmd", True, ("alice", "cmd", 14)),
        ("@daily cmd", False, (None, "cmd", 7)),
        ("0 0 * * * cmd %input", False, (None, "cmd ", 10)),
        ("0 0 * * * date +\\%d", False, (None, "date +\\%d", 10)),
        ("0 0 * * *", False, None),
        ("0 0 * * * alice", True, None),
        ("garbage", False, None),
    ],
)
def test_entries(line, names_user, expected):
    assert parse_entry(line, names_user) == expected


@given(st.text(alphabet="A=b'\" \t*@0#%\\é", max_size=30))
def test_lines_never_fail(line):
    variable = parse_variable(line)
    if variable is not None:
        assert line[variable.start : variable.end] == variable.value
    parse_entry(line, names_user=True)


def test_variables_hold_for_the_entries_below(tmp_path):
    text = (
        "0 0 * * * root first\nA='1 2'\n# c\n0 0 * * * alice A=3 B=4 cmd\nA=5\n@daily root last\n"
    )

    found = read(tmp_path, {"etc/crontab": text})

    assert jobs(found) == [
        ("/etc/crontab:1", "root", {}),
        ("/etc/crontab:4", "alice", {"A": "3", "B": "4"}),
        ("/etc/crontab:6", "root", {"A": "5"}),
    ]
    assert found.jobs[1].environment["HOME"] == "/home/alice"
    assert found.jobs[1].environment["SHELL"] == "/bin/sh"
    assert [shown(one) for one in found.assignments] == [
        "/etc/crontab:2:4 A",
        "/etc/crontab:4:19 A",
        "/etc/crontab:4:23 B",
        "/etc/crontab:5:3 A",
    ]
    assert shown(found.jobs[1].sources["A"]) == "/etc/crontab:4:19 A"
    assert found.skipped == ()


def test_own_crontabs_of_users(tmp_path):
    found = read(
        tmp_path,
        {
            "var/spool/cron/crontabs/alice": "A=1\n@daily export B=$A; cmd\n",
            "var/spool/cron/bob": "A=2\n@daily cmd\n",
        },
    )

    assert jobs(found) == [
        ("/var/spool/cron/bob:2", "bob", {"A": "2"}),
        ("/var/spool/cron/crontabs/alice:2", "alice", {"A": "1", "B": "1"}),
    ]
    assert {one.user for one in found.assignments} == {"alice", "bob"}


def test_names_that_cron_passes_over_give_no_job(tmp_path):
    files = {"etc/cron.d/a.sh": "A=1\n@daily root cmd\n", "etc/cron.d/b": "@daily root cmd\n"}

    redhat = read(tmp_path / "r", {**files, "etc/cron.d/b.rpmsave": "@daily root cmd\n"})
    debian = read(tmp_path / "d", {**files, "etc/debian_version": "12.0\n"})

    assert [job.path for job in redhat.jobs] == ["/etc/cron.d/a.sh", "/etc/cron.d/b"]
    assert [job.path for job in debian.jobs] == ["/etc/cron.d/b"]
    assert [one.path for one in debian.assignments] == ["/etc/cron.d/a.sh"]


def test_anacron_keeps_blanks_and_quotes(tmp_path):
    found = read(
        tmp_path, {"etc/anacrontab": "A= 'x'\n1 5 job.daily B=2 run-parts /x\n@weekly 1 w c\n"}
    )

    assert jobs(found) == [
        ("/etc/anacrontab:2", "root", {"A": " 'x'", "B": "2"}),
        ("/etc/anacrontab:3", "root", {"A": " 'x'"}),
    ]


def test_scripts_and_at_jobs(tmp_path):
    found = read(
        tmp_path,
        {
            "etc/cron.daily/backup": "#!/bin/bash\nexport A=1\nB=2\nC=3 prog\n",
            "etc/cron.daily/python": "#!/usr/bin/python3\nA=1\n",
            "var/spool/at/a0001": "#!/bin/sh\n# atrun uid=1000 gid=1000\nA=1; export A\n",
        },
    )

    assert jobs(found) == [
        ("/etc/cron.daily/backup:1", "root", {"A": "1"}),
        ("/var/spool/at/a0001:1", "alice", {"A": "1"}),
    ]
    assert [(one.kind, one.variable) for one in found.assignments] == [
        ("cron-script", "A"),
        ("cron-script", "C"),
        ("cron-script", "A"),
    ]


def test_pam_gives_jobs_what_etc_environment_has(tmp_path):
    files = {
        "etc/environment": "A=pam\nB=pam\n",
        "etc/crontab": "B=cron\n@daily root cmd\n@daily alice cmd\n",
        "etc/pam.d/common": "session required pam_env.so\n",
    }
    debian = read(tmp_path / "d", {**files, "etc/pam.d/cron": "@include common\n"})
    cronie = read(tmp_path / "c", {**files, "etc/pam.d/crond": "auth include common\n"})
    without = read(tmp_path / "w", files)

    assert [own(job) for job in debian.jobs] == [{"A": "pam", "B": "cron"}] * 2
    assert [own(job) for job in cronie.jobs] == [{"B": "cron"}, {"A": "pam", "B": "cron"}]
    assert [own(job) for job in without.jobs] == [{"B": "cron"}] * 2


def test_broken_lines_are_told(tmp_path):
    found = read(tmp_path, {"etc/crontab": "nonsense\nA='open\n@daily root ok\n"})

    assert [place for place, _ in found.skipped] == ["/etc/crontab:1", "/etc/crontab:2"]
    assert len(found.jobs) == 1
