"""What remedies say, where following them literally would not have helped."""

from __future__ import annotations

import pytest

from tests.checks.running import change_file, findings_of, rule, run_snapshot
from tests.support.scenario import build_snapshot

PAIR = (
    "aws_access_key_id = @@key-id:AKIA:123456789012:a@@\naws_secret_access_key = @@secret-key:a@@\n"
)
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "@@key-id:ASIA:123456789012:a@@",
    "AWS_SECRET_ACCESS_KEY": "@@secret-key:a@@",
    "AWS_SESSION_TOKEN": "@@session-token:a@@",
}


def remedy_of(code, sample, tmp_path):
    (finding,) = findings_of(code, sample, tmp_path)
    return finding.remedy.splitlines()


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_a_profile_named_by_a_variable_is_unnamed_first(variable, tmp_path):
    # With the section gone and the variable left, SDKs would stop with ProfileNotFound.
    sample = {
        "contexts": ["ec2"],
        "environment": {variable: "app"},
        "files": {"credentials": "[app]\n" + PAIR},
        "imds": {"role": "app-role"},
        "sdk": ["boto3"],
    }

    remedy = remedy_of("CHN104", sample, tmp_path)

    assert remedy[0] == f"1. `unset {variable}` where it is set: it selects these keys."
    assert remedy[2] == (
        f"3. For one process only: `env -u {variable} AWS_SHARED_CREDENTIALS_FILE=/dev/null "
        "COMMAND`."
    )


def test_a_profile_named_by_the_caller_is_left_out(tmp_path):
    sample = {
        "contexts": ["ec2"],
        "profile": "app",
        "files": {"credentials": "[app]\n" + PAIR},
        "imds": {"role": "app-role"},
    }

    remedy = remedy_of("CHN104", sample, tmp_path)

    assert remedy[0] == "1. Leave out `--profile app` or `profile_name=`: it selects these keys."


def test_a_config_file_with_keys_is_not_moved_away(tmp_path):
    sample = {
        "contexts": ["ec2"],
        "files": {"config": "[default]\nregion = eu-west-1\n" + PAIR},
        "imds": {"role": "app-role"},
    }

    remedy = remedy_of("CHN104", sample, tmp_path)

    assert remedy[:2] == [
        "1. Delete the aws_ lines of `[default]` in ~/.aws/config; its other settings may stay.",
        "2. For one process only: `AWS_CONFIG_FILE=/dev/null COMMAND`.",
    ]


def test_keys_that_aws_did_not_issue_are_not_deactivated_in_iam(tmp_path):
    text = "[default]\naws_access_key_id = storeadmin\naws_secret_access_key = of-the-store\n"
    sample = {"contexts": ["ec2"], "files": {"credentials": text}, "imds": {"role": "app-role"}}

    remedy = remedy_of("CHN104", sample, tmp_path)

    assert remedy[-1] == "4. Withdraw the keys where they were issued."


@pytest.mark.parametrize("prefix", ["ABIA", "ACCA"])
def test_keys_of_other_kinds_are_no_session(prefix, tmp_path):
    environment = {
        "AWS_ACCESS_KEY_ID": f"@@key-id:{prefix}:123456789012:a@@",
        "AWS_SECRET_ACCESS_KEY": "@@secret-key:a@@",
    }
    sample = {"contexts": ["ec2"], "environment": environment, "imds": {"role": "app-role"}}

    (finding,) = findings_of("CHN101", sample, tmp_path)

    assert "temporary" not in finding.message
    assert "long-term" not in finding.message
    assert finding.remedy.splitlines()[-1] == "5. Withdraw the keys where they were issued."


def test_a_session_tool_s_shell_is_left(tmp_path):
    sample = {
        "contexts": ["ec2"],
        "environment": {**ENVIRONMENT, "AWS_VAULT": "dev"},
        "imds": {"role": "app-role", "account": "210987654321"},
    }

    remedy = remedy_of("CHN101", sample, tmp_path)

    assert remedy[0] == (
        "1. AWS_VAULT tells of a session tool's shell: leave it with `exit`, or "
        "`unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN` in it."
    )
    assert not any("systemctl" in line for line in remedy)


def test_a_pipeline_is_told_of_its_own_places(tmp_path):
    sample = {
        "contexts": ["ec2", "ci"],
        "environment": ENVIRONMENT,
        "imds": {"role": "app-role", "account": "210987654321"},
    }

    remedy = remedy_of("CHN101", sample, tmp_path)

    assert remedy[0] == (
        "1. Delete what sets them in the pipeline: the variable or secret of the project, `env:` "
        "of the workflow, or the step that logs in to AWS, if the role is meant."
    )
    assert not any("systemctl" in line for line in remedy)


def test_a_link_to_itself_is_made_anew(tmp_path):
    snapshot = build_snapshot({"files": {"config": "[default]\nregion = eu-west-1\n"}}, tmp_path)
    snapshot = change_file(snapshot, "config", status="unreadable", error="ELOOP", lines=())

    (finding,) = run_snapshot(snapshot, {}, (rule("CHN225"),))

    assert finding.message == (
        "~/.aws/config is a symbolic link that leads back to itself; its profiles look absent."
    )
    assert finding.remedy == (
        "`rm ~/.aws/config` and put the file, or a link to where it really is, in its place."
    )


def test_a_unit_is_told_of_settings_that_do_open_the_file(tmp_path):
    sample = {"unreadable": ["credentials"], "files": {"credentials": "[default]\n" + PAIR}}

    remedy = remedy_of("CHN225", sample, tmp_path)

    assert remedy[1] == (
        "In a systemd unit InaccessiblePaths= must not cover it; instead of ProtectHome=yes "
        "write `ProtectHome=tmpfs` and `BindReadOnlyPaths=` with the full path of "
        "~/.aws/credentials."
    )


def test_a_stray_line_above_default_is_not_given_a_second_default(tmp_path):
    sample = {"files": {"config": "region = eu-west-1\n[default]\noutput = json\n"}}

    assert remedy_of("CHN207", sample, tmp_path) == [
        "Delete line 1, or move it below the header of the section that it belongs to."
    ]


def test_nul_bytes_are_not_given_a_header(tmp_path):
    sample = {"files": {"config": {"hex": "00005b64656661756c745d0a"}}}

    assert remedy_of("CHN207", sample, tmp_path) == [
        "Line 1 holds control characters, as a damaged file does: write the file anew."
    ]
