"""Settings: defaults < configuration file < environment (CREDLINT_*) < command line.

A configuration file that credlint finds by itself belongs to whoever can write to the examined
tree. So it can hold only what narrows or judges a run (rules, paths, threshold), nothing that
names an address, a program or an output; and what it narrows is told (``Settings.notes``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

from credlint.config_values import SETTINGS, ConfigError, nearest, read_setting
from credlint.model.lean_dataclasses import dataclass, replace

FILE_NAME = "credlint.toml"
PROJECT_FILE = "pyproject.toml"
BASELINE_FILE = ".credlint-baseline"
ENVIRONMENT_PREFIX = "CREDLINT_"

_SIZE_LIMIT = 1_000_000  # bytes; a configuration file is some lines
# Read elsewhere: the probe's address for tests and the demo, the place of configuration and cache.
_OTHER_VARIABLES = frozenset(
    {"CREDLINT_CONFIG", "CREDLINT_ISOLATED", "CREDLINT_IMDS_ENDPOINT", "CREDLINT_TRACEBACK",
     "CREDLINT_CACHE_DIR"}
)  # fmt: skip
# Options whose value in a found file makes the reader see less.
_NARROWING = (
    *("select", "ignore", "exclude", "per_file_ignores", "max_file_size", "fail_on", "sdks"),
    "expect_node_role_namespaces",
)


@dataclass(frozen=True)
class Settings:
    """What a run is asked for. ``select`` None: all stable rules; ``sdks`` None: those found.

    Sizes are bytes.

    ``root``: the folder that ``exclude`` and ``per_file_ignores`` are relative to, None without
    a file. ``source``: the file's name for reports. ``notes``: lines that say what a found file
    leaves out; they belong into the report as RUN913.

    ``baseline``: the file of accepted findings; ``baseline_found``: nobody who runs credlint named
    it, it lies in the tree or a found configuration names it. ``baseline_root``: the folder that
    it speaks of, None for the working directory.
    """

    select: Optional[tuple[str, ...]] = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    fail_on: str = "low"
    strict: bool = False
    exclude: tuple[str, ...] = ()
    max_file_size: int = 16 * 1024**3
    archives: bool = False
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sdks: Optional[tuple[str, ...]] = None
    expect_accounts: tuple[str, ...] = ()
    expect_node_role_namespaces: tuple[str, ...] = ("kube-system",)
    jobs: int = 0
    baseline: Optional[Path] = None
    baseline_found: bool = False
    baseline_root: Optional[Path] = None
    root: Optional[Path] = None
    source: Optional[str] = None
    notes: tuple[str, ...] = ()


def load_settings(
    target: Path,
    environment: Mapping[str, str],
    command_line: Mapping[str, Any],
    *,
    config: Optional[Path] = None,
    isolated: bool = False,
) -> Settings:
    """Return the merged settings.

    ``target``: the first examined path, where the search for a file begins. ``command_line``
    holds values by field name, None for options that were not given. ``config`` and
    ``isolated`` are ``--config`` and ``--isolated``; CREDLINT_CONFIG and CREDLINT_ISOLATED
    stand in for them. A ``select`` of the command line or the environment puts the selection of
    the layers below (``extend_select`` and ``ignore`` as well) aside: who names rules gets them.

    Raises ConfigError with file and key.
    """
    isolated = isolated or _is_true(environment.get("CREDLINT_ISOLATED", ""))
    if config is None and environment.get("CREDLINT_CONFIG"):
        config = Path(environment["CREDLINT_CONFIG"])
    path = None if isolated else config or find_config(target)
    from_file = {} if path is None else _from_file(path)
    given = {key: value for key, value in command_line.items() if value is not None}
    unknown = sorted(set(given) - set(Settings.__annotations__))
    if unknown:
        message = f"no such setting: {', '.join(unknown)}"
        raise ConfigError(message)
    if "fail_on" in given:
        given["fail_on"] = read_setting(given["fail_on"], SETTINGS["fail-on"][1], "--fail-on")
    values: dict[str, Any] = {}
    for layer in (from_file, _from_environment(environment), given):
        if "select" in layer:
            values.pop("ignore", None)
            values.pop("extend_select", None)
        values.update(layer)
    if "baseline" not in values:
        found = None if isolated else find_baseline(target)
        if found is not None:
            values.update(baseline=found, baseline_found=True, baseline_root=found.parent)
    elif path is not None and values["baseline"] is from_file.get("baseline"):
        values.update(baseline_found=path != config, baseline_root=path.absolute().parent)
    settings = replace(Settings(), **values)
    if path is None:
        return settings
    effective = {key: value for key, value in from_file.items() if values.get(key) is value}
    return replace(
        settings,
        root=path.absolute().parent,
        source=path.name,
        notes=() if path == config else _narrowing_notes(effective),
    )


def _is_true(text: str) -> bool:
    return text.strip().lower() in ("1", "true", "yes", "on")


def find_config(target: Path) -> Optional[Path]:
    """Return the nearest configuration file of the target, None when there is none.

    The search goes upward and ends at the root of the repository, a folder that holds ``.git``.
    Outside of a repository only the target's own folder counts: a file in /tmp or in a
    shared parent folder is nobody's intent.
    """
    for folder in _searched(target):
        own = folder / FILE_NAME
        if own.is_file():
            return own
        project = folder / PROJECT_FILE
        if project.is_file() and _project_table(project) is not None:
            return project
    return None


def find_baseline(target: Path) -> Optional[Path]:
    """Return the nearest baseline of the target, searched for as a configuration file is."""
    places = (folder / BASELINE_FILE for folder in _searched(target))
    # What is no regular file is refused by its reader, not passed over here.
    return next((place for place in places if os.path.lexists(place)), None)


def baseline_to_create(target: Path, settings: Settings) -> Path:
    """Return where a new baseline goes: beside the configuration, else to the upmost folder."""
    return (settings.root or _searched(target)[-1]) / BASELINE_FILE


def _searched(target: Path) -> list[Path]:
    """Return the folders that settings may lie in, the nearest first; see ``find_config``."""
    start = target.absolute()
    if not start.is_dir():
        start = start.parent
    folders = [start, *start.parents]
    root = next((folder for folder in folders if (folder / ".git").exists()), None)
    return folders[: folders.index(root) + 1] if root else [start]


def _from_file(path: Path) -> dict[str, Any]:
    """Return the values of a file by field; raises ConfigError."""
    if not path.is_file():
        message = f'configuration file "{path}" is not there, or is no file'
        raise ConfigError(message)
    table = _project_table(path) if path.name == PROJECT_FILE else _parse(path)
    if table is None:
        message = f'"{path}" has no [tool.credlint] table'
        raise ConfigError(message)
    flat: dict[str, object] = {}
    for key, value in table.items():
        if key == "expect" and isinstance(value, dict):
            flat.update((f"expect.{inner}", entry) for inner, entry in value.items())
        else:
            flat[key] = value
    values: dict[str, object] = {}
    for key, value in flat.items():
        if key not in SETTINGS:
            near = nearest(key, SETTINGS)
            hint = f', did you mean "{near}"?' if near else f"; known are {', '.join(SETTINGS)}"
            message = f'{path.name}: unknown key "{key}"{hint}'
            raise ConfigError(message)
        field, kind = SETTINGS[key]
        values[field] = read_setting(value, kind, f'{path.name}: "{key}"')
    if "baseline" in values:
        values["baseline"] = path.absolute().parent / str(values["baseline"])
    return values


def _narrowing_notes(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return ``key = value`` of every setting by which a found file shows less."""
    defaults = Settings()
    notes = []
    for field in _NARROWING:
        value = values.get(field)
        if value is None or value == getattr(defaults, field):
            continue
        if field == "max_file_size" and value > defaults.max_file_size:
            continue
        if field == "per_file_ignores":
            shown = "; ".join(f"{glob}: {', '.join(names)}" for glob, names in value)
        else:
            shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        notes.append(f"{field.replace('_', '-')} = {shown or 'nothing'}")
    return tuple(notes)


def _parse(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415  only when there is a file
    else:
        import tomli as tomllib  # noqa: PLC0415
    try:
        with path.open("rb") as stream:
            data = stream.read(_SIZE_LIMIT + 1)
    except OSError as error:
        message = f'"{path.name}" cannot be read: {error.strerror or type(error).__name__}'
        raise ConfigError(message) from error
    if len(data) > _SIZE_LIMIT:
        message = f'"{path.name}" is larger than {_SIZE_LIMIT:,} bytes'
        raise ConfigError(message)
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f'"{path.name}" is not UTF-8'
        raise ConfigError(message) from error
    except tomllib.TOMLDecodeError as error:
        # Ours to say where; the parser's text may quote a value.
        place = str(error).rpartition("(")[2].rstrip(")")
        message = f'"{path.name}" is not valid TOML ({place})'
        raise ConfigError(message) from error
    except RecursionError as error:
        message = f'"{path.name}" is nested too deeply'
        raise ConfigError(message) from error


def _project_table(path: Path) -> Optional[dict[str, Any]]:
    """Return [tool.credlint], None without it.

    A pyproject.toml that is broken and never names credlint is somebody else's trouble; one that
    cannot name it is not parsed, which takes 4 ms.
    """
    if not _holds(path, b"credlint", b"\\u", b"\\U"):  # TOML's keys may be written with escapes
        return None
    try:
        document = _parse(path)
    except ConfigError:
        if _holds(path, b"tool.credlint"):
            raise
        return None
    tool = document.get("tool")
    table = tool.get("credlint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        message = f'{path.name}: "tool.credlint" is no table'
        raise ConfigError(message)
    return table


def _holds(path: Path, *words: bytes) -> bool:
    try:
        with path.open("rb") as stream:
            text = stream.read(_SIZE_LIMIT)
    except OSError:
        return False
    return any(word in text for word in words)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return settings of CREDLINT_* variables; lists are comma-separated.

    Raises ConfigError for a value of the wrong type and for a name that looks misspelt.
    """
    variables = {
        ENVIRONMENT_PREFIX + key.replace("-", "_").replace(".", "_").upper(): key
        for key in SETTINGS
        if SETTINGS[key][1] != "table"
    }
    values: dict[str, object] = {}
    for name in sorted(environment):
        if not name.startswith(ENVIRONMENT_PREFIX) or name in _OTHER_VARIABLES:
            continue
        if name not in variables:
            near = nearest(name, variables, 0.85)
            if near:
                message = f'unknown variable "{name}", did you mean "{near}"?'
                raise ConfigError(message)
            continue
        field, kind = SETTINGS[variables[name]]
        if kind == "inner-file":
            values[field] = Path(environment[name])  # who runs credlint may name any file
            continue
        values[field] = read_setting(_from_text(environment[name], kind), kind, name)
    return values


def _from_text(text: str, kind: str) -> object:
    if kind in ("selectors", "paths", "sdks", "accounts", "namespaces"):
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind == "switch":
        lowered = text.strip().lower()
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
            lowered, text
        )
    if kind == "count" and text.strip().isdigit():
        return int(text)
    return text
