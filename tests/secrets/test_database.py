"""The cache: used when sound, never trusted otherwise, and never the end of a run."""

from __future__ import annotations

import os
import stat

import pytest

from credlint.secrets import database
from credlint.secrets.database import Content, PatternsRefusedError

EXPRESSIONS = ["AKIA[A-Z2-7]{16}", r"credlint:[ \t]{0,8}ignore"]
TEXT = b"# AKIA" + b"ABCD" * 4


def load(expressions, folder):
    return database.load_database(
        "\0".join(expressions), lambda: Content([(one,) for one in expressions]), folder
    )


def _finds(found):
    hits = []
    found.scan(TEXT, match_event_handler=lambda number, *_: hits.append(number))
    return hits


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def compiled(monkeypatch):
    """Count how often the patterns are compiled."""
    calls = []
    original = database._compile
    monkeypatch.setattr(
        database, "_compile", lambda *a, **kw: calls.append(1) or original(*a, **kw)
    )
    return calls


def _only_file(folder):
    (path,) = folder.iterdir()
    return path


def test_second_load_comes_from_the_cache(folder, compiled):
    load(EXPRESSIONS, folder)
    second = load(EXPRESSIONS, folder)

    assert _finds(second) == [0]
    assert len(compiled) == 1
    assert stat.S_IMODE(_only_file(folder).stat().st_mode) == 0o600


def test_other_patterns_have_another_file(folder, compiled):
    load(EXPRESSIONS, folder)
    load(["ASIA[A-Z2-7]{16}", EXPRESSIONS[1]], folder)

    assert len(compiled) == 2
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"credlint-cache-1\n" + b"y" * 4000])
def test_broken_file_is_built_anew(folder, compiled, content):
    load(EXPRESSIONS, folder)
    _only_file(folder).write_bytes(content)
    again = load(EXPRESSIONS, folder)

    assert _finds(again) == [0]
    assert len(compiled) == 2


def test_changed_byte_is_noticed(folder, compiled):
    load(EXPRESSIONS, folder)
    path = _only_file(folder)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    load(EXPRESSIONS, folder)

    assert len(compiled) == 2


def test_no_damage_is_believed(folder, compiled):
    load(EXPRESSIONS, folder)
    path = _only_file(folder)
    whole = path.read_bytes()
    head = len(b"credlint-cache-1\n") + 32
    changed = [*range(head, head + 64), *range(head + 64, len(whole), len(whole) // 64)]
    damaged = [whole[:place] + bytes([whole[place] ^ 8]) + whole[place + 1 :] for place in changed]
    damaged += [whole[:length] for length in range(0, len(whole), len(whole) // 64)]
    damaged += [whole + b"\0", whole[:-1], whole + whole]
    for content in damaged:
        path.write_bytes(content)

        assert _finds(load(EXPRESSIONS, folder)) == [0]
    # What hyperscan leaves free in its header may be changed.
    assert len(compiled) > len(damaged) - 16


@pytest.mark.parametrize("mode", [0o602, 0o660])
def test_file_that_others_may_write_is_not_trusted(folder, compiled, mode):
    load(EXPRESSIONS, folder)
    _only_file(folder).chmod(mode)
    load(EXPRESSIONS, folder)

    assert len(compiled) == 2


def test_folder_and_file_that_others_may_read_are_used(folder, compiled):
    folder.chmod(0o755)
    load(EXPRESSIONS, folder)
    _only_file(folder).chmod(0o644)
    load(EXPRESSIONS, folder)

    assert len(compiled) == 1


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_folder_that_others_may_write_is_not_used(tmp_path, compiled, mode):
    path = tmp_path / "open"
    path.mkdir()
    path.chmod(mode)
    load(EXPRESSIONS, path)
    load(EXPRESSIONS, path)

    assert len(compiled) == 2
    assert list(path.iterdir()) == []


def test_link_and_pipe_in_place_of_the_file_are_not_followed(folder, compiled):
    load(EXPRESSIONS, folder)
    path = _only_file(folder)
    kept = path.with_name("kept")
    path.rename(kept)
    path.symlink_to(kept)
    load(EXPRESSIONS, folder)
    path.unlink()
    os.mkfifo(path, 0o600)
    load(EXPRESSIONS, folder)

    assert len(compiled) == 3


def test_mute_database_is_not_believed(folder, compiled, monkeypatch):
    load(EXPRESSIONS, folder)
    monkeypatch.setattr(database, "PROOF", b"something else")
    load(EXPRESSIONS, folder)

    assert len(compiled) == 2


def test_unwritable_place_costs_nothing_but_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")

    assert _finds(load(EXPRESSIONS, blocked / "below")) == [0]


def test_refused_pattern_is_named():
    with pytest.raises(PatternsRefusedError, match=r"\(\?=b\)"):
        load(["a(?=b)", EXPRESSIONS[1]], None)


@pytest.fixture
def large():
    many = [(0, f"literal-{number:05}") for number in range(database._FEWEST_FILLED)]
    return Content([(one,) for one in EXPRESSIONS], literals=many, kinds=1)


def test_what_fills_a_large_database_is_told_to_nobody(folder, large):
    found = database.load_database("many", lambda: large, folder)

    hits = []
    text = b" ".join([*database._fillers(), TEXT])
    found.scan(text, match_event_handler=lambda number, *_: hits.append(number))
    assert hits == [0]


def test_only_what_is_kept_is_filled(folder, large):
    kept = database.load_database("many", lambda: large, folder)
    once = database.load_database("many", lambda: large, None)

    assert kept.size() > once.size()


def test_fillers_are_all_different():
    assert len(set(database._fillers())) == database._FILLERS
