"""What scenarios assume of IMDS must be what the real probe reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn
from credlint.host.imds import Patience, probe_imds
from credlint.host.snapshot_file import dump_snapshot, load_snapshot
from tests.support.scenario import build_snapshot, imds_evidence

PATIENT = Patience(5, 5, 20)
ROLE = "demo-instance-role"


def timeless(evidence):
    names = ("token", "roles_with_token", "roles_without_token")
    times = {name: replace(getattr(evidence, name), milliseconds=None, date=None) for name in names}
    return replace(evidence, endpoint="", **times)


@pytest.mark.parametrize("role", ["app", None])
@pytest.mark.parametrize("v1", [True, False])
@pytest.mark.parametrize("v2", [True, False])
def test_scenarios_of_imds_are_as_probed(role, v1, v2):
    with ImdsStandIn(Behaviour(role=role, v1=v1, v2=v2)) as service:
        probed = probe_imds(service.endpoint, PATIENT)

    assert timeless(imds_evidence({"role": role, "v1": v1, "v2": v2})) == timeless(probed)


def test_scenario_of_everything(tmp_path):
    scenario = {
        "environment": {"AWS_ACCESS_KEY_ID": "@@key-id:AKIA:210987654321@@", "PATH": False},
        "files": {
            "config": "[default]\nregion = eu-west-1\n",
            "credentials": {"text": "[default]\n", "mode": "0644"},
            "boto_etc": "[Credentials]\n",
            "ec2_credential_file": "AWSAccessKeyId=x\n",
            ".token": "x",
        },
        "files_mode": {"config": "0640"},
        "imds": {"role": "app"},
        "contexts": ["ec2"],
        "uid": 0,
        "profile": "dev",
        "now": "2026-01-01T00:00:00Z",
        "packages": {"botocore": "1.44.5"},
    }

    actual = build_snapshot(scenario, tmp_path)

    assert [(f.path, f.status, f.mode) for f in actual.files] == [
        ("~/.aws/config", "read", 0o640),
        ("~/.aws/credentials", "read", 0o644),
        ("~/.ec2-credentials", "read", 0o600),
        ("/etc/boto.cfg", "read", 0o600),
        ("~/.boto", "absent", None),
    ]
    assert actual.variable("AWS_ACCESS_KEY_ID").key_id.account == "210987654321"
    assert actual.variable("PATH") is None
    assert (actual.platform.contexts, actual.platform.uid) == (("ec2",), 0)
    assert (actual.captured_at, actual.imds.role) == ("2026-01-01T00:00:00Z", "app")
    assert load_snapshot(dump_snapshot(actual)) == actual


def test_unknown_key_is_refused(tmp_path):
    with pytest.raises(ValueError, match='unknown key "enviroment" in scenario'):
        build_snapshot({"enviroment": {}}, tmp_path)


def test_no_imds_unless_asked_for(tmp_path):
    assert not build_snapshot({}, tmp_path).imds.probed


@pytest.mark.parametrize(
    ("behaviour", "table"),
    [
        (Behaviour(manner="shut"), {"status": 403}),
        (Behaviour(manner="hang"), {"slow": True}),
        (Behaviour(role=None, profile="app", v1=False), {"profile": "app"}),
        (Behaviour(info_code="Failed", v1=False), {"role": ROLE, "info_code": "Failed"}),
        (Behaviour(manner="token-hang", v1=False), {"token_lost": True}),
        (Behaviour(manner="token-hang"), {"token_lost": True, "v1": True, "role": ROLE}),
    ],
)
def test_scenarios_of_odd_imds_are_as_probed(behaviour, table):
    with ImdsStandIn(behaviour) as service:
        probed = probe_imds(service.endpoint, Patience(5, 0.3, 20))

    assert timeless(imds_evidence(table)) == timeless(probed)
