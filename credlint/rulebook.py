"""Finds, validates and indexes the rules: one TOML file each under ``rules/``.

A rule that lacks a part is refused here, when it is loaded, and by the contract tests.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from credlint import __version__
from credlint.cache import digest_of, read_cached, write_cached
from credlint.model.rule import PatternSpec, Rule

if TYPE_CHECKING:
    import zipfile

RULE_ROOMS = ("chain", "host", "secrets", "code", "iac", "run")
# Those that judge files, and what every run may say of itself.
SCAN_ROOMS = ("secrets", "code", "iac", "run")
SDK_ROOM = "sdks"
HEADINGS = (
    "What it does",
    "Why is this bad?",
    "Example",
    "Use instead",
    "When to ignore it",
    "References",
)

_CODE = r"(CHN|HST|SEC|SRC|IAC|RUN)[1-9]\d\d\Z"
_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z"
_LEVELS = ("error", "warning", "note")
_CONFIDENCES = ("very-high", "high", "medium", "low")
_REQUIRED = ("id", "name", "level", "confidence", "cwe", "summary", "explain", "remedy")
_PATTERN_KEYS = ("id", "regex", "kind")
_SAMPLES = r"(?m)^\[\[(?:no_)?match\]\]"
# To be changed whenever what is kept of a table changes. Marshal's form is that of one Python.
_CACHE_FORM = f"rules-4 {__version__} {sys.implementation.cache_tag} {marshal.version}"
_SEVEREST = 10  # of security-severity, as GitHub reads it
_RULE_KEYS = set(Rule.__annotations__) - {"room"}


# What a folder of rules and its files may be: of the disk, or inside the single-file form.
RulePath = Union[Path, "zipfile.Path"]


class RulebookError(Exception):
    """A rule file is missing, malformed or incomplete; the message names file and key."""


def rules_root() -> RulePath:
    """Return the folder of rules: inside the package when installed, beside it in a checkout.

    Editable installs show no folder that a build backend maps into the wheel, hence two places.
    In the single-file form the package itself is no folder but a place within that file.
    """
    package = Path(__file__).parent
    if not package.is_dir():
        return _zipped_rules()
    packaged = package.resolve() / "rules"
    return packaged if packaged.is_dir() else packaged.parent.parent / "rules"


@lru_cache(maxsize=1)
def _zipped_rules() -> zipfile.Path:
    """Return the folder inside the file that this module was loaded from.

    The file is read at once, so that processes which fork share no position in it.
    """
    import io  # noqa: PLC0415  start-up: the single-file form alone
    import zipfile  # noqa: PLC0415  likewise

    archive = getattr(__spec__.loader, "archive", None)
    if not isinstance(archive, str):
        message = "the folder of rules is not where the package is"
        raise RulebookError(message)
    content = zipfile.ZipFile(io.BytesIO(Path(archive).read_bytes()))
    return zipfile.Path(content, "credlint/rules/")


def toml_files(folder: RulePath) -> list[RulePath]:
    """Return the folder's TOML files by name; none when there is no such folder."""
    if not folder.is_dir():
        return []
    files: list[RulePath] = [path for path in folder.iterdir() if path.name.endswith(".toml")]
    return sorted(files, key=lambda path: path.name)


def load_toml(path: RulePath, *, samples: bool = True) -> dict[str, Any]:
    """Read one TOML file; raises RulebookError that names it.

    ``samples`` False leaves out what stands behind the first sample of a rule: the samples come
    last, they are for tests alone, and to parse them takes most of the time.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f'rule file "{path.name}" cannot be read: {error}'
        raise RulebookError(message) from error
    return parse_toml(text if samples else re.split(_SAMPLES, text, maxsplit=1)[0], path.name)


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Read TOML; raises RulebookError with the name of what it is from."""
    if sys.version_info >= (3, 11):  # 3 ms, and not needed where the cache has the rules
        import tomllib  # noqa: PLC0415
    else:
        import tomli as tomllib  # noqa: PLC0415

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f'rule file "{name}" cannot be read: {error}'
        raise RulebookError(message) from error


def parse_rule(table: Mapping[str, Any], room: str, file_name: str) -> Rule:
    """Build a Rule from its table; raises RulebookError that names the file and the fault."""
    fault = next(_faults(table, file_name), None)
    if fault is not None:
        message = f'rule file "{file_name}": {fault}'
        raise RulebookError(message)
    return Rule(**_values(table, room))


def _values(table: Mapping[str, Any], room: str) -> dict[str, Any]:
    values = {**table, "room": room}
    for key in ("cwe", "tags", "match", "no_match"):
        values[key] = tuple(table.get(key, ()))
    hints = table.get("hints", ())
    by_format = isinstance(hints, Mapping)
    values["hints"] = {k: tuple(v) for k, v in hints.items()} if by_format else tuple(hints)
    values["security_severity"] = float(table["security_severity"])
    values["patterns"] = tuple(_parse_pattern(entry) for entry in table.get("patterns", ()))
    return values


def _faults(table: Mapping[str, Any], file_name: str) -> Iterator[str]:  # noqa: C901, PLR0912  a list
    """Yield what is wrong with a rule's table; the later faults assume that no earlier one is."""
    for key in sorted(set(table) - _RULE_KEYS):
        yield f'unknown key "{key}"'
    for key in _REQUIRED:
        if not table.get(key):
            yield f'"{key}" is missing or empty'
    if not re.match(_CODE, table["id"]):
        yield '"id" is not a code such as CHN101'
    if not re.match(_NAME, table["name"]):
        yield '"name" is not kebab-case'
    if file_name != f"{table['id']}-{table['name']}.toml":
        yield f"must be called {table['id']}-{table['name']}.toml"
    for key, allowed in (("level", _LEVELS), ("confidence", _CONFIDENCES)):
        if table[key] not in allowed:
            yield f'"{key}" is none of {", ".join(allowed)}'
    severity = table.get("security_severity")
    if not isinstance(severity, (int, float)) or not 0 <= severity <= _SEVEREST:
        yield f'"security_severity" is not a number from 0 to {_SEVEREST}'
    if not all(isinstance(one, str) for one in table.get("detectors", {}).values()):
        yield '"detectors" is not a table of formats and modules'
    for entry in table.get("patterns", ()):
        for key in _PATTERN_KEYS:
            if not isinstance(entry.get(key), str):
                yield f'a pattern lacks "{key}"'


def _parse_pattern(entry: Mapping[str, Any]) -> PatternSpec:
    options = {key: entry[key] for key in entry if key not in _PATTERN_KEYS}
    return PatternSpec(entry["id"], entry["regex"], entry["kind"], options)


def load_rules(
    rooms: Collection[str] = RULE_ROOMS,
    root: Optional[Path] = None,
    *,
    samples: bool = False,
    cache_directory: Optional[Path] = None,
) -> tuple[Rule, ...]:
    """Load every rule of the named rooms, sorted by id; with their ``samples`` where asked for.

    ``cache_directory``: where the parsed tables are kept between runs, None for nowhere; to read
    the TOML files takes fifty times as long. A file counts as the same while its name, size,
    times of change and number (``st_ino``) are. Raises RulebookError for a broken file, a doubled
    id or a doubled name.
    """
    base: RulePath = root or rules_root()
    # The single-file form is for hosts on which nothing is to be written.
    if samples or cache_directory is None or not isinstance(base, Path):
        return _index(_read_tables(_files(base, rooms), samples=samples))
    stamps = repr([(room, _stamps(os.path.join(base, room))) for room in rooms])  # noqa: PTH118
    kept = cache_directory / f"rules-{digest_of(_CACHE_FORM.encode(), stamps.encode())}"
    payload = read_cached(kept)
    if payload is None:
        tables = _read_tables(_files(base, rooms), samples=False)
        rules = _index(tables)
        kept_values = [_values(table, room) for room, _, table in tables]
        for each in kept_values:  # as marshal takes them
            each["patterns"] = tuple(map(tuple, each["patterns"]))
        write_cached(kept, marshal.dumps(kept_values))
        return rules
    return tuple(
        Rule(**{**values, "patterns": tuple(map(PatternSpec._make, values["patterns"]))})
        for values in marshal.loads(payload)  # noqa: S302  believed as the program is: cache.py
    )


def _files(base: RulePath, rooms: Iterable[str]) -> list[tuple[str, RulePath]]:
    return [(room, path) for room in rooms for path in toml_files(base / room)]


def _stamps(folder: str) -> list[tuple[object, ...]]:
    """Return what tells that the TOML files of a folder are those of before."""
    stamps: list[tuple[object, ...]] = []
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".toml"):
                one = entry.stat()
                stamps.append(
                    (entry.name, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino)
                )
    return sorted(stamps)


def _read_tables(
    files: Iterable[tuple[str, RulePath]], *, samples: bool
) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (room, file name, table) of each file, in the order of the rules' ids."""
    tables = [(room, path.name, load_toml(path, samples=samples)) for room, path in files]
    return sorted(tables, key=lambda entry: entry[1])


def _index(tables: Iterable[tuple[str, str, dict[str, Any]]]) -> tuple[Rule, ...]:
    rules: dict[str, Rule] = {}
    names: set[str] = set()
    for room, file_name, table in tables:
        rule = parse_rule(table, room, file_name)
        if rule.id in rules or rule.name in names:
            message = f'rule file "{file_name}": id or name is used twice'
            raise RulebookError(message)
        rules[rule.id] = rule
        names.add(rule.name)
    return tuple(rules[code] for code in sorted(rules))


def find_rule(rules: Iterable[Rule], selector: str) -> Optional[Rule]:
    """Return the rule with that code or name (codes in any case), None when there is none."""
    wanted = selector.strip()
    for rule in rules:
        if rule.id == wanted.upper() or rule.name == wanted.lower():
            return rule
    return None
