"""Which commit of which repository a folder holds, from the repository's own files.

No program is run and nothing is believed that a program would act on: what is read is text for a
report. Formats: gitrepository-layout(5), git-config(1).
"""

from __future__ import annotations

import os
import re
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

_LARGEST = 1 << 20
_LARGEST_REFS = 64 << 20
_OBJECT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_REFERENCE = re.compile(r"ref: (refs/[^\0-\x20~^:?*\[\\]+)\Z")
_SECTION = re.compile(r'\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\\n]|\\.)*)")?\s*\]')
_SETTING = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*?)\s*\Z")
_HEADS = "refs/heads/"
# Folders above the scanned one that are looked into.
_HIGHEST = 64


class Provenance(NamedTuple):
    """``remote``: its address as git knows it, credentials and all: not for a report as it is.

    ``above``: so many folders above the one that was asked about the repository has its root.
    """

    remote: str
    revision: Optional[str]
    branch: Optional[str]
    above: int


def read_provenance(folder: str) -> Optional[Provenance]:
    """Return what the repository around a folder says; None without one, or without a remote."""
    top = os.path.realpath(folder)
    for above in range(_HIGHEST):
        git = _git_folder(top)
        if git is not None:
            return _read(git, above)
        parent = os.path.dirname(top)  # noqa: PTH120  text only
        if parent == top:
            break
        top = parent
    return None


def _git_folder(top: str) -> Optional[str]:
    """Return the repository's own folder; a ``.git`` file counts when named in return."""
    dot_git = os.path.join(top, ".git")  # noqa: PTH118
    if os.path.isdir(dot_git):  # noqa: PTH112
        return dot_git
    text = _text(dot_git)
    if text.startswith("gitdir: "):
        git = os.path.join(top, text[len("gitdir: ") :].strip())  # noqa: PTH118
        back = _text(os.path.join(git, "gitdir")).strip()  # noqa: PTH118
        tree = _settings(git).get(("core", "", "worktree"), "")
        named = os.path.join(git, back) if back else os.path.join(git, tree, ".git")  # noqa: PTH118
        if (back or tree) and os.path.realpath(named) == os.path.realpath(dot_git):
            return git
        return None
    bare = all(os.path.isdir(os.path.join(top, name)) for name in ("objects", "refs"))  # noqa: PTH112, PTH118
    return top if bare and _text(os.path.join(top, "HEAD")) else None  # noqa: PTH118


def _read(git: str, above: int) -> Optional[Provenance]:
    head = _text(os.path.join(git, "HEAD")).strip()  # noqa: PTH118
    common = os.path.join(git, _text(os.path.join(git, "commondir")).strip())  # noqa: PTH118
    reference = _REFERENCE.match(head)
    name = reference.group(1) if reference and ".." not in head else ""
    branch = name[len(_HEADS) :] if name.startswith(_HEADS) else None
    if branch == ".invalid":  # what stands there where references are kept in tables
        name, branch = "", None
    revision = _resolved(common, name) if name else head
    remote = _remote(_settings(common), branch)
    if not remote:
        return None
    return Provenance(remote, revision if _OBJECT.match(revision) else None, branch, above)


def _resolved(common: str, name: str) -> str:
    loose = _text(os.path.join(common, *name.split("/"))).strip()  # noqa: PTH118
    if loose:
        return loose
    try:
        with open(os.path.join(common, "packed-refs"), "rb") as stream:  # noqa: PTH118, PTH123
            refs = stream.read(_LARGEST_REFS)
    except OSError:
        return ""
    end = refs.find(b" " + os.fsencode(name) + b"\n")
    return refs[refs.rfind(b"\n", 0, end) + 1 : end].decode("ascii", "replace") if end >= 0 else ""


def _remote(settings: dict[tuple[str, str, str], str], branch: Optional[str]) -> str:
    """Return the address of the branch's remote, else of ``origin``, else of the only one."""
    addresses = {
        name: value for (section, name, key), value in settings.items() if (section, key) == _URL
    }
    own = settings.get(("branch", branch or "", "remote"), "origin")
    if own in addresses:
        return addresses[own]
    if "origin" in addresses:
        return addresses["origin"]
    return next(iter(addresses.values())) if len(addresses) == 1 else ""


_URL = ("remote", "url")


def _settings(git: str) -> dict[tuple[str, str, str], str]:
    """Return (section, subsection, key) and value; files that it includes are not read."""
    found: dict[tuple[str, str, str], str] = {}
    section, name = "", ""
    for row in _text(os.path.join(git, "config")).splitlines():  # noqa: PTH118
        line = row.strip()
        heading = _SECTION.match(line)
        if heading:
            section = heading.group(1).lower()
            name = re.sub(r"\\(.)", r"\1", heading.group(2) or "")
        setting = _SETTING.match(line[heading.end() :] if heading else line)
        if setting:
            key, value = setting.group(1).lower(), setting.group(2)
            if value.startswith('"') and value.endswith('"') and len(value) > 1:
                value = re.sub(r"\\(.)", r"\1", value[1:-1])
            found.setdefault((section, name, key), value)
    return found


def _text(path: str) -> str:
    """Return the text of a small regular file, empty for anything else."""
    try:
        if not os.path.isfile(path):  # noqa: PTH113
            return ""
        with open(path, "rb") as stream:  # noqa: PTH123
            return os.fsdecode(stream.read(_LARGEST))
    except (OSError, ValueError):
        return ""
