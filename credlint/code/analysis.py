"""Reads a document by its format, asks every check for it, and places what they saw."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import Any, Callable, Optional

from credlint.code.always_read import is_always_read
from credlint.code.file_names import format_of, is_documentation, is_of_sdk, is_test
from credlint.code.formats import READERS
from credlint.code.hints import Met, RulesByFormat
from credlint.code.placing import Found, Identify, Sight, outside, placed
from credlint.code.sighting import (
    Context,
    NothingAround,
    NotReadError,
    Parsed,
    Sighting,
    Surroundings,
)
from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.lean_dataclasses import replace
from credlint.model.lean_tuples import NamedTuple
from credlint.model.rule import Rule
from credlint.model.text import to_utf8

NOT_READ = "RUN907"
_CRASHED = "RUN902"
_DEEPEST = 4  # formats within formats
_MOST_SIGHTINGS = 1000  # of one document
_TOO_MANY = f"more than {_MOST_SIGHTINGS:,} findings of the code rules; the others are not told"
Check = Callable[[Any, Context], Iterable[Sighting]]


def identify_nothing(value: str, code: str) -> tuple[str, tuple[str, ...]]:
    """Tell no value from another."""
    del value, code
    return "", ()


class CodeResult(NamedTuple):
    """What the checks found in one document, and what they could not look at."""

    found: tuple[Found, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class _Within(NamedTuple):
    """Where a text stands: its name within the file, in how many others, beside a key or not."""

    logical: Optional[str] = None
    depth: int = 0
    has_key: bool = False


_FRAGMENTS = "code rules applied in part: some examples are no whole texts of their language"


class _Unseen:
    """What could not be looked at: (code of the RUN rule, reason)."""

    def __init__(self) -> None:
        self.reasons: list[tuple[str, str]] = []

    def not_read(self, reason: str) -> None:
        """Note that nothing of the file was read."""
        self.reasons.append((NOT_READ, f"code rules not applied: {reason}"))

    def in_part(self, reason: str) -> None:
        """Note that a part was not read."""
        self.reasons.append((NOT_READ, f"code rules applied in part: {reason}"))

    def example(self, other: _Unseen) -> None:
        """Take over what is told of an example in a document: many are fragments on purpose."""
        if other is self:
            return
        for code, reason in other.reasons:
            told = (NOT_READ, _FRAGMENTS) if code == NOT_READ else (code, reason)
            self.reasons.append(told)

    def crashed(self, what: str, error: Exception) -> None:
        """Note a fault of our own; its text could hold something of the file."""
        self.reasons.append((_CRASHED, f"{what} failed: {type(error).__name__}"))


class Analyser:
    """Applies the rules of the rooms ``code`` and ``iac``; a pure function of document and files.

    ``identify`` gives identity and digests of a value that a rule found. ``around`` are the files
    beside the document.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        identify: Identify = identify_nothing,
        around: Optional[Surroundings] = None,
    ) -> None:
        self._identify = identify
        self._around = around or NothingAround()
        self._rules = RulesByFormat(rules)
        self._checks: dict[str, Check] = {}

    def __bool__(self) -> bool:
        return bool(self._rules)

    def selects(
        self,
        document: Document,
        aws_words: Optional[frozenset[str]] = None,
        *,
        has_key: bool = False,
    ) -> Optional[str]:
        """Return the format under which the document is to be read, None for not at all.

        ``aws_words``: those of ``model.aws_words`` that stand in it, None for not known.
        ``has_key``: the text rules found something in it.
        """
        uri = document.uri
        # In UTF-16 no hint is found; plain text is the same object.
        text = to_utf8(document.data)
        name = format_of(uri, text)
        if name is None or is_of_sdk(uri, text):
            return None
        met = Met(text, None if is_always_read(uri) else aws_words, has_key=has_key)
        return name if self._rules.are_asked(name, met) else None

    def analyse(self, document: Document, format_name: str, *, has_key: bool = False) -> CodeResult:
        """Return what the checks for that format say; raises nothing, whatever the text is.

        ``has_key`` as in :meth:`selects`.
        """
        # A tree is many objects at once, none of which is garbage before the end: to look for some
        # after every few hundred of them takes as long as to read the text.
        collects = gc.isenabled()
        gc.disable()
        try:
            return self._analyse(document, format_name, has_key=has_key)
        finally:
            if collects:
                gc.enable()

    def _analyse(self, document: Document, format_name: str, *, has_key: bool) -> CodeResult:
        text = to_utf8(document.data)
        unseen = _Unseen()
        parsed = self._read(format_name, text, document.uri, unseen)
        sights: list[Sight] = []
        if parsed is not None:
            context = Context(
                document.uri, is_test(document.uri), is_documentation(document.uri), self._around
            )
            sights.extend(self._look(parsed, context, _Within(has_key=has_key), unseen))
            if len(sights) > _MOST_SIGHTINGS:
                unseen.in_part(_TOO_MANY)
            text = parsed.text
        return CodeResult(
            tuple(placed(sights[:_MOST_SIGHTINGS], document, text, self._identify))
            if sights
            else (),
            tuple(
                Skipped(document.uri, reason, code, document.base)
                for code, reason in dict.fromkeys(unseen.reasons)
            ),
        )

    def _read(
        self, name: str, text: bytes, uri: str, unseen: _Unseen, depth: int = 0
    ) -> Optional[Parsed]:
        tell = unseen.in_part if depth else unseen.not_read
        reader = READERS[name]
        if len(text) > reader.limit:
            tell(f"the source is larger than {reader.limit:,} bytes")
            return None
        try:
            parsed: Parsed = import_module(f"credlint.code.{reader.module}").read(
                text, name if reader.of_many else uri
            )
        except NotReadError as error:
            tell(str(error))
            return None
        except ModuleNotFoundError as error:
            tell(f"{name} is not read without the library {error.name}")
            return None
        except Exception as error:  # noqa: BLE001  a reader's fault must not hide other files
            unseen.crashed(f"reading {name}", error)
            return None
        for reason in parsed.unread:
            unseen.in_part(reason)
        return parsed

    def _look(
        self, parsed: Parsed, context: Context, within: _Within, unseen: _Unseen
    ) -> Iterator[Sight]:
        met = Met(parsed.text, has_key=within.has_key)
        # By name and module: a text of two formats may have one module for both.
        asked = {
            (rule.id, module): rule
            for name in parsed.formats
            for rule, module, _ in self._rules.asked(name, met)
        }
        for (_, module), rule in asked.items():
            for sighting in self._seen(rule, module, parsed, context, unseen):
                yield Sight(rule, sighting, within.logical)
        if within.depth == _DEEPEST:
            return
        for inner in parsed.embedded():
            met = Met(inner.text, has_key=within.has_key)
            if inner.format not in READERS or not self._rules.are_asked(inner.format, met):
                continue
            deeper = _Within(inner.logical or within.logical, within.depth + 1, within.has_key)
            own = _Unseen() if inner.is_documentation else unseen
            read = self._read(inner.format, inner.text, context.uri, own, deeper.depth)
            if read is None:
                unseen.example(own)
                continue
            shown = context.is_documentation or inner.is_documentation
            there = replace(context, is_documentation=shown)
            for sight in self._look(read, there, deeper, own):
                logical = sight.logical
                if logical == deeper.logical:
                    logical = inner.logical_at(sight.sighting.start) or logical
                seen = outside(sight.sighting, inner)
                # What a document shows is no program; a key that it holds is a key.
                if inner.is_documentation and not seen.literals:
                    seen = replace(seen, level="note")
                yield sight._replace(sighting=seen, logical=logical)
            unseen.example(own)

    def _seen(
        self, rule: Rule, module: str, parsed: Parsed, context: Context, unseen: _Unseen
    ) -> list[Sighting]:
        try:
            return list(islice(self._check(module)(parsed, context), _MOST_SIGHTINGS + 1))
        except NotReadError as error:
            unseen.in_part(f"{rule.id}: {error}")
        except Exception as error:  # noqa: BLE001  a rule's fault must not hide other rules
            unseen.crashed(rule.id, error)
        return []

    def _check(self, module: str) -> Check:
        check = self._checks.get(module)
        if check is None:
            check = self._checks[module] = import_module(f"credlint.code.{module}").check
        return check
