"""What an audit tells of a host: who set a variable, one key in many places, one cause once."""

from __future__ import annotations

import pytest

from credlint.checks.answer import answer_of
from credlint.checks.options import CheckOptions
from credlint.checks.provenance import provenance_of, spell_origin
from credlint.cli.audit_judgement import judge_audit
from credlint.model.sdk_names import SDK_NAMES
from tests.checks.running import RULES
from tests.support.host_scenario import build_audit

ID, SECRET = "@@key-id:AKIA:123456789012:a@@", "@@secret-key:a@@"
KEYS = {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET}
UNIT = "[Service]\nUser=app\nExecStart=/srv/app\n"
SET = f"Environment=AWS_ACCESS_KEY_ID={ID} AWS_SECRET_ACCESS_KEY={SECRET}\n"
APP = {"pid": 812, "program": "app", "unit": "app.service", "user": "app", "environment": KEYS}
FILE = f"[default]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"


def audited(tmp_path, tree=None, processes=(APP,), **more):
    scenario = {"users": {"app": 1001, "alice": 1002}, "imds": {"role": "app-role"}, **more}
    return build_audit({**scenario, "tree": tree or {}, "processes": list(processes)}, tmp_path)


def told(audit, variable="AWS_ACCESS_KEY_ID", number=0):
    subject = audit.subjects[number]
    return spell_origin(provenance_of(audit, subject, variable))


def judged(audit):
    return judge_audit(audit, tuple(SDK_NAMES), RULES, CheckOptions(audit.captured_at))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"/etc/systemd/system/app.service": UNIT + SET}, "/etc/systemd/system/app.service:4"),
        (
            {
                "/etc/systemd/system/app.service": UNIT,
                "/etc/systemd/system/app.service.d/keys.conf": "[Service]\n" + SET,
            },
            "/etc/systemd/system/app.service.d/keys.conf:2",
        ),
        (
            {
                "/etc/systemd/system/app.service": UNIT + "EnvironmentFile=/etc/app.env\n",
                "/etc/app.env": f"AWS_ACCESS_KEY_ID={ID}\n",
            },
            "/etc/app.env:1, which /etc/systemd/system/app.service:4 names",
        ),
    ],
    ids=["unit", "drop-in", "environment file"],
)
def test_the_line_of_a_service(tmp_path, tree, expected):
    assert told(audited(tmp_path, tree)) == f"set by {expected}"


@pytest.mark.parametrize(
    "path", ["/etc/environment", "/etc/profile.d/aws.sh", "/home/alice/.bashrc", "/srv/.env"]
)
def test_the_line_of_a_shell(tmp_path, path):
    process = {"pid": 900, "program": "bash", "user": "alice", "terminal": True, "folder": "/srv"}
    export = "" if path in ("/etc/environment", "/srv/.env") else "export "
    text = f"# keys\n{export}AWS_ACCESS_KEY_ID={ID}\n"

    audit = audited(tmp_path, {path: text}, [{**process, "environment": KEYS}])

    assert told(audit) == f"set by {path}:2"


def test_another_users_line_with_the_same_value_is_not_who_set_it(tmp_path):
    audit = audited(tmp_path, {"/home/alice/.bashrc": f"export AWS_ACCESS_KEY_ID={ID}\n"})

    assert told(audit) == "no file that was looked at sets it"


def test_a_line_with_another_value_is_not_who_set_it(tmp_path):
    other = SET.replace(":a@@", ":b@@")

    audit = audited(tmp_path, {"/etc/systemd/system/app.service": UNIT + other})

    assert told(audit) == "no file that was looked at sets it"


def test_a_line_that_only_a_shell_can_tell_is_perhaps_who_set_it(tmp_path):
    process = {"pid": 900, "program": "bash", "user": "alice", "terminal": True}
    text = "export AWS_ACCESS_KEY_ID=$(cat /run/key)\n"

    audit = audited(tmp_path, {"/home/alice/.bashrc": text}, [{**process, "environment": KEYS}])

    assert told(audit) == "perhaps set by /home/alice/.bashrc:1"


def test_one_key_in_many_places_is_one_story(tmp_path):
    tree = {
        "/etc/systemd/system/app.service": UNIT + SET,
        "/root/.aws/credentials": FILE,
        "/home/alice/.bash_history": f"export AWS_SECRET_ACCESS_KEY={SECRET}\n",
    }

    audit = audited(tmp_path, tree)
    (story,) = answer_of(audit, ()).keys

    assert (story.account, story.processes) == ("123456789012", 1)
    assert [place.display() for place in story.places] == [
        "process 812",
        "/etc/systemd/system/app.service:4",
        "/home/alice/.bash_history:1",
        "/root/.aws/credentials:2",
        "/root/.aws/credentials:3",
    ]


def test_documentation_keys_have_no_story(tmp_path):
    keys = {**KEYS, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}

    audit = audited(tmp_path, processes=[{**APP, "environment": keys}])

    assert all("AKIA" not in story.label for story in answer_of(audit, ()).keys)


def test_a_service_whose_role_is_shadowed_is_told_of_once(tmp_path):
    audit = audited(tmp_path, {"/etc/systemd/system/app.service": UNIT + SET})

    codes = [(one.code, one.location.display()) for one in judged(audit).findings]

    line = "/etc/systemd/system/app.service:4"
    assert ("HST205", line) in codes
    assert not {code for code, _ in codes} & {"CHN101", "CHN104", "CHN110", "HST204"}


def test_findings_of_two_subjects_with_one_cause_are_one(tmp_path):
    tree = {"/home/app/.aws/credentials": {"text": FILE, "mode": "0644"}}
    workers = [
        {**APP, "pid": pid, "unit": f"w{pid}.service", "environment": {"AWS_REGION": f"r{pid}"}}
        for pid in (1, 2)
    ]

    audit = audited(tmp_path, tree, workers)
    found = [one for one in judged(audit).findings if one.code == "HST202"]

    assert len(found) == 1
    assert "This concerns w1.service (pid 1), w2.service (pid 2)" in found[0].message
    assert found[0].location.display() == "/home/app/.aws/credentials:1"


def test_a_subject_that_shows_nothing_of_aws_gets_no_advice_about_sdks(tmp_path):
    audit = audited(tmp_path, processes=[{"pid": 5, "program": "sshd", "unit": "sshd.service"}])

    assert [one.code for one in judged(audit).findings if one.code.startswith("CHN")] == []


@pytest.mark.parametrize(
    ("process", "verdict"),
    [
        (APP, "other"),
        ({**APP, "environment": {}}, "role"),
        (
            {**APP, "environment": {"AWS_EC2_METADATA_DISABLED": "true"}, "sdks": ["boto3"]},
            "none",
        ),
        (
            {**APP, "environment": {"AWS_PROFILE": "no"}, "sdks": ["boto3"]},
            "error",
        ),
    ],
    ids=["keys", "role", "none", "error"],
)
def test_the_answer_says_what_a_service_uses(tmp_path, process, verdict):
    audit = audited(tmp_path, processes=[process])

    (one,) = judged(audit).answer.services

    assert (one.verdict, one.name) == (verdict, "app.service (pid 812)")


def test_a_process_in_another_network_is_not_said_to_use_the_role(tmp_path):
    process = {**APP, "environment": {"AWS_REGION": "x"}, "network": False, "sdks": ["boto3"]}

    audit = audited(tmp_path, processes=[process])

    assert [one.verdict for one in judged(audit).answer.services] == ["unknown"]
