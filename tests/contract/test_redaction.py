"""No output contains a secret: canaries in every source, searched in every format.

Each canary is looked for whole, as base64, percent-encoded, and in every piece of eight
characters.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from credlint import samples
from credlint.demo.imds_stand_in import Behaviour, ImdsStandIn

PIECE = 8

CANARIES = {
    name: samples.secret_key(f"canary {name}")
    for name in (
        "env-secret",
        "env-other",
        "proxy-password",
        "file-secret",
        "file-comment",
        "file-unknown-setting",
        "file-section",
        "file-garbage",
        "process-argument",
        "config-secret",
        "boto-secret",
        "ec2-file-secret",
        "source-secret",
        "source-comment",
        "python-literal",
        "ignore-reason",
        "profile-name",
        "imds-role",
        "region",
        "token-file",
        "file-name",
    )
}
TOKEN = samples.session_token("canary token", 400)
# A file can be called after what it holds.
FILE_NAME = CANARIES["file-name"].replace("/", "x")
KEY_ID = samples.key_id("AKIA", "123456789012", "canary")


def pieces(value: str) -> Iterator[str]:
    """Every text that would give the value, or eight characters of it, away."""
    yield value
    yield base64.b64encode(value.encode()).decode().rstrip("=")
    yield quote(value, safe="")
    for start in range(len(value) - PIECE + 1):
        yield value[start : start + PIECE]


def leaks(output: str, allowed: str) -> list[str]:
    """The names of the canaries of which anything stands in the output.

    ``allowed`` is text that may stand there whatever it is (nothing of a canary is in it).
    """
    found = []
    for name, value in {
        **CANARIES,
        "token": TOKEN,
        "key-id": KEY_ID,
        "file-name": FILE_NAME,
    }.items():
        # The head of a session token is the same in every token of its kind.
        body = value[24:] if name == "token" else value
        if any(piece in output for piece in pieces(body) if piece not in allowed):
            found.append(name)
    return found


def _home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "credentials").write_text(
        "\n".join(
            [
                f"# old key {CANARIES['file-comment']}",
                "[default]",
                f"aws_access_key_id = {KEY_ID}",
                f"aws_secret_access_key = {CANARIES['file-secret']}",
                f"aws_session_token = {TOKEN}",
                f"pass_phrase = {CANARIES['file-unknown-setting']}",
                f"{CANARIES['file-garbage']}",
                f"[{CANARIES['file-section']}]",
                f"region = {CANARIES['region']}",
                f"# credlint: ignore[CHN208] {CANARIES['ignore-reason']}",
                "",
            ]
        )
    )
    (home / ".aws" / "config").write_text(
        "\n".join(
            [
                "[profile tool]",
                f"credential_process = /bin/tool --password {CANARIES['process-argument']}",
                "[profile static]",
                f'aws_secret_access_key = "{CANARIES["config-secret"]}" ',
                "",
            ]
        )
    )
    (home / ".boto").write_text(
        f"[Credentials]\naws_access_key_id = {KEY_ID}\n"
        f"aws_secret_access_key = {CANARIES['boto-secret']}\n"
    )
    (home / "ec2").write_text(
        f"AWSAccessKeyId={KEY_ID}\nAWSSecretKey={CANARIES['ec2-file-secret']}\n"
    )
    (home / "token").write_text(CANARIES["token-file"] + "\n")
    return home


def _environment(home: Path, endpoint: str, **more: str) -> dict[str, str]:
    return {
        "PYTHONPATH": os.environ["PYTHONPATH"],
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint,
        "AWS_CREDENTIAL_FILE": str(home / "ec2"),
        "HTTPS_PROXY": f"http://user:{CANARIES['proxy-password']}@proxy.example:3128",
        "AWS_SOMETHING_KEY": CANARIES["env-other"],
        "CREDLINT_TRACEBACK": "1",
        **more,
    }


SETTINGS = {
    "files only": {},
    "keys": {
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": CANARIES["env-secret"],
        "AWS_SESSION_TOKEN": TOKEN,
    },
    "half": {"AWS_ACCESS_KEY_ID": CANARIES["env-secret"]},
    "names": {
        "AWS_PROFILE": CANARIES["profile-name"],
        "AWS_DEFAULT_REGION": CANARIES["region"],
        "AWS_REGION": CANARIES["region"],
    },
    "process": {"AWS_PROFILE": "tool"},
    "paths": {
        "AWS_PROFILE": "static",
        "AWS_WEB_IDENTITY_TOKEN_FILE": f"/nowhere/{CANARIES['profile-name']}",
        "AWS_ROLE_ARN": f"arn:aws:iam::123456789012:role/{CANARIES['imds-role']}",
        "AWS_CONFIG_FILE": f"/nowhere/{CANARIES['config-secret']}",
    },
    "container": {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": (
            f"http://user:{CANARIES['env-other']}@127.0.0.1:9/{CANARIES['region']}"
        ),
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": CANARIES["env-secret"],
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_CONFIG_FILE": "/dev/null",
    },
}


def _run(directory: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "credlint", *arguments],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, 1, 2, 3), done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("case", list(SETTINGS))
@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_doctor_shows_no_canary(tmp_path: Path, case: str, form: str) -> None:
    home = _home(tmp_path)
    with ImdsStandIn(Behaviour(role=CANARIES["imds-role"])) as imds:
        environment = _environment(home, imds.endpoint, **SETTINGS[case])
        output = _run(home, environment, "doctor", "--format", form, "--verbose")

    assert leaks(output, "") == []
    assert len(output) > PIECE


@pytest.mark.parametrize("case", list(SETTINGS))
def test_a_snapshot_holds_no_canary(tmp_path: Path, case: str) -> None:
    home = _home(tmp_path)
    with ImdsStandIn(Behaviour(role=CANARIES["imds-role"])) as imds:
        environment = _environment(home, imds.endpoint, **SETTINGS[case])
        output = _run(home, environment, "snapshot", "-o", "-")

    assert leaks(output, "") == []
    saved, _ = json.JSONDecoder().raw_decode(output)
    assert saved["schema"] == "credlint-snapshot/2"


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
@pytest.mark.parametrize("mode", ["tree", "staged", "stdin"])
def test_scan_shows_no_canary(tmp_path: Path, mode: str, form: str) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    source = (
        "import boto3\n"
        f"# {CANARIES['source-comment']} credlint: ignore[SEC999] {CANARIES['ignore-reason']}\n"
        f"aws_access_key_id = '{KEY_ID}'\n"
        f"aws_secret_access_key = '{CANARIES['source-secret']}'\n"
        f"boto3.client('s3', aws_access_key_id='{KEY_ID}',"
        f" aws_secret_access_key='{CANARIES['python-literal']}', aws_session_token='{TOKEN}')\n"
    )
    (tree / "main.py").write_text(source)
    (tree / f"{FILE_NAME}.env").write_text(f"AWS_SECRET_ACCESS_KEY={CANARIES['source-secret']}\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CREDLINT_TRACEBACK": "1"}
    if mode == "staged":
        subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
        subprocess.run(["git", "add", "."], cwd=tree, check=True)
        output = _run(tree, environment, "scan", "--staged", "--format", form, "--verbose")
    elif mode == "stdin":
        done = subprocess.run(
            [sys.executable, "-m", "credlint", "scan", "-", "--format", form],
            cwd=tree,
            env=environment,
            input=source,
            capture_output=True,
            text=True,
            check=False,
        )
        output = done.stdout + done.stderr
    else:
        output = _run(tree, environment, "scan", ".", "--format", form, "--verbose")

    assert leaks(output, "") == []
    assert "SEC101" in output


@pytest.mark.parametrize(
    "setting",
    [
        'select = ["{0}"]',
        "{0} = 1",
        'fail-on = "{0}"',
        "exclude = [{0}]",
        'per-file-ignores = {{ "{0}" = ["{0}"] }}',
    ],
)
def test_a_broken_configuration_shows_no_canary(tmp_path: Path, setting: str) -> None:
    (tmp_path / "credlint.toml").write_text(setting.format(CANARIES["source-secret"]) + "\n")
    (tmp_path / "main.py").write_text("print()\n")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CREDLINT_TRACEBACK": "1"}

    output = _run(tmp_path, environment, "scan", ".")

    assert leaks(output, "") == []


def test_a_broken_snapshot_shows_no_canary(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps({"schema": CANARIES["region"], CANARIES["env-other"]: 1}))
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CREDLINT_TRACEBACK": "1"}

    output = _run(tmp_path, environment, "doctor", "--snapshot", str(path))

    assert leaks(output, "") == []
    assert output


def test_the_search_itself_finds_a_leak() -> None:
    value = CANARIES["env-secret"]

    assert leaks(f"…{value[5:13]}…", "") == ["env-secret"]
    assert leaks(base64.b64encode(value.encode()).decode(), "") == ["env-secret"]
    assert leaks("AKIA…WXYZ", "") == []
