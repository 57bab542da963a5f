"""What the environment of a user's login would be: PAM's, then his login shell's own files.

Source: bash(1), INVOCATION; zsh(1), STARTUP/SHUTDOWN FILES; fish 3.7, Configuration; tcsh(1),
Startup and shutdown. The files are read and never run; what depends on a condition is taken to
take effect, and told.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator, Mapping
from typing import Optional

from credlint.host.filesystem import FileSystem
from credlint.host.machine.assignments import RawAssignment, is_wanted
from credlint.host.machine.fish_script import read_csh, read_fish, read_fish_variables
from credlint.host.machine.pam import pam_environment
from credlint.host.machine.shell_assignments import ShellState, place_script
from credlint.host.machine.shell_files import PROFILE, STARTUP
from credlint.host.machine.shell_script import OnSource, ShellScript, Sourced, read_script
from credlint.host.machine.shell_values import Known, ShellAction
from credlint.host.machine.texts import Texts
from credlint.host.machine.users import HostUser
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.lean_tuples import NamedTuple

_PATH = "/usr/local/bin:/usr/bin:/bin"
_ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SERVICES = ("login", "sshd", "system-auth", "common-session")
_NO_LOGIN = frozenset(("nologin", "false", "true", "sync", "halt", "shutdown"))
_DEPTH = 10
_FILES_LIMIT = 200


@dataclass(frozen=True)
class LoginEnvironment:
    """What a login has; ``sources``: the line of each variable, where a file has one.

    ``unsure``: (variable, path:line) of what may or may not be so: it stands under a condition,
    only a shell could tell its value, or ~/.bashrc sets it, which this login does not read.
    ``paths``: the files that were read, in order.
    """

    user: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    sources: Mapping[str, RawAssignment] = field(default_factory=dict)
    unsure: tuple[tuple[str, str], ...] = ()
    paths: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def assignments(self) -> tuple[RawAssignment, ...]:
        """Return the lines that are in force."""
        return tuple(dict.fromkeys(self.sources.values()))


class _Startup(NamedTuple):
    path: str
    language: str = "shell"
    kind: str = STARTUP


def may_log_in(user: HostUser) -> bool:
    """Tell whether a user has a shell to log in with."""
    return user.shell.rpartition("/")[2] not in _NO_LOGIN


def login_environment(
    user: HostUser, system: FileSystem, texts: Optional[Texts] = None
) -> LoginEnvironment:
    """Return what an interactive login of a user would have; ``texts``: shared between users."""
    texts = Texts(system) if texts is None else texts
    before = len(texts.skipped)
    login = _Login(texts, user)
    login.run()
    state = login.state
    environment = state.environment()
    unknown = (
        (name, _place(state.sources.get(name)))
        for name in sorted(state.exported)
        if name in state.values and state.values[name] is None and is_wanted(name)
    )
    unsure = {name: place for name, place in state.unsure.items() if is_wanted(name)}
    return LoginEnvironment(
        user=user.name,
        environment=environment,
        sources={name: one for name, one in state.sources.items() if name in state.exported},
        unsure=tuple(sorted({**unsure, **dict(unknown)}.items())),
        paths=tuple(login.paths),
        skipped=tuple(texts.skipped[before:]),
    )


def _place(line: Optional[RawAssignment]) -> str:
    return f"{line.path}:{line.line}" if line is not None else ""


class _Login:
    def __init__(self, texts: Texts, user: HostUser) -> None:
        self._texts = texts
        self._user = user
        self._home = user.home.rstrip("/")
        self.state = ShellState()
        self.paths: list[str] = []

    def run(self) -> None:
        """Read everything in the order that a login reads it."""
        state, user = self.state, self._user
        state.values["PATH"] = _ROOT_PATH if user.uid == 0 else _PATH
        for name, one in pam_environment(self._texts, _SERVICES, user).items():
            state.values[name] = one.value if one.literal else None
            state.sources[name] = one
        given = {"HOME": user.home, "SHELL": user.shell, "USER": user.name, "LOGNAME": user.name}
        state.values.update(given)
        state.exported.update(state.values)
        for startup in self._startup():
            self._read(startup, 0)
        self._unread_bashrc()

    def _unread_bashrc(self) -> None:
        """Tell what only a shell that is no login shell would set."""
        path = f"{self._home}/.bashrc"
        text = self._texts.read(path)
        if not self._user.shell.endswith("/bash") or text is None or path in self.paths:
            return
        script = read_script(text, self.state.known(), self.state.exported)
        placed = place_script(script, text, path, STARTUP, self._user.name)
        for one in placed.assignments():
            self.state.unsure.setdefault(one.variable, f"{path}:{one.line}")

    def _startup(self) -> Iterator[_Startup]:
        shell = self._user.shell.rpartition("/")[2]
        if shell == "zsh":
            yield from self._zsh()
        elif shell == "fish":
            yield from self._fish()
        elif shell in ("csh", "tcsh"):
            yield from self._csh(shell)
        else:
            yield from self._bourne(shell)

    def _bourne(self, shell: str) -> Iterator[_Startup]:
        yield _Startup("/etc/profile", kind=PROFILE)
        # A profile that reads profile.d does so in a loop, which is not followed.
        if "profile.d" in (self._texts.read("/etc/profile") or ""):
            for name in self._texts.names("/etc/profile.d"):
                if name.endswith(".sh"):
                    yield _Startup(f"/etc/profile.d/{name}", kind=PROFILE)
        if shell == "bash":
            names = (".bash_profile", ".bash_login", ".profile")
            for name in names:
                if self._texts.read(f"{self._home}/{name}") is not None:
                    yield _Startup(f"{self._home}/{name}")
                    break
        else:
            yield _Startup(f"{self._home}/.profile")

    def _zsh(self) -> Iterator[_Startup]:
        for folder in ("/etc", "/etc/zsh"):
            yield _Startup(f"{folder}/zshenv", kind=PROFILE)
        yield _Startup(f"{self._home}/.zshenv")
        own = (self.state.values.get("ZDOTDIR") or self._home).rstrip("/")
        for name in ("zprofile", "zshrc", "zlogin"):
            for folder in ("/etc", "/etc/zsh"):
                yield _Startup(f"{folder}/{name}", kind=PROFILE)
            yield _Startup(f"{own}/.{name}")

    def _fish(self) -> Iterator[_Startup]:
        # Universal variables (fish_variables) are weaker than all of these.
        yield _Startup(f"{self._home}/.config/fish/fish_variables", "fish-variables")
        folders = (("/usr/share/fish", PROFILE), ("/etc/fish", PROFILE))
        mine = f"{self._home}/.config/fish"
        for folder, kind in ((mine, STARTUP), *folders):
            for name in self._texts.names(f"{folder}/conf.d"):
                if name.endswith(".fish"):
                    yield _Startup(f"{folder}/conf.d/{name}", "fish", kind)
        yield _Startup("/etc/fish/config.fish", "fish", PROFILE)
        yield _Startup(f"{mine}/config.fish", "fish")

    def _csh(self, shell: str) -> Iterator[_Startup]:
        for path in ("/etc/csh.cshrc", "/etc/csh.login"):
            yield _Startup(path, "csh", PROFILE)
        own = f"{self._home}/.tcshrc"
        if shell != "tcsh" or self._texts.read(own) is None:
            own = f"{self._home}/.cshrc"
        yield _Startup(own, "csh")
        yield _Startup(f"{self._home}/.login", "csh")

    def _read(self, startup: _Startup, depth: int) -> None:
        text = self._texts.read(startup.path)
        if text is None or depth > _DEPTH or len(self.paths) >= _FILES_LIMIT:
            return
        if depth and startup.path in self.paths:
            return  # it guards itself against being read twice, or never ends
        self.paths.append(startup.path)
        done = 0

        def on_source(
            sourced: Sourced, actions: list[ShellAction]
        ) -> Optional[tuple[Known, Collection[str]]]:
            """Do what was read so far, then what the sourced file does."""
            nonlocal done
            self._apply(ShellScript(actions), startup, text, done)
            done = len(actions)
            path = self._sourced_path(sourced.path)
            if path is None:
                return None
            kind = STARTUP if path.startswith(f"{self._home}/") else startup.kind
            self._read(_Startup(path, startup.language, kind), depth + 1)
            return self.state.values, self.state.exported

        script = self._script(startup.language, text, on_source)
        broken = self._apply(script, startup, text, done)
        if broken is not None:
            self._texts.skip(f"{startup.path}:{broken}", "could not be read on as a shell would")

    def _script(self, language: str, text: str, on_source: OnSource) -> ShellScript:
        if language == "fish":
            return read_fish(text)
        if language == "fish-variables":
            return read_fish_variables(text)
        if language == "csh":
            return read_csh(text)
        return read_script(text, self.state.known(), self.state.exported, on_source)

    def _apply(
        self, script: ShellScript, startup: _Startup, text: str, start: int
    ) -> Optional[int]:
        """Do the actions from a number on; return the line where reading broke off, if any."""
        owner = self._user.name if startup.kind == STARTUP else None
        placed = place_script(script, text, startup.path, startup.kind, owner)
        rest = ShellScript(script.actions[start:])
        lines = {key - start: one for key, one in placed.by_action.items()}
        self.state.apply(rest, lines, startup.path)
        return placed.broken_line

    def _sourced_path(self, path: Optional[str]) -> Optional[str]:
        """Return the absolute path of a sourced file; relative ones begin in the home."""
        if not path or "\0" in path or "*" in path:
            return None
        return posixpath.normpath(posixpath.join(self._home or "/", path))
