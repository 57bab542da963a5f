"""``doctor --pid`` and ``doctor --user``: real processes, judged as themselves."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path

import pytest

from credlint import samples
from tests.support.real_processes import running

KEY = samples.key_id("AKIA", "123456789012", "subject")
KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": samples.secret_key("subject")}
USER = pwd.getpwuid(os.geteuid()).pw_name

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="there is no /proc")


def judged(credlint, *arguments):
    done = credlint("doctor", *arguments, "--no-network", "--sdk", "boto3", "--format", "json")
    return json.loads(done.out)


def test_the_environment_of_the_process_counts_and_not_that_of_credlint(credlint):
    with running(["sleep", "600"], KEYS) as pid:
        report = judged(credlint, "--pid", str(pid))

    winner = report["chains"][0]["winner"]
    assert (winner["source"], winner["key_id"]) == ("env", f"AKIA…{KEY[-4:]}")


def test_the_files_of_the_process_are_those_of_its_home(credlint, tmp_path):
    home = tmp_path / "other"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text("[default]\nregion = eu-west-3\n")

    with running(["sleep", "600"], {"HOME": str(home)}) as pid:
        report = judged(credlint, "--pid", str(pid))

    assert report["chains"][0]["region"]["value"] == "eu-west-3"


def test_who_set_a_variable_is_told(credlint, tmp_path):
    (tmp_path / ".env").write_text(f"# keys\nAWS_ACCESS_KEY_ID={KEY}\n")

    with running(["sh", "-c", "sleep 600; true"], KEYS, cwd=tmp_path) as pid:
        report = judged(credlint, "--pid", str(pid))

    (told,) = [note for note in report["notes"] if note.startswith("AWS_ACCESS_KEY_ID:")]
    assert f"set by {tmp_path}/.env:2" in told
    assert "inherited from process" in told


def test_a_login_is_judged_with_that_users_home(credlint):
    done = credlint("doctor", "--user", USER, "--no-network", AWS_PROFILE="of-credlint")

    assert f"Judged is a login of {USER};" in done.out.replace("\n    ", " ")
    assert "of-credlint" not in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--pid", "4194305"), "process 4194305 cannot be judged; it is none, has ended"),
        (("--user", "no such user"), 'there is no user "no such user" on this host'),
        (("--pid", "1", "--user", "root"), "speak of different subjects"),
        (("--pid", "1", "--snapshot", "x"), "speak of different subjects"),
        (("--pid", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_judged_is_an_error(credlint, arguments, message):
    done = credlint("doctor", *arguments, "--no-network")

    assert done.code == 2
    assert message in done.err
