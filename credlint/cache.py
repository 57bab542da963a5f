"""Files kept between runs in a folder that the user alone writes.

What is read from there is trusted as the program itself is: a file counts only when it and its
folder belong to this user and nobody else may write them. Others may read them: they hold no more
than the rules do. The digest of its content tells damage, such as half a file, not intent.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Optional

from credlint.model.digests import blake2b

_MAGIC = b"credlint-cache-1\n"
_DIGEST = 32
_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_LARGEST = 256 * 1024 * 1024


def digest_of(*parts: bytes) -> str:
    """Return 32 hex digits that tell these texts from any others."""
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_DIGEST).digest()


def read_cached(path: Path, *, summed: bool = True) -> Optional[bytes]:
    """Return what was written there, None when there is nothing or anything about it is odd.

    ``summed`` False: whether the content is whole is for the reader to tell.
    """
    with suppress(OSError):
        return _read(path, summed=summed)
    return None


def write_cached(path: Path, payload: bytes) -> None:
    """Write atomically; where that cannot be done, or others may write the folder, do nothing.

    A read-only home or a full disk costs time, never the run.
    """
    with suppress(OSError):
        _write(path, payload)


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):  # Windows: the profile directory is guarded by its own rights
        return True
    return status.st_uid == os.getuid() and not stat.S_IMODE(status.st_mode) & _OTHERS


def _read(path: Path, *, summed: bool) -> Optional[bytes]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    if not _is_ours(os.lstat(path.parent)):
        return None
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not _is_ours(status):
            return None
        if status.st_size > _LARGEST:
            return None
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                return None
            digest, payload = stream.read(_DIGEST), stream.readall()
    finally:
        os.close(descriptor)
    return payload if not summed or _digest(payload) == digest else None


def _write(path: Path, payload: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(os.lstat(path.parent)):
        return
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_MAGIC + _digest(payload) + payload)
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise
