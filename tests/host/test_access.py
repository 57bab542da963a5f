from __future__ import annotations

import errno
import itertools
import json
import os
import stat
import subprocess
import sys

import pytest

from credlint.host.access import Access, follow, judge_access

NOTHING = Access(readable=False, writable=False, executable=False)
ALL = Access(readable=True, writable=True, executable=True)
OWNER, GROUP, OTHER = 1000, 2000, 3000


def facts(mode, uid=OWNER, gid=GROUP):
    return os.stat_result((mode, 1, 1, 1, uid, gid, 0, 0, 0, 0))


def regular(mode, **owners):
    return facts(stat.S_IFREG | mode, **owners)


def directory(mode, **owners):
    return facts(stat.S_IFDIR | mode, **owners)


@pytest.mark.parametrize(
    ("mode", "uid", "gids", "expected"),
    [
        (0o700, OWNER, (), ALL),
        (0o700, OTHER, (GROUP,), NOTHING),
        (0o070, OTHER, (GROUP,), ALL),
        (0o070, OTHER, (), NOTHING),
        (0o007, OTHER, (), ALL),
        # The first class that fits decides, even where a later one allows more.
        (0o077, OWNER, (GROUP,), NOTHING),
        (0o707, OTHER, (GROUP,), NOTHING),
        (0o400, OWNER, (), Access(readable=True, writable=False, executable=False)),
        (0o020, OTHER, (GROUP,), Access(readable=False, writable=True, executable=False)),
        (0o000, 0, (), Access(readable=True, writable=True, executable=False)),
        (0o001, 0, (), ALL),
    ],
)
def test_class_of_the_user_decides(mode, uid, gids, expected):
    assert judge_access(regular(mode), (), uid, gids) == expected


def test_directory_that_may_not_be_searched_bars_all():
    way = (directory(0o755, uid=0), directory(0o744), directory(0o700))

    found = judge_access(regular(0o666), way, OTHER, (GROUP,))

    assert found == Access(readable=False, writable=False, executable=False, barred_by=1)


def test_root_searches_any_directory():
    assert judge_access(regular(0o600), (directory(0o000),), 0, ()).readable


def test_the_way_leads_through_links(tmp_path):
    tmp_path = tmp_path.resolve()
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "link").symlink_to("../real/file")

    trail = follow(str(tmp_path / "links" / "link"))

    assert trail.path == str(tmp_path / "real" / "file")
    assert trail.target == (tmp_path / "real" / "file").stat()
    names = [name for name, _ in trail.directories]
    assert names[0] == "/"
    assert names[-3:] == [str(tmp_path), str(tmp_path / "links"), str(tmp_path / "real")]


def test_relative_path_starts_at_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)

    assert follow("./file").path == str(tmp_path.resolve() / "file")


def test_links_stay_below_another_root_which_is_not_followed(tmp_path):
    (tmp_path / "container/etc").mkdir(parents=True)
    (tmp_path / "container/etc/file").write_text("")
    (tmp_path / "container/link").symlink_to("/etc/file")
    (tmp_path / "root").symlink_to("container")

    trail = follow("/link", root=str(tmp_path / "root"))

    assert trail.path == "/etc/file"
    assert trail.target == (tmp_path / "container/etc/file").stat()
    assert [name for name, _ in trail.directories] == ["/", "/etc"]


def test_loop_of_links_ends(tmp_path):
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")

    trail = follow(str(tmp_path / "one"))

    assert (trail.target, trail.error) == (None, errno.ELOOP)


@pytest.mark.parametrize(
    ("name", "error"),
    [("none", errno.ENOENT), ("file/none", errno.ENOTDIR), ("nul\0", errno.EINVAL)],
)
def test_what_is_not_there(tmp_path, name, error):
    (tmp_path / "file").write_text("")

    trail = follow(f"{tmp_path}/{name}")

    assert (trail.target, trail.error) == (None, error)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become other users")
def test_kernel_agrees(tmp_path):
    """Modes of a file and of its directory, for five users, as access(2) of the kernel has them."""
    folder, cases = tmp_path / "folder", []
    people = [(0, ()), (OWNER, ()), (OWNER, (GROUP,)), (OTHER, (GROUP,)), (OTHER, ())]
    folder.mkdir()
    file = folder / "file"
    file.write_text("")
    tmp_path.chmod(0o755)
    for path in (folder, file):
        os.chown(path, OWNER, GROUP)
    modes = (0o000, 0o100, 0o070, 0o007, 0o417, 0o641, 0o755, 0o026)
    for outer, inner in itertools.product(modes, modes):
        cases += [(outer, inner, uid, gids) for uid, gids in people]
    code = """
import json, os, sys
# Opened as root: the others start inside, whatever lies above.
base = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)
for outer, inner, uid, gids in json.load(sys.stdin):
    os.fchdir(base)
    os.chmod("folder/file", inner); os.chmod("folder", outer)
    out, inn = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups(gids); os.setgid(gids[0] if gids else 65534); os.setuid(uid)
        answer = [os.access("folder/file", how) for how in (os.R_OK, os.W_OK, os.X_OK)]
        os.write(inn, json.dumps(answer).encode()); os._exit(0)
    os.close(inn); os.waitpid(child, 0)
    print(os.read(out, 100).decode()); os.close(out)
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    told = []
    for outer, inner, uid, gids in cases:
        access = judge_access(regular(inner), (directory(outer),), uid, gids)
        told.append([access.readable, access.writable, access.executable])

    assert told == answers
