"""The hyperscan database: built once, kept in a cache that only its owner can write.

A serialised database is executed trust, so a cached one is used only when the directory and
the file belong to this user alone, and its digest and the digest of what it was made from
match. Whatever is wrong with the cache, the run goes on with a database built in memory.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    import hyperscan

_MAGIC = b"credlint-hyperscan-1\n"
_DIGEST = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
PROOF = b"# credlint: ignore"
_LARGEST_CACHE = 256 * 1024 * 1024


class PatternsRefusedError(Exception):
    """Hyperscan refuses the patterns; the message tells which and why."""


def _make_key(expressions: Sequence[str], version: str) -> str:
    """Return the digest of everything that the database depends on.

    The processor's features are told by its architecture here; a database made for features
    that this processor lacks is refused by hyperscan itself when it is loaded.
    """
    # The platform module would cost an import of subprocess on Python 3.9.
    machine = os.uname().machine if hasattr(os, "uname") else str(sys.maxsize)
    parts = [version, sys.platform, machine, *expressions]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):  # Windows: the profile directory is guarded by its own rights
        return True
    return status.st_uid == os.getuid() and not stat.S_IMODE(status.st_mode) & _OTHERS


def _read(path: Path) -> Optional[bytes]:
    """Return the database inside a cache file, None when anything about the file is odd."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    if not _is_ours(os.lstat(path.parent)):
        return None
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not _is_ours(status):
            return None
        if status.st_size > _LARGEST_CACHE:
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read()
    finally:
        os.close(descriptor)
    start = len(_MAGIC) + _DIGEST
    if not content.startswith(_MAGIC):
        return None
    payload = content[start:]
    if hashlib.sha256(payload).digest() != content[len(_MAGIC) : start]:
        return None
    return payload


def _write(path: Path, payload: bytes) -> None:
    """Write atomically; a directory that others may enter is left alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(os.lstat(path.parent)):
        return
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_MAGIC + hashlib.sha256(payload).digest() + payload)
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise


def _compile(expressions: Sequence[str], once: int) -> hyperscan.Database:
    import hyperscan  # noqa: PLC0415  10 ms, and only for runs that scan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    encoded = [expression.encode() for expression in expressions]
    try:
        database.compile(
            expressions=encoded,
            ids=list(range(len(encoded))),
            elements=len(encoded),
            flags=[0] * (len(encoded) - once) + [hyperscan.HS_FLAG_SINGLEMATCH] * once,
        )
    except hyperscan.error as error:
        raise PatternsRefusedError(_name_culprit(encoded, error)) from error
    return database


def _name_culprit(encoded: Sequence[bytes], error: Exception) -> str:
    import hyperscan  # noqa: PLC0415

    for expression in encoded:
        try:
            hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK).compile(
                expressions=[expression], ids=[0], elements=1, flags=[0]
            )
        except hyperscan.error as fault:  # noqa: PERF203  the one that fails is looked for
            return f'hyperscan refuses the pattern "{expression.decode()}": {fault}'
    return f"hyperscan refuses the patterns: {error}"


def _works(database: hyperscan.Database) -> bool:
    """Tell whether the database finds what it must: a mute one would give a false all-clear."""
    found: list[int] = []
    database.scan(PROOF, match_event_handler=lambda number, *_rest: found.append(number))
    return bool(found)


def load_database(
    expressions: Sequence[str], cache_directory: Optional[Path], once: int = 0
) -> hyperscan.Database:
    """Return a database of the expressions, from the cache when there is a sound one.

    One of the expressions must match ``PROOF``: a cached database that misses it is not used.

    The last ``once`` expressions are told once a scan, not at every place. ``cache_directory``
    None means that nothing is read or written. Raises
    PatternsRefusedError; a broken, foreign or unwritable cache raises nothing.
    """
    import hyperscan  # noqa: PLC0415

    version = str(getattr(hyperscan, "__version__", ""))
    path = None
    if cache_directory is not None:
        path = cache_directory / f"patterns-{_make_key([*expressions, str(once)], version)[:32]}.hs"
        try:
            payload = _read(path)
            if payload is not None:
                database = hyperscan.loadb(payload, hyperscan.HS_MODE_BLOCK)
                database.scratch = hyperscan.Scratch(database)  # a loaded one comes without
                if _works(database):
                    return database
        except (OSError, hyperscan.error):
            pass  # absent, broken or of another platform: built anew below
    database = _compile(expressions, once)
    if path is not None:
        # A read-only home or a full disk costs time, never the run.
        with suppress(OSError):
            _write(path, hyperscan.dumpb(database))
    return database
