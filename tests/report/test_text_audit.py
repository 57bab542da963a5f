"""The first lines of an audit."""

from __future__ import annotations

from credlint.model.answer import AuditAnswer, KeyStory, ServiceAnswer
from credlint.model.location import HOSTROOT, Location
from credlint.report.layout import Painter
from credlint.report.text_audit import audit_lines

APP = ServiceAnswer(
    "process/812",
    "app.service (pid 812)",
    "app",
    "other",
    ("boto3",),
    used="AKIA…WXYZ, long-term",
    told="from AWS_ACCESS_KEY_ID, set by /etc/app.env:2",
)
ROLE = ServiceAnswer("process/7", "web.service (pid 7)", "root", "role", ("boto3",), services=3)
PLACE = Location("file", "etc/app.env", HOSTROOT, 2, message="AWS_ACCESS_KEY_ID is set there.")


def lines(*services, role="app-role", reason="", keys=(), verbose=False):
    answer = AuditAnswer(role, reason, services, keys)
    blocks = audit_lines(answer, Painter(color=False), 100, verbose=verbose)
    return [line for block in blocks for line in block]


def test_who_does_not_use_the_role_stands_first():
    assert lines(APP, ROLE) == [
        "1 of 4 running services does not use instance role `app-role`:",
        "  app.service (pid 812) of app: AKIA…WXYZ, long-term",
        "    from AWS_ACCESS_KEY_ID, set by /etc/app.env:2",
        "  Role `app-role`: web.service (pid 7).",
    ]


def test_all_is_well():
    assert lines(ROLE) == [
        "No running service takes other credentials than those of role `app-role`.",
        "  Role `app-role`: web.service (pid 7).",
    ]


def test_what_cannot_be_told_is_no_all_clear():
    unknown = ServiceAnswer("process/9", "java in container web (pid 9)", "root", "unknown")

    told = "No running service takes other credentials than those of role `app-role`"

    assert lines(ROLE, unknown) == [
        f"{told}; of 1 it cannot be told.",
        "  Role `app-role`: web.service (pid 7).",
        "  Not to be told from outside: java in container web (pid 9).",
    ]


def test_nothing_was_seen():
    assert lines() == ["No running service was seen."]


def test_without_a_role_the_reason_is_told():
    first = lines(APP, role=None, reason="no route")[0]

    assert first == (
        "No role of an instance is known: no route. 1 of 1 running service has credentials:"
    )


def test_units_that_do_not_run_do_not_count():
    idle = ServiceAnswer("unit/n.service", "n.service (not running)", "root", "stopped", used="X")

    assert lines(ROLE, idle)[:2] == [
        "No running service takes other credentials than those of role `app-role`.",
        "  Not running, would take X: n.service (not running).",
    ]


def test_a_key_in_several_files_is_told_with_its_places():
    other = Location("file", "root/.bash_history", HOSTROOT, 5, message="Typed there.")
    story = KeyStory("AKIA…WXYZ", "123456789012", (PLACE, other), 2)

    assert lines(ROLE, keys=(story,))[2:] == [
        "Keys in more than one place:",
        "  AKIA…WXYZ of account 123456789012, in 2 processes",
        "    /etc/app.env:2: AWS_ACCESS_KEY_ID is set there.",
        "    /root/.bash_history:5: Typed there.",
    ]


def test_a_key_in_one_file_is_told_only_when_asked_for():
    story = KeyStory("AKIA…WXYZ", None, (PLACE,))

    assert len(lines(ROLE, keys=(story,))) == 2
    assert lines(ROLE, keys=(story,), verbose=True)[2:4] == ["Keys:", "  AKIA…WXYZ"]
