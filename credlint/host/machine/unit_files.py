"""Which files make up a systemd unit: search paths, aliases, templates, masks, drop-ins.

Source: systemd.unit(5) and systemd 252 and 256, libsystemd/sd-path/path-lookup.c
(lookup_paths_init), shared/unit-file.c (unit_file_build_name_map), shared/dropin.c
(unit_file_find_dropin_paths).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Optional

from credlint.host.machine.texts import Texts

SYSTEM_FOLDERS = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)
_USER_FOLDERS = (
    "/etc/systemd/user",
    "/run/systemd/user",
    "/usr/local/share/systemd/user",
    "/usr/share/systemd/user",
    "/usr/local/lib/systemd/user",
    "/usr/lib/systemd/user",
)
# Unit types whose files start programs.
SECTIONS = {"service": "Service", "socket": "Socket", "mount": "Mount", "swap": "Swap"}
_NAME = re.compile(r"[A-Za-z0-9:_.\\-]+(@[A-Za-z0-9:_.\\@-]*)?\.(service|socket|mount|swap)\Z")
_LONGEST = 255
_HOPS = 8
_WANTED = (".wants", ".requires", ".upholds")


def user_folders(home: Optional[str], uid: Optional[int] = None) -> tuple[str, ...]:
    """Return where the service manager of a user looks; without a home: what all users share."""
    if home is None:
        return _USER_FOLDERS
    base = home.rstrip("/")
    runtime = (f"/run/user/{uid}/systemd/{kind}" for kind in ("transient", "user", "generator"))
    transient, runtime_user, generator = runtime
    return (
        f"{base}/.config/systemd/user.control",
        transient,
        f"{base}/.config/systemd/user",
        _USER_FOLDERS[0],
        runtime_user,
        _USER_FOLDERS[1],
        generator,
        f"{base}/.local/share/systemd/user",
        *_USER_FOLDERS[2:],
    )


@dataclass(frozen=True)
class UnitFiles:
    """One unit: ``fragment`` is its main file, ``drop_ins`` in the order that they are read.

    ``names``: all names that it has, its own first. A template has an ``@`` and no instance.
    """

    name: str
    fragment: Optional[str]
    drop_ins: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    masked: bool = False


@dataclass
class UnitFolders:
    """The folders of one service manager, looked through once."""

    texts: Texts
    folders: tuple[str, ...]
    _names: dict[str, str] = field(default_factory=dict)
    _instances: dict[str, None] = field(default_factory=dict)
    _drop_in_folders: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read the folders; of two that are the same (/lib is a link) the first counts."""
        seen: set[tuple[int, int]] = set()
        kept = []
        for folder in self.folders:
            identity = self.texts.identity(folder)
            if identity is None or identity in seen:
                if identity is None and self.texts.system.is_blocked(folder):
                    self.texts.skip(folder, "did not answer in time")
                continue
            seen.add(identity)
            kept.append(folder)
        self._all = frozenset(self.folders)
        self.folders = tuple(kept)
        for folder in self.folders:
            self._look_into(folder)

    def _look_into(self, folder: str) -> None:
        for name in self.texts.names(folder):
            path = f"{folder}/{name}"
            if name.endswith(".d"):
                self._drop_in_folders.add(path)
                self._note_instance(name.removesuffix(".d"))
            elif name.endswith(_WANTED):
                for wanted in self.texts.names(path):
                    self._note_instance(wanted)
            elif is_unit_name(name) and name not in self._names:
                target = self._target(folder, name)
                if target is not None:
                    self._names[name] = target

    def _note_instance(self, name: str) -> None:
        if is_unit_name(name) and instance_of(name):
            self._instances[name] = None

    def _target(self, folder: str, name: str) -> Optional[str]:
        """Return the path that a name stands for, or the name that it is an alias of."""
        path = f"{folder}/{name}"
        link = self.texts.link(path)
        if link is None:
            return path
        target = posixpath.normpath(posixpath.join(folder, link))
        parent, _, other = target.rpartition("/")
        if parent not in self._all:
            return target  # a linked unit file, or a mask
        if other == name or type_of(other) != type_of(name):
            return None  # an alias of itself, or one that is refused
        return other

    def _resolve(self, name: str) -> tuple[Optional[str], str]:
        """Return the main file of a unit and the name that it really has."""
        current = name
        for _ in range(_HOPS):
            target = self._names.get(current)
            if target is None:
                target = self._names.get(template_of(current))
                if target is None:
                    return None, current
            if target.startswith("/"):
                return target, current
            instance = instance_of(current)
            # foo@x -> bar@ : the instance is carried over to the other template.
            current = with_instance(target, instance) if instance else target
        return None, current

    def find(self, name: str) -> Optional[UnitFiles]:
        """Return the files of a unit by any of its names, None when there are none."""
        fragment, real = self._resolve(name)
        aliases = (other for other in self._names if self._resolve(other)[1] == real)
        names = tuple(dict.fromkeys((real, name, *sorted(aliases))))
        drop_ins = self._drop_ins(names)
        if fragment is None and not drop_ins:
            return None
        return UnitFiles(real, fragment, drop_ins, names, fragment == "/dev/null")

    def all(self, running: Iterable[str] = ()) -> Iterator[UnitFiles]:
        """Yield every unit once: those with files, named instances, and those that run."""
        aliases: dict[str, list[str]] = {}
        wanted = dict.fromkeys((*self._names, *self._instances, *filter(is_unit_name, running)))
        for name in wanted:
            aliases.setdefault(self._resolve(name)[1], []).append(name)
        for real in sorted(aliases):
            fragment, _ = self._resolve(real)
            names = tuple(dict.fromkeys((real, *sorted(aliases[real]))))
            drop_ins = self._drop_ins(names)
            if fragment is not None or drop_ins:
                yield UnitFiles(real, fragment, drop_ins, names, fragment == "/dev/null")

    def _drop_ins(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the drop-ins of a unit; of equal names the first found one counts."""
        found: dict[str, str] = {}
        for name in names:
            wanted = tuple(_drop_in_names(name))
            for folder in self.folders:
                for one in wanted:
                    self._collect(f"{folder}/{one}.d", found)
        for folder in self.folders:
            self._collect(f"{folder}/{type_of(names[0])}.d", found)
        return tuple(found[name] for name in sorted(found))

    def _collect(self, folder: str, found: dict[str, str]) -> None:
        if folder in self._drop_in_folders:
            for name in self.texts.names(folder):
                if name.endswith(".conf") and not name.startswith("."):
                    found.setdefault(name, f"{folder}/{name}")


def _drop_in_names(name: str) -> Iterator[str]:
    """Yield the names whose drop-ins count, from the closest on."""
    yield name
    instance = instance_of(name)
    if instance:
        yield from _drop_in_names(template_of(name))
    prefix, kind = prefix_of(name), type_of(name)
    shorter = prefix.removesuffix("-")
    dash = shorter.rfind("-")
    if dash <= 0:
        return
    # A template's shorter names lose their @, as in unit_file_find_dirs.
    at = f"@{instance}" if instance else ""
    yield from _drop_in_names(f"{shorter[: dash + 1]}{at}.{kind}")


def is_unit_name(name: str) -> bool:
    """Tell whether this is a valid name of a unit that starts programs."""
    return len(name) <= _LONGEST and _NAME.match(name) is not None


def type_of(name: str) -> str:
    """Return what follows the last dot."""
    return name.rpartition(".")[2]


def prefix_of(name: str) -> str:
    """Return what stands before the first @, or before the type."""
    return name.rpartition(".")[0].partition("@")[0]


def instance_of(name: str) -> Optional[str]:
    """Return the instance: empty for a template, None for a plain unit."""
    _, at, instance = name.rpartition(".")[0].partition("@")
    return instance if at else None


def template_of(name: str) -> str:
    """Return the template's name of an instance; other names stay."""
    return f"{prefix_of(name)}@.{type_of(name)}" if instance_of(name) else name


def with_instance(name: str, instance: str) -> str:
    """Return an instance of a template; a plain name and an instance stay."""
    return f"{prefix_of(name)}@{instance}.{type_of(name)}" if instance_of(name) == "" else name
