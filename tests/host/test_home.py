from __future__ import annotations

import os
import pwd

import pytest

from credlint.host.home import display_path, expand_user, expand_variables, home_of


@pytest.mark.parametrize("home", ["/home/alice", "/home/alice/", "/", "", "relative"])
@pytest.mark.parametrize(
    "path", ["~", "~/", "~/.aws/config", "/etc/x", "a~b", "~root/x", "~no-one/x"]
)
def test_expansion_of_the_home_is_pythons(path, home, monkeypatch):
    monkeypatch.setenv("HOME", home)

    assert expand_user(path, home) == os.path.expanduser(path)  # noqa: PTH111  the judge


@pytest.mark.parametrize(
    "path", ["$A", "${A}/x", "$B", "${B}", "$A$A", "$", "${", "a$AB", "$$A", "${}"]
)
def test_expansion_of_variables_is_pythons(path, monkeypatch):
    monkeypatch.setenv("A", "value")
    monkeypatch.delenv("B", raising=False)

    assert expand_variables(path, {"A": "value"}) == os.path.expandvars(path)


def test_home_is_the_variable_even_when_empty():
    assert home_of({"HOME": ""}, os.getuid()) == ""
    assert home_of({"HOME": "/h"}, os.getuid()) == "/h"


def test_home_without_the_variable_is_the_password_entrys():
    assert home_of({}, 0) == pwd.getpwuid(0).pw_dir


def test_home_of_an_unknown_user_is_unknown():
    assert home_of({}, 4_000_000_000) is None
    assert home_of({}, None) is None
    assert expand_user("~/.aws/config", None) == "~/.aws/config"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/alice/.aws/config", "~/.aws/config"),
        ("/home/alice", "~"),
        ("/home/alice2/x", "/home/alice2/x"),
        ("/etc/boto.cfg", "/etc/boto.cfg"),
    ],
)
def test_display_below_the_home(path, shown):
    assert display_path(path, "/home/alice/") == shown


def test_display_without_a_home():
    assert display_path("/x", None) == "/x"
    assert display_path("/x", "/") == "/x"
