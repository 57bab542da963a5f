"""Reads a document by its format, asks every check for it, and places what they saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import Any, Callable, NamedTuple, Optional

from credlint.code.always_read import is_always_read
from credlint.code.file_names import format_of, is_documentation, is_of_sdk, is_test
from credlint.code.formats import READERS
from credlint.code.placing import Found, Identify, Sight, outside, placed
from credlint.code.sighting import (
    Context,
    NothingAround,
    NotReadError,
    Parsed,
    Sighting,
    Surroundings,
)
from credlint.model.aws_words import needed_by
from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.lean_dataclasses import replace
from credlint.model.rule import Rule
from credlint.model.text import to_utf8

NOT_READ = "RUN907"
_CRASHED = "RUN902"
_DEEPEST = 4  # formats within formats
# A hint that stands for what the text rules found.
_KEY = "@key"
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


class _Asked(NamedTuple):
    """A rule, the module that checks it, and its hints: one must be met in all its words."""

    rule: Rule
    module: str
    hints: tuple[tuple[str, ...], ...]


class _Met:
    """Which words stand in one text, each looked for once.

    ``aws_words``: those that are known to, None where that is not known; ``has_key``: the text
    rules found something.
    """

    def __init__(
        self, text: bytes, aws_words: Optional[frozenset[str]] = None, *, has_key: bool
    ) -> None:
        self._text = text
        self._aws_words = aws_words
        self._known = {_KEY: has_key}

    def has(self, word: str) -> bool:
        """Tell whether the word is there."""
        known = self._known.get(word)
        if known is None:
            known = self._aws_words is None or needed_by(word) <= self._aws_words
            known = self._known[word] = known and word.encode() in self._text
        return known


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
        self._rules: dict[str, list[_Asked]] = {}
        self._checks: dict[str, Check] = {}
        for rule in rules:
            hints = tuple(
                # Words that the first stage tells of cost nothing here.
                tuple(sorted(hint.split(" + "), key=lambda word: not needed_by(word)))
                for hint in rule.hints
            )
            for name, module in rule.detectors.items():
                self._rules.setdefault(name, []).append(_Asked(rule, module, hints))

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
        marks = READERS[name].marks
        if aws_words is not None and not is_always_read(uri) and marks.isdisjoint(aws_words):
            return None
        met = _Met(text, aws_words, has_key=has_key)
        holds = READERS[name].holds or (name,)
        return name if any(self._asked(each, met) for each in holds) else None

    def _asked(self, name: str, met: _Met) -> list[_Asked]:
        """Return the rules that may find something in a text of that format."""
        return [
            asked
            for asked in self._rules.get(name, ())
            if not asked.hints or any(all(map(met.has, hint)) for hint in asked.hints)
        ]

    def analyse(self, document: Document, format_name: str, *, has_key: bool = False) -> CodeResult:
        """Return what the checks for that format say; raises nothing, whatever the text is.

        ``has_key`` as in :meth:`selects`.
        """
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
        met = _Met(parsed.text, has_key=within.has_key)
        # By name and module: a text of two formats may have one module for both.
        asked = {
            (rule.id, module): rule
            for name in parsed.formats
            for rule, module, _ in self._asked(name, met)
        }
        for (_, module), rule in asked.items():
            for sighting in self._seen(rule, module, parsed, context, unseen):
                yield Sight(rule, sighting, within.logical)
        if within.depth == _DEEPEST:
            return
        for inner in parsed.embedded():
            reader = READERS.get(inner.format)
            met = _Met(inner.text, has_key=within.has_key)
            if reader is None or not any(
                self._asked(name, met) for name in reader.holds or (inner.format,)
            ):
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
                yield sight._replace(sighting=outside(sight.sighting, inner), logical=logical)
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
