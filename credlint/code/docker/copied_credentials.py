"""IAC117: files with credentials that COPY or ADD brings into an image."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from posixpath import normpath
from typing import Optional

from credlint.code.credential_names import SECRET_KEY
from credlint.code.docker.expansion import expand
from credlint.code.docker.ignore_file import IgnoreFile, read_ignore_file
from credlint.code.docker.instructions import Instruction, Word
from credlint.code.docker.reader import Dockerfile
from credlint.code.issued_keys import is_issued
from credlint.code.lines import newline_of
from credlint.code.sighting import Context, Sighting, Surroundings
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_tuples import NamedTuple

# Files that hold keys of AWS and nothing else, by their whole name.
_STORES = (".aws", ".boto", ".s3cfg", ".passwd-s3fs", "rootkey.csv", "aws_credentials")
_STORE = re.compile(
    r"(?:\A|/)(?:\.aws(?:/(?:credentials|sso(?:/.*)?|cli(?:/.*)?))?|\.boto|\.s3cfg|\.passwd-s3fs|rootkey\.csv"
    r"|[^/]*_accessKeys\.csv|\.?aws[_-]credentials)/?\Z"
)
_SECRET = re.compile(
    rb"(?im)^[ \t]*(?:export[ \t]+)?[A-Z0-9_]*(?:SECRET_ACCESS_KEY|AWS_SECRET_KEY)"
    rb"[ \t]*=[ \t]*[\"']?([A-Za-z0-9/+]{40})[\"']?[ \t]*\r?$"
)
_ENVIRONMENT = re.compile(r"\.env(?:\..+)?\Z")
_HOLDS_KEYS = ("credentials", "sso", "cli")  # in a .aws folder
_MOST_ENVIRONMENTS = 10
_MOST_ABOVE = 4  # folders


class _Ignore(NamedTuple):
    """The .dockerignore that counts: its path, its bytes (None: there is none), and those above."""

    path: str
    data: Optional[bytes]
    above: tuple[tuple[str, IgnoreFile], ...]

    def excludes(self, path: str) -> bool:
        """Tell whether any of them leaves a path out; which folder is sent is not known."""
        own = self.data is not None and read_ignore_file(self.data).excludes(path)
        return own or any(file.excludes(before + path) for before, file in self.above)


def check(dockerfile: Dockerfile, context: Context) -> Iterator[Sighting]:
    """Yield instructions that name such a file, or take along a folder that has one."""
    copies = [found for found in dockerfile.instructions if found.name in ("COPY", "ADD")]
    if not copies:
        return
    ignore = _ignore_file(context.around, context.uri)
    stores = [
        name
        for name in _stores_beside(context.around, context.uri.rpartition("/")[0])
        if not ignore.excludes(name)
    ]
    for found in copies:
        level = _level(dockerfile, found, context)
        is_own = found.flag("from") is None
        folders = []
        for word in _sources(dockerfile, found):
            path = _inside(word.text)
            if is_own and path in stores:
                yield _named(found, word, level)
            elif _STORE.search(path):
                if not is_own or not ignore.excludes(path):
                    yield _named(found, word, level)
            elif is_own:
                folders.append(word)
        taken = [name for name in stores if any(_takes(_inside(w.text), name) for w in folders)]
        if taken:
            yield _taken_along(found, folders, taken, level, ignore)


def _sources(dockerfile: Dockerfile, found: Instruction) -> Sequence[Word]:
    """Return the sources whose names are known; the last word is where they go."""
    words = []
    for word in found.words()[:-1]:
        text: Optional[str] = word.text
        if "$" in word.text:
            text = expand(word.text, dockerfile.known_to(found), dockerfile.escape)
        if text and not text.startswith("<<") and "://" not in text:
            words.append(word._replace(text=text))
    return words


def _inside(source: str) -> str:
    """Return a source as a path below the context; none leads out of it."""
    return normpath("/" + source.strip("\"'")).lstrip("/") or "."


def _takes(source: str, path: str) -> bool:
    """Tell whether a source, which may have wildcards, brings a path along."""
    if source == ".":
        return True
    parts, wanted = source.split("/"), path.split("/")
    return len(parts) <= len(wanted) and all(map(fnmatchcase, wanted, parts))


def _ignore_file(around: Surroundings, uri: str) -> _Ignore:
    """Return what says which files are not sent: that of the Dockerfile's own name, if any.

    The folder that is sent is mostly the Dockerfile's, else one above it.
    """
    own = f"{uri}.dockerignore"
    data = around.read(own)
    if data is not None:
        return _Ignore(own, data, ())
    parts = uri.split("/")[:-1]
    above = []
    for count in range(len(parts) - 1, max(len(parts) - _MOST_ABOVE, 0) - 1, -1):
        found = around.read("/".join((*parts[:count], ".dockerignore")))
        if found is not None:
            before = "/".join((*parts[count:], ""))
            above.append((before, read_ignore_file(found)))
    path = "/".join((*parts, ".dockerignore"))
    return _Ignore(path, around.read(path), tuple(above))


def _stores_beside(around: Surroundings, folder: str) -> Iterator[str]:
    """Yield what in the folder holds keys: stores by name, .env files by what they say."""
    names = around.names(folder)
    before = f"{folder}/" if folder else ""
    for name in sorted(names.intersection(_STORES)):
        # A folder .aws may as well hold nothing but a task definition.
        if name != ".aws" or around.names(before + name).intersection(_HOLDS_KEYS):
            yield name
    for name in [name for name in sorted(names) if _ENVIRONMENT.match(name)][:_MOST_ENVIRONMENTS]:
        data = around.read(before + name) or b""
        if any(is_issued(SECRET_KEY, each.decode()) for each in _SECRET.findall(data)):
            yield name


def _level(dockerfile: Dockerfile, found: Instruction, context: Context) -> Level:
    if context.is_test or context.is_documentation:
        return "note"
    return "error" if dockerfile.is_shipped(found) else "warning"


_SHIPPED = " into the image, where everyone who can pull it reads it"
_DISCARDED = " into the build's cache; this stage is not the one that is shipped"


def _named(found: Instruction, word: Word, level: Level) -> Sighting:
    name = word.text.strip("\"'").rstrip("/")
    where = _DISCARDED if level == "warning" else _SHIPPED
    return Sighting(
        start=word.start,
        end=word.end,
        message=f"{found.name} brings {name}{where}.",
        level=level,
        subject=f"{found.name} {name}",
    )


def _taken_along(
    found: Instruction, folders: Sequence[Word], taken: Sequence[str], level: Level, ignore: _Ignore
) -> Sighting:
    names, them = ", ".join(taken), "it" if len(taken) == 1 else "them"
    where = _DISCARDED if level == "warning" else " into the image"
    file = ignore.path.rpartition("/")[2]
    return Sighting(
        start=folders[0].start,
        end=folders[-1].end,
        message=(
            f"{found.name} of a whole folder brings {names}{where}: "
            f"{file} does not leave {them} out."
        ),
        level=level,
        subject=f"{found.name} {names}",
        fix=_left_out(taken, ignore.path, ignore.data),
    )


def _left_out(names: Sequence[str], path: str, data: Optional[bytes]) -> Fix:
    """Return lines for .dockerignore; at its end they win over what stands before."""
    newline = newline_of(data or b"")
    text = "".join(name + newline for name in names)
    if data and not data.endswith(b"\n"):
        text = newline + text
    at = len(data or b"")
    digest = hashlib.sha256(data).hexdigest() if data is not None else ""
    return Fix(
        "unsafe",
        f"Leave {', '.join(names)} out of what the build sees, by {path.rpartition('/')[2]}.",
        (FileEdits(path, (Edit(at, at, text),), digest),),
    )
