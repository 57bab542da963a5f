"""Processes read from a /proc-like folder."""

from __future__ import annotations

import pytest

from credlint.host.filesystem import FileSystem
from credlint.host.machine.processes import parse_environ, read_processes
from tests.support.host_scenario import write_host

APP = {"pid": 812, "program": "app", "unit": "app.service", "user": "app"}


def read(tmp_path, *processes, own_pid=0):
    root = write_host({"users": {"app": 1001}, "processes": list(processes)}, tmp_path)
    return root, read_processes(FileSystem(str(root)), own_pid)


def test_a_process_is_read_whole(tmp_path):
    _, listed = read(tmp_path, {**APP, "environment": {"AWS_REGION": "x"}, "terminal": True})

    (one,) = listed.processes.values()
    assert (one.pid, one.parent, one.program, one.uid) == (812, 1, "app", 1001)
    assert (one.unit, one.container, one.terminal, one.fault) == ("app.service", None, True, None)
    assert one.environment["AWS_REGION"] == "x"


def test_its_own_process_is_left_out(tmp_path):
    _, listed = read(tmp_path, APP, own_pid=812)

    assert dict(listed.processes) == {}


def test_a_process_that_ends_while_it_is_read_is_left_out(tmp_path):
    root, _ = read(tmp_path, APP)
    (root / "proc/812/environ").unlink()

    assert dict(read_processes(FileSystem(str(root))).processes) == {}


def test_an_environment_that_cannot_be_read_is_a_fault(tmp_path):
    root, _ = read(tmp_path, APP)
    (root / "proc/812/environ").unlink()
    (root / "proc/812/environ").mkdir()

    (one,) = read_processes(FileSystem(str(root))).processes.values()
    assert one.fault is not None


def test_a_thread_of_the_kernel_is_none(tmp_path):
    root, _ = read(tmp_path, {"pid": 20, "program": "kworker", "parent": 2})
    (root / "proc/20/cmdline").write_bytes(b"")

    assert dict(read_processes(FileSystem(str(root))).processes) == {}


def test_a_large_environment_is_read_whole(tmp_path):
    large = {f"X{number}": "y" * 1000 for number in range(1000)}

    _, listed = read(tmp_path, {**APP, "environment": {**large, "AWS_PROFILE": "last"}})

    assert listed.processes[812].environment["AWS_PROFILE"] == "last"


def test_of_a_doubled_name_the_first_counts():
    assert parse_environ(b"A=1\0A=2\0") == {"A": "1"}


def test_what_is_no_assignment_is_left_out():
    assert parse_environ(b"nginx: worker\0=x\0A=\0") == {"A": ""}


@pytest.mark.parametrize(
    ("group", "unit", "container"),
    [
        ("0::/system.slice/app.service", "app.service", None),
        ("1:name=systemd:/system.slice/app.service\n0::/", "app.service", None),
        ("0::/user.slice/user-1000.slice/session-3.scope", None, None),
        ("0::/user.slice/user-1000.slice/user@1000.service/init.scope", None, None),
        (
            "0::/user.slice/user-1000.slice/user@1000.service/app.slice/own.service",
            "own.service",
            None,
        ),
        (f"0::/system.slice/docker-{'0123456789ab' + 'c' * 52}.scope", None, "0123456789ab"),
        (f"1:cpu:/docker/{'0123456789ab' + 'c' * 52}", None, "0123456789ab"),
        (
            f"0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-{'a' * 64}.scope",
            None,
            "a" * 12,
        ),
        (f"1:cpu:/ecs/task/{'b' * 64}", None, "b" * 12),
        ("0::/lxc.payload.web/system.slice/app.service", "app.service", "web"),
    ],
)
def test_unit_and_container_by_the_control_group(tmp_path, group, unit, container):
    root, _ = read(tmp_path, APP)
    (root / "proc/812/cgroup").write_text(group + "\n")

    one = read_processes(FileSystem(str(root))).processes[812]
    assert (one.unit, one.container) == (unit, container)


def test_a_process_with_a_root_of_its_own_sees_the_files_there(tmp_path):
    scenario = {**APP, "root": "/srv/jail"}
    root, listed = read(tmp_path, scenario)
    (root / "srv/jail/etc").mkdir(parents=True)
    (root / "srv/jail/etc/x").write_text("inner")
    (root / "srv/jail/etc/x").chmod(0o644)

    assert listed.processes[812].system.root == f"{root}/srv/jail"


def test_another_network_namespace_is_seen(tmp_path):
    _, listed = read(tmp_path, {**APP, "network": False}, {**APP, "pid": 813})

    assert [one.other_network for one in listed.processes.values()] == [True, False]


def test_processes_of_one_mount_namespace_see_the_same_files(tmp_path):
    root, _ = read(tmp_path, APP, {**APP, "pid": 813}, {**APP, "pid": 814})
    for pid, namespace in ((812, "mnt:[5]"), (813, "mnt:[5]"), (814, "mnt:[6]")):
        (root / f"proc/{pid}/ns/mnt").symlink_to(namespace)

    found = read_processes(FileSystem(str(root))).processes

    assert found[812].files == found[813].files != found[814].files
