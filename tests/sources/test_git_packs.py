"""Our reader of packs and loose objects against git's own."""

from __future__ import annotations

import random
import shutil

import pytest

from credlint.sources.git_delta import (
    CONTEXT,
    MOST_STEPS,
    apply_delta,
    new_text,
    regions_between,
    target_size,
)
from credlint.sources.git_loose import list_loose, loose_identifier, read_loose
from credlint.sources.git_packs import Pack, PackError, list_packs
from tests.sources.repository import git, make_repository


def _grow(root, commits=30):
    """Commit versions of files that git will store as changes of each other."""
    chance = random.Random(5)  # noqa: S311  no secret
    lines = {name: [f"{name} {n} {chance.random()}" for n in range(400)] for name in "abc"}
    for number in range(commits):
        for rows in lines.values():
            at = chance.randrange(len(rows))
            rows[at : at + chance.randrange(3)] = [f"new {number} {chance.random()}"]
        for name, rows in lines.items():
            (root / name).write_text("\n".join(rows) + "\n")
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", str(number))
    return root


def _blobs_by_git(root):
    rows = git(root, "cat-file", "--batch-all-objects", "--batch-check").split(b"\n")
    ids = [row.split()[0].decode() for row in rows if b" blob " in row]
    return {bytes.fromhex(name): git(root, "cat-file", "blob", name) for name in ids}


def _blobs_by_us(root, digits):
    found, changed = {}, 0
    for path in list_packs(str(root / ".git/objects")):
        pack = Pack(path, digits)
        assert not pack.orphans
        waiting = [(number, None) for number in pack.roots]
        while waiting:
            number, base = waiting.pop()
            if base is None:
                data = pack.inflate(number)
            else:
                delta = pack.inflate(number)
                assert target_size(pack.inflate_head(number, 20)) == target_size(delta)
                built = apply_delta(base, delta)
                assert built is not None
                data, regions = built
                # What lies outside of the regions stands in the base as it is.
                outside = data
                for start, end in reversed(regions):
                    outside = outside[:start] + b"\0" + outside[end:]
                assert all(piece in base for piece in outside.split(b"\0"))
                changed += 1
            found[pack.identifier(number)] = data
            assert pack.find(pack.identifier(number)) == number
            waiting += [(child, data) for child in pack.children(number)]
    for path in list_loose(str(root / ".git/objects"), digits):
        size, data = read_loose(path, 1 << 20)
        if size >= 0:
            found[loose_identifier(path)] = data
    return found, changed


@pytest.mark.parametrize("form", ["sha1", "sha256"])
@pytest.mark.parametrize("offsets", ["true", "false"])
def test_every_blob_as_git_gives_it(tmp_path, form, offsets):
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q", "-b", "main", f"--object-format={form}")
    git(root, "config", "repack.useDeltaBaseOffset", offsets)
    _grow(root)
    git(root, "repack", "-q", "-a", "-d", "-f")
    (root / "loose").write_text("loose\n")
    (root / "empty").write_text("")
    git(root, "add", ".")
    found, changed = _blobs_by_us(root, 40 if form == "sha1" else 64)

    assert found == _blobs_by_git(root)
    assert changed > 50


def test_a_pack_that_is_cut_off_or_changed_is_an_error(tmp_path):
    root = _grow(make_repository(tmp_path / "r"), 3)
    git(root, "repack", "-q", "-a", "-d")
    (path,) = list_packs(str(root / ".git/objects"))
    shutil.copy(path, tmp_path / "whole.pack")
    index = path[: -len("pack")] + "idx"
    for number, data in enumerate(
        [b"", b"PACK\0\0\0\3" + b"\0" * 40, (tmp_path / "whole.pack").read_bytes()[:60]]
    ):
        place = tmp_path / f"{number}.pack"
        place.write_bytes(data)
        shutil.copy(index, tmp_path / f"{number}.idx")
        with pytest.raises(PackError):
            Pack(str(place), 40)


@pytest.mark.parametrize(
    "delta",
    [
        b"",
        b"\x05",
        b"\x04\x01\x01x",  # another base
        b"\x05\x02\x01x",  # too short
        b"\x05\x01\x03xyz",  # too long
        b"\x05\x01\x00",  # reserved
        b"\x05\x05\x91\x00",  # cut off
        b"\x05\x05\x91\x03\x05",  # past the end of the base
    ],
)
def test_a_damaged_change_is_an_error(delta):
    with pytest.raises(PackError, match="damaged"):
        apply_delta(b"abcde", delta)


def test_a_list_of_changes_that_is_too_long_is_left_to_git():
    steps = MOST_STEPS + 1
    head = bytes([1, steps & 0x7F | 0x80, steps >> 7])

    assert apply_delta(b"a", head + b"\x01b" * steps) is None
    built = apply_delta(
        b"a", bytes([1, 0x80 | MOST_STEPS & 0x7F, MOST_STEPS >> 7]) + b"\x01b" * MOST_STEPS
    )
    assert built == (b"b" * MOST_STEPS, [(0, MOST_STEPS)])


def test_new_text_reaches_to_the_ends_of_the_lines():
    data = b"first\n" + b"a" * 700 + b" second\n" + b"b" * 700 + b"\nlast\n"

    assert new_text(data, [(800, 810)]).text == b"\n" + b"b" * 700
    assert (
        new_text(data, [(0, 3), (1400, len(data))]).text
        == b"first\n\n\n" + b"b" * 700 + b"\nlast\n"
    )
    assert new_text(data, []).text == b""


def _common(one, other):
    pairs = enumerate(zip(one, other))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


@pytest.mark.parametrize("seed", range(8))
def test_outside_of_the_region_two_texts_are_the_same(seed):
    chance = random.Random(seed)  # noqa: S311  no secret
    base = chance.randbytes(chance.randrange(1, 120_000))
    low = chance.randrange(len(base))
    high = chance.randrange(low, len(base) + 1)
    for new in (b"", b"new", chance.randbytes(3000), base[low:high] * 2):
        data = base[:low] + new + base[high:]
        first = _common(base, data)
        last = len(data) - _common(base[first:][::-1], data[first:][::-1])

        assert regions_between(base, data) == [
            (max(0, first - CONTEXT), min(last + CONTEXT, len(data)))
        ]


def test_the_region_of_equal_ends_reaches_around_the_joint():
    line = b"x" * 3 * CONTEXT

    assert regions_between(line, line + line) == [(2 * CONTEXT, 6 * CONTEXT)]
    assert regions_between(line + line, line) == [(2 * CONTEXT, 3 * CONTEXT)]
    assert regions_between(b"", b"new") == [(0, 3)]
