"""The files that set variables for logins and services, all over a host."""

from __future__ import annotations

import os

from credlint.host.machine.shell_files import read_shell_files
from credlint.host.machine.users import read_users
from tests.host.machine.trees import build, shown


def read(root, files, folders=()):
    system = build(root, files)
    return read_shell_files(system, read_users(system), folders)


def test_every_kind_of_file(tmp_path):
    line = "export AWS_REGION=x\n"
    found = read(
        tmp_path,
        {
            "etc/environment": "AWS_REGION=x\n",
            "etc/security/pam_env.conf": "AWS_REGION DEFAULT=x\n",
            "etc/profile": line,
            "etc/profile.d/a.sh": line,
            "etc/profile.d/a.csh": "setenv AWS_REGION x\n",
            "etc/profile.d/README": line,
            "etc/bashrc": line,
            "etc/zsh/zshenv": line,
            "etc/fish/config.fish": "set -gx AWS_REGION x\n",
            "etc/environment.d/a.conf": "AWS_REGION=x\n",
            "etc/default/app": "AWS_REGION=x\n",
            "etc/sysconfig/app": "# c\nAWS_REGION='x'\n",
            "etc/ssh/sshd_config": "Port 22\nAcceptEnv LANG AWS_*\n",
            "etc/ssh/ssh_config.d/a.conf": "SendEnv *\n  SetEnv AWS_REGION=x B=c\n",
            "home/alice/.bashrc": line,
            "home/alice/.zshenv": line,
            "home/alice/.envrc": line,
            "home/alice/.env": "AWS_REGION=x\n",
            "home/alice/.config/fish/conf.d/a.fish": "set -x AWS_REGION x\n",
            "home/alice/.config/fish/fish_variables": "SETUVAR --export AWS_REGION:x\n",
            "home/alice/.config/environment.d/a.conf": "AWS_REGION=x\n",
            "home/alice/.cshrc": "setenv AWS_REGION x\n",
            "home/alice/.pam_environment": "AWS_REGION DEFAULT=x\n",
            "home/alice/.ssh/config": "Host x\n SendEnv AWS_PROFILE\n",
            "srv/app/.env": "AWS_REGION=x\n",
        },
        folders=["/srv/app", "/srv/none"],
    )

    assert [(one.kind, shown(one), one.user) for one in found.assignments] == [
        ("etc-environment", "/etc/environment:1:12 AWS_REGION", None),
        ("pam-env", "/etc/security/pam_env.conf:1:20 AWS_REGION", None),
        ("profile-script", "/etc/profile:1:19 AWS_REGION", None),
        ("profile-script", "/etc/bashrc:1:19 AWS_REGION", None),
        ("profile-script", "/etc/zsh/zshenv:1:19 AWS_REGION", None),
        ("profile-script", "/etc/profile.d/a.csh:1:19 AWS_REGION", None),
        ("profile-script", "/etc/profile.d/a.sh:1:19 AWS_REGION", None),
        ("profile-script", "/etc/fish/config.fish:1:20 AWS_REGION", None),
        ("etc-environment", "/etc/environment.d/a.conf:1:12 AWS_REGION", None),
        ("service-defaults", "/etc/default/app:1:12 AWS_REGION", None),
        ("service-defaults", "/etc/sysconfig/app:2:13 AWS_REGION", None),
        ("ssh-accept-env", "/etc/ssh/sshd_config:2:16 AWS_*", None),
        ("ssh-send-env", "/etc/ssh/ssh_config.d/a.conf:1:9 *", None),
        ("ssh-set-env", "/etc/ssh/ssh_config.d/a.conf:2:21 AWS_REGION", None),
        ("ssh-set-env", "/etc/ssh/ssh_config.d/a.conf:2:25 B", None),
        ("shell-startup", "/home/alice/.bashrc:1:19 AWS_REGION", "alice"),
        ("shell-startup", "/home/alice/.zshenv:1:19 AWS_REGION", "alice"),
        ("shell-startup", "/home/alice/.envrc:1:19 AWS_REGION", "alice"),
        ("shell-startup", "/home/alice/.cshrc:1:19 AWS_REGION", "alice"),
        ("shell-startup", "/home/alice/.config/fish/conf.d/a.fish:1:19 AWS_REGION", "alice"),
        ("shell-startup", "/home/alice/.config/fish/fish_variables:1:29 AWS_REGION", "alice"),
        ("shell-startup", "/home/alice/.config/environment.d/a.conf:1:12 AWS_REGION", "alice"),
        ("pam-env", "/home/alice/.pam_environment:1:20 AWS_REGION", "alice"),
        ("dotenv", "/home/alice/.env:1:12 AWS_REGION", "alice"),
        ("ssh-send-env", "/home/alice/.ssh/config:2:10 AWS_PROFILE", "alice"),
        ("dotenv", "/srv/app/.env:1:12 AWS_REGION", None),
    ]
    assert found.skipped == ()


def test_what_is_not_exported_is_no_assignment_of_a_shell(tmp_path):
    found = read(tmp_path, {"home/alice/.bashrc": "AWS_REGION=x\nAWS_PROFILE=y aws s3 ls\n"})

    assert [one.variable for one in found.assignments] == ["AWS_PROFILE"]


def test_helpers_are_not_literal(tmp_path):
    text = 'export AWS_SESSION_TOKEN="$(aws-vault export)"\nexport AWS_PROFILE=$P\n'
    found = read(tmp_path, {"home/alice/.bashrc": text})

    assert [(one.variable, one.literal) for one in found.assignments] == [
        ("AWS_SESSION_TOKEN", False),
        ("AWS_PROFILE", False),
    ]


def test_a_home_shared_by_users_is_read_once(tmp_path):
    found = read(
        tmp_path,
        {
            "etc/passwd": "a:x:1:1::/srv:/bin/sh\nb:x:2:2::/srv:/bin/sh\n",
            "srv/.profile": "export AWS_PROFILE=x\n",
        },
    )

    assert [(one.path, one.user) for one in found.assignments] == [("/srv/.profile", "a")]


def test_hostile_files(tmp_path):
    (tmp_path / "home/alice").mkdir(parents=True)
    os.mkfifo(tmp_path / "home/alice/.bashrc")
    (tmp_path / "home/alice/.profile").mkdir()
    found = read(
        tmp_path,
        {
            "home/alice/.zshrc": "-> .zshrc",
            "home/alice/.zshenv": "export AWS_PROFILE='open\n",
            "home/alice/.zprofile": "export AWS_REGION=" + "x" * 1_000_000,
            "home/alice/.zlogin": b"export AWS_REGION=\xff\xfe\0\nexport AWS_PROFILE=p\n",
            "home/alice/.cshrc": "-> /etc/../../../../outside",
        },
    )

    assert {one.variable for one in found.assignments} == {"AWS_REGION", "AWS_PROFILE"}
    assert [place for place, _ in found.skipped] == [
        "/home/alice/.profile",
        "/home/alice/.bashrc",
        "/home/alice/.zshenv:1",
        "/home/alice/.zshrc",
    ]
