"""Compressed streams: gzip, bzip2, xz and zstd, unpacked no further than is asked for."""

from __future__ import annotations

import zlib
from typing import Any, Callable, Optional

from credlint.sources.archives.budget import Budget
from credlint.sources.archives.reader import PIECE, Reader

_GZIP, _RAW = 31, -15
# `xz -9` needs 65 MiB to unpack (xz(1)); a hostile header may ask for 4 GiB.
_XZ_MEMORY = 100 * 1024 * 1024
# 2 to the power of this: zstd's own limit without --long (RFC 8878 §3.1.1.1.2 asks for 8 MiB).
_ZSTD_WINDOW = 27
_NO_ZSTD = "zstd (from 3.14 on; before, pip install 'credlint[zstd]')"
FORMS = frozenset(("gz", "bz2", "xz", "zst"))


class NoDecoderError(Exception):
    """Nothing here unpacks the format; the message says why, for people."""


class _Inflate:
    """zlib's decompressor in the manner of those of bz2 and lzma."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)

    def decompress(self, data: bytes, size: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, size)

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


def decoder_of(form: str) -> Callable[[], Any]:
    """Return what makes decompressors of a format; raises NoDecoderError.

    ``deflate`` is the raw stream of RFC 1951. The modules are part of Python, yet of no build
    for sure.
    """
    if form in ("gz", "deflate"):
        return lambda: _Inflate(_GZIP if form == "gz" else _RAW)
    try:
        if form == "bz2":
            import bz2  # noqa: PLC0415  archives only

            return bz2.BZ2Decompressor
        if form == "xz":
            import lzma  # noqa: PLC0415

            return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        if form == "zst":
            return _zstd()
    except ImportError as error:
        lacking = _NO_ZSTD if form == "zst" else str(error.name)
        message = f"not read: this Python has no {lacking}"
        raise NoDecoderError(message) from error
    message = f"not read: no reader for {form}"
    raise NoDecoderError(message)


def _zstd() -> Callable[[], Any]:
    try:
        from compression import zstd  # noqa: PLC0415  from 3.14 on
    except ImportError:
        from backports import zstd  # noqa: PLC0415
    options = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
    return lambda: zstd.ZstdDecompressor(options=options)


class Unpacked(Reader):
    """What a compressed stream holds; ``one``: its first member alone, not those behind it."""

    def __init__(
        self, packed: Reader, make: Callable[[], Any], budget: Budget, *, one: bool = False
    ) -> None:
        super().__init__(self._unpack)
        self._packed, self._make, self._budget, self._one = packed, make, budget, one
        self._member: Optional[Any] = make()

    def _unpack(self, size: int) -> bytes:
        while self._member is not None:
            if self._budget.hit:
                self._end(self._budget.hit)
                break
            data = self._packed.read(PIECE) if self._member.needs_input else b""
            try:
                out: bytes = self._member.decompress(data, size)
            except Exception as error:  # noqa: BLE001  each library has its own, none a common base
                self._end(_words(error))
                break
            self._budget.unpack(len(out))
            if self._member.eof:
                self._next()
            elif not out and not data:
                self._end(self._packed.fault or "it ends early")
            if out:
                return out
        return b""

    def _next(self) -> None:
        """Put back what lies behind a member, and go on with the next one."""
        member, self._member = self._member, None
        assert member is not None  # noqa: S101  its end was just met
        self._packed.put_back(member.unused_data)
        if self._one:
            return
        rest = self._packed.peek(1)
        while rest == b"\0":  # padding, as tapes and xz have it
            self._packed.take(1)
            rest = self._packed.peek(1)
        if rest:
            self._member = self._make()

    def _end(self, reason: str) -> None:
        self._member = None
        self.fault = reason


def _words(error: Exception) -> str:
    if "emory" in str(error) or "indow" in str(error) or isinstance(error, MemoryError):
        return "it needs more memory to unpack than it may have"
    return "it is damaged"
