"""What a login would have, by the shell's own order of files."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from credlint.host.machine.logins import login_environment, may_log_in
from credlint.host.machine.users import HostUser
from tests.host.machine.trees import build, shown

PROFILE = """
if [ "$PS1" ]; then
  . /etc/bash.bashrc
fi
if [ -d /etc/profile.d ]; then
  for i in /etc/profile.d/*.sh; do
    . $i
  done
fi
"""
OWN = ("PATH", "HOME", "SHELL", "USER", "LOGNAME")


def login(root, files, shell="/bin/bash"):
    user = HostUser("alice", 1000, 1000, "/home/alice", shell)
    return login_environment(user, build(root, files))


def own(found) -> dict[str, str]:
    return {name: value for name, value in found.environment.items() if name not in OWN}


def test_bash_reads_the_first_of_its_profiles(tmp_path):
    found = login(
        tmp_path,
        {
            "etc/environment": "AWS_A=pam\nAWS_B=pam\n",
            "etc/profile": PROFILE,
            "etc/profile.d/x.sh": "export AWS_B=profile.d AWS_C=profile.d\n",
            "etc/profile.d/x.csh": "setenv AWS_X no\n",
            "home/alice/.bash_profile": ". ~/.bashrc\nexport AWS_C=own AWS_D=$HOME/x\n",
            "home/alice/.profile": "export AWS_X=never\n",
            "home/alice/.bashrc": "case $- in *i*) ;; *) return;; esac\nexport AWS_E=rc AWS_C=rc\n",
        },
    )

    assert own(found) == {
        "AWS_A": "pam",
        "AWS_B": "profile.d",
        "AWS_C": "own",
        "AWS_D": "/home/alice/x",
        "AWS_E": "rc",
    }
    assert shown(found.sources["AWS_B"]) == "/etc/profile.d/x.sh:1:14 AWS_B"
    assert shown(found.sources["AWS_C"]) == "/home/alice/.bash_profile:2:14 AWS_C"
    assert [one.user for one in found.assignments] == [None, None, "alice", "alice", "alice"]
    assert found.paths == (
        "/etc/profile",
        "/etc/profile.d/x.sh",
        "/home/alice/.bash_profile",
        "/home/alice/.bashrc",
    )
    assert found.unsure == ()


def test_what_bash_does_not_read_is_told(tmp_path):
    found = login(
        tmp_path,
        {
            "home/alice/.bashrc": "export AWS_A=rc\n",
            "home/alice/.profile": "if x; then export AWS_B=c; fi\nexport AWS_C=$(get)\n",
        },
    )

    assert own(found) == {"AWS_B": "c"}
    assert found.unsure == (
        ("AWS_A", "/home/alice/.bashrc:1"),
        ("AWS_B", "/home/alice/.profile:1"),
        ("AWS_C", "/home/alice/.profile:2"),
    )


def test_unset_is_honoured(tmp_path):
    found = login(
        tmp_path, {"etc/environment": "AWS_A=b\n", "home/alice/.profile": "unset AWS_A\n"}
    )

    assert own(found) == {}


@pytest.mark.parametrize(
    ("shell", "files", "expected"),
    [
        (
            "/bin/zsh",
            {
                "etc/zsh/zshenv": "export AWS_A=1 AWS_B=1\n",
                "home/alice/.zshenv": "export AWS_B=2 AWS_C=2\n",
                "home/alice/.zshrc": "export AWS_C=3\n",
                "home/alice/.bashrc": "export AWS_X=no\n",
            },
            {"AWS_A": "1", "AWS_B": "2", "AWS_C": "3"},
        ),
        (
            "/usr/bin/fish",
            {
                "home/alice/.config/fish/config.fish": "set -gx AWS_A 1\n",
                "home/alice/.config/fish/conf.d/a.fish": "set -gx AWS_A 0; set -x AWS_B 2\n",
                "home/alice/.config/fish/fish_variables": "SETUVAR --export AWS_C:3\n",
            },
            {"AWS_A": "1", "AWS_B": "2", "AWS_C": "3"},
        ),
        (
            "/bin/tcsh",
            {
                "home/alice/.cshrc": "setenv AWS_A 1\n",
                "home/alice/.login": "setenv AWS_B 2\n",
            },
            {"AWS_A": "1", "AWS_B": "2"},
        ),
        ("/bin/sh", {"home/alice/.profile": "AWS_A=1; export AWS_A\n"}, {"AWS_A": "1"}),
    ],
)
def test_other_shells(tmp_path, shell, files, expected):
    assert own(login(tmp_path, files, shell)) == expected


def test_files_that_source_each_other_end(tmp_path):
    found = login(
        tmp_path,
        {
            "home/alice/.profile": ". ~/.bashrc\nexport AWS_A=1\n",
            "home/alice/.bashrc": ". ~/.profile\n. ~/.bashrc\n",
        },
    )

    assert own(found) == {"AWS_A": "1"}


def test_who_may_log_in():
    user = HostUser("x", 1, 1, "/", "/usr/sbin/nologin")

    assert not may_log_in(user)
    assert may_log_in(HostUser("x", 1, 1, "/", "/bin/sh"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_as_a_login_of_bash_itself(tmp_path):
    home = tmp_path / "home/alice"
    system = build(
        tmp_path,
        {
            "home/alice/.bash_profile": "export AWS_A=1\n[ -f ~/.bashrc ] && . ~/.bashrc\n"
            "export AWS_B=$AWS_A.2\n",
            "home/alice/.bashrc": "[ -z \"$PS1\" ] && :\nAWS_C=3\nexport AWS_C AWS_A='x y'\n",
            "home/alice/.profile": "export AWS_D=no\n",
        },
    )
    user = HostUser("alice", 1000, 1000, "/home/alice", "/bin/bash")
    found = own(login_environment(user, system))
    out = subprocess.run(
        ["bash", "-l", "-i", "-c", "/usr/bin/env -0"],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    ).stdout
    real = dict(one.split("=", 1) for one in os.fsdecode(out).split("\0") if one[:4] == "AWS_")

    assert {name: found.get(name) for name in real} == real
