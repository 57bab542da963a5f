"""A rule as data: what stands in one TOML file of the rulebook."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Optional, Union

from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.lean_tuples import NamedTuple


class PatternSpec(NamedTuple):
    """One text pattern of a secrets rule; see rules/README.md for every key.

    A tuple, since every run makes hundreds of them.
    """

    id: str
    regex: str
    kind: str
    options: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Rule:
    """The metadata and explanation of one rule.

    ``room`` is the folder of the file (chain, host, secrets, code, iac, run). ``level`` is the
    default SARIF level, a finding's own may differ with its context; ``security_severity`` 0.0
    means "no security meaning" and is then left out of SARIF. ``explain`` is Markdown. ``match``
    and ``no_match`` are the raw sample tables, read by the tests only. ``detectors``: of rules
    about code, format to the module below ``credlint.code`` that checks it. ``hints``: a text
    without any of these cannot be what such a rule is about; `` + `` joins words that must all be
    met. They may be given for each format by itself.
    """

    id: str
    name: str
    room: str
    level: str
    security_severity: float
    confidence: str
    cwe: tuple[int, ...]
    summary: str
    explain: str
    remedy: str
    since: str = "0.1.0"
    status: str = "stable"
    fix: str = "none"
    tags: tuple[str, ...] = ()
    detector: Optional[str] = None
    detectors: Mapping[str, str] = field(default_factory=dict)
    hints: Union[tuple[str, ...], Mapping[str, tuple[str, ...]]] = ()
    patterns: tuple[PatternSpec, ...] = ()
    match: tuple[Mapping[str, Any], ...] = ()
    no_match: tuple[Mapping[str, Any], ...] = ()
