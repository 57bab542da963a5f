"""Settings in XML (core-site.xml) and in lines (spark-defaults.conf, properties), with places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from credlint.code.markup import iter_elements
from credlint.code.sighting import Embedded
from credlint.model.lean_tuples import NamedTuple

_SEPARATORS = " \t=:"


class Setting(NamedTuple):
    """A name with its value; offsets are those of the value, and of the name's start.

    ``group``: settings that count together have it in common.
    """

    name: str
    value: str
    name_start: int
    start: int
    end: int
    group: int = 0


class Settings(NamedTuple):
    """A file of settings."""

    text: bytes
    settings: tuple[Setting, ...]
    formats: tuple[str, ...] = ("hadoop",)
    unread: tuple[str, ...] = ()

    def embedded(self) -> Iterable[Embedded]:
        """Return nothing."""
        return ()


def read(text: bytes, uri: str) -> Settings:
    """Return the settings; raises NotReadError for broken XML."""
    del uri
    if text.lstrip()[:1] == b"<":
        return Settings(text, tuple(_of_elements(text)))
    return Settings(text, tuple(_of_lines(text)))


def _of_elements(text: bytes) -> Iterator[Setting]:
    """Yield ``<property><name>…</name><value>…</value></property>``."""
    names: dict[int, tuple[str, int]] = {}
    values: dict[int, tuple[str, int, int]] = {}
    for element in iter_elements(text):
        inner = element.path[-1]
        if element.path[-2:-1] == ("property",) and inner == "name":
            names[element.parent] = (element.text, element.start)
        elif element.path[-2:-1] == ("property",) and inner == "value":
            values[element.parent] = (element.text, element.start, element.end)
        elif inner == "property" and element.number in names and element.number in values:
            name, name_start = names[element.number]
            yield Setting(name, values[element.number][0], name_start, *values[element.number][1:])


def _of_lines(text: bytes) -> Iterator[Setting]:
    """Yield the lines as ``java.util.Properties`` has them, quotes around values left out."""
    offset = 0
    for line in text.splitlines(keepends=True):
        written = line.decode("latin-1")
        at = offset + len(written) - len(written.lstrip())
        offset += len(line)
        stripped = written.strip()
        if not stripped or stripped[0] in "#!;":
            continue
        cut = next((n for n, sign in enumerate(stripped) if sign in _SEPARATORS), len(stripped))
        rest = stripped[cut:]
        value = rest.lstrip(" \t")
        value = value[1:].lstrip(" \t") if value[:1] in ("=", ":") else value
        start = at + len(stripped) - len(value)
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value, start = value[1:-1], start + 1
        name = stripped[:cut].strip("\"'")
        decoded = value.encode("latin-1").decode("utf-8", "replace")
        yield Setting(name, decoded, at, start, start + len(value))
