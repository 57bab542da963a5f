from __future__ import annotations

import os

import pytest

from credlint.host.access import Viewer
from credlint.host.filesystem import OWN, FileSystem
from credlint.host.homes import capture_homes, find_homes
from credlint.host.ways import Accounts, Ways


@pytest.fixture
def look(tmp_path):
    def capture(used, others, system=OWN):
        ways = Ways(system, os.getuid(), Accounts(tmp_path), str)
        return capture_homes(used, others, system, ways, lambda text: text.replace("ann", "A"))

    return capture


def make(path, *names):
    (path / ".aws").mkdir(parents=True)
    for name in names:
        (path / ".aws" / name).write_text("")
    return str(path)


def test_the_entrys_home_and_the_callers():
    environment = {"SUDO_USER": "ann"}

    assert find_homes(environment, "/root", "/home/ann") == (
        ("password", "/root"),
        ("sudo", "/home/ann"),
    )


def test_a_caller_that_nobody_knows_has_no_home():
    assert find_homes({"SUDO_USER": "nobody-of-that-name"}, None) == ()


def test_without_sudo_the_entry_alone_counts():
    assert find_homes({}, "/root", "/home/ann") == (("password", "/root"),)


def test_each_home_tells_its_aws_files(tmp_path, look):
    used, other = make(tmp_path / "app"), make(tmp_path / "ann", "config", "other")

    found = look(used, (("password", other),))

    assert [(home.kind, home.path, home.files) for home in found] == [
        ("used", used, ()),
        ("password", other.replace("ann", "A"), ("config",)),
    ]
    assert [home.owner_uid for home in found] == [os.getuid()] * 2


def test_one_home_is_none_to_compare(tmp_path, look):
    home = make(tmp_path / "app", "config")

    assert look(home, (("password", f"{home}/"),)) == ()


def test_a_folder_by_the_name_of_a_file_is_none(tmp_path, look):
    used, other = make(tmp_path / "app"), make(tmp_path / "bob")
    (tmp_path / "bob/.aws/config").mkdir()

    assert look(used, (("sudo", other),))[1].files == ()


def test_a_home_that_is_closed_to_the_subject(tmp_path, look):
    used, other = make(tmp_path / "app"), make(tmp_path / "bob", "config")
    (tmp_path / "bob").chmod(0o700)

    def opened(path):
        facts = os.stat(path)  # noqa: PTH116  the same call as in the code
        mode = facts.st_mode if path == other else facts.st_mode | 0o755
        return os.stat_result((mode, *facts[1:]))

    found = look(used, (("sudo", other),), FileSystem(viewer=Viewer(4000, stat=opened)))

    assert (found[1].files, found[1].closed_by) == ((), other)


def test_no_home_in_use(tmp_path, look):
    other = make(tmp_path / "bob", "credentials")

    found = look(None, (("password", other),))

    assert [(home.path, home.files) for home in found] == [("", ()), (other, ("credentials",))]
