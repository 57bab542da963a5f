"""The table of services: every row is read, and a wrong one is refused with its fault."""

from __future__ import annotations

import re

import pytest

from credlint.rulebook import RulebookError, load_rules, load_toml
from credlint.secrets.services.shapes import ShapeError, compile_shape
from credlint.secrets.services.table import (
    Service,
    ServiceTable,
    load_services,
    parse_service,
    service_files,
)

RULE = next(rule for rule in load_rules(("secrets",)) if rule.id == "SEC220")
ALONE = [pattern for pattern in RULE.patterns if pattern.id != "value-after-key-word"]


def test_rows_are_read_one_by_one_as_the_whole_file_would_be():
    """A row that is broken over two lines would be lost, and nobody would say so."""
    table = load_services()
    whole = {}
    for path in service_files():
        for word, row in load_toml(path)["services"].items():
            also = tuple(row.get("also", ()))
            service = Service(word, **{"name": word.capitalize(), **row, "also": also})
            whole.update(dict.fromkeys((word, *also), service))

    assert {spelling: table.get(spelling) for spelling in table} == whole
    assert len(set(whole.values())) > 1000


def test_every_shape_can_be_read():
    table = load_services()
    shapes = {shape for word in table for shape in table.get(word)[3:5] if shape}

    assert len([compile_shape(shape) for shape in shapes]) > 100


def test_names_that_stand_alone_are_in_the_table_with_a_shape():
    table = load_services()
    starts = {start for pattern in ALONE for start in pattern.options["starts"]}
    with_shape = [word for word in table if table.get(word).shape]
    lost = [
        start
        for start in starts
        for name in [re.sub(r"[^a-z0-9]", "", start)]
        if not any(word.startswith(name) or name.startswith(word) for word in with_shape)
    ]

    assert lost == []


def test_files_stay_short():
    assert [p.name for p in service_files() if len(p.read_text().splitlines()) > 300] == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ('{ shpae = "hex:32" }', 'unknown key "shpae"'),
        ('{ also = ["Ad"] }', '"Ad" is not in small letters'),
        ('{ level = "high" }', '"level" is none of'),
        ('{ shape = "hex" }', '"hex" is no piece of a shape'),
        ('{ shape = "octal:8" }', '"octal" is no alphabet'),
        ('{ shape = "hex:0" }', "has no count from 1"),
        ('{ shape = "hex:32 |" }', "a shape is empty"),
        ("{ name = }", 'what begins with "name =" is no field'),
        ('{ name = "a" id = "hex:8" }', "is no field"),
        ('{ name = "a", }', "is no field"),
        ('{ name = "a", name = "b" }', "is no field"),
        ('{ name = "\\u0041" }', "is no field"),
    ],
)
def test_a_wrong_row_is_refused(row, fault):
    with pytest.raises(RulebookError, match=re.escape(fault)):
        parse_service("ad", row)


def test_two_services_of_one_word_are_refused():
    with pytest.raises(RulebookError, match='"b" names two services'):
        ServiceTable(['a = { also = ["b"] }\n', "b = {}\n"])


def test_a_row_says_what_it_leaves_out():
    assert parse_service("ad", "{}") == Service("ad", "Ad")


@pytest.mark.parametrize(
    ("shape", "fits", "differs"),
    [
        ("hex:4", "0aF9", "0aG9"),
        ("'k-' hex:2-3 | uuid", "k-0ab", "k-0"),
        ("uuid", "01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdeg"),
        ("base64:6", "ab+/12==", "ab+_12"),
        ("url:4", "a_-1", "a+-1"),
        ("BASE36:2", "A1", "a1"),
        ("'1/' digits:3", "1/123", "1.123"),
    ],
)
def test_shapes(shape, fits, differs):
    assert compile_shape(shape).fullmatch(fits)
    assert not compile_shape(shape).fullmatch(differs)


def test_a_shape_is_bounded():
    with pytest.raises(ShapeError, match="no count"):
        compile_shape("hex:1-5000")
