"""What is kept of the AWS CLI's kept sessions: the role and its time, no key."""

from __future__ import annotations

import json

import pytest

from credlint.host.snapshot_file import dump_snapshot, load_snapshot
from credlint.samples import key_id, secret_key
from tests.support.scenario import build_snapshot

NAME = f"{'ab' * 20}.json"
SESSION = {
    "Credentials": {
        "AccessKeyId": key_id("ASIA"),
        "SecretAccessKey": secret_key(),
        "Expiration": "2026-07-01T13:00:00Z",
    },
    "AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/admin/alice"},
}


def sessions_of(cache, tmp_path):
    snapshot = build_snapshot({"role_cache": cache}, tmp_path)
    return [fact for fact in snapshot.paths if fact.purpose == "role-session"], snapshot


def test_role_and_time_are_kept_and_saved(tmp_path):
    (fact,), snapshot = sessions_of({NAME: json.dumps(SESSION)}, tmp_path)

    assert (fact.named, fact.expires) == ("123456789012/admin", "2026-07-01T13:00:00Z")
    assert load_snapshot(dump_snapshot(snapshot)).paths == snapshot.paths
    assert secret_key() not in dump_snapshot(snapshot)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"Credentials": 1, "AssumedRoleUser": 2}',
        json.dumps({**SESSION, "AssumedRoleUser": {"Arn": "arn:aws:iam::123456789012:user/a"}}),
        json.dumps({**SESSION, "Credentials": {"Expiration": "x" * 30}}),
    ],
)
def test_what_is_no_session_is_passed_over(text, tmp_path):
    assert sessions_of({NAME: text}, tmp_path)[0] == []


def test_files_of_other_names_are_not_opened(tmp_path):
    assert sessions_of({"other.json": json.dumps(SESSION)}, tmp_path)[0] == []
