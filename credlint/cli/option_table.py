"""Options as data: click is built from it, and what needs no click is read by it.

To load click takes a third of the time that a commit hook has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

FORMATS = ("text", "json", "sarif")


class Option(NamedTuple):
    """One option.

    ``declarations``: as click takes them, the parameter's name last where it is not that of the
    long form. ``switch``: it takes no value. ``several``: it may be given several times.
    ``default``: when it was not given; of several always ``()``. ``kind``: ``choice`` of
    ``choices``, ``file``, ``count`` or ``size``, empty for any text. ``bare``: what it is worth
    when no value follows, None when one must.
    """

    declarations: tuple[str, ...]
    help: str
    metavar: Optional[str] = None
    switch: bool = False
    several: bool = False
    default: Optional[object] = None
    kind: str = ""
    choices: tuple[str, ...] = ()
    bare: Optional[str] = None

    @property
    def name(self) -> str:
        """Return the parameter's name."""
        word = max(self.declarations, key=lambda word: (not word.startswith("-"), len(word)))
        return word.lstrip("-").replace("-", "_")

    @property
    def words(self) -> tuple[str, ...]:
        """Return what stands for it on the command line."""
        return tuple(word for word in self.declarations if word.startswith("-"))

    @property
    def is_plain(self) -> bool:
        """Tell whether its value needs no reading: a switch, a text, one of some words."""
        return self.switch or (self.kind in ("", "choice") and self.bare is None)


REPORT_OPTIONS = (
    Option(
        ("--format", "formats"),
        "Format of the report (default text); may be given several times, each with -o.",
        several=True,
        kind="choice",
        choices=FORMATS,
    ),
    Option(
        ("-o", "--output", "outputs"),
        "Where the report goes (default -, standard output); once per --format.",
        metavar="FILE",
        several=True,
    ),
    Option(
        ("--select",),
        "Only these rules: codes, prefixes (SEC, CHN1) or names, comma-separated.",
        metavar="RULES",
        several=True,
    ),
    Option(("--ignore",), "Not these rules.", metavar="RULES", several=True),
    Option(("--extend-select",), "These rules as well.", metavar="RULES", several=True),
    Option(
        ("--fail-on",),
        "What makes the exit code 1: medium, high, critical (security severity); note, "
        "warning, error (level); low (any finding, the default); never.",
        metavar="LEVEL",
    ),
    Option(("--exit-zero",), "Exit 0 instead of 1 on findings.", switch=True, default=False),
    Option(("--strict",), "Exit 2 when anything was skipped.", switch=True, default=False),
    Option(
        ("--no-ignores",),
        "Show what comments, per-file-ignores and the baseline hide.",
        switch=True,
        default=False,
    ),
    Option(
        ("--sarif-suppressed",),
        "Write hidden findings to SARIF, too, marked as suppressed.",
        switch=True,
        default=False,
    ),
    Option(
        ("--config", "config_path"),
        "Read this configuration file, not one that is found.",
        metavar="FILE",
        kind="file",
    ),
    Option(("--isolated",), "Read no configuration file.", switch=True, default=False),
    Option(
        ("--color",),
        "Colour in text reports; auto: on a terminal.",
        default="auto",
        kind="choice",
        choices=("auto", "always", "never"),
    ),
    Option(("-v", "--verbose"), "Show every step and every skip.", switch=True, default=False),
)


def read_plain(
    options: Sequence[Option], arguments: Sequence[str]
) -> Optional[tuple[tuple[str, ...], Mapping[str, object]]]:
    """Return paths and values by parameter name, as click would; None where click is needed.

    That is wherever something could be wrong, and for all that is more than a switch, a text or a
    path: who gets None asks click, which explains.
    """
    known = {word: option for option in options if option.is_plain for word in option.words}
    values = {option.name: () if option.several else option.default for option in options}
    paths = []
    left = iter(arguments)
    for word in left:
        if not word.startswith("-"):
            paths.append(word)
            continue
        option = known.get(word)
        value: object = True
        if option is not None and not option.switch:
            value = next(left, None)
            if value is None or (option.choices and value not in option.choices):
                return None
        if option is None:
            return None
        before = values[option.name]
        values[option.name] = (*before, value) if isinstance(before, tuple) else value
    return tuple(paths), values
