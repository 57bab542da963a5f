"""Which AWS SDK is built into a program file: told by its own list of modules or its strings."""

from __future__ import annotations

import os
import re
import struct
import time
from typing import Optional

from credlint.model.lean_dataclasses import dataclass, field

_ELF = b"\x7fELF"
_WIDE = 2  # ELFCLASS64
_SECTION_LIMIT = 256 * 1024
# The list of modules of the largest Go programs (kubelet, terraform-provider-aws) has 30 to 60 KB.
_MODULES_LIMIT = 512 * 1024
_GO_MAGIC = b"\xff Go buildinf:"
_INLINE, _SENTINEL, _STRINGS_AT = 2, 16, 32
# hashicorp/aws-sdk-go-base is the chain of Terraform's provider and of its S3 backend.
_GO_MODULES = (
    (re.compile(rb"(?m)^(?:dep|mod)\tgithub\.com/hashicorp/aws-sdk-go-base[/\t]"), "terraform"),
    (re.compile(rb"(?m)^(?:dep|mod)\tgithub\.com/aws/aws-sdk-go-v2[/\t]"), "go-v2"),
    (re.compile(rb"(?m)^(?:dep|mod)\tgithub\.com/aws/aws-sdk-go\t"), "go-v1"),
)
# Strings that stay in a stripped program: targets of aws-config's own log lines (1.0 to 1.13), the
# user agent of the C++ SDK, the runtime module in the names of Swift's types, Go's import paths.
_MARKS = (
    (b"aws_config::", "rust"),
    (b"aws-sdk-cpp/", "cpp"),
    (b"AWSClientRuntime", "swift"),
    (b"github.com/aws/aws-sdk-go-v2/", "go-v2"),
    (b"github.com/aws/aws-sdk-go/", "go-v1"),
)
_PIECE = 4 * 1024 * 1024
_OVERLAP = 64
# Smaller programs hold no SDK: the least Go or Rust program with one has more than 5 MB.
_LEAST = 2 * 1024 * 1024


@dataclass
class SearchBudget:
    """What all searches of one audit may cost. ``passed_over``: programs not searched for it."""

    size: int = 768 * 1024 * 1024
    seconds: float = 1.5
    passed_over: set[str] = field(default_factory=set)
    _until: Optional[float] = None

    def take(self, size: int) -> bool:
        """Tell whether so many bytes may be read still, and count them."""
        if self._until is None:
            self._until = time.monotonic() + self.seconds
        if size > self.size or time.monotonic() > self._until:
            return False
        self.size -= size
        return True


@dataclass
class Programs:
    """Looks into each program file once, whoever runs it."""

    budget: SearchBudget = field(default_factory=SearchBudget)
    _known: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict)

    def sdks_in(self, path: str, shown: str) -> tuple[str, ...]:
        """Return the SDKs built into the program at ``path``; none when that cannot be told.

        ``shown``: its path for people. Reads with pread: a mapped file that is replaced while it
        is searched would end this process (SIGBUS).
        """
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError):
            return ()
        try:
            facts = os.fstat(descriptor)
            key = (facts.st_dev, facts.st_ino)
            if key not in self._known:
                self._known[key] = self._look(descriptor, facts.st_size, shown)
            return self._known[key]
        except OSError:
            return ()
        finally:
            os.close(descriptor)

    def _look(self, descriptor: int, size: int, shown: str) -> tuple[str, ...]:
        if size < _LEAST or os.pread(descriptor, 4, 0) != _ELF:
            return ()
        modules = go_modules(descriptor)
        if modules is not None:
            found = tuple(sdk for pattern, sdk in _GO_MODULES if pattern.search(modules))
            return found[:1] if found[:1] == ("terraform",) else found
        if not self.budget.take(size):
            self.budget.passed_over.add(shown)
            return ()
        return _marked(descriptor)


def _marked(descriptor: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    offset, end = 0, b""
    while True:
        piece = os.pread(descriptor, _PIECE, offset)
        if not piece:
            return tuple(found)
        text = end + piece
        for mark, sdk in _MARKS:
            if sdk not in found and mark in text:
                found[sdk] = None
        offset += len(piece)
        end = text[-_OVERLAP:]


def go_modules(descriptor: int) -> Optional[bytes]:
    """Return the list of modules that Go (1.18 and newer) puts into a program, None without one.

    Format: debug/buildinfo of Go 1.22. Of older programs, and of other languages': None.
    """
    place = _section(descriptor, b".go.buildinfo")
    if place is None:
        return None
    offset, size = place
    data = os.pread(descriptor, min(size, _MODULES_LIMIT), offset)
    if not data.startswith(_GO_MAGIC) or len(data) <= _STRINGS_AT or not data[15] & _INLINE:
        return None
    _, rest = _string(data[_STRINGS_AT:])
    modules, _ = _string(rest)
    # Between sixteen bytes of a mark at each side; empty when built without modules.
    return modules[_SENTINEL:-_SENTINEL] or None


def _string(data: bytes) -> tuple[bytes, bytes]:
    """Split off a text that its length stands before, in groups of seven bits."""
    length = shift = position = 0
    for byte in data[:10]:
        position += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:  # noqa: PLR2004  the last group
            break
    return data[position : position + length], data[position + length :]


def _section(descriptor: int, wanted: bytes) -> Optional[tuple[int, int]]:
    """Return where an ELF file has a section, and its size; elf(5), little-endian ones alone."""
    head = os.pread(descriptor, 64, 0)
    if len(head) < 64 or head[:4] != _ELF or head[5] != 1:  # noqa: PLR2004
        return None
    wide = head[4] == _WIDE
    table = struct.unpack_from("<Q", head, 40)[0] if wide else struct.unpack_from("<I", head, 32)[0]
    each, count, names = struct.unpack_from("<HHH", head, 58 if wide else 46)
    if not each or each * count > _SECTION_LIMIT or names >= count:
        return None
    data = os.pread(descriptor, each * count, table)
    if len(data) < each * count:
        return None
    form, skip = ("<QQ", 24) if wide else ("<II", 16)
    places = [struct.unpack_from(form, data, number * each + skip) for number in range(count)]
    text = os.pread(descriptor, min(places[names][1], _SECTION_LIMIT), places[names][0])
    for number, (offset, size) in enumerate(places):
        (name,) = struct.unpack_from("<I", data, number * each)
        if text[name:].startswith(wanted + b"\0"):
            return offset, size
    return None
