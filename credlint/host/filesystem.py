"""The files of a host as one subject sees them: its root, its directory, its rights.

An audit reads for others: for a process in a container, for a service's user, for a host that
is mounted somewhere. Every file that decides a subject's credentials is opened through here.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Optional

from credlint.host.access import Trail, Viewer, follow, judge_trail
from credlint.host.files import SIZE_LIMIT, RawFile, error_name, read_file, read_head
from credlint.model.lean_dataclasses import dataclass

# As the Linux kernel allows at most (path_resolution(7)).
_LINK_LIMIT = 40


@dataclass(frozen=True)
class FileSystem:
    """A view of files; the default one is that of this very process.

    ``root``: the folder that the subject has as ``/``; empty for the reader's own. ``folder``:
    where relative paths begin; empty for the reader's own. ``viewer``: whose rights count;
    without a uid the reader's. ``blocked``: folders (below ``root``) that did not answer in time:
    what lies below them is not touched and counts as unreadable with the error ETIMEDOUT.
    """

    root: str = ""
    folder: str = ""
    viewer: Viewer = Viewer()
    blocked: tuple[str, ...] = ()

    def locate(self, path: str) -> str:
        """Return the path to open; links are followed inside of ``root`` alone.

        Raises OSError: ELOOP for a chain of links without an end, ETIMEDOUT for what is blocked.
        """
        if self.folder and not path.startswith("/"):
            path = f"{self.folder.rstrip('/')}/{path}"
        if self.is_blocked(path):
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        return _inside(self.root.rstrip("/"), path) if self.root.rstrip("/") else path

    def read(self, path: str, limit: int = SIZE_LIMIT) -> RawFile:
        """Read a regular file as the subject could; never raises and never blocks."""
        if self.is_blocked(path):
            return RawFile("unreadable", error="ETIMEDOUT")
        try:
            real = self.locate(path)
        except OSError as error:
            return RawFile("unreadable", error=error_name(error), symlink=True)
        raw = read_file(real, limit)
        if self._may(path, "readable"):
            return raw
        if raw.status == "absent" and self._may(path, "reached"):
            return raw
        return RawFile("unreadable", b"", "EACCES", raw.mode, raw.owner_uid, raw.symlink, raw.size)

    def head(self, path: str, count: int) -> Optional[bytes]:
        """Return the first bytes of a file, None when the reader cannot have them."""
        if self.is_blocked(path):
            return None
        try:
            return read_head(self.locate(path), count)
        except OSError:
            return None

    def stat(self, path: str) -> os.stat_result:
        """Tell what is known of a target; raises OSError as the subject itself would meet it."""
        if self.is_blocked(path):
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        real = self.locate(path)
        facts = os.stat(real)  # noqa: PTH116  Path would drop a slash at the end
        if not self._may(path, "reached"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return facts

    def may_execute(self, path: str) -> bool:
        """Tell whether the subject may execute an existing file."""
        if self.viewer.uid is None:
            return os.access(self.locate(path), os.X_OK)
        return self._may(path, "executable")

    def exists(self, path: str) -> bool:
        """Tell whether the path is there, as far as the reader can see."""
        try:
            return not self.is_blocked(path) and Path(self.locate(path)).exists()
        except (OSError, ValueError):
            return False

    def follow(self, path: str) -> Trail:
        """Return the way to a file as the subject walks it; paths are those of the subject."""
        return follow(path, self.viewer.stat, self.root, self.folder)

    def _may(self, path: str, what: str) -> bool:
        """Tell whether the viewer may do something; folders above ``root`` are not asked."""
        if self.viewer.uid is None:
            return True
        access = judge_trail(self.follow(path), self.viewer)
        if what == "reached":
            return access.barred_by is None
        return access.readable if what == "readable" else access.executable

    def is_blocked(self, path: str) -> bool:
        """Tell whether the path lies below a folder that did not answer."""
        return any(path == one or path.startswith(one + "/") for one in self.blocked)


# This process's own files, as it sees them.
OWN = FileSystem()


def _inside(root: str, path: str) -> str:
    """Resolve every link of ``path`` as a process does whose root directory is ``root``."""
    pending, links = [part for part in path.split("/") if part][::-1], 0
    done: list[str] = []
    while pending:
        part = pending.pop()
        if part == ".":
            continue
        if part == "..":
            del done[-1:]
            continue
        here = "/".join((root, *done, part))
        try:
            target = os.readlink(here)  # noqa: PTH115  text as it is written
        except (OSError, ValueError):
            done.append(part)
            continue
        links += 1
        if links > _LINK_LIMIT:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.startswith("/"):
            done.clear()
        pending += [piece for piece in target.split("/") if piece][::-1]
    return "/".join((root, *done)) + ("/" if path.endswith("/") and done else "")
