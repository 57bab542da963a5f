"""Keys that lines of a host assign: what the samples of their rules cannot say."""

from __future__ import annotations

import json

import pytest

from credlint import samples
from credlint.host.audit_file import dump_audit
from tests.checks.running import findings_of, run_host_sample
from tests.support.host_scenario import build_audit

ID, SECRET = samples.key_id("AKIA", "123456789012", "a"), samples.secret_key("a")
OTHER_ID, OTHER_SECRET = samples.key_id("AKIA", "210987654321", "b"), samples.secret_key("b")
TOKEN = samples.session_token("a")
RULES = ("HST208", "HST209", "HST210", "HST217", "HST218")
DOCKER = "/var/lib/docker/containers/0123456789abcdef/config.v2.json"


def lines(identifier: str, secret: str, before: str = "") -> str:
    return f"{before}AWS_ACCESS_KEY_ID={identifier}\n{before}AWS_SECRET_ACCESS_KEY={secret}\n"


def found(code: str, sample: dict, tmp_path):
    return sorted(findings_of(code, sample, tmp_path), key=lambda one: one.location.display())


def test_the_secret_is_the_related_place_of_its_id(tmp_path):
    (finding,) = found("HST209", {"tree": {"/etc/environment": lines(ID, SECRET)}}, tmp_path)

    assert finding.message == (
        f"/etc/environment:1 and 2 gives the access key AKIA…{ID[-4:]} (account 123456789012) to "
        "every login."
    )
    assert (finding.location.column, finding.location.end_column) == (19, 39)
    (secret,) = finding.related
    assert (secret.display(), secret.column, secret.end_column) == ("/etc/environment:2", 23, 63)
    assert secret.message == "AWS_SECRET_ACCESS_KEY: the secret access key."


def test_a_secret_whose_id_stands_elsewhere_is_told_too(tmp_path):
    text = f"AWS_SECRET_ACCESS_KEY={SECRET}\n"
    (finding,) = found("HST209", {"tree": {"/etc/environment": text}}, tmp_path)

    assert "gives an AWS secret access key to every login" in finding.message
    assert "<the key id>" in finding.remedy


def test_an_id_alone_opens_nothing(tmp_path):
    tree = {"/etc/environment": f"AWS_ACCESS_KEY_ID={ID}\n"}

    assert found("HST209", {"tree": tree, "ec2": True}, tmp_path) == []


def test_pairs_of_one_file_are_kept_apart(tmp_path):
    text = lines(ID, SECRET, "export ") + lines(OTHER_ID, OTHER_SECRET, "export ")
    first, second = found("HST209", {"tree": {"/etc/profile.d/a.sh": text}}, tmp_path)

    assert [first.location.line, first.related[0].line] == [1, 2]
    assert [second.location.line, second.related[0].line] == [3, 4]


def test_an_environment_file_of_two_units_is_one_finding(tmp_path):
    unit = "[Service]\nEnvironmentFile=/etc/app.env\nExecStart=/usr/bin/app\n"
    tree = {
        "/etc/systemd/system/a.service": unit,
        "/etc/systemd/system/b.service": unit,
        "/etc/app.env": lines(ID, SECRET),
    }
    (finding,) = found("HST208", {"tree": tree}, tmp_path)

    assert finding.message.startswith("a.service and b.service get the access key AKIA…")
    assert "`systemctl daemon-reload && systemctl restart a.service b.service`" in finding.remedy


def test_who_may_read_the_file_is_told(tmp_path):
    unit = {"text": "[Service]\nExecStart=/bin/a\n" + "Environment=" + lines(ID, SECRET)}
    unit["text"] = unit["text"].replace("\nAWS_SECRET", " AWS_SECRET")
    sample = {"tree": {"/etc/systemd/system/a.service": {**unit, "mode": "0644"}}}
    (finding,) = found("HST208", sample, tmp_path)

    assert "has mode 0644, so that others than its owner may read it." in finding.message
    assert "chmod 600 /etc/systemd/system/a.service" in finding.remedy


@pytest.mark.parametrize(
    ("code", "path", "receiver"),
    [
        ("HST209", "/etc/bash.bashrc", "to every interactive shell."),
        ("HST209", "/etc/environment.d/a.conf", "to every service of every user's own manager."),
        (
            "HST217",
            "/root/.config/environment.d/a.conf",
            "into every service of root's own manager,",
        ),
        ("HST217", "/root/.profile", "into every shell of root, and into all that it starts."),
        ("HST217", "/root/.ssh/environment", "where PermitUserEnvironment allows it,"),
    ],
)
def test_who_gets_the_keys_is_told(code, path, receiver, tmp_path):
    before = "export " if path.endswith(("rc", "profile")) else ""
    (finding,) = found(code, {"tree": {path: lines(ID, SECRET, before)}}, tmp_path)

    assert receiver in finding.message


def test_a_unit_of_a_user_is_shown_to_nobody_else(tmp_path):
    text = "[Service]\nExecStart=/bin/a\nEnvironment=" + lines(ID, SECRET).strip().replace(
        "\n", " "
    )
    tree = {"/root/.config/systemd/user/a.service": text}
    (finding,) = found("HST208", {"tree": tree}, tmp_path)

    assert "systemctl show" not in finding.message
    assert (
        "`systemctl --user daemon-reload && systemctl --user restart a.service`" in finding.remedy
    )


PLACES = {
    "/etc/systemd/system/a.service": "[Service]\nEnvironment={pair}\nExecStart=/bin/a\n",
    "/etc/environment": "{lines}",
    "/etc/cron.d/a": "{lines}0 0 * * * root {pair} run --key {secret}\n",
    "/etc/profile.d/a.sh": "export {pair}\nf() {{ export {pair}; }}\n",
    "/etc/sysconfig/a": "JAVA_TOOL_OPTIONS='-Daws.accessKeyId={id} -Daws.secretKey={secret}'\n",
    "/root/.bashrc": "export AWS_{secret}=x {pair} AWS_PROFILE={secret}\n",
    "/root/.config/fish/config.fish": "set -gx AWS_SESSION_TOKEN {token}\n",
    "/root/.env": "{lines}AWS_ENDPOINT_URL=https://u:{secret}@example.com/\n",
    "/etc/ssh/sshd_config": "AcceptEnv AWS_* *\nSetEnv {pair}\n",
    DOCKER: '{{"Name": "/{id}", "Config": {{"Env": ["AWS_ACCESS_KEY_ID={id}"]}}}}',
}


def hidden() -> dict[str, str]:
    parts = {
        "id": ID,
        "secret": SECRET,
        "token": TOKEN,
        "lines": lines(ID, SECRET),
        "pair": lines(ID, SECRET).strip().replace("\n", " "),
    }
    return {path: text.format(**parts) for path, text in PLACES.items()}


def test_no_place_lets_a_key_into_an_audit_or_a_finding(tmp_path):
    sample = {"tree": hidden(), "ec2": True}
    audit = dump_audit(build_audit(sample, tmp_path / "audit"))
    findings = repr(run_host_sample(sample, tmp_path / "findings"))

    assert {one["kind"] for one in json.loads(audit)["assignments"]} >= {
        "systemd-unit",
        "etc-environment",
        "crontab",
        "profile-script",
        "shell-startup",
        "dotenv",
        "ssh-set-env",
        "ssh-accept-env",
        "container",
    }
    for text in (audit, findings):
        for secret in (ID, SECRET, SECRET[:12], SECRET[-12:], TOKEN[:20], TOKEN[-20:]):
            assert secret not in text


@pytest.mark.parametrize("code", RULES)
def test_made_up_keys_are_never_told(code, tmp_path):
    texts = {
        path: text.replace(ID, "AKIAIOSFODNN7EXAMPLE").replace(SECRET, "changeme")
        for path, text in hidden().items()
        if "ssh" not in path
    }

    assert found(code, {"tree": texts, "ec2": True}, tmp_path) == []
