"""pam_env's files, and which logins read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.host.machine.pam import (
    PamCall,
    pam_calls,
    pam_environment,
    parse_configuration,
    parse_environment,
)
from credlint.host.machine.texts import Texts
from credlint.host.machine.users import HostUser
from tests.host.machine.trees import build, shown

ALICE = HostUser("alice", 1000, 1000, "/home/alice", "/bin/bash")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=b\n", [("A", "b", 1, 3, 4)]),
        ("# c\n  export A=b c # d\n", [("A", "b c ", 2, 12, 16)]),
        ("A=\"b c\"\nB='d'\n", [("A", "b c", 1, 4, 7), ("B", "d", 2, 4, 5)]),
        ("A='b\"c'\n", [("A", 'b"c', 1, 4, 7)]),
        ("A=$B\n", [("A", "$B", 1, 3, 5)]),
        ("A-B=c\n=d\nE\n", []),
        ("A=b\\\nc\n", [("A", "bc", 1, 3, 3)]),
        ("A=b\\", []),
    ],
)  # fmt: skip
def test_etc_environment(text, expected):
    found = parse_environment(text, "/etc/environment")

    assert [(o.variable, o.value, o.line, o.column, o.end_column) for o in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A DEFAULT=b\n", {"A": "b"}),
        ('A\tDEFAULT="b c" OVERRIDE=d\n', {"A": "d"}),
        ("A DEFAULT=b OVERRIDE=${GONE}\n", {"A": "b"}),
        ("A DEFAULT=b\nB DEFAULT=${A}@{HOME}\\$x\n", {"A": "b", "B": "b/home/alice$x"}),
        ("A DEFAULT=b\nA DEFAULT=\n", {}),
        ('A DEFAULT=""\n', {"A": ""}),
        ('A DEFAULT="open\nB OTHER=c\nC DEFAULT=d trailing\n', {}),
    ],
)
def test_pam_env_conf(text, expected):
    found = dict(parse_configuration(text, "/c", ALICE, {}))
    values = {name: line.value for name, line in found.items() if line is not None}

    assert values == expected


def test_what_only_pam_knows_is_not_literal():
    ((_, line),) = parse_configuration("A DEFAULT=@{PAM_RHOST}\n", "/c", ALICE, {})

    assert (line.literal, line.value) == (False, "@{PAM_RHOST}")


@given(st.text(alphabet="AB= '\"\\\n\t#{}$@DEFAULT", max_size=40))
def test_never_fails(text):
    parse_environment(text, "/e")
    parse_configuration(text, "/c", None, {})


def test_stacks_are_followed(tmp_path):
    system = build(
        tmp_path,
        {
            "etc/pam.d/sshd": "@include common\nsession required pam_env.so user_readenv=1 "
            "envfile=/etc/default/locale\naccount required pam_env.so\n",
            "etc/pam.d/common": "auth [success=ok default=bad] /lib/security/pam_env.so readenv=0\n"
            "auth include common\n",
        },
    )

    assert pam_calls(Texts(system), ("login", "sshd")) == (
        PamCall(None),
        PamCall("/etc/default/locale", user_file=".pam_environment"),
    )


def test_a_host_without_pam_files_reads_etc_environment(tmp_path):
    system = build(tmp_path, {"etc/environment": "A=b\n"})

    assert {k: shown(v) for k, v in pam_environment(Texts(system), ("login",), ALICE).items()} == {
        "A": "/etc/environment:1:3 A"
    }


def test_a_stack_without_pam_env_sets_nothing(tmp_path):
    system = build(
        tmp_path, {"etc/environment": "A=b\n", "etc/pam.d/login": "auth x pam_unix.so\n"}
    )

    assert pam_environment(Texts(system), ("login",), ALICE) == {}
