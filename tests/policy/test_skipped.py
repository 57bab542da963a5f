"""Many files of one folder that were not looked at are one line."""

from __future__ import annotations

from credlint.policy.skipped import fold_skipped

CLOSED = "cannot be read (EACCES)"


def test_a_few_files_are_named():
    skipped = [("/root/.bashrc", CLOSED), ("/root/.zshrc", CLOSED), ("imds", "not asked")]

    assert list(fold_skipped(skipped)) == skipped


def test_many_files_of_a_folder_are_counted():
    skipped = [(f"/root/.{number}", CLOSED) for number in range(20)]

    assert list(fold_skipped(skipped)) == [("/root", f"20 places in it: {CLOSED}")]


def test_other_reasons_and_folders_stay_apart():
    many = [(f"/root/.{number}", CLOSED) for number in range(4)]
    other = [("/root/x", "is not a regular file"), ("/home/a/.bashrc", CLOSED)]

    assert list(fold_skipped([*many, *other])) == [("/root", f"4 places in it: {CLOSED}"), *other]


def test_the_same_place_is_told_once():
    skipped = [("container web: imds", "not asked")] * 5

    assert list(fold_skipped(skipped)) == [("container web: imds", "not asked")]
