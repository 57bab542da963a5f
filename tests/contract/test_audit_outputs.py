"""What an audit writes: canaries all over a host are in no format, and every format is valid.

A secret is looked for whole, as base64, percent-encoded and in every piece of eight characters;
an access key id whole and without its prefix.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from credlint import samples
from credlint.checks.options import CheckOptions
from credlint.cli.audit_judgement import judge_audit
from credlint.cli.outlet import Choices, build_report, render
from credlint.host.audit_file import dump_audit, load_audit
from credlint.model.sdk_names import SDK_NAMES
from credlint.rulebook import load_rules
from tests.contract.test_redaction import pieces
from tests.support.host_scenario import build_audit

ROOT = Path(__file__).resolve().parents[2]
PLACES = (
    *("environ", "environ-other", "argument", "property", "unit", "unit-comment", "env-file"),
    *("dropin", "etc-environment", "pam", "profile-d", "bashrc", "bashrc-computed", "fish"),
    *("crontab", "cron-prefix", "history", "zsh-history", "credentials", "config-process"),
    *("s3cfg", "passwd-s3fs", "rclone", "hadoop", "docker", "docker-env", "csv", "copy"),
    *("user-data", "log", "dotenv", "kubeconfig", "npmrc", "netrc", "broken-unit"),
)
SECRETS = {place: samples.secret_key(f"audit canary {place}") for place in PLACES}
IDS = {place: samples.key_id("AKIA", "123456789012", f"audit canary {place}") for place in PLACES}
SHORT = "0123456789ab"
DOCKER = f"user:{SECRETS['docker']}"


def pair(place: str, form: str) -> str:
    return form.format(id=IDS[place], secret=SECRETS[place])


EXPORTS = "export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n"
LINES = "AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n"
PROFILE = "[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
UNIT = "[Service]\nUser=app\nExecStart=/srv/app\n"
SET = "Environment=AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n"


def container() -> str:
    variables = [f"AWS_ACCESS_KEY_ID={IDS['docker-env']}"]
    variables.append(f"AWS_SECRET_ACCESS_KEY={SECRETS['docker-env']}")
    state = {"ID": SHORT + "0" * 52, "Name": "/web", "Config": {"Image": "x", "Env": variables}}
    return json.dumps(state)


TREE = {
    "/etc/systemd/system/idle.service": UNIT
    + pair("unit", SET)
    + pair("unit-comment", "# {secret}\n"),
    "/etc/systemd/system/app.service": UNIT + "EnvironmentFile=/etc/app.env\n",
    "/etc/systemd/system/app.service.d/x.conf": "[Service]\n" + pair("dropin", SET),
    "/etc/systemd/system/bad.service": pair(
        "broken-unit", "[Serv\nice {secret}\n{id} = {secret}\n"
    ),
    "/etc/app.env": pair("env-file", LINES),
    "/etc/environment": pair("etc-environment", LINES),
    "/etc/security/pam_env.conf": pair("pam", "AWS_SECRET_ACCESS_KEY DEFAULT={secret}\n"),
    "/etc/profile.d/aws.sh": pair("profile-d", EXPORTS),
    "/home/alice/.bashrc": pair("bashrc", EXPORTS)
    + pair("bashrc-computed", "export AWS_SECRET_ACCESS_KEY=$(echo {secret})\n"),
    "/home/alice/.config/fish/config.fish": pair(
        "fish", "set -gx AWS_SECRET_ACCESS_KEY {secret}\n"
    ),
    "/etc/cron.d/job": pair("crontab", LINES)
    + pair("cron-prefix", "* * * * * app AWS_SECRET_ACCESS_KEY={secret} /srv/job\n"),
    "/home/alice/.bash_history": pair("history", EXPORTS),
    "/home/alice/.zsh_history": pair("zsh-history", ": 1700000000:0;" + EXPORTS),
    "/home/app/.aws/credentials": pair("credentials", PROFILE),
    "/home/app/.aws/config": pair(
        "config-process", "[profile p]\ncredential_process = /bin/x --secret {secret}\n"
    ),
    "/home/app/.s3cfg": pair("s3cfg", "[default]\naccess_key = {id}\nsecret_key = {secret}\n"),
    "/home/app/.passwd-s3fs": pair("passwd-s3fs", "{id}:{secret}\n"),
    "/home/app/.config/rclone/rclone.conf": pair(
        "rclone",
        "[s3]\ntype = s3\nprovider = AWS\naccess_key_id = {id}\nsecret_access_key = {secret}\n",
    ),
    "/etc/hadoop/conf/core-site.xml": pair(
        "hadoop",
        "<configuration><property><name>fs.s3a.secret.key</name>\n<value>{secret}</value>"
        "</property></configuration>\n",
    ),
    "/home/app/.docker/config.json": json.dumps(
        {"auths": {"registry.invalid": {"auth": b64encode(DOCKER.encode()).decode()}}}
    ),
    f"/var/lib/docker/containers/{SHORT + '0' * 52}/config.v2.json": container(),
    "/root/rootkey.csv": pair("csv", "AWSAccessKeyId={id}\nAWSSecretKey={secret}\n"),
    "/root/credentials.bak": pair("copy", PROFILE),
    "/var/lib/cloud/instance/user-data.txt": pair("user-data", "#!/bin/sh\n" + EXPORTS),
    "/var/log/cloud-init-output.log": pair("log", "+ " + EXPORTS),
    "/srv/app/.env": pair("dotenv", LINES),
    "/home/app/.kube/config": pair(
        "kubeconfig",
        "users:\n- name: x\n  user:\n    exec:\n      env:\n      - name: AWS_SECRET_ACCESS_KEY\n"
        "        value: {secret}\n",
    ),
    "/home/app/.npmrc": pair("npmrc", "//x.d.codeartifact.invalid/:_authToken={secret}\n"),
    "/home/app/.netrc": pair("netrc", "machine x.invalid login aws password {secret}\n"),
}
PROCESSES = [
    {
        "pid": 812,
        "program": "app",
        "unit": "app.service",
        "user": "app",
        "folder": "/srv/app",
        "environment": {
            "AWS_ACCESS_KEY_ID": IDS["environ"],
            "AWS_SECRET_ACCESS_KEY": SECRETS["environ"],
            "OTHER_TOKEN": SECRETS["environ-other"],
            "AWS_PROFILE": "default",
        },
        "arguments": ["app", "--aws-secret", SECRETS["argument"], IDS["argument"]],
    },
    {
        "pid": 813,
        "program": "java",
        "unit": "java.service",
        "user": "app",
        "arguments": [
            "java",
            f"-Daws.accessKeyId={IDS['property']}",
            f"-Daws.secretAccessKey={SECRETS['property']}",
        ],
        "environment": {"JAVA_TOOL_OPTIONS": f"-Daws.secretKey={SECRETS['property']}"},
    },
    {"pid": 814, "program": "web", "container": SHORT, "environment": {"AWS_REGION": "x"}},
]


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    scenario = {
        "users": {"app": 1001, "alice": 1002},
        "imds": {"role": "app-role"},
        "tree": TREE,
        "processes": PROCESSES,
    }
    return build_audit(scenario, tmp_path_factory.mktemp("canaries"))


def outputs(audit) -> Iterator[tuple[str, str]]:
    rules = load_rules(("chain", "host", "run"))
    conclusions = judge_audit(audit, tuple(SDK_NAMES), rules, CheckOptions(audit.captured_at))
    for verbose in (False, True):
        choices = Choices(verbose=verbose)
        report = build_report(conclusions, rules, rules, choices)
        for form in ("text", "json", "sarif"):
            yield f"{form} {verbose}", render(report, form, choices, conclusions)
    yield "saved audit", dump_audit(audit)
    yield "repr", repr(audit) + repr(conclusions)


def test_no_secret_is_in_any_output(audit):
    found = [
        (name, place)
        for name, text in outputs(audit)
        for place, secret in SECRETS.items()
        if any(piece in text for piece in pieces(secret))
    ]

    assert found == []


def test_no_whole_key_id_is_in_any_output(audit):
    found = [
        (name, place)
        for name, text in outputs(audit)
        for place, key_id in IDS.items()
        if key_id in text or key_id[4:] in text
    ]

    assert found == []


def test_the_canaries_were_seen(audit):
    """A host on which nothing is found would prove nothing."""
    seen = {one.path for one in audit.sightings} | {one.path for one in audit.assignments}
    quiet = {path for path in TREE if path not in seen} - {
        "/etc/systemd/system/app.service",
        "/etc/systemd/system/bad.service",
        "/home/app/.aws/credentials",
        "/home/app/.aws/config",
        "/home/app/.netrc",
        "/home/app/.npmrc",
    }

    assert sorted(quiet) == []


def test_json_is_what_its_schema_says(audit):
    schema = json.loads((ROOT / "docs/report.schema.json").read_text("utf-8"))
    report = json.loads(dict(outputs(audit))["json False"])

    errors = jsonschema.Draft202012Validator(schema).iter_errors(report)
    assert [error.message for error in errors] == []


def test_sarif_is_what_its_schema_says(audit):
    schema = json.loads((ROOT / "fixtures/schemas/sarif-2.1.0.json").read_text("utf-8"))
    report = json.loads(dict(outputs(audit))["sarif False"])

    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(report)] == []


def test_a_saved_audit_gives_the_same_reports(audit):
    again = load_audit(dump_audit(audit))

    assert dict(outputs(again)) == dict(outputs(audit))
