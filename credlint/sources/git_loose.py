"""Git's loose objects: one compressed file each (gitrepository-layout(5), ``objects/??``)."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from typing import Optional

from credlint.sources.git_packs import PackError

_HEAD = re.compile(rb"([a-z]+) ([0-9]{1,18})\0")
_FIRST = 64
_HEX = frozenset("0123456789abcdef")


def list_loose(objects: str, digits: int) -> Iterator[str]:
    """Yield the paths of the loose objects below a folder of objects, in order."""
    for folder in sorted(_names(objects)):
        if len(folder) == 2 and set(folder) <= _HEX:  # noqa: PLR2004  a byte
            place = os.path.join(objects, folder)  # noqa: PTH118
            for name in sorted(_names(place)):
                if len(name) == digits - 2 and set(name) <= _HEX:
                    yield os.path.join(place, name)  # noqa: PTH118


def loose_identifier(path: str) -> bytes:
    """Return the id of a loose object by its path, binary."""
    folder, name = os.path.split(path)
    return bytes.fromhex(os.path.basename(folder) + name)  # noqa: PTH119


def read_loose(path: str, limit: int) -> tuple[int, Optional[bytes]]:
    """Return size and content of a loose blob; size -1 for what is no blob.

    The content of one larger than ``limit`` is None. Raises PackError for damage.
    """
    inflater = zlib.decompressobj()
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            head = inflater.decompress(stream.read(4096), _FIRST)
            found = _HEAD.match(head)
            if found is None:
                raise PackError("damaged")  # noqa: EM101
            size = int(found.group(2))
            if found.group(1) != b"blob":
                return -1, None
            if size > limit:
                return size, None
            data = head[found.end() :]
            pieces = [data]
            total = len(data)
            waiting = inflater.unconsumed_tail
            while not inflater.eof and total <= size:
                piece = inflater.decompress(waiting, size - total + 1)
                waiting = inflater.unconsumed_tail
                pieces.append(piece)
                total += len(piece)
                if not waiting and not inflater.eof:
                    waiting = stream.read(1 << 20)
                    if not waiting:
                        break
    except (OSError, zlib.error) as error:
        raise PackError("damaged") from error  # noqa: EM101
    if total != size:
        raise PackError("damaged")  # noqa: EM101
    return size, b"".join(pieces)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []
