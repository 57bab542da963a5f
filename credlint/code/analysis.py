"""Reads a document by its format, asks every check for it, and places what they saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from typing import Any, Callable, NamedTuple, Optional

from credlint.code.file_names import format_of, is_documentation, is_test
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
from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.lean_dataclasses import replace
from credlint.model.rule import Rule
from credlint.model.text import to_utf8

NOT_READ = "RUN907"
_CRASHED = "RUN902"
_DEEPEST = 4  # formats within formats
# A hint that stands for what the text rules found.
_KEY = b"@key"
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
    hints: tuple[tuple[bytes, ...], ...]


class _Words:
    """Which words of hints stand in a text, each looked for once; rules share many."""

    __slots__ = ("_met", "_text")

    def __init__(self, text: bytes, *, has_key: bool) -> None:
        self._text = text
        self._met = {_KEY: has_key}

    def hold(self, word: bytes) -> bool:
        """Tell whether a word is met."""
        met = self._met.get(word)
        if met is None:
            met = self._met[word] = word in self._text
        return met


class _Within(NamedTuple):
    """Where a text stands: its name within the file, in how many others, beside a key or not."""

    logical: Optional[str] = None
    depth: int = 0
    has_key: bool = False


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
            hints = tuple(tuple(map(str.encode, hint.split(" + "))) for hint in rule.hints)
            for name, module in rule.detectors.items():
                self._rules.setdefault(name, []).append(_Asked(rule, module, hints))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def selects(self, document: Document, *, has_key: bool = False) -> Optional[str]:
        """Return the format under which the document is to be read, None for not at all.

        Asked for documents in which the first stage of the engine met a word of AWS, and for those
        of ``always_read``. ``has_key``: the text rules found something in it.
        """
        name = format_of(document.uri, document.data)
        if name is None:
            return None
        holds = READERS[name].holds or (name,)
        words = _Words(document.data, has_key=has_key)
        return name if any(self._asked(each, words) for each in holds) else None

    def _asked(self, name: str, words: _Words) -> list[_Asked]:
        """Return the rules that may find something in a text of that format."""
        return [
            asked
            for asked in self._rules.get(name, ())
            if not asked.hints or any(all(map(words.hold, hint)) for hint in asked.hints)
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
        words = _Words(parsed.text, has_key=within.has_key)
        # By name and module: a text of two formats may have one module for both.
        asked = {
            (rule.id, module): rule
            for name in parsed.formats
            for rule, module, _ in self._asked(name, words)
        }
        for (_, module), rule in asked.items():
            try:
                seen = list(islice(self._check(module)(parsed, context), _MOST_SIGHTINGS + 1))
            except Exception as error:  # noqa: BLE001  likewise
                unseen.crashed(rule.id, error)
                continue
            yield from (Sight(rule, sighting, within.logical) for sighting in seen)
        if within.depth == _DEEPEST:
            return
        for inner in parsed.embedded():
            reader = READERS.get(inner.format)
            words = _Words(inner.text, has_key=within.has_key)
            if reader is None or not any(
                self._asked(name, words) for name in reader.holds or (inner.format,)
            ):
                continue
            deeper = _Within(inner.logical or within.logical, within.depth + 1, within.has_key)
            read = self._read(inner.format, inner.text, context.uri, unseen, deeper.depth)
            if read is None:
                continue
            shown = context.is_documentation or inner.is_documentation
            there = replace(context, is_documentation=shown)
            for sight in self._look(read, there, deeper, unseen):
                logical = sight.logical
                if logical == deeper.logical:
                    logical = inner.logical_at(sight.sighting.start) or logical
                yield sight._replace(sighting=outside(sight.sighting, inner), logical=logical)

    def _check(self, module: str) -> Check:
        check = self._checks.get(module)
        if check is None:
            check = self._checks[module] = import_module(f"credlint.code.{module}").check
        return check
