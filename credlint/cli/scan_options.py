"""The options of ``scan`` alone, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from credlint.cli.option_table import REPORT_OPTIONS, Option, read_plain

# The value of --diff when no commit is named.
SHOW_EDITS = ""

SCAN_OPTIONS = (
    Option(
        ("--staged",),
        "Read the git index, not the working tree; tell what the next commit adds.",
        switch=True,
        default=False,
    ),
    Option(
        ("--diff",),
        "Tell what the working tree adds to a commit; REV... for where HEAD left it. Without REV "
        "or with --fix: show the edits that are offered, and write nothing.",
        metavar="[REV]",
        bare=SHOW_EDITS,
    ),
    Option(
        ("--fix",),
        "Make the edits that change nothing but what a finding is about; =unsafe: those that may "
        "change what a program does, too.",
        metavar="[=unsafe]",
        kind="choice",
        choices=("safe", "unsafe"),
        bare="safe",
    ),
    Option(
        ("--history",),
        "Read every version of every file, deleted ones too; RANGE as git log takes it.",
        metavar="[RANGE]",
        bare="",
    ),
    Option(
        ("--hook",),
        "For pre-commit: read exactly the named files; without any, the git index.",
        switch=True,
        default=False,
    ),
    Option(
        ("--exclude",),
        "Leave out paths, as .gitignore writes them; may be given several times.",
        metavar="PATTERN",
        several=True,
    ),
    Option(
        ("--no-gitignore",),
        "Scan what .gitignore leaves out, too.",
        switch=True,
        default=False,
    ),
    Option(
        ("--max-file-size",),
        "Skip larger files and tell so: bytes, or 10MB, 64MiB (default 16GiB).",
        metavar="SIZE",
        kind="size",
    ),
    Option(
        ("--archives",),
        "Look into zip, tar, gzip, bzip2, xz and zstd files, nested ones too.",
        switch=True,
    ),
    Option(
        ("-j", "--jobs"),
        "Worker processes; 0, the default, is one a core, at most 8.",
        metavar="NUMBER",
        kind="count",
    ),
    Option(
        ("--per-place",),
        "One finding for each place, not one for each secret.",
        switch=True,
        default=False,
    ),
    Option(
        ("--baseline",),
        "Findings that are accepted (default: the nearest .credlint-baseline).",
        metavar="FILE",
        kind="file",
    ),
)


def spelled_out(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with values that may be left out written behind a sign of equality.

    So a path that follows ``--fix``, or ``--diff`` beside it, is not taken for its value.
    """
    words = list(arguments)
    last = words.index("--") if "--" in words else len(words)
    fixes = any(word == "--fix" or word.startswith("--fix=") for word in words[:last])
    told: list[str] = []
    left = iter(words[:last])
    for word in left:
        if word == "--fix":
            told.append("--fix=safe")
        elif word == "--diff":
            value = None if fixes else next(left, None)
            if value is None or value.startswith("-"):
                told.append(f"--diff={SHOW_EDITS}")
                told += [value] if value is not None else []
            else:
                told.append(f"--diff={value}")
        else:
            told.append(word)
    return told + words[last:]


def plain_scan(arguments: Sequence[str]) -> Optional[Mapping[str, Any]]:
    """Return the values of ``scan``'s parameters, None where click is needed to read them."""
    read = read_plain((*SCAN_OPTIONS, *REPORT_OPTIONS), arguments)
    if read is None:
        return None
    values: dict[str, Any] = {**read[1], "paths": read[0]}
    # What cannot be combined in every way: click tells that, with the usage.
    several = len(values["formats"]) > 1 or len(values["outputs"]) > 1
    return None if several or values["diff"] is not None or values["fix"] is not None else values
