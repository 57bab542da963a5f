"""Walks a tree for what there is to read: paths first, contents later and elsewhere.

Links met on the walk are not followed: what they lead to inside the root is met by itself, and
what lies outside is not asked for. ``.git`` is never entered.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Callable, Optional, Union, overload

from credlint.model.finding import Skipped
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.lean_tuples import NamedTuple
from credlint.model.relocation import relocate
from credlint.sources.errors import BOUND_HIT, NOT_REGULAR, UNREADABLE, SourceError
from credlint.sources.files import describe, kind_of
from credlint.sources.ignore import IgnoreFile, Level, bytewise, is_ignored

_GIT = ".git"
_IGNORE_FILE = ".gitignore"
# Bytes of ignore files that one scan honours: their patterns cost some 3 seconds a mebibyte to
# compile, and a hostile tree may hold many. What is beyond is not honoured: more is scanned.
_IGNORE_BUDGET = 512 * 1024
ExcludeTest = Callable[[str, bool], bool]


class FileToRead(NamedTuple):
    """``uri`` is relative to the root with forward slashes; ``path`` opens it.

    ``named``: the user named this very file, so a link is followed.
    """

    uri: str
    path: str
    named: bool = False


@dataclass
class Listing:
    """What a walk met.

    ``ignored`` counts files and whole folders left out by an ignore rule or
    an exclude pattern, ``links`` the symbolic links not followed.
    """

    files: Sequence[FileToRead] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    ignored: int = 0
    links: int = 0

    def __getstate__(self) -> tuple[object, ...]:
        """Return what goes from one process to another.

        Names hold no NUL, and a few texts take a tenth of the time and room of so many pairs.
        """
        first = self.files[0] if self.files else FileToRead("", "")
        folder = first.path[: len(first.path) - len(first.uri)]
        # Usually so; of a million files the paths would be a hundred megabytes.
        below = all(entry.path == folder + entry.uri for entry in self.files)
        uris = "\0".join(entry.uri for entry in self.files)
        paths = "" if below else "\0".join(entry.path for entry in self.files)
        named = bytes(entry.named for entry in self.files)
        return (uris, paths, folder, named, (self.skipped, self.ignored, self.links))

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        uris, paths, folder, named, (self.skipped, self.ignored, self.links) = state
        self.files = _Rows(uris.split("\0"), paths.split("\0") if paths else None, folder, named)


class _Rows(Sequence[FileToRead]):
    """Files that another process has listed; who reads some of them makes their rows.

    ``paths`` None: each is ``folder`` and its uri.
    """

    def __init__(
        self, uris: list[str], paths: Optional[list[str]], folder: str, named: bytes
    ) -> None:
        self._uris = uris
        self._paths = paths
        self._folder = folder
        self._named = named

    def __len__(self) -> int:
        return len(self._named)

    @overload
    def __getitem__(self, place: int) -> FileToRead: ...

    @overload
    def __getitem__(self, place: slice) -> list[FileToRead]: ...

    def __getitem__(self, place: Union[int, slice]) -> Union[FileToRead, list[FileToRead]]:
        if isinstance(place, int):
            return self[place : place + 1 or None][0]
        uris = self._uris[place] if self._named else []
        folder = self._folder
        paths = self._paths[place] if self._paths else [folder + uri for uri in uris]
        return list(map(FileToRead, uris, paths, map(bool, self._named[place])))


def compile_excludes(
    patterns: Sequence[str], root: Path, base: Optional[Path] = None
) -> Optional[ExcludeTest]:
    """Return a test (uri, is folder) for exclude patterns in .gitignore syntax, None for none.

    The uris are relative to ``root``, the patterns to ``base`` (None: the same).
    """
    if not patterns:
        return None
    rules = IgnoreFile(bytewise("\n".join(patterns)))
    start, end = root.absolute().as_posix(), (base or root).absolute().as_posix()

    def test(uri: str, folder: bool) -> bool:
        inner = uri if start == end else relocate(uri, start, end)
        return inner is not None and bool(rules.decide(bytewise(inner), folder=folder))

    return test


def is_excluded(uri: str, excluded: Optional[ExcludeTest]) -> bool:
    """Tell whether an exclude pattern speaks of the path or of a folder above it."""
    if excluded is None:
        return False
    parts = uri.split("/")
    if excluded(uri, False):  # noqa: FBT003  (uri, is folder)
        return True
    return any(excluded("/".join(parts[:count]), True) for count in range(1, len(parts)))  # noqa: FBT003


def relative_uri(path: str, root: str) -> str:
    """Return a path as findings name it: below the root, else as it is, with forward slashes."""
    absolute = os.path.normpath(os.path.join(root, path))  # noqa: PTH118  text only, links kept
    prefix = root if root.endswith(os.sep) else root + os.sep
    if absolute.startswith(prefix):
        absolute = absolute[len(prefix) :]
    elif absolute == root:
        absolute = ""
    return absolute.replace(os.sep, "/") if os.sep != "/" else absolute


def list_files(
    root: Path,
    paths: Sequence[str],
    exclude: Sequence[str] = (),
    environment: Optional[Mapping[str, str]] = None,
    *,
    respect_ignore: bool = True,
    exclude_base: Optional[Path] = None,
) -> Listing:
    """Return what a whole :class:`Walk` lists."""
    walk = Walk(
        root,
        paths,
        exclude,
        environment,
        respect_ignore=respect_ignore,
        exclude_base=exclude_base,
    )
    walk.advance()
    return walk.listing


class Walk:
    """Lists every file to read below the paths, each once, sorted by folder.

    A file that is named itself is always read, whatever rules say. ``exclude`` patterns are
    relative to ``exclude_base``, None meaning ``root``. ``environment`` is what git
    runs in, to find files that are tracked although ignored; None means git is not asked.
    """

    def __init__(
        self,
        root: Path,
        paths: Sequence[str],
        exclude: Sequence[str] = (),
        environment: Optional[Mapping[str, str]] = None,
        *,
        respect_ignore: bool = True,
        exclude_base: Optional[Path] = None,
    ) -> None:
        self._root = str(root)
        self._excluded = compile_excludes(exclude, root, exclude_base)
        self._respect_ignore = respect_ignore
        self._seen: set[str] = set()
        self._ignore_budget = _IGNORE_BUDGET
        self._files: list[FileToRead] = []
        self.listing = Listing(self._files)
        self._folders = chain.from_iterable(
            self._add(path, environment) for path in paths or (".",)
        )

    def advance(self, files: Optional[int] = None) -> bool:
        """Walk on, folder by folder, until so many files are listed; tell whether that is all.

        ``files`` None: to the end. Raises SourceError for a path that does not exist.
        """
        enough = sys.maxsize if files is None else files
        return not any(len(self._files) >= enough for _ in self._folders)

    def _add(self, path: str, environment: Optional[Mapping[str, str]]) -> Iterator[None]:
        """Take one path, with a pause after each folder."""
        full = os.path.join(self._root, path)  # noqa: PTH118
        uri = relative_uri(path, self._root)
        try:
            mode = os.stat(full).st_mode  # noqa: PTH116  follows: the user named it
        except OSError as error:
            if not os.path.lexists(full):
                message = f'"{path}" does not exist'
                raise SourceError(message) from error
            self.listing.skipped.append(Skipped(uri, describe(error), UNREADABLE, "SRCROOT"))
            return
        if stat.S_ISDIR(mode):
            yield from self._add_folder(full.rstrip(os.sep) or os.sep, uri, environment)
        elif stat.S_ISREG(mode):
            self._take(FileToRead(uri, full, named=True))
        else:
            reason = f"{kind_of(mode)}, not read"
            self.listing.skipped.append(Skipped(uri, reason, NOT_REGULAR, "SRCROOT"))

    def _take(self, entry: FileToRead) -> None:
        if entry.uri not in self._seen:
            self._seen.add(entry.uri)
            self._files.append(entry)

    def _add_folder(
        self, full: str, uri: str, environment: Optional[Mapping[str, str]]
    ) -> Iterator[None]:
        ignored_before = self.listing.ignored
        top, levels = self._outer_levels(os.path.normpath(full))
        base = os.path.relpath(full, top) if top else ""
        inner = "" if base in ("", ".") else bytewise(base.replace(os.sep, "/")) + "/"
        yield from self._walk(os.path.normpath(full), uri + "/" if uri else "", inner, levels)
        if environment is not None and top is not None and self.listing.ignored > ignored_before:
            self._add_forced(full, uri, environment)

    def _outer_levels(self, folder: str) -> tuple[Optional[str], list[Level]]:
        """Return the repository's top and the ignore rules of the folders above the walk.

        A folder that is ignored itself was named on purpose: outer rules do not speak then.
        """
        top = folder
        while not os.path.lexists(os.path.join(top, _GIT)):  # noqa: PTH118
            parent = os.path.dirname(top)  # noqa: PTH120
            if parent == top:
                return None, []
            top = parent
        if not self._respect_ignore:
            return top, []
        levels: list[Level] = []
        rules = self._load_ignore(os.path.join(top, _GIT, "info", "exclude"))  # noqa: PTH118
        if rules is not None:
            levels.append((0, rules))
        relative = os.path.relpath(folder, top)
        names = [] if relative == "." else relative.split(os.sep)  # noqa: PTH206  text only
        below = ""
        current = top
        for name in names:
            rules = self._load_ignore(os.path.join(current, _IGNORE_FILE))  # noqa: PTH118
            if rules is not None:
                levels.append((len(below), rules))
            if is_ignored(below + bytewise(name), levels, folder=True):
                return top, []
            below += bytewise(name) + "/"
            current = os.path.join(current, name)  # noqa: PTH118
        return top, levels

    def _load_ignore(self, path: str) -> Optional[IgnoreFile]:
        """Read an ignore file, None when there is none that can be read (git warns and goes on)."""
        data = _read_ignore(path, self._ignore_budget + 1)
        if data is None:
            return None
        if len(data) > self._ignore_budget:
            uri = relative_uri(path, self._root)
            reason = f"not honoured: more than {_IGNORE_BUDGET:,} bytes of ignore files"
            self.listing.skipped.append(Skipped(uri, reason, BOUND_HIT, "SRCROOT"))
            return None
        self._ignore_budget -= len(data)
        return IgnoreFile(data.decode("latin-1"))

    def _walk(  # noqa: C901  the hot loop, kept in one piece
        self, folder: str, uri: str, inner: str, levels: list[Level]
    ) -> Iterator[None]:
        """Walk with an explicit stack: depth is bounded by the disk, not by Python.

        ``uri`` and ``inner`` are the folder below the root and below the repository's top.
        """
        stack = [(folder, uri, inner, levels)]
        listing, excluded = self.listing, self._excluded
        while stack:
            folder, uri, inner, levels = stack.pop()
            try:
                with os.scandir(folder) as scan:
                    entries = sorted(scan, key=_name)
            except OSError as error:
                reason = f"folder not read: {describe(error)}"
                listing.skipped.append(
                    Skipped(uri.rstrip("/") or ".", reason, UNREADABLE, "SRCROOT")
                )
                continue
            if self._respect_ignore and any(entry.name == _IGNORE_FILE for entry in entries):
                rules = self._load_ignore(os.path.join(folder, _IGNORE_FILE))  # noqa: PTH118
                if rules is not None:
                    levels = [*levels, (len(inner), rules)]
            folders = []
            for entry in entries:
                name = entry.name
                if entry.is_symlink():
                    listing.links += 1
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder and name == _GIT:
                    continue
                if (levels and is_ignored(inner + bytewise(name), levels, folder=is_folder)) or (
                    excluded is not None and excluded(uri + name, is_folder)
                ):
                    listing.ignored += 1
                elif is_folder:
                    folders.append(
                        (entry.path, f"{uri}{name}/", f"{inner}{bytewise(name)}/", levels)
                    )
                elif entry.is_file(follow_symlinks=False):
                    self._take(FileToRead(uri + name, entry.path))
                else:
                    self._skip_special(entry, uri + name)
            stack.extend(reversed(folders))
            yield

    def _skip_special(self, entry: os.DirEntry[str], uri: str) -> None:
        try:
            reason = f"{kind_of(entry.stat(follow_symlinks=False).st_mode)}, not read"
        except OSError as error:
            reason = describe(error)
        self.listing.skipped.append(Skipped(uri, reason, NOT_REGULAR, "SRCROOT"))

    def _add_forced(self, full: str, uri: str, environment: Mapping[str, str]) -> None:
        """Add files that are tracked although a rule ignores them: forced in, so they leak."""
        from credlint.sources.git import Git  # noqa: PLC0415

        try:
            names = Git(Path(full), environment).tracked_but_ignored()
        except SourceError as error:
            reason = f"files that are tracked although ignored could not be listed: {error}"
            self.listing.skipped.append(Skipped(uri or ".", reason, UNREADABLE, "SRCROOT"))
            return
        prefix = uri + "/" if uri else ""
        for name in names:
            path = os.path.join(full, name)  # noqa: PTH118
            if is_excluded(prefix + name, self._excluded):
                continue
            # A folder on the way may be a link by now: nothing outside the walk is read.
            inside = os.path.realpath(path) == os.path.join(os.path.realpath(full), name)  # noqa: PTH118
            if inside and os.path.isfile(path):  # noqa: PTH113
                self._take(FileToRead(prefix + name, path))


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _read_ignore(path: str, limit: int) -> Optional[bytes]:
    try:
        descriptor = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
        )
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return os.read(descriptor, limit)
    except OSError:
        return None
    finally:
        os.close(descriptor)
