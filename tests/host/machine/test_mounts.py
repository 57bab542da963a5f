"""Mounts of processes that do not answer."""

from __future__ import annotations

import threading

import pytest

from credlint.host.filesystem import FileSystem
from credlint.host.machine.mounts import without_silent_mounts
from credlint.host.machine.processes import ProcessList, RunningProcess

TABLE = (
    "22 1 0:21 / / rw,relatime - ext4 /dev/xvda1 rw\n"
    "40 22 0:40 / /mnt/dead rw - nfs4 10.0.0.1:/ rw\n"
    "41 22 0:41 / /mnt/alive rw - fuse.x x rw\n"
)


@pytest.fixture
def listed(tmp_path):
    folder = tmp_path / "proc/812"
    (folder / "root/mnt/alive").mkdir(parents=True)
    (folder / "mountinfo").write_text(TABLE)
    view = FileSystem(str(folder / "root"))
    inside = RunningProcess(812, 1, "web", 0, system=view)
    return ProcessList({812: inside, 900: RunningProcess(900, 1, "sshd", 0)})


def test_a_mount_that_hangs_is_blocked_for_its_process_and_told(listed):
    never = threading.Event()

    def look(path):
        if path.endswith("/mnt/dead"):
            never.wait(5)

    found, skipped = without_silent_mounts(listed, look, 0.2)
    never.set()

    assert found.processes[812].system.blocked == ("/mnt/dead",)
    assert found.processes[900].system.blocked == ()
    assert skipped == (
        (
            "process 812: /mnt/dead",
            "does not answer within 0.2 s; nothing in it was looked at",
        ),
    )


def test_mounts_that_answer_stay_open(listed):
    found, skipped = without_silent_mounts(listed, lambda _: None, 0.2)

    assert (found, skipped) == (listed, ())
