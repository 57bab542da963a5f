"""The files beside a document: what an image would copy, what a module is made of."""

from __future__ import annotations

import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Optional

_LARGEST = 256 * 1024
_MOST_NAMES = 10_000


class FilesBeside:
    """Reads small files below a folder; paths have forward slashes and may not lead out of it.

    Ignored files are seen, too: what git leaves out, an image may still copy. Links are not
    followed, and what cannot be read is not there.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.names = lru_cache(maxsize=64)(self._names)
        self.read = lru_cache(maxsize=64)(self._read)

    def _path(self, uri: str) -> Optional[str]:
        path = os.path.realpath(self._root)
        for part in uri.split("/"):
            if part in ("", "."):
                continue
            path = os.path.join(path, part)  # noqa: PTH118  as text: many and short-lived
            if part == ".." or os.path.islink(path):  # noqa: PTH114
                return None
        return path

    def _names(self, folder: str) -> frozenset[str]:
        path = self._path(folder)
        if path is None:
            return frozenset()
        try:
            with os.scandir(path) as entries:
                names = []
                for entry in entries:
                    names.append(entry.name)
                    if len(names) > _MOST_NAMES:
                        return frozenset()
        except OSError:
            return frozenset()
        return frozenset(names)

    def _read(self, uri: str) -> Optional[bytes]:
        path = self._path(uri)
        if path is None:
            return None
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            data = stream.read(_LARGEST + 1)
        return data if len(data) <= _LARGEST else None
