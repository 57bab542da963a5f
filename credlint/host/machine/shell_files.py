"""The files that set variables for logins, shells and services: read, never run or sourced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.host.filesystem import FileSystem
from credlint.host.machine.assignments import RawAssignment
from credlint.host.machine.environment_files import parse_environment_file
from credlint.host.machine.fish_script import read_csh, read_fish, read_fish_variables
from credlint.host.machine.pam import (
    CONFIGURATION_FILE,
    ENVIRONMENT_FILE,
    parse_configuration,
    parse_environment,
)
from credlint.host.machine.shell_assignments import place_script
from credlint.host.machine.shell_script import read_script
from credlint.host.machine.ssh_files import parse_ssh
from credlint.host.machine.texts import Texts
from credlint.host.machine.unit_settings import is_variable
from credlint.host.machine.users import HostUser, UsersRead
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.lean_tuples import NamedTuple

PROFILE, STARTUP, DEFAULTS, DOTENV = (
    "profile-script",
    "shell-startup",
    "service-defaults",
    "dotenv",
)
_SYSTEM_SHELL = (
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/zshenv",
    "/etc/zprofile",
    "/etc/zshrc",
    "/etc/zlogin",
    "/etc/zsh/zshenv",
    "/etc/zsh/zprofile",
    "/etc/zsh/zshrc",
    "/etc/zsh/zlogin",
    "/etc/ksh.kshrc",
)
_SYSTEM_CSH = ("/etc/csh.cshrc", "/etc/csh.login", "/etc/csh/cshrc", "/etc/csh/login.d")
_HOME_SHELL = (
    ".bash_profile",
    ".bash_login",
    ".profile",
    ".bashrc",
    ".bash_aliases",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".zlogin",
    ".kshrc",
    ".envrc",
    ".xprofile",
    ".xsessionrc",
)
_HOME_CSH = (".cshrc", ".tcshrc", ".login")
_FISH = "fish/config.fish"
_ENVIRONMENT_FOLDERS = (
    "/etc/environment.d",
    "/run/environment.d",
    "/usr/local/lib/environment.d",
    "/usr/lib/environment.d",
)
_DEFAULTS = ("/etc/default", "/etc/sysconfig")
_LOCALE = "/etc/default/locale"
_SSH = ("/etc/ssh/sshd_config", "/etc/ssh/ssh_config")
_READ_LIMIT = 10_000
# What must be somewhere in a text that sets anything of interest.
_PROMISING = re.compile(
    r"AWS|AMAZON_|BOTO_|GRANTED|proxy|PROXY|CA_BUNDLE|SSL_CERT|NODE_|ACCESS_KEY|SESSION_TOKEN"
    r"|JAVA|ACCESS_KEY_ID|JDK_"
)


class _File(NamedTuple):
    path: str
    language: str  # shell, variables, csh, fish, environment, pam, ssh, dotenv
    kind: str
    user: Optional[HostUser] = None


@dataclass(frozen=True)
class ShellFilesRead:
    """All lines found; ``read``: how many files there were."""

    assignments: tuple[RawAssignment, ...] = ()
    read: int = 0
    skipped: tuple[tuple[str, str], ...] = ()


def read_shell_files(
    system: FileSystem, users: UsersRead, folders: Iterable[str] = ()
) -> ShellFilesRead:
    """Read the files of the host and those in the homes of its users.

    ``folders``: working directories of services, whose ``.env`` and ``.envrc`` are read as well.
    """
    texts = Texts(system)
    files = [*_system_files(texts)]
    homes = {user.home: user for user in reversed(users.users) if texts.is_folder(user.home)}
    for user in reversed(homes.values()):
        files += _home_files(texts, user)
    for folder in dict.fromkeys(folders):
        files.append(_File(f"{folder.rstrip('/')}/.env", "dotenv", DOTENV))
        files.append(_File(f"{folder.rstrip('/')}/.envrc", "shell", DOTENV))
    found: list[RawAssignment] = []
    count = 0
    seen: set[tuple[int, int]] = set()
    for file in files:
        identity = texts.identity(file.path)
        text = texts.read(file.path)
        # A folder may be a link to another one, and root's home may be /.
        if text is None or identity is None or identity in seen:
            continue
        seen.add(identity)
        count += 1
        if count > _READ_LIMIT:
            texts.skip(file.path, f"not read: more than {_READ_LIMIT} such files")
            break
        if file.language == "ssh" or _PROMISING.search(text):
            found += _read(texts, file, text)
    return ShellFilesRead(tuple(found), count, tuple(texts.skipped))


def _system_files(texts: Texts) -> Iterator[_File]:
    yield _File(ENVIRONMENT_FILE, "environment", "etc-environment")
    yield _File(_LOCALE, "environment", "etc-environment")
    yield _File(CONFIGURATION_FILE, "pam", "pam-env")
    for path in _SYSTEM_SHELL:
        yield _File(path, "shell", PROFILE)
    for path in _in_folder(texts, "/etc/profile.d"):
        language = {"sh": "shell", "csh": "csh", "fish": "fish"}.get(path.rpartition(".")[2])
        if language:
            yield _File(path, language, PROFILE)
    for path in _SYSTEM_CSH:
        yield _File(path, "csh", PROFILE)
    for path in (f"/etc/{_FISH}", *_in_folder(texts, "/etc/fish/conf.d", ".fish")):
        yield _File(path, "fish", PROFILE)
    yield from _system_variables(texts)


def _system_variables(texts: Texts) -> Iterator[_File]:
    for folder in _ENVIRONMENT_FOLDERS:
        for path in _in_folder(texts, folder, ".conf"):
            yield _File(path, "variables", "etc-environment")
    for folder in _DEFAULTS:
        for path in _in_folder(texts, folder):
            if path != _LOCALE and not texts.is_folder(path):
                yield _File(path, "defaults", DEFAULTS)
    for path in _SSH:
        for one in (path, *_in_folder(texts, f"{path}.d", ".conf")):
            yield _File(one, "ssh", "ssh")


def _in_folder(texts: Texts, folder: str, ending: str = "") -> Iterator[str]:
    for name in texts.names(folder):
        if name.endswith(ending) and not name.startswith("."):
            yield f"{folder}/{name}"


def _home_files(texts: Texts, user: HostUser) -> Iterator[_File]:
    home = user.home.rstrip("/")
    for name in _HOME_SHELL:
        yield _File(f"{home}/{name}", "shell", STARTUP, user)
    for name in _HOME_CSH:
        yield _File(f"{home}/{name}", "csh", STARTUP, user)
    yield _File(f"{home}/.config/{_FISH}", "fish", STARTUP, user)
    for path in _in_folder(texts, f"{home}/.config/fish/conf.d", ".fish"):
        yield _File(path, "fish", STARTUP, user)
    yield _File(f"{home}/.config/fish/fish_variables", "fish-variables", STARTUP, user)
    for path in _in_folder(texts, f"{home}/.config/environment.d", ".conf"):
        yield _File(path, "variables", STARTUP, user)
    yield _File(f"{home}/.pam_environment", "pam", "pam-env", user)
    yield _File(f"{home}/.env", "dotenv", DOTENV, user)
    yield _File(f"{home}/.ssh/config", "ssh", "ssh", user)
    yield _File(f"{home}/.ssh/environment", "environment", STARTUP, user)


def _read(texts: Texts, file: _File, text: str) -> Iterator[RawAssignment]:
    owner = file.user.name if file.user is not None else None
    if file.language == "environment":
        for one in parse_environment(text, file.path, file.kind):
            yield _owned(one, owner)
    elif file.language == "pam":
        known = {"HOME": file.user.home} if file.user else {}
        for _, line in parse_configuration(text, file.path, file.user, known):
            if line is not None:
                yield _owned(line, owner)
    elif file.language == "ssh":
        yield from parse_ssh(text, file.path, owner)
    elif file.language == "variables":
        yield from _variables(file, text, owner)
    else:
        yield from _script(texts, file, text, owner)


def _owned(one: RawAssignment, owner: Optional[str]) -> RawAssignment:
    return replace(one, user=owner)


def _variables(file: _File, text: str, owner: Optional[str]) -> Iterator[RawAssignment]:
    """Read environment.d(5), where values may name other variables."""
    for one in parse_environment_file(text):
        if is_variable(one.name):
            literal = "$" not in one.value
            line, column, end = one.place
            yield RawAssignment(
                file.kind, file.path, line, column, end, one.name, one.value, literal, owner
            )


def _script(texts: Texts, file: _File, text: str, owner: Optional[str]) -> Iterator[RawAssignment]:
    plain = file.language in ("dotenv", "defaults")
    if file.language == "fish":
        script = read_fish(text)
    elif file.language == "fish-variables":
        script = read_fish_variables(text)
    elif file.language == "csh":
        script = read_csh(text)
    else:
        known = {"HOME": file.user.home, "USER": file.user.name} if file.user else {}
        script = read_script(text, known)
    placed = place_script(script, text, file.path, file.kind, owner)
    if placed.broken_line is not None:
        reason = "could not be read on as a shell would: quotes or brackets do not match"
        texts.skip(f"{file.path}:{placed.broken_line}", reason)
    yield from placed.assignments(plain=plain)
