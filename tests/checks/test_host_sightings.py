"""Keys that lie around: what their samples cannot say (places, remedies, one story per key)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credlint import samples
from credlint.checks.beside_assignments import keys_beside_assignments
from credlint.checks.builder import FindingBuilder
from credlint.checks.host_sightings import cloud_init_userdata_on_disk
from credlint.checks.options import CheckOptions
from credlint.checks.sighting_groups import unassigned
from credlint.host.audit_file import dump_audit, load_audit
from credlint.model.audit import Assignment
from credlint.model.captured import CapturedValue
from credlint.model.metadata import TextSecret, UserDataEvidence
from tests.checks.running import findings_of, run_host_sample
from tests.support.host_scenario import build_audit

ID, SECRET = samples.key_id("AKIA", "123456789012", "a"), samples.secret_key("a")
TOKEN = samples.session_token("a")
PAIR = f"export AWS_ACCESS_KEY_ID={ID}\nexport AWS_SECRET_ACCESS_KEY={SECRET}\n"
EC2 = {"imds": {"role": "app-role"}}
KEY_NAME = f"<the key starting AKIA and ending in {ID[-4:]}>"
RETIRE = f"`aws iam update-access-key --access-key-id {KEY_NAME} --status Inactive`"


def _related(finding):
    return [(place.display(), place.column, place.message) for place in finding.related]


def test_the_secret_is_the_related_place_of_its_id(tmp_path):
    (finding,) = findings_of(
        "HST207", {"tree": {"/root/.bash_history": "ls\n" + PAIR}, **EC2}, tmp_path
    )

    assert finding.message == (
        f"/root/.bash_history keeps the access key AKIA…{ID[-4:]} (account 123456789012) on lines "
        "2 and 3, typed by root."
    )
    assert (finding.location.line, finding.location.column, finding.location.end_column) == (
        2,
        26,
        46,
    )
    assert _related(finding) == [("/root/.bash_history:3", 30, "the AWS secret access key")]


def test_owner_and_mode_are_told_to_machines(tmp_path):
    (finding,) = findings_of("HST207", {"tree": {"/root/.bash_history": PAIR}, **EC2}, tmp_path)

    assert finding.properties == (("owner", "root"), ("mode", "0600"))


@pytest.mark.parametrize("where", ["text", "process"])
def test_a_secret_alone_is_named_by_the_id_that_stands_beside_it_elsewhere(where, tmp_path):
    sample = {"tree": {"/root/.bash_history": f"tool --aws-secret {SECRET}\n"}, **EC2}
    if where == "text":
        sample["tree"]["/root/.s3cfg"] = f"access_key = {ID}\nsecret_key = {SECRET}\n"
    else:
        environment = {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        sample["processes"] = [{"pid": 812, "program": "app", "environment": environment}]
    (finding,) = findings_of("HST207", sample, tmp_path)

    name = f"AKIA…{ID[-4:]} (account 123456789012)"
    assert f"keeps the secret key of {name} on line 1" in finding.message
    assert finding.remedy.startswith(f"Deactivate the key: {RETIRE}.")


def test_the_history_is_mended_by_one_command(tmp_path):
    (finding,) = findings_of(
        "HST207", {"tree": {"/root/.bash_history": "ls\n" + PAIR}, **EC2}, tmp_path
    )

    assert finding.remedy.splitlines()[:2] == [
        f"Deactivate the key: {RETIRE}.",
        "Delete it from the history, with its shells closed: `sed -i '2d;3d' /root/.bash_history`.",
    ]


def test_a_database_is_no_text_to_edit(tmp_path):
    path = "/root/.aws/cli/history/history.db"
    (finding,) = findings_of("HST207", {"tree": {path: "\0\0" + PAIR}, **EC2}, tmp_path)

    assert finding.message.startswith(
        f"{path} keeps the access key AKIA…{ID[-4:]} (account 123456789012), typed"
    )
    assert f"`rm {path}`" in finding.remedy


def test_a_service_is_told_by_its_unit_and_the_line_that_starts_it(tmp_path):
    unit = "/etc/systemd/system/app.service"
    sample = {
        "processes": [
            {
                "pid": 812,
                "program": "app",
                "unit": "app.service",
                "arguments": ["app", f"--aws-secret={SECRET}"],
            }
        ],
        "tree": {unit: f"[Service]\nExecStart=/usr/bin/app --aws-secret={SECRET}\n"},
        **EC2,
    }
    (finding,) = findings_of("HST206", sample, tmp_path)

    assert _related(finding) == [(f"{unit}:2", 37, "the same AWS secret access key")]
    assert finding.remedy.splitlines()[1] == (
        "`systemctl edit --full app.service`, then `systemctl restart app.service`."
    )


def test_a_token_belongs_to_the_keys_beside_it(tmp_path):
    text = PAIR.replace("AKIA", "ASIA") + f"AWS_SESSION_TOKEN={TOKEN}\n"
    (finding,) = findings_of("HST212", {"tree": {"/var/log/app.log": text}, **EC2}, tmp_path)

    assert finding.level == "warning"
    assert [message for _, _, message in _related(finding)] == [
        "the AWS secret access key",
        "the AWS session token",
    ]


def test_user_data_that_the_metadata_service_gave_is_told_once(tmp_path):
    sample = {"tree": {"/var/lib/cloud/instance/user-data.txt": PAIR}, **EC2}
    audit = build_audit(sample, tmp_path)
    secret = next(one for one in audit.sightings if one.what == "secret-access-key")
    given = TextSecret("SEC102", "AWS secret access key", 2, "error", secret.fingerprint)
    read = UserDataEvidence(asked=True, secrets=(given,))
    asked = replace(audit, machine=replace(audit.machine, user_data=read))
    options = CheckOptions(audit.captured_at)

    assert len(list(cloud_init_userdata_on_disk(audit, (), options))) == 1
    assert list(cloud_init_userdata_on_disk(asked, (), options)) == []


@pytest.mark.parametrize(
    ("path", "text", "step"),
    [
        (
            "/root/.config/rclone/rclone.conf",
            f"[my disk]\naccess_key_id = {ID}\nsecret_access_key = {SECRET}\n",
            "`rclone config update 'my disk' env_auth true`",
        ),
        ("/etc/passwd-s3fs", f"{ID}:{SECRET}\n", "`-o iam_role=auto`"),
        (
            "/root/.mc/config.json",
            (
                '{"aliases": {"s3": {"url": "https://s3.amazonaws.com", '
                f'"accessKey": "{ID}", "secretKey": "{SECRET}"}}}}}}'
            ),
            "`mc alias remove s3`",
        ),
        (
            "/etc/telegraf/telegraf.conf",
            f'access_key = "{ID}"\nsecret_key = "{SECRET}"\n',
            "Let the tool take the role",
        ),
    ],
    ids=["rclone", "s3fs", "mc", "another"],
)
def test_each_tool_is_told_its_own_way_to_the_role(path, text, step, tmp_path):
    (finding,) = findings_of("HST213", {"tree": {path: text}, **EC2}, tmp_path)

    assert step in finding.remedy.splitlines()[0]


def test_a_file_that_sdks_read_is_told_once_on_an_instance(tmp_path):
    sample = {
        "processes": [{"pid": 812, "program": "app"}],
        "tree": {
            "/root/.boto": f"[Credentials]\naws_access_key_id = {ID}\n"
            f"aws_secret_access_key = {SECRET}\n"
        },
        **EC2,
    }
    codes = [finding.code for finding in run_host_sample(sample, tmp_path)]

    assert "HST201" in codes
    assert "HST213" not in codes


def test_a_dotenv_whose_key_a_process_has_is_told_once(tmp_path):
    environment = {"AWS_ACCESS_KEY_ID": ID, "AWS_SECRET_ACCESS_KEY": SECRET}
    process = {"pid": 812, "program": "web", "unit": "web.service", "folder": "/srv/web"}
    sample = {
        "processes": [{**process, "environment": environment}],
        "tree": {"/srv/web/.env": PAIR.replace("export ", "")},
        **EC2,
    }
    codes = [finding.code for finding in run_host_sample(sample, tmp_path)]

    assert "HST205" in codes
    assert "HST213" not in codes


def test_names_of_files_hold_no_whole_id(tmp_path):
    path = f"/root/{ID}_accessKeys.csv"
    (finding,) = findings_of("HST216", {"tree": {path: f"{ID},{SECRET}\n"}, **EC2}, tmp_path)

    assert ID not in repr(finding)
    assert finding.location.uri == f"root/AKIA…{ID[-4:]}_accessKeys.csv"


def test_a_key_that_an_assignment_tells_is_not_told_again(tmp_path):
    unit = "/etc/systemd/system/app.service"
    lines = (
        "[Service]",
        f"Environment=AWS_SECRET_ACCESS_KEY={SECRET}",
        f"# AWS_SECRET_ACCESS_KEY={SECRET}",
        f"ExecStart=/usr/bin/app --secret-key={samples.secret_key('b')} --aws",
    )
    audit = build_audit({"tree": {unit: "\n".join(lines)}}, tmp_path)
    value = next(one.fingerprint for one in audit.sightings if one.line == 2)
    told = Assignment(
        kind="systemd-unit",
        path=unit,
        line=2,
        column=35,
        end_column=75,
        variable="AWS_SECRET_ACCESS_KEY",
        value=CapturedValue(None, 40, "secret-access-key", fingerprint=value),
    )
    audit = replace(audit, assignments=(told,))

    assert [key.lines for key in unassigned(audit, "systemd-unit")] == [(4,)]
    assert unassigned(audit, "crontab") == ()

    (finding,) = keys_beside_assignments(audit, FindingBuilder("HST208", "a"), "systemd-unit")

    assert finding.message == (
        f"{unit} holds an AWS secret access key on line 4, in a command, a comment or a setting of "
        "its own."
    )
    assert finding.remedy.splitlines()[0] == (
        f"Delete it from {unit} on line 4; `systemctl daemon-reload` and restart the unit. What it "
        "starts takes the role of the host, or a profile that `AWS_PROFILE` names."
    )


def test_one_key_with_and_without_its_id_is_one_finding(tmp_path):
    text = PAIR + "ls\n" * 30 + f"AWS_SECRET_ACCESS_KEY={SECRET} aws s3 ls\n"
    (finding,) = findings_of("HST207", {"tree": {"/root/.bash_history": text}, **EC2}, tmp_path)

    assert "on lines 1, 2 and 33" in finding.message


def test_nothing_secret_is_kept(tmp_path):
    paths = (
        "/root/.bash_history",
        "/var/lib/cloud/instance/user-data.txt",
        "/var/log/syslog",
        "/root/.s3cfg",
        "/root/.aws/credentials.bak",
        "/etc/systemd/system/app.service",
        "/root/.kube/config",
    )
    texts = dict.fromkeys(paths, PAIR + f"AWS_SESSION_TOKEN={TOKEN}\n")
    texts["/root/.docker/config.json"] = samples.expand(
        '{"auths": {"a.example.org": {"auth": "@@docker-auth:jo@@"}}}'
    )
    process = {"pid": 812, "program": "app", "arguments": ["app", ID, SECRET]}
    sample = {"tree": texts, "processes": [process], **EC2}
    audit = build_audit(sample, tmp_path)
    saved = dump_audit(audit)
    findings = repr(run_host_sample(sample, tmp_path / "again"))

    assert {one.kind for one in audit.sightings} >= {
        "shell-history",
        "boot-data",
        "log",
        "store",
        "copy",
        "docker-config",
        "kubeconfig",
        "systemd-unit",
        "process-arguments",
    }
    assert load_audit(saved) == audit
    hidden = (ID, SECRET, SECRET[:20], TOKEN[:40], TOKEN[60:100], samples.base62(16, "docker1"))
    assert [value for value in hidden if value in saved or value in findings] == []
