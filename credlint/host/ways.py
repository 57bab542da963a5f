"""Who else may change a file: the permissions of everything on the way to it, links followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Callable, Optional

from credlint.host.access import Trail, closed_directory
from credlint.host.files import read_file
from credlint.host.filesystem import FileSystem
from credlint.model.host_file import PathNode

# Hosts with thousands of local users stay below this.
_ACCOUNTS_LIMIT = 4 * 1024 * 1024
_GROUP_FIELDS, _USER_FIELDS = 4, 4
_GROUP_WRITE = 0o020
_FIRST_PERSON, _NOBODY = 1000, 65534


class Accounts:
    """The users and groups of /etc/passwd and /etc/group below ``root``, read when first asked."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _primary(self) -> Mapping[str, tuple[int, int]]:
        """Return uid and group of each user."""
        users = {}
        for fields in self._lines("passwd", _USER_FIELDS):
            if fields[2].isdigit() and fields[3].isdigit():
                users[fields[0]] = (int(fields[2]), int(fields[3]))
        return users

    @cached_property
    def _members(self) -> Mapping[int, tuple[str, ...]]:
        """Return the names that each group lists."""
        return {
            int(fields[2]): tuple(name for name in fields[3].split(",") if name)
            for fields in self._lines("group", _GROUP_FIELDS)
            if fields[2].isdigit()
        }

    def is_shared(self, gid: int, uid: Optional[int]) -> Optional[bool]:
        """Tell whether others than the user and root are in a group; None for an unknown one."""
        if gid not in self._members:
            return None
        names = self._members[gid]
        # A name without an entry is somebody all the same (a directory service).
        people = {self._primary[name][0] if name in self._primary else -1 for name in names}
        people |= {one for one, primary in self._primary.values() if primary == gid}
        return bool(people - {uid, 0})

    def logins(self) -> Optional[int]:
        """Return how many accounts people log in with; None without a list of users.

        Their uids begin at 1000 (login.defs(5), UID_MIN) and their shell lets them in.
        """
        lines = [fields for fields in self._lines("passwd", _USER_FIELDS) if fields[2].isdigit()]
        people = [
            fields
            for fields in lines
            if _FIRST_PERSON <= int(fields[2]) < _NOBODY
            and not fields[-1].strip().endswith(("nologin", "false"))
        ]
        return len(people) if lines else None

    def _lines(self, name: str, count: int) -> Iterator[list[str]]:
        raw = read_file(str(self._root / "etc" / name), _ACCOUNTS_LIMIT)
        for line in raw.data.decode("utf-8", "replace").splitlines():
            fields = line.split(":")
            if len(fields) >= count:
                yield fields


class Ways:
    """Describes ways for one subject.

    ``uid``: the subject; ``show`` makes a path fit for the snapshot.
    """

    def __init__(
        self,
        system: FileSystem,
        uid: Optional[int],
        accounts: Accounts,
        show: Callable[[str], str],
    ) -> None:
        self._system = system
        self._uid = uid
        self._accounts = accounts
        self._show = show

    def to(self, path: str) -> tuple[PathNode, ...]:
        """Return every directory on the way and the file, as far as they are there."""
        if self._uid is None or not path:
            return ()  # a system without owners and modes
        trail = self._follow(path)
        nodes = [self._node(name, facts) for name, facts in trail.directories]
        if trail.target is not None:
            nodes.append(self._node(trail.path, trail.target))
        return tuple(nodes)

    def closed_by(self, path: str) -> Optional[str]:
        """Return the directory that keeps the subject from the file, None when there is none."""
        trail = self._follow(path)
        name = closed_directory(trail, self._system.viewer)
        return None if name is None else self._show(name)

    def shown(self, path: str) -> str:
        """Return a path as the snapshot has it."""
        return self._show(path)

    def node(self, path: str) -> Optional[PathNode]:
        """Return what a path leads to, None when it is not there."""
        trail = self._follow(path)
        if self._uid is None or trail.target is None:
            return None
        return self._node(path, trail.target)

    def _follow(self, path: str) -> Trail:
        if self._system.is_blocked(path):
            return Trail(path, ())
        return self._system.follow(path)

    def _node(self, path: str, facts: os.stat_result) -> PathNode:
        mode = stat.S_IMODE(facts.st_mode)
        shared = None
        if mode & _GROUP_WRITE:
            shared = self._accounts.is_shared(facts.st_gid, self._uid)
        return PathNode(
            path=self._show(path),
            mode=mode,
            owner_uid=facts.st_uid,
            group_gid=facts.st_gid,
            directory=stat.S_ISDIR(facts.st_mode),
            shared_group=shared,
        )
