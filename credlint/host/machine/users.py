"""The users of a host by its own files; no name service is ever asked.

Format: passwd(5) and group(5). Users of a directory (LDAP, SSSD) are not in these files; only the
one who runs this is looked up where the files lack him.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Callable, Optional

from credlint.host.filesystem import FileSystem
from credlint.host.machine.texts import Texts
from credlint.model.lean_dataclasses import dataclass, field

_PASSWD_FIELDS = 7
_GROUP_FIELDS = 4
_NUMBER = re.compile(r"[0-9]{1,10}\Z")
# Kinds of mounts behind which there is a network or a program that may not answer.
_REMOTE = re.compile(r"(nfs\d?|cifs|smb\w*|fuse(\..*)?|9p|ceph|autofs|glusterfs|lustre|afs|gpfs)\Z")
_ESCAPED = re.compile(r"\\([0-7]{3})")
_MOUNT_POINT, _KIND_AFTER = 4, 1
_ASKED_LIMIT = 2_000


@dataclass(frozen=True)
class HostUser:
    """One line of passwd; ``groups``: the numbers of all its groups, the first one too."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True)
class UsersRead:
    """The users in the order of the file; of two with one name the first counts, as getpwnam."""

    users: tuple[HostUser, ...] = ()
    group_names: dict[str, int] = field(default_factory=dict)
    skipped: tuple[tuple[str, str], ...] = ()

    def by_name(self, name: str) -> Optional[HostUser]:
        """Return the user of that name, or of that number where it is one (as systemd reads it)."""
        for user in self.users:
            if user.name == name:
                return user
        return self.by_uid(int(name)) if _NUMBER.match(name) else None

    def by_uid(self, uid: int) -> Optional[HostUser]:
        """Return the first user of that number."""
        return next((user for user in self.users if user.uid == uid), None)


def read_users(system: FileSystem, own_uid: Optional[int] = None) -> UsersRead:
    """Read etc/passwd and etc/group; ``own_uid`` is added where they lack it, by the system."""
    texts = Texts(system)
    group_names, members = _read_groups(texts)
    found: dict[str, HostUser] = {}
    for number, line in enumerate((texts.read("/etc/passwd") or "").split("\n"), 1):
        if not line.strip() or line.startswith(("#", "+", "-")):
            continue  # +/-: compat entries of NIS
        user = _parse_user(line, members)
        if user is None:
            texts.skip(f"/etc/passwd:{number}", "is not an entry of seven fields")
        else:
            found.setdefault(user.name, user)
    users = tuple(found.values())
    if own_uid is not None and all(user.uid != own_uid for user in users):
        users += _own(own_uid)
    return UsersRead(users, group_names, tuple(texts.skipped))


def _parse_user(line: str, members: dict[str, set[int]]) -> Optional[HostUser]:
    fields = line.split(":")
    if len(fields) < _PASSWD_FIELDS or not fields[0]:
        return None
    name, _, uid, gid, _, home, shell = fields[:_PASSWD_FIELDS]
    if not _NUMBER.match(uid) or not _NUMBER.match(gid):
        return None
    groups = frozenset((int(gid), *members.get(name, ())))
    # An empty home is / to login(1); an empty shell is /bin/sh, as passwd(5) says.
    return HostUser(name, int(uid), int(gid), home or "/", shell.strip() or "/bin/sh", groups)


def _read_groups(texts: Texts) -> tuple[dict[str, int], dict[str, set[int]]]:
    names: dict[str, int] = {}
    members: dict[str, set[int]] = {}
    for number, line in enumerate((texts.read("/etc/group") or "").split("\n"), 1):
        if not line.strip() or line.startswith(("#", "+", "-")):
            continue
        fields = line.split(":")
        if len(fields) < _GROUP_FIELDS or not fields[0] or not _NUMBER.match(fields[2]):
            texts.skip(f"/etc/group:{number}", "is not an entry of four fields")
            continue
        gid = int(fields[2])
        names.setdefault(fields[0], gid)
        for member in fields[3].split(","):
            if member.strip():
                members.setdefault(member.strip(), set()).add(gid)
    return names, members


def _own(uid: int) -> tuple[HostUser, ...]:
    try:
        import pwd  # noqa: PLC0415  absent on Windows

        entry = pwd.getpwuid(uid)
        groups = frozenset(os.getgrouplist(entry.pw_name, entry.pw_gid))
    except (ImportError, KeyError, OverflowError, OSError):
        return ()
    return (HostUser(entry.pw_name, uid, entry.pw_gid, entry.pw_dir, entry.pw_shell, groups),)


def remote_mounts(mountinfo: str, root: str = "") -> tuple[str, ...]:
    """Return where file systems are mounted that may not answer, as seen below ``root``.

    ``mountinfo``: the text of /proc/self/mountinfo, proc(5).
    """
    root = root.rstrip("/")
    found = []
    for line in mountinfo.split("\n"):
        words = line.split(" ")
        if "-" not in words[_MOUNT_POINT + 1 :]:
            continue
        after = words.index("-", _MOUNT_POINT + 1) + _KIND_AFTER
        if after < len(words) and _REMOTE.match(words[after]):
            point = _ESCAPED.sub(lambda one: chr(int(one.group(1), 8)), words[_MOUNT_POINT])
            if point.startswith(f"{root}/"):
                found.append(point[len(root) :])
    return tuple(dict.fromkeys(found))


def blocked_homes(
    users: Iterable[HostUser],
    look: Callable[[str], object] = os.stat,
    seconds: float = 1.0,
    mounts: Iterable[str] = (),
    root: str = "",
) -> tuple[str, ...]:
    """Return the homes and mounts that do not answer a stat in time, for ``FileSystem.blocked``.

    All are asked at once, in threads that end with the program: one that hangs in the kernel
    cannot be called back. ``look`` gets the path below ``root``; an error is an answer.
    """
    # Mounts first: what lies below one that does not answer need not be asked.
    wanted = dict.fromkeys((*mounts, *(user.home for user in users)))
    paths = [path for path in wanted if path.startswith("/") and path != "/"][:_ASKED_LIMIT]
    done: set[str] = set()

    def ask(path: str) -> None:
        with suppress(OSError, ValueError):
            look(root.rstrip("/") + path)
        done.add(path)

    threads = [threading.Thread(target=ask, args=(path,), daemon=True) for path in paths]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return tuple(path for path in paths if path not in done)
