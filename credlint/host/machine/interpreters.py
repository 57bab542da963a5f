"""The AWS SDKs that an interpreter's program finds: in its environment, beside it, above it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Callable

from credlint.host.filesystem import FileSystem
from credlint.host.machine.processes import RunningProcess
from credlint.model.lean_dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """An interpreter by its program's name, and the SDKs that its programs can have.

    ``keeps_open``: its libraries are among its open files. ``sdks``: none for an interpreter
    whose programs often bring compiled ones.
    """

    name: str
    program: re.Pattern[str]
    sdks: tuple[str, ...]
    keeps_open: bool = False


LANGUAGES = (
    Language("python", re.compile(r"(python|pypy)[\d.]*\Z|aws\Z"), ()),
    Language("node", re.compile(r"(node|nodejs|bun|deno)\Z"), ("js-v3", "js-v2")),
    Language("ruby", re.compile(r"(ruby|puma|unicorn|sidekiq)[\d.]*\Z"), ("ruby-v3",)),
    Language("php", re.compile(r"php(-fpm|-cgi)?[\d.]*\Z"), ("php-v3",)),
    Language("java", re.compile(r"java\Z"), ("java-v2", "java-v1", "kotlin"), keeps_open=True),
    Language("dotnet", re.compile(r"dotnet\Z"), ("dotnet-v4", "dotnet-v3")),
)
_SITE = re.compile(r"(.*/(?:site|dist)-packages)(?:/|\Z)")
_CLI = re.compile(r"awscli-(\d)")
_GEMS = (
    "/usr/share/rubygems-integration/all",
    "/usr/local/bundle",
    "/var/lib/gems/*",
    "/usr/lib*/ruby/gems/*",
    "/usr/local/lib/ruby/gems/*",
    "/usr/share/gems",
    "/usr/local/share/gems",
)
_GEM = re.compile(r"(.*)/(?:gems|extensions)/[^/]+/")
_DEPTH = 12
_SCRIPT_BYTES = 64 * 1024


def installed(
    language: Language, process: RunningProcess, files: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Return (SDK, what says so) of what is installed where the process's program finds it.

    ``files``: what it has mapped. Paths are those that the process sees.
    """
    return _FINDERS[language.name](process, files)


def script_of(process: RunningProcess) -> str:
    """Return the first argument that is a file and no option: what the interpreter runs.

    Options with a value of their own (``-m``, ``-c``, ``-e``) name no file: empty then.
    """
    for word in process.words[1:]:
        if word in ("-m", "-c", "-e", "-r", "--eval"):
            return ""
        if not word.startswith("-"):
            return posixpath.normpath(posixpath.join(process.folder or "/", word))
    return ""


def _upward(process: RunningProcess) -> Iterator[str]:
    """Yield the folders of the program and of the working directory, and those above each."""
    script, seen = script_of(process), set()
    real = _real(process.system, script) if script else ""
    for start in (posixpath.dirname(real), posixpath.dirname(script), process.folder):
        folder = start
        for _ in range(_DEPTH):
            if not folder.strip("/") or folder in seen:
                break
            seen.add(folder)
            yield folder
            folder = posixpath.dirname(folder)
    if not process.folder.strip("/") and script.count("/") <= 1:
        yield ""


def _real(system: FileSystem, path: str) -> str:
    """Return the path with its links resolved, as the process names it."""
    root = system.root.rstrip("/")
    try:
        located = system.locate(path)
        if not root:
            located = os.path.realpath(located)
    except OSError:
        return path
    return located[len(root) :] or "/"


def _node(process: RunningProcess, _: Iterable[str]) -> Iterator[tuple[str, str]]:
    for folder in _upward(process):
        for name, sdk in (("@aws-sdk", "js-v3"), ("aws-sdk", "js-v2")):
            if process.system.exists(f"{folder}/node_modules/{name}"):
                yield sdk, f"{folder}/node_modules/{name}"


def _php(process: RunningProcess, _: Iterable[str]) -> Iterator[tuple[str, str]]:
    for folder in _upward(process):
        if process.system.exists(f"{folder}/vendor/aws/aws-sdk-php"):
            yield "php-v3", f"{folder}/vendor/aws/aws-sdk-php"


def _ruby(process: RunningProcess, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    for folder in _gem_folders(process, files):
        for name in _names(process.system, f"{folder}/gems"):
            if name.startswith("aws-sdk-core-3"):
                yield "ruby-v3", f"{folder}/gems/{name}"


def _python(process: RunningProcess, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    name = posixpath.basename(process.executable)
    if name == "aws":
        # Version 2's own installer brings a program of its own; version 1 is always a script.
        yield "aws-cli-v2", f"the program {process.executable}"
        return
    folders = dict.fromkeys(_site_folders(process, files))
    if posixpath.basename(script_of(process)) in ("aws", "aws_completer"):
        for folder in folders:
            for entry in _names(process.system, folder):
                version = _CLI.match(entry)
                if version is not None:
                    major = "2" if version.group(1) == "2" else "1"
                    yield f"aws-cli-v{major}", f"{folder}/{entry}"
                    return
    if _is_the_systems(process):
        return
    for folder in folders:
        for package in ("boto3", "botocore", "aiobotocore"):
            if process.system.exists(f"{folder}/{package}"):
                yield "boto3", f"{folder}/{package}"
                return


def _is_the_systems(process: RunningProcess) -> bool:
    """Tell whether it is a program of the distribution that does not name botocore.

    Every Python program of a system finds its packages; that they are there says nothing of it.
    """
    script = script_of(process)
    if not script.startswith("/usr/") or script.startswith("/usr/local/"):
        return False
    return b"boto" not in (process.system.head(script, _SCRIPT_BYTES) or b"")


def _site_folders(process: RunningProcess, files: Iterable[str]) -> Iterator[str]:
    """Yield where a Python looks for packages, the mapped ones first."""
    for path in files:
        found = _SITE.match(path)
        if found:
            yield found.group(1)
    environment, script = process.environment, script_of(process)
    yield from (one for one in environment.get("PYTHONPATH", "").split(":") if one.startswith("/"))
    if script:
        yield posixpath.dirname(_real(process.system, script))
    for prefix in _prefixes(process):
        for library in ("lib", "lib64", "local/lib"):
            for version in _names(process.system, f"{prefix}/{library}"):
                if version.startswith(("python3", "pypy3")):
                    yield f"{prefix}/{library}/{version}/site-packages"
                    yield f"{prefix}/{library}/{version}/dist-packages"


def _prefixes(process: RunningProcess) -> Iterator[str]:
    """Yield a virtual environment's folder, if the process runs in one, and what it can see."""
    first = process.words[0] if process.words else ""
    named = []
    if "/" in first:
        named.append(posixpath.normpath(posixpath.join(process.folder or "/", first)))
    else:
        # As execvp(3) finds it; `python` of an activated environment is the first of PATH.
        for folder in process.environment.get("PATH", "").split(":"):
            if folder.startswith("/") and process.system.exists(f"{folder}/{first}"):
                named.append(f"{folder}/{first}")
                break
        # A program that gives itself a title of its own has no first word any more.
        named.append(f"{process.environment.get('VIRTUAL_ENV') or '/usr'}/bin/python")
    isolated = False
    for path in named:
        prefix = posixpath.dirname(posixpath.dirname(path))
        settings = process.system.read(f"{prefix}/pyvenv.cfg")
        if settings.status == "read":
            yield prefix
            isolated = (
                re.search(rb"(?mi)^include-system-site-packages\s*=\s*true", settings.data) is None
            )
    if not isolated:
        yield posixpath.dirname(posixpath.dirname(process.executable))
        yield "/usr/local"
        home = process.environment.get("HOME", "")
        if home.startswith("/"):
            yield f"{home.rstrip('/')}/.local"


def _gem_folders(process: RunningProcess, files: Iterable[str]) -> Iterator[str]:
    seen: dict[str, None] = {}
    for path in files:
        found = _GEM.match(path)
        if found:
            seen[found.group(1)] = None
    for name in ("GEM_HOME", "GEM_PATH"):
        seen.update(dict.fromkeys(process.environment.get(name, "").split(":")))
    for pattern in _GEMS:
        seen.update(dict.fromkeys(_expand(process.system, pattern)))
    for folder in _upward(process):
        for version in _names(process.system, f"{folder}/vendor/bundle/ruby"):
            seen[f"{folder}/vendor/bundle/ruby/{version}"] = None
    yield from (folder for folder in seen if folder.startswith("/"))


def _expand(system: FileSystem, pattern: str) -> Iterator[str]:
    """Yield the folders of a pattern with stars for whole names, or for the end of one."""
    head, star, tail = pattern.partition("*")
    if not star:
        yield pattern
        return
    folder, _, start = head.rpartition("/")
    for name in _names(system, folder):
        if name.startswith(start):
            yield from _expand(system, f"{folder}/{name}{tail}")


def _names(system: FileSystem, folder: str) -> list[str]:
    if system.is_blocked(folder):
        return []
    try:
        return sorted(os.listdir(system.locate(folder)))  # noqa: PTH208
    except (OSError, ValueError):
        return []


def _nothing(_process: RunningProcess, _files: Iterable[str]) -> Iterator[tuple[str, str]]:
    return iter(())


_FINDERS: dict[str, Callable[[RunningProcess, Iterable[str]], Iterator[tuple[str, str]]]] = {
    "python": _python,
    "node": _node,
    "php": _php,
    "ruby": _ruby,
    "java": _nothing,
    "dotnet": _nothing,
}
