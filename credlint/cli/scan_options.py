"""The options of ``scan`` alone, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from credlint.cli.option_table import REPORT_OPTIONS, Option, read_plain

SCAN_OPTIONS = (
    Option(
        ("--staged",),
        "Read the git index, not the working tree; tell what the next commit adds.",
        switch=True,
        default=False,
    ),
    Option(
        ("--diff",),
        "Tell what the working tree adds to a commit; REV... for where HEAD left it.",
        metavar="REV",
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


def plain_scan(arguments: Sequence[str]) -> Optional[Mapping[str, Any]]:
    """Return the values of ``scan``'s parameters, None where click is needed to read them."""
    read = read_plain((*SCAN_OPTIONS, *REPORT_OPTIONS), arguments)
    if read is None:
        return None
    values: dict[str, Any] = {**read[1], "paths": read[0]}
    # What cannot be combined in every way: click tells that, with the usage.
    several = len(values["formats"]) > 1 or len(values["outputs"]) > 1
    return None if several or values["diff"] is not None else values
