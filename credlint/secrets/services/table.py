"""The table of services: one line each in ``rules/services/*.toml``, see rules/README.md.

Only the lines of services that a text names are read, and not by the parser of TOML, which takes
half a millisecond for each: a line is so much of TOML as :data:`_FIELD` is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.rulebook import RulebookError, RulePath, rules_root, toml_files
from credlint.secrets.services.shapes import ShapeError, compile_shape, expression_of

_ROW = re.compile(r"^([a-z0-9]+) = (\{.*\})$", re.MULTILINE)
_ALSO = re.compile(r"\balso = \[([^\]]*)\]")
_WORD = re.compile(r'"([^"]*)"')
# A key with a text, a list of texts or a truth.
_FIELD = re.compile(
    r'([a-z]+) = (?:"([^"\\]*)"|\[((?:"[^"\\]*"(?:, )?)*)\]|(true|false))(?:, (?=[a-z])|\Z)'
)
_KEYS = {"name", "also", "shape", "id", "what", "level", "ambiguous", "public"}
_LEVELS = ("error", "warning", "note")
FOLDER = "services"


class Service(NamedTuple):
    """What is known of one service's keys.

    ``word``: what the table calls it. ``shape``: of its secrets; ``id``: of what names an account
    or an application and is no secret alone; ``what``: "API key" or the like. ``ambiguous``: its
    name is also an everyday word. ``public``: its keys are made to be seen, as those of maps in
    a browser are.
    """

    word: str
    name: str
    also: tuple[str, ...] = ()
    shape: Optional[str] = None
    id: Optional[str] = None
    what: str = "API key"
    level: str = "warning"
    ambiguous: bool = False
    public: bool = False

    def has_shape(self, value: str) -> bool:
        """Tell whether the value has the known shape of a secret."""
        return self.shape is not None and compile_shape(self.shape).fullmatch(value) is not None

    def has_id_shape(self, value: str) -> bool:
        """Tell whether the value has the known shape of an identifier."""
        return self.id is not None and compile_shape(self.id).fullmatch(value) is not None


class ServiceTable:
    """All services by each of their words; a row is read when it is asked for.

    ``words``: all that name a service.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._rows: dict[str, tuple[str, str]] = {}
        self._read: dict[str, Service] = {}
        self.words = self._rows.keys()
        for text in texts:
            for found in _ROW.finditer(text):
                word, row = found.groups()
                also = _ALSO.search(row)
                for spelling in (word, *(_WORD.findall(also.group(1)) if also else ())):
                    if spelling in self._rows:
                        message = f'rules/{FOLDER}: "{spelling}" names two services'
                        raise RulebookError(message)
                    self._rows[spelling] = (word, row)

    def get(self, word: str) -> Optional[Service]:
        """Return the service that the word names, None for none; raises RulebookError."""
        entry = self._rows.get(word)
        if entry is None:
            return None
        name, row = entry
        if name not in self._read:
            self._read[name] = parse_service(name, row)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        """Yield every word that names a service."""
        return iter(self._rows)


def parse_service(word: str, row: str) -> Service:
    """Read one row, an inline table of TOML; raises RulebookError that names the fault."""
    table = _fields(word, row)
    also = tuple(table.get("also", ()))
    fault = None
    unknown = sorted(set(table) - _KEYS)
    odd = [entry for entry in (word, *also) if not entry.isalnum() or entry != entry.lower()]
    if unknown:
        fault = f'unknown key "{unknown[0]}"'
    elif odd:
        fault = f'"{odd[0]}" is not in small letters and digits alone'
    elif table.get("level", "warning") not in _LEVELS:
        fault = f'"level" is none of {", ".join(_LEVELS)}'
    if fault is not None:
        message = f'rules/{FOLDER}, "{word}": {fault}'
        raise RulebookError(message)
    table.setdefault("name", word.capitalize())
    service = Service(word=word, **{**table, "also": also})
    try:
        for shape in filter(None, (service.shape, service.id)):
            expression_of(shape)
    except ShapeError as error:
        message = f'rules/{FOLDER}, "{word}": {error}'
        raise RulebookError(message) from error
    return service


def _fields(word: str, row: str) -> dict[str, Any]:
    text = row[1:-1].strip()
    table: dict[str, Any] = {}
    at = 0
    while at < len(text):
        found = _FIELD.match(text, at)
        if found is None or found.group(1) in table:
            message = (
                f'rules/{FOLDER}, "{word}": what begins with "{text[at : at + 20]}" is no field'
            )
            raise RulebookError(message)
        key, quoted, listed, truth = found.groups()
        table[key] = quoted
        if quoted is None:
            table[key] = _WORD.findall(listed) if listed is not None else truth == "true"
        at = found.end()
    return table


def service_files() -> list[RulePath]:
    """Return the files of the table."""
    return toml_files(rules_root() / FOLDER)


@lru_cache(maxsize=1)
def load_services() -> ServiceTable:
    """Return the table, 2 ms; raises RulebookError when two services share a word."""
    return ServiceTable(path.read_bytes().decode("utf-8") for path in service_files())
