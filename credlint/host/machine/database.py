"""The cells of an SQLite file as text: what spans pages is in one piece there, unlike in the file.

Opened immutable: no lock, no journal, nothing is written (https://www.sqlite.org/uri.html). The
file is a stranger's: only plain tables are read, and a deadline ends what its schema may compute.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Callable, Optional
from urllib.parse import quote

if TYPE_CHECKING:
    import sqlite3

_HEAD = b"SQLite format 3\0"
_TABLES, _CELL = 100, 4 * 1024 * 1024
# Steps of SQLite's machine between two looks at the clock.
_STEPS = 10_000


class DatabaseCells:
    """The texts of all cells, each ended by a line break; ``error``: why they ended early."""

    def __init__(self, real: str, is_late: Callable[[], bool]) -> None:
        self.error: Optional[str] = None
        self._real = real
        self._is_late = is_late

    def __iter__(self) -> Iterator[bytes]:
        try:
            import sqlite3  # noqa: PLC0415  few hosts have such a history, few Pythons lack it
        except ImportError:
            self.error = "this Python reads no databases"
            return
        try:
            uri = f"file:{quote(self._real)}?mode=ro&immutable=1"
            connection = sqlite3.connect(uri, uri=True)
        except sqlite3.Error as error:
            self.error = type(error).__name__
            return
        try:
            connection.set_progress_handler(lambda: int(self._is_late()), _STEPS)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.text_factory = bytes
            yield from self._cells(connection)
        except (sqlite3.Error, ValueError, OverflowError, MemoryError) as error:
            self.error = "took too long" if self._is_late() else type(error).__name__
        finally:
            connection.close()

    def _cells(self, connection: sqlite3.Connection) -> Iterator[bytes]:
        listing = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
        names = [row[0] for row in connection.execute(listing).fetchmany(_TABLES)]
        for name in names:
            table = bytes(name).decode("utf-8", "replace").replace('"', '""')
            query = f'SELECT * FROM "{table}"'  # noqa: S608  quoted as a name
            for row in connection.execute(query):
                for cell in row:
                    if isinstance(cell, bytes):
                        yield cell[:_CELL] + b"\n"


def is_database(head: bytes) -> bool:
    """Tell whether a file begins as SQLite's do (https://www.sqlite.org/fileformat.html)."""
    return head.startswith(_HEAD)
