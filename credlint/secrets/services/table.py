"""The table of services: one line each in ``rules/services/*.toml``, see rules/README.md."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Optional

from credlint.rulebook import RulebookError, load_toml, rules_root, toml_files
from credlint.secrets.services.shapes import ShapeError, compile_shape

_KEYS = {"name", "also", "shape", "id", "what", "level", "ambiguous", "public"}
_LEVELS = ("error", "warning", "note")


class Service(NamedTuple):
    """What is known of one service's keys.

    ``word``: what the table calls it. ``shape``: of its secrets; ``id``: of what names an account
    or an application and is no secret alone; ``what``: "API key" or the like. ``ambiguous``: its
    name is also an everyday word. ``public``: its keys are made to be seen, as those of maps in
    a browser are.
    """

    word: str
    name: str
    shape: Optional[str] = None
    id: Optional[str] = None
    what: str = "API key"
    level: str = "warning"
    ambiguous: bool = False
    public: bool = False

    def has_shape(self, value: str) -> bool:
        """Tell whether the value has the documented shape of a secret."""
        return self.shape is not None and compile_shape(self.shape).fullmatch(value) is not None

    def has_id_shape(self, value: str) -> bool:
        """Tell whether the value has the documented shape of an identifier."""
        return self.id is not None and compile_shape(self.id).fullmatch(value) is not None


def parse_services(table: Mapping[str, Any], file_name: str) -> dict[str, Service]:
    """Return the services of one file by each of their words; raises RulebookError."""
    found: dict[str, Service] = {}
    for word, row in table.get("services", {}).items():
        fault = _fault(word, row)
        if fault is not None:
            message = f'file "{file_name}", service "{word}": {fault}'
            raise RulebookError(message)
        values = {key: value for key, value in row.items() if key != "also"}
        service = Service(word, values.pop("name", word.capitalize()), **values)
        for spelling in (word, *row.get("also", ())):
            if found.setdefault(spelling, service) is not service:
                message = f'file "{file_name}": "{spelling}" names two services'
                raise RulebookError(message)
    return found


def _fault(word: str, row: Mapping[str, Any]) -> Optional[str]:
    unknown = sorted(set(row) - _KEYS)
    if unknown:
        return f'unknown key "{unknown[0]}"'
    for spelling in (word, *row.get("also", ())):
        if not spelling.isalnum() or spelling != spelling.lower():
            return f'"{spelling}" is not in small letters and digits alone'
    if row.get("level", "warning") not in _LEVELS:
        return f'"level" is none of {", ".join(_LEVELS)}'
    return None


def check_shapes(services: Mapping[str, Service]) -> None:
    """Read every shape; raises RulebookError for the first that cannot be read."""
    for service in services.values():
        for shape in (service.shape, service.id):
            try:
                if shape is not None:
                    compile_shape(shape)
            except ShapeError as error:
                message = f'service "{service.word}": {error}'
                raise RulebookError(message) from error


@lru_cache(maxsize=1)
def load_services() -> Mapping[str, Service]:
    """Return all services by each of their words; raises RulebookError.

    Some milliseconds: read when a text first holds what could be such a key.
    """
    services: dict[str, Service] = {}
    for path in toml_files(rules_root() / "services"):
        part = parse_services(load_toml(path), path.name)
        twice = sorted(set(part) & set(services))
        if twice:
            message = f'file "{path.name}": "{twice[0]}" names a service of another file too'
            raise RulebookError(message)
        services.update(part)
    return services
