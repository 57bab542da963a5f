"""Databases: what spans their pages is seen, nothing is written, a hostile one does no harm."""

from __future__ import annotations

import sqlite3
import time

from hypothesis import given
from hypothesis import strategies as st

from credlint import samples
from credlint.host.machine.database import DatabaseCells
from credlint.host.machine.documents import TextReader
from credlint.host.machine.text_files import TextFile
from credlint.pipeline.sightings import find_sightings
from tests.support.host_scenario import _engine

TOKEN = samples.session_token(length=1200)


def _make(path, statements):
    connection = sqlite3.connect(path)
    for statement, *values in statements:
        connection.execute(statement, values)
    connection.commit()
    connection.close()


def _cells(path, is_late=lambda: False):
    cells = DatabaseCells(str(path), is_late)
    return list(cells), cells.error


def test_what_spans_pages_is_one_piece(tmp_path):
    """The history of the AWS CLI: a record of 20 KB is spread over pages of 4 KB."""
    path = tmp_path / "history.db"
    payload = "{" + "x" * 3900 + f'"SessionToken": "{TOKEN}"' + "y" * 16_000 + "}"
    _make(
        path,
        [
            ("CREATE TABLE records (id TEXT, payload TEXT)",),
            ("INSERT INTO records VALUES (?, ?)", "1", payload),
        ],
    )
    reader = TextReader()
    found = find_sightings(
        reader.read([TextFile("shell-history", str(path), way="binary")]), _engine(), str
    )

    assert TOKEN.encode() not in path.read_bytes()
    assert [(one.what, one.line, one.fingerprint) for one in found.sightings] == [
        ("session-token", 1, TOKEN)
    ]
    assert reader.skipped == []


def test_what_stands_in_one_piece_is_told_once(tmp_path):
    path = tmp_path / "history.db"
    text = f"AWS_SECRET_ACCESS_KEY={samples.secret_key()}"
    _make(
        path,
        [
            ("CREATE TABLE records (payload BLOB)",),
            ("INSERT INTO records VALUES (?)", text.encode()),
        ],
    )
    texts = TextReader().read([TextFile("shell-history", str(path), way="binary")])

    assert len(find_sightings(texts, _engine(), str).sightings) == 1


def test_a_broken_one_is_searched_as_it_is(tmp_path):
    path = tmp_path / "history.db"
    path.write_bytes(
        b"SQLite format 3\0" + f"\0AWS_SECRET_ACCESS_KEY={samples.secret_key()}\0".encode()
    )
    reader = TextReader()
    found = find_sightings(
        reader.read([TextFile("shell-history", str(path), way="binary")]), _engine(), str
    )

    assert len(found.sightings) == 1
    assert reader.skipped == [
        (str(path), "not read to its end as a database (DatabaseError)"),
    ]


def test_nothing_is_written_beside_it(tmp_path):
    path = tmp_path / "a ?#% b.db"
    _make(
        path,
        [("PRAGMA journal_mode = WAL",), ("CREATE TABLE t (a)",), ("INSERT INTO t VALUES ('x')",)],
    )
    before = {one.name: one.stat().st_mtime_ns for one in tmp_path.iterdir()}
    found = _cells(path)

    assert found == ([b"x\n"], None)
    assert {one.name: one.stat().st_mtime_ns for one in tmp_path.iterdir()} == before


def test_a_view_and_a_generated_column_are_not_computed_for_ever(tmp_path):
    path = tmp_path / "hostile.db"
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
    _make(
        path,
        [
            (f"CREATE VIEW records AS {endless}",),
            ('CREATE TABLE "a""b" (c)',),
            ('INSERT INTO "a""b" VALUES (\'y\')',),
        ],
    )

    assert _cells(path) == ([b"y\n"], None)


def test_a_deadline_ends_it(tmp_path):
    path = tmp_path / "long.db"
    rows = [("INSERT INTO t VALUES (?)", "x" * 9)] * 20_000
    _make(path, [("CREATE TABLE t (a)",), *rows])
    start = time.monotonic()
    _, error = _cells(path, lambda: True)

    assert error == "took too long"
    assert time.monotonic() - start < 5


@given(st.binary(max_size=400))
def test_any_bytes(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("db") / "x.db"
    path.write_bytes(b"SQLite format 3\0" + data)
    cells, error = _cells(path)

    assert cells == [] or error is None
