"""Writes edits to files: whole or not at all, and only where the file is what it was."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Optional

from credlint.fixes.plan import FilePlan
from credlint.model.fix import apply_edits

_NEW_FILE = 0o644


class NotWrittenError(Exception):
    """The file stays as it was; the message says why."""


def changed(root: Path, plan: FilePlan) -> tuple[bytes, bytes]:
    """Return the bytes of the plan's file before and after; raises NotWrittenError.

    Refused are files that are not what was scanned, links, and what lies outside of ``root``.
    """
    before, _ = _read(_place(root, plan.uri), plan)
    return before, apply_edits(before, plan.edits)


def write(root: Path, plan: FilePlan) -> None:
    """Put the edited file in the place of the old one; raises NotWrittenError.

    The new bytes are written beside it, made durable (fsync) and renamed over it, so that at
    every moment there is one whole file. Permissions and owner are kept.
    """
    path = _place(root, plan.uri)
    before, status = _read(path, plan)
    after = apply_edits(before, plan.edits)
    if after == before and status is not None:
        return
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}.credlint")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(
            os.open(beside, flags, _NEW_FILE if status is None else 0o600), "wb"
        ) as stream:
            stream.write(after)
            stream.flush()
            if status is not None:
                _keep_rights(stream.fileno(), status)
            os.fsync(stream.fileno())
        # What was read may have changed while this was written.
        if _read(path, plan)[0] != before:
            raise NotWrittenError(_CHANGED)
        beside.replace(path)
    except OSError as error:
        message = f"it cannot be written ({os.strerror(error.errno or 0)})"
        raise NotWrittenError(message) from error
    finally:
        with suppress(OSError):
            beside.unlink()
    _make_durable(path.parent)


_CHANGED = "the file has changed since it was scanned"


def _place(root: Path, uri: str) -> Path:
    """Return the path of a file; raises NotWrittenError where a link leads out of the tree."""
    path = root / uri
    try:
        folder = path.parent.resolve(strict=True)
    except OSError as error:
        message = "its folder is not there any more"
        raise NotWrittenError(message) from error
    base = root.resolve()
    if (
        not Path(uri).is_absolute()
        and ".." not in Path(uri).parts
        and base
        not in (
            folder,
            *folder.parents,
        )
    ):
        message = "a link leads out of the scanned tree"
        raise NotWrittenError(message)
    return folder / path.name


def _read(path: Path, plan: FilePlan) -> tuple[bytes, Optional[os.stat_result]]:
    """Return the file's bytes and status; nothing and None for one that is to be new."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags)
    except FileNotFoundError as error:
        if not plan.digest:
            return b"", None
        message = "the file is not there any more"
        raise NotWrittenError(message) from error
    except OSError as error:
        message = "it is a link" if path.is_symlink() else "it cannot be read"
        raise NotWrittenError(message) from error
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            message = "it is no regular file"
            raise NotWrittenError(message)
        if status.st_nlink > 1:
            message = "it has further names (hard links), which would keep the old text"
            raise NotWrittenError(message)
        if not os.access(path, os.W_OK):
            message = "it is read-only"
            raise NotWrittenError(message)
        data = stream.read()
    if hashlib.sha256(data).hexdigest() != plan.digest:
        raise NotWrittenError(_CHANGED)
    return data, status


def _keep_rights(handle: int, status: os.stat_result) -> None:
    if hasattr(os, "fchown"):
        with suppress(PermissionError):
            os.fchown(handle, status.st_uid, status.st_gid)
    os.fchmod(handle, stat.S_IMODE(status.st_mode))


def _make_durable(folder: Path) -> None:
    """Make the rename last over a loss of power, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
