"""The text of a baseline: what is read, what is refused and where."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.model.baseline import Baseline, BaselineEntry
from credlint.policy.baseline_file import (
    MOST_SALTS,
    SIZE_LIMIT,
    BaselineError,
    read_baseline,
    write_baseline,
)

SALT, OTHER_SALT = bytes(range(16)), bytes(range(16, 32))
HEAD = f"credlint-baseline/1\nsalt {SALT.hex()}\n"
DIGEST = "3f9c1c2ab04d77e1"

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
ENTRIES = st.builds(
    BaselineEntry,
    code=st.sampled_from(["SEC101", "SEC102", "SRC101"]),
    digest=st.from_regex(r"@?[0-9a-f]{16}", fullmatch=True),
    reason=TEXTS,
    until=st.one_of(st.just(""), st.dates().map(str)),
    place=TEXTS.map(lambda text: text.replace("\\", "/")),
)
BASELINES = st.builds(
    Baseline,
    name=st.just("b"),
    salts=st.sets(st.binary(min_size=16, max_size=16), min_size=1, max_size=MOST_SALTS).map(
        lambda salts: tuple(sorted(salts))
    ),
    entries=st.lists(ENTRIES, max_size=8, unique_by=lambda one: (one.code, one.digest)).map(
        lambda entries: tuple(sorted(entries, key=lambda one: (one.code, one.digest)))
    ),
)


def read(text: str) -> Baseline:
    return read_baseline(text.encode(), "b")


def fault_of(text: str) -> str:
    with pytest.raises(BaselineError) as caught:
        read(text)
    return str(caught.value)


@given(BASELINES)
def test_what_is_written_is_read_again(baseline):
    text = write_baseline(baseline)

    assert read(text) == baseline
    assert write_baseline(read(text)) == text
    assert len(text.split("\n")) == 3 + len(baseline.salts) + len(baseline.entries)


@given(BASELINES, st.randoms(use_true_random=False))
def test_order_line_ends_doubled_lines_and_a_mark_change_nothing(baseline, chance: random.Random):
    lines = write_baseline(baseline).split("\n")
    body = lines[2:] * 2
    chance.shuffle(body)
    text = "\ufeff" + "\r\n".join([*lines[:2], "", *body])

    assert write_baseline(read(text)) == write_baseline(baseline)


def test_two_lines_of_one_secret_join_to_the_stricter_one():
    """As union leaves an entry that both branches changed."""
    text = HEAD + "\n".join(
        [
            f'SEC102 {DIGEST} in="b" until="2027-05-01" reason="mine"',
            f'SEC102 {DIGEST} in="a" until="2027-02-01" reason="yours"',
            f'SEC102 {DIGEST} reason="mine"',
        ]
    )
    (entry,) = read(text).entries

    assert (entry.until, entry.reason, entry.place) == ("2027-02-01", "mine / yours", "a")


def test_a_path_of_windows_is_told_with_slashes():
    (entry,) = read(HEAD + f'SEC102 {DIGEST} in="a\\\\b.env" reason=""').entries

    assert entry.place == "a/b.env"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "missing"),
        ("hello\n", 1, "no baseline"),
        (f"salt {SALT.hex()}\ncredlint-baseline/1\n", 1, "must come first"),
        ("credlint-baseline/2\n", 1, "credlint-baseline/1"),
        (HEAD + "credlint-baseline/2\n", 3, "credlint-baseline/1"),
        (HEAD + f"<<<<<<< HEAD\nSEC102 {DIGEST}\n=======\n>>>>>>> x\n", 3, "merge conflict"),
        (HEAD + f"SEC102 {DIGEST}\n=======\n", 4, "merge conflict"),
        (HEAD + "||||||| base\n", 3, "merge conflict"),
        (HEAD + "SEC102 3f9c\n", 3, "neither"),
        (HEAD + f"sec102 {DIGEST}\n", 3, "neither"),
        (HEAD + f"SEC102 {DIGEST}0\n", 3, "neither"),
        (HEAD + f'SEC102 {DIGEST} expires="2027-01-01"\n', 3, "in, until, reason"),
        (HEAD + f"SEC102 {DIGEST} reason=free text\n", 3, "quoted"),
        (HEAD + f'SEC102 {DIGEST} reason="open\n', 3, "quoted as JSON"),
        (HEAD + f'SEC102 {DIGEST} reason="a" reason="b"\n', 3, "twice"),
        (HEAD + f'SEC102 {DIGEST} reason="a"garbage\n', 3, "in, until, reason"),
        (HEAD + f'SEC102 {DIGEST} until="2027-02-30"\n', 3, "day"),
        (HEAD + f'SEC102 {DIGEST} until="tomorrow"\n', 3, "day"),
        (HEAD + "salt 12\n", 3, "neither"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_line(text, line, said):
    fault = fault_of(text)

    assert fault.startswith(f'"b", line {line}: ')
    assert said in fault


def test_bytes_that_are_no_text_are_refused_with_their_line():
    with pytest.raises(BaselineError, match='"b", line 3: not UTF-8'):
        read_baseline(HEAD.encode() + b"SEC102 \xff\n", "b")


def test_salts_are_counted():
    many = "".join(f"salt {bytes([n] * 16).hex()}\n" for n in range(MOST_SALTS + 1))

    assert "0 different salts" in fault_of("credlint-baseline/1\n")
    assert f"{MOST_SALTS + 1} different salts" in fault_of(f"credlint-baseline/1\n{many}")


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(BaselineError, match="larger than"):
        read_baseline(b"#" * (SIZE_LIMIT + 1), "b")


def test_a_flipped_bit_never_accepts_anything_new():
    """Refused, or what it accepts was accepted before; reasons, hints and days are people's."""
    entries = tuple(
        BaselineEntry("SEC102", f"{number:016x}", "a reason", place="a.env") for number in range(4)
    )
    baseline = Baseline("b", (SALT,), entries)
    data = write_baseline(baseline).encode()
    accepted = {(one.code, one.digest) for one in entries}
    # What was found in the tree: the four, and as many others under the same rule.
    tree = accepted | {("SEC102", f"{number + 0x1234567890:016x}") for number in range(4)}
    refused = 0
    for position in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[position] ^= 1 << bit
            try:
                changed = read_baseline(bytes(flipped), "b")
            except BaselineError:
                refused += 1
                continue
            keys = {(one.code, one.digest) for one in changed.entries}
            # Under another salt no digest fits.
            assert changed.salts != (SALT,) or keys & tree <= accepted
    assert refused > len(data)


def test_hostile_lines_take_linear_time():
    line = f"SEC102 {DIGEST} " + 'reason="' + "\\" * 2 * 500_000 + '"' + " " * 500_000 + "x"

    assert "line 3" in fault_of(HEAD + line)


def test_text_that_is_not_printable_stays_on_its_line():
    entry = BaselineEntry("SEC102", DIGEST, "a\nSEC102 \u2028\x85\x1b[2J")
    text = write_baseline(Baseline("b", (SALT,), (entry,)))

    assert text.splitlines() == text.rstrip("\n").split("\n")
    assert "\x1b" not in text
    assert read(text).entries == (entry,)
