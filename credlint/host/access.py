"""What another user could do with a file: judged from permissions, whoever runs credlint.

An audit by root reads everything, which says nothing about the service whose uid may not. So
readability is decided here from the mode bits of the file and of every directory on the way to it.

NOT seen by this: access control lists (POSIX and NFSv4), SELinux, AppArmor and other security
modules, a unit's sandboxing (ProtectHome=, InaccessiblePaths=, its own root), read-only mounts,
root squashing of NFS, and capabilities that a user has or that root was deprived of. An answer
means "the mode bits say so".
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from typing import Callable, Optional

from credlint.model.lean_dataclasses import dataclass

Stat = Callable[[str], os.stat_result]

# As Linux counts (path_resolution(7)); more is a loop.
_LINK_LIMIT = 40
_READ, _WRITE, _EXECUTE = 4, 2, 1


@dataclass(frozen=True)
class Access:
    """What a user may do; ``executable`` of a directory means to search it.

    ``barred_by``: the number of the directory (in the order given) that lets nobody through to
    the rest; then all else is False.
    """

    readable: bool
    writable: bool
    executable: bool
    barred_by: Optional[int] = None


@dataclass(frozen=True)
class Viewer:
    """For whom files are judged; ``uid`` None: for this process, which may simply try.

    ``gids``: all groups, the primary one too. ``stat`` is replaced in tests.
    """

    uid: Optional[int] = None
    gids: frozenset[int] = frozenset()
    stat: Stat = os.stat


@dataclass(frozen=True)
class Trail:
    """The way to a file, links followed: absolute directories from the root on, then the target.

    ``target`` None: it is not there or cannot be looked at; ``error`` is the errno then.
    ``path``: the target's absolute path without links, as far as the way went.
    """

    path: str
    directories: tuple[tuple[str, os.stat_result], ...]
    target: Optional[os.stat_result] = None
    error: Optional[int] = None


def judge_access(
    target: os.stat_result,
    directories: Iterable[os.stat_result],
    uid: int,
    gids: Iterable[int],
) -> Access:
    """Tell what ``uid``, a member of ``gids``, may do with a file below these directories. Pure.

    ``directories``: all that are passed on the way, those of links too. As path_resolution(7):
    of the owner, the group and the others the first class that fits decides alone, so an owner
    may be let in less than the others. Root reads and writes all, and executes what somebody may.
    """
    groups = frozenset(gids)
    for number, directory in enumerate(directories):
        if not _bits(directory, uid, groups) & _EXECUTE:
            return Access(readable=False, writable=False, executable=False, barred_by=number)
    allowed = _bits(target, uid, groups)
    return Access(
        readable=bool(allowed & _READ),
        writable=bool(allowed & _WRITE),
        executable=bool(allowed & _EXECUTE),
    )


def _bits(facts: os.stat_result, uid: int, gids: frozenset[int]) -> int:
    mode = facts.st_mode
    if uid == 0:
        runs = stat.S_ISDIR(mode) or mode & 0o111
        return _READ | _WRITE | (_EXECUTE if runs else 0)
    if facts.st_uid == uid:
        return mode >> 6 & 7
    return (mode >> 3 if facts.st_gid in gids else mode) & 7


def follow(path: str, look: Stat = os.stat, root: str = "", folder: str = "") -> Trail:
    """Walk to a file component by component, as the kernel does; never raises.

    ``root``: the folder that is ``/`` for whom the way is walked; it is taken as it stands, not
    followed (``/proc/PID/root`` looks like a link and is none), and links do not lead out of it.
    ``folder``: where a relative path starts, this process's working directory when empty. Paths in
    the answer are those below ``root``. Symbolic links are followed, and the directories that they
    lead through are part of the way.
    """
    base = root.rstrip("/")
    todo = _components(path if path.startswith("/") else f"{folder or _here(base)}/{path}")
    directories: list[tuple[str, os.stat_result]] = []
    current, links = "/", 0
    try:
        facts = look(base or "/")
        while todo:
            if not stat.S_ISDIR(facts.st_mode):
                return _ended(current, directories, errno.ENOTDIR)
            directories.append((current, facts))
            part = todo.pop()
            current = _step(current, part)
            if part != ".." and os.path.islink(base + current):  # noqa: PTH114  no exceptions
                links += 1
                if links > _LINK_LIMIT:
                    return _ended(current, directories, errno.ELOOP)
                target = os.readlink(base + current)  # noqa: PTH115
                current = "/" if target.startswith("/") else os.path.dirname(current)  # noqa: PTH120
                todo += _components(target)
            facts = look(base + current)
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        return _ended(current, directories, number or errno.EINVAL)
    return Trail(current, _each_once(directories), facts)


def _ended(path: str, directories: list[tuple[str, os.stat_result]], error: int) -> Trail:
    return Trail(path, _each_once(directories), None, error)


def judge_trail(trail: Trail, viewer: Viewer) -> Access:
    """Judge the end of a way; what is not there allows nothing. A viewer without uid is root."""
    facts = [one for _, one in trail.directories]
    target = trail.target or os.stat_result((0,) * 10)
    access = judge_access(target, facts, viewer.uid or 0, viewer.gids)
    if trail.target is None:
        return Access(False, False, False, access.barred_by)  # noqa: FBT003  as named there
    return access


def closed_directory(trail: Trail, viewer: Viewer) -> Optional[str]:
    """Return the directory that lets the viewer not through, None when none is in the way."""
    if viewer.uid is not None:
        number = judge_trail(trail, viewer).barred_by
        return None if number is None else trail.directories[number][0]
    if trail.error != errno.EACCES or not trail.directories:
        return None
    return trail.directories[-1][0]


def _components(path: str) -> list[str]:
    """Return the parts of a path, the first one last."""
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


def _step(current: str, part: str) -> str:
    if part == "..":
        return os.path.dirname(current)  # noqa: PTH120  text alone: links are gone by now
    return f"{current.rstrip('/')}/{part}"


def _here(base: str) -> str:
    """Return the working directory of this process, which is none below another root."""
    try:
        if base:
            return "/"
        return os.getcwd()  # noqa: PTH109
    except OSError:  # it was removed
        return "/"


def _each_once(
    directories: list[tuple[str, os.stat_result]],
) -> tuple[tuple[str, os.stat_result], ...]:
    return tuple(dict(directories).items())
