"""The traps of the catalog that a scenario alone cannot stage, and hostile input."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credlint.model.metadata import ImdsEvidence
from credlint.samples import key_id, secret_key, session_token
from tests.checks.running import (
    change_file,
    close_file,
    findings_of,
    rule,
    run_sample,
    run_snapshot,
)
from tests.support.scenario import build_snapshot

KEYS = f"aws_access_key_id = {key_id()}\naws_secret_access_key = {secret_key()}\n"
ENV_KEYS = {"AWS_ACCESS_KEY_ID": key_id(), "AWS_SECRET_ACCESS_KEY": secret_key()}
OPEN_FILE = {"files": {"credentials": {"text": f"[default]\n{KEYS}", "mode": "0644"}}}
SHADOWING_FILE = {
    "contexts": ["ec2"],
    "files": {"credentials": f"[default]\n{KEYS}"},
    "imds": {"role": "app-role"},
}


def snapshot_of(scenario, tmp_path, **platform):
    snapshot = build_snapshot(scenario, tmp_path)
    return replace(snapshot, platform=replace(snapshot.platform, **platform))


def levels(code, snapshot):
    return [finding.level for finding in run_snapshot(snapshot, {}, (rule(code),))]


def test_modes_mean_nothing_on_windows(tmp_path):
    snapshot = snapshot_of(OPEN_FILE, tmp_path, system="Windows")

    assert levels("HST202", snapshot) == []


def test_roots_mounts_in_a_container_of_root_are_left_alone(tmp_path):
    snapshot = snapshot_of(OPEN_FILE, tmp_path, uid=0, contexts=("eks", "container"))

    assert levels("HST202", change_file(snapshot, "credentials", owner_uid=0)) == []
    assert levels("HST202", change_file(snapshot, "credentials", owner_uid=1000)) == ["error"]


def test_root_on_a_shared_host_is_not_left_alone(tmp_path):
    snapshot = snapshot_of(OPEN_FILE, tmp_path, uid=0, contexts=("ec2",))

    assert levels("HST202", change_file(snapshot, "credentials", owner_uid=0)) == ["error"]


def test_an_open_file_that_could_not_be_looked_into_counts(tmp_path):
    snapshot = close_file(snapshot_of(OPEN_FILE, tmp_path, contexts=("ci",)), "credentials")

    assert levels("HST202", snapshot) == ["error"]


def test_a_login_users_file_in_a_persons_shell_is_a_warning(tmp_path):
    scenario = {**SHADOWING_FILE, "environment": {"SUDO_USER": "alice"}}
    snapshot = snapshot_of(scenario, tmp_path)

    assert levels("CHN104", change_file(snapshot, "credentials", owner_uid=1000)) == ["warning"]
    assert levels("CHN104", change_file(snapshot, "credentials", owner_uid=0)) == ["error"]


def test_a_login_users_file_under_a_service_is_an_error(tmp_path):
    snapshot = change_file(snapshot_of(SHADOWING_FILE, tmp_path), "credentials", owner_uid=1000)

    assert levels("CHN104", snapshot) == ["error"]


def test_a_metadata_service_that_did_not_answer_has_no_role_to_hide(tmp_path):
    scenario = {**SHADOWING_FILE, "imds": {"unreachable": True}}

    assert findings_of("CHN104", scenario, tmp_path) == ()


def test_an_unreadable_file_names_mode_and_owner(tmp_path):
    snapshot = close_file(snapshot_of(OPEN_FILE, tmp_path), "credentials")
    snapshot = change_file(snapshot, "credentials", mode=0o600, owner_uid=0)

    (finding,) = run_snapshot(snapshot, {}, (rule("CHN225"),))

    assert finding.message == (
        "~/.aws/credentials exists but uid 1000 cannot read it (EACCES, mode 0600, owner uid 0); "
        "its profiles look absent."
    )


def test_files_behind_one_closed_folder_are_one_finding(tmp_path):
    snapshot = snapshot_of({"files": {"config": "", "credentials": ""}}, tmp_path)
    for role in ("config", "credentials"):
        snapshot = change_file(close_file(snapshot, role), role, closed_by="/home/ann")

    (finding,) = run_snapshot(snapshot, {}, (rule("CHN225"),))

    assert finding.message == (
        "~/.aws/config and ~/.aws/credentials cannot be read, since uid 1000 may not pass "
        "/home/ann; profiles there look absent."
    )
    assert finding.remedy.startswith("Let the user through: `setfacl -m u:1000:x /home/ann`")
    assert [place.display() for place in finding.related] == ["~/.aws/credentials:1"]


def test_two_keys_of_one_file_are_two_findings(tmp_path):
    text = f"[a]\n{KEYS}[b]\naws_access_key_id = {key_id(seed='2')}\n"

    findings = findings_of(
        "HST201", {"contexts": ["ec2"], "files": {"credentials": text}}, tmp_path
    )

    assert [finding.subject for finding in findings] == [
        f"AKIA…{key_id()[-4:]}",
        f"AKIA…{key_id(seed='2')[-4:]}",
    ]


def test_a_ring_with_one_keyed_member_starts_there(tmp_path):
    role = "role_arn = arn:aws:iam::123456789012:role/r\n"
    config = f"[profile a]\n{role}source_profile = b\n[profile b]\n{role}source_profile = a\n{KEYS}"

    (finding,) = findings_of("CHN214", {"files": {"config": config}}, tmp_path)

    assert "loop: b -> a -> b;" in finding.message


def test_a_ring_with_two_keyed_members_is_none(tmp_path):
    role = "role_arn = arn:aws:iam::123456789012:role/r\n"
    config = "".join(
        f"[profile {name}]\n{role}source_profile = {other}\n{KEYS}"
        for name, other in (("a", "b"), ("b", "a"))
    )

    assert findings_of("CHN214", {"files": {"config": config}}, tmp_path) == ()


def test_the_rest_of_a_wrapped_token_is_not_shown(tmp_path):
    rest = "abcdefghijklmnop=="
    text = f"[default]\n{KEYS}aws_session_token = {session_token()}\n  {rest}\n"

    findings = run_sample({"files": {"credentials": text}}, tmp_path)

    assert "abcdefghij" not in repr(findings)


def test_a_line_break_in_a_profile_name_breaks_nothing(tmp_path):
    (finding,) = findings_of("CHN201", {"environment": {"AWS_PROFILE": "dev\n"}}, tmp_path)

    assert finding.message.startswith("AWS_PROFILE=dev\\n is not defined in ")
    assert "The name contains a line break." in finding.message


def test_a_path_in_a_remedy_is_quoted_for_the_shell(tmp_path):
    scenario = {
        "files": {"credentials": {"text": f"[default]\n{KEYS}", "mode": "0644", "path": "a; b"}},
        "environment": {"AWS_SHARED_CREDENTIALS_FILE": "{home}/a; b"},
    }

    (finding,) = findings_of("HST202", scenario, tmp_path)

    assert finding.remedy == "`chmod 600 ~/'a; b'`"


def test_each_variable_that_selects_a_missing_profile_is_told(tmp_path):
    scenario = {"environment": {"AWS_PROFILE": "x", "AWS_DEFAULT_PROFILE": "y"}}

    findings = findings_of("CHN201", scenario, tmp_path)

    assert [(finding.subject, finding.sdks) for finding in findings] == [
        ("AWS_DEFAULT_PROFILE", ("boto3", "aws-cli-v1")),
        ("AWS_PROFILE", ("aws-cli-v2",)),
    ]


def test_a_section_without_the_word_profile_is_related_to_the_missing_profile(tmp_path):
    scenario = {
        "environment": {"AWS_PROFILE": "dev"},
        "files": {"config": "[dev]\nregion = eu-west-1\n"},
    }

    (finding,) = findings_of("CHN201", scenario, tmp_path)

    assert [(place.display(), place.message) for place in finding.related] == [
        ("~/.aws/config:1", "`[dev]` stands here without the word profile.")
    ]


def test_thousands_of_linked_profiles_are_judged_in_linear_time(tmp_path):
    role = "role_arn = arn:aws:iam::123456789012:role/r\n"
    count = 4000
    config = "".join(
        f"[profile p{i}]\n{role}source_profile = p{(i + 1) % count}\n" for i in range(count)
    )

    (finding,) = findings_of("CHN214", {"files": {"config": config}}, tmp_path)

    assert finding.location.line == 3


LINE = st.sampled_from(
    [
        "[default]",
        "[profile a]",
        '[profile "b c"]',
        "[profile '",
        "[a]",
        "[]",
        "[DEFAULT]",
        " [x] y",
        "",
        "# note",
        "text",
        "=",
        "= x",
        "  : y",
        "s3 =",
        "  nested = 1",
        "role_arn = arn:aws:iam::123456789012:role/r",
        "source_profile = a",
        "source_profile = default",
        "  region = eu-west-1 # x",
        "expiration = 2020-01-01",
        "expiration = 9999999999",
        "x_security_token_expires = 2026-06-01T00:00:00Z",
        "aws_session_token = ",
        *KEYS.splitlines(),
    ]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    config=st.lists(LINE, max_size=12),
    credentials=st.lists(LINE, max_size=12),
    profile=st.sampled_from([None, "", "a", "b c", "nope"]),
)
def test_no_check_breaks_on_odd_files(config, credentials, profile, tmp_path_factory):
    scenario = {
        "files": {"config": "\n".join(config), "credentials": "\n".join(credentials)},
        "environment": {} if profile is None else {"AWS_PROFILE": profile},
    }

    findings = run_sample(scenario, tmp_path_factory.mktemp("odd"))

    assert [finding.message for finding in findings if finding.code == "RUN902"] == []


@pytest.mark.parametrize("code", ["CHN101", "CHN103", "CHN104", "CHN105", "CHN110"])
def test_rules_about_winners_say_nothing_where_the_sdk_stops(code, tmp_path):
    scenario = {
        "contexts": ["ec2"],
        "environment": {**ENV_KEYS, "AWS_PROFILE": "nope"},
        "imds": {"role": "app-role", "account": "210987654321"},
    }

    assert findings_of(code, scenario, tmp_path) == ()


def test_no_source_is_not_claimed_where_nobody_asked_for_the_role(tmp_path):
    snapshot = build_snapshot({}, tmp_path)
    reason = "the network was not to be used"
    unasked = replace(snapshot, imds=ImdsEvidence(reason=reason), skipped=(("imds", reason),))

    asked_codes = {finding.code for finding in run_snapshot(snapshot, {})}
    unasked_codes = {finding.code for finding in run_snapshot(unasked, {})}

    assert ("CHN232" in asked_codes, "CHN232" in unasked_codes) == (True, False)
