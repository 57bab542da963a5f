"""The rules are found wherever the package is: in a folder, or inside a single file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import click
import pytest

import credlint
from credlint.chain.sdk import sdk_ids
from credlint.rulebook import RulebookError, load_rules, load_toml, rules_root, toml_files

PACKAGE = Path(credlint.__file__).resolve().parent

_PROBE = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from credlint.chain.sdk import load_sdk, sdk_ids
from credlint.rulebook import load_rules, rules_root
known = sdk_ids()
families = sorted({load_sdk(name).family for name in known})
os.unlink(sys.argv[1])
rules = load_rules()
print(json.dumps([type(rules_root()).__module__, [r.id for r in rules], known, families]))
"""


@pytest.fixture
def archive(tmp_path):
    """A package within one file, as zipimport reads it; nothing but what rules need."""
    path = tmp_path / "one.zip"
    with zipfile.ZipFile(path, "w") as target:
        for module in PACKAGE.rglob("*.py"):
            target.write(module, f"credlint/{module.relative_to(PACKAGE).as_posix()}")
        for room in sorted(rules_root().iterdir()):
            for rule in toml_files(room):
                target.write(str(rule), f"credlint/rules/{room.name}/{rule.name}")
    return path


def test_rules_and_sdks_are_found_inside_a_single_file(archive):
    # The file may go away meanwhile: the rules were read at once.
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, str(archive)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(click.__file__).parents[1])},
    )
    module, codes, sdks, families = json.loads(done.stdout)

    assert module.startswith("zipfile")
    assert codes == [rule.id for rule in load_rules()]
    assert sdks == list(sdk_ids())
    assert len(families) > 5


def test_a_room_without_a_folder_has_no_files(tmp_path):
    assert toml_files(tmp_path / "none") == []


def test_files_are_told_by_their_ending_and_sorted(tmp_path):
    for name in ("b.toml", "a.toml", "README.md"):
        (tmp_path / name).write_text("")

    assert [path.name for path in toml_files(tmp_path)] == ["a.toml", "b.toml"]


@pytest.mark.parametrize("content", [b"a =", b'a = "\xff"'])
def test_a_broken_file_is_named(tmp_path, content):
    path = tmp_path / "x.toml"
    path.write_bytes(content)

    with pytest.raises(RulebookError, match=r'"x\.toml" cannot be read'):
        load_toml(path)


def test_a_rule_without_its_samples_is_the_same_rule():
    whole = load_rules(samples=True)

    assert load_rules() == tuple(replace(rule, match=(), no_match=()) for rule in whole)
    assert all(rule.match for rule in whole if rule.room != "run")


@pytest.fixture
def own_rules(tmp_path):
    """Copy one room of rules to a folder that a test may change."""
    folder = tmp_path / "rules" / "run"
    folder.mkdir(parents=True)
    for path in toml_files(rules_root() / "run"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture
def cache(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    return folder


def test_rules_from_the_cache_are_the_same(cache):
    without = load_rules()

    assert load_rules(cache_directory=cache) == without
    assert load_rules(cache_directory=cache) == without
    assert [path.name[:6] for path in cache.iterdir()] == ["rules-"]


def test_the_cache_spares_the_parser(cache, monkeypatch):
    load_rules(cache_directory=cache)
    monkeypatch.setattr("credlint.rulebook.load_toml", None)

    assert load_rules(cache_directory=cache)


def test_a_changed_rule_is_read_anew(own_rules, cache):
    root = own_rules.parent
    load_rules(("run",), root, cache_directory=cache)
    path = min(own_rules.iterdir())
    path.write_text(path.read_text().replace('summary = "', 'summary = "Changed: ', 1))

    assert load_rules(("run",), root, cache_directory=cache)[0].summary.startswith("Changed: ")


def test_a_rule_that_came_or_went_is_noticed(own_rules, cache):
    root = own_rules.parent
    before = load_rules(("run",), root, cache_directory=cache)
    min(own_rules.iterdir()).unlink()

    assert load_rules(("run",), root, cache_directory=cache) == before[1:]


def test_a_damaged_cache_is_made_anew(cache):
    rules = load_rules(cache_directory=cache)
    (path,) = cache.iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))

    assert load_rules(cache_directory=cache) == rules
    assert path.read_bytes() != bytes(content)


def test_an_edit_that_keeps_size_and_time_is_noticed(own_rules, cache):
    root = own_rules.parent
    load_rules(("run",), root, cache_directory=cache)
    path = min(own_rules.iterdir())
    before = path.stat()
    text = re.sub('(summary = ").', r"\1!", path.read_text(), count=1)
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert path.stat().st_size == before.st_size
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert load_rules(("run",), root, cache_directory=cache)[0].summary.startswith("!")


def test_a_broken_rule_is_not_hidden_by_the_cache(own_rules, cache):
    root = own_rules.parent
    load_rules(("run",), root, cache_directory=cache)
    path = min(own_rules.iterdir())
    path.write_text(path.read_text().replace("level =", "levle =", 1))

    with pytest.raises(RulebookError, match="levle"):
        load_rules(("run",), root, cache_directory=cache)
