"""What every report command does first: settings, rules, choices."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Callable, Optional

from credlint.cli.outlet import Choices
from credlint.config import Settings, load_settings
from credlint.model.lean_dataclasses import dataclass
from credlint.model.relocation import relocate
from credlint.model.report import Notice
from credlint.model.rule import Rule
from credlint.policy.select import select_rules, split_selectors
from credlint.rulebook import RULE_ROOMS, load_rules


@dataclass(frozen=True)
class Prepared:
    """``known`` are all rules of the command, ``enabled`` those that are selected."""

    settings: Settings
    known: tuple[Rule, ...]
    enabled: tuple[Rule, ...]
    choices: Choices

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Return what a configuration file that was found narrows."""
        source = self.settings.source or "the configuration"
        return tuple(
            Notice("RUN913", f"{source} narrows this run: {note}.", "note")
            for note in self.settings.notes
        )


def prepare(
    target: Path,
    rooms: Sequence[str],
    given: Mapping[str, Any],
    more: Optional[Mapping[str, Any]] = None,
    cache: Optional[Path] = None,
) -> Prepared:
    """Merge settings and select rules.

    ``given`` are the values of ``options.report_options`` by parameter name; ``more`` further
    settings of the command line by field name, None where not given. A selector may name a rule
    of any room; ``rooms`` are those the command uses. ``cache``: where parsed rules may be kept;
    None for commands that write nothing.

    Raises ConfigError, SelectionError, RulebookError.
    """
    command_line = {
        "select": split_selectors(given["select"]) or None,
        "ignore": split_selectors(given["ignore"]) or None,
        "extend_select": split_selectors(given["extend_select"]) or None,
        "fail_on": given["fail_on"],
        "strict": given["strict"] or None,
        **(more or {}),
    }
    settings = load_settings(
        target,
        os.environ,
        command_line,
        config=Path(given["config_path"]) if given["config_path"] else None,
        isolated=given["isolated"],
    )
    selectors = (*(settings.select or ()), *settings.ignore, *settings.extend_select)
    # Rules of rooms that are not run need not be parsed, unless a selector could name them.
    wanted = RULE_ROOMS if selectors or settings.per_file_ignores else rooms
    known = load_rules(wanted, cache_directory=cache)
    chosen = select_rules(known, settings.select, settings.ignore, settings.extend_select)
    choices = Choices(
        formats=given["formats"],
        outputs=given["outputs"],
        fail_on=settings.fail_on,
        strict=settings.strict,
        exit_zero=given["exit_zero"],
        no_ignores=given["no_ignores"],
        sarif_suppressed=given["sarif_suppressed"],
        color=given["color"],
        verbose=given["verbose"],
        per_file_ignores=settings.per_file_ignores,
        configuration=settings.source or "the configuration",
        inner_path=inner_path(Path.cwd(), settings.root),
        cache_directory=cache,
    )
    enabled = tuple(rule for rule in chosen if rule.room in rooms)
    return Prepared(settings, known, enabled, choices)


def inner_path(root: Path, base: Optional[Path]) -> Callable[[str], Optional[str]]:
    """Return how a path below the scanned ``root`` is told below ``base``."""
    if base is None or base == root:
        return str
    return lambda uri: relocate(uri, root.as_posix(), base.as_posix())
