"""Bytes of a stream with a look ahead, and a part of it as a stream of its own."""

from __future__ import annotations

from typing import Callable, Optional

PIECE = 256 * 1024


class Reader:
    """Reads forward through what ``read`` gives.

    ``fault``: why it ended before its end, None when it did not.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._ahead = b""
        self._at = 0
        self.fault: Optional[str] = None

    def peek(self, size: int) -> bytes:
        """Return the next bytes without taking them, fewer at the end."""
        while len(self._ahead) - self._at < size:
            piece = self._read(PIECE)
            if not piece:
                break
            self.put_back(b"")
            self._ahead += piece
        return self._ahead[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """Return at most so many of the next bytes, none at the end."""
        data = self._ahead[self._at : self._at + size]
        self._at += len(data)
        return data or self._read(size)

    def take(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end; for small sizes."""
        data = self.peek(size)
        self._at += len(data)
        return data

    def put_back(self, data: bytes) -> None:
        """Make bytes the next ones."""
        self._ahead, self._at = data + self._ahead[self._at :], 0

    def skip(self, size: int) -> bool:
        """Pass over so many bytes; return False when there were fewer."""
        while size > 0:
            piece = self.read(min(size, PIECE))
            if not piece:
                return False
            size -= len(piece)
        return True


class Part(Reader):
    """The next ``size`` bytes of another reader."""

    def __init__(self, whole: Reader, size: int) -> None:
        super().__init__(self._read_part)
        self._whole = whole
        self.left = size

    def _read_part(self, size: int) -> bytes:
        if self.left <= 0:
            return b""
        data = self._whole.read(min(size, self.left))
        self.left -= len(data)
        if not data:
            self.left = 0
            self.fault = self._whole.fault or "it ends early"
        return data

    def finish(self) -> None:
        """Pass over what was not read of it."""
        if self.left > 0 and not self._whole.skip(self.left):
            self.fault = self.fault or self._whole.fault or "it ends early"
        self.left = 0
