"""The engine: one pass for all patterns over a document, then a precise look at each hit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional

from credlint.model.aws_words import TOLD_WORDS, of_numbers
from credlint.model.document import Document
from credlint.model.finding import Skipped
from credlint.model.lean_tuples import NamedTuple
from credlint.model.rule import Rule
from credlint.model.text import LineIndex, to_utf8
from credlint.secrets.directives import read_directive
from credlint.secrets.document_result import (
    FINDING_LIMIT,
    TOO_MANY_FINDINGS,
    DocumentResult,
    SecretSpan,
    finding_of,
    gravest,
)
from credlint.secrets.escapes import ESCAPES
from credlint.secrets.expressions import Wanted
from credlint.secrets.facts import NO_FACTS, ScanFacts
from credlint.secrets.matcher import Matcher, make_matcher
from credlint.secrets.patterns import Pattern, make_patterns

if TYPE_CHECKING:
    from credlint.secrets.candidate import Candidate, Match, TextView
    from credlint.secrets.encoded import Encoded, Stages
    from credlint.secrets.file_kinds import FileKinds

# More hits than this in one document are not looked at, and that is said.
HIT_LIMIT = 100_000
_TOO_MANY = (
    f"more than {HIT_LIMIT:,} places that could hold a secret; those after them were not examined"
)
_TOO_LONG = (
    "a file of its name is a store of credentials; as such only its first 4 MiB were examined"
)
HITS_CODE = "RUN908"
DECODED_CODE = "RUN922"
_FEW_HITS = 100
NOTHING = DocumentResult()


class _Tools(NamedTuple):
    """What the second stage works with."""

    view: type[TextView]
    precise_matches: Callable[..., list[Match]]
    inspect: Callable[..., list[Candidate]]
    find_encoded: Callable[..., Encoded]
    merged: Callable[[list[Candidate], Encoded], list[Candidate]]


@cache
def _tools() -> _Tools:
    """Import the second stage: only runs that hit something pay, and each of those once."""
    from credlint.secrets.candidate import TextView  # noqa: PLC0415
    from credlint.secrets.encoded import find_encoded, merged  # noqa: PLC0415
    from credlint.secrets.inspection import inspect  # noqa: PLC0415
    from credlint.secrets.precise_matches import precise_matches  # noqa: PLC0415

    return _Tools(TextView, precise_matches, inspect, find_encoded, merged)


class Engine:
    """Scans documents for the patterns of its rules. Make it with :func:`build_engine`."""

    def __init__(
        self,
        patterns: Sequence[Pattern],
        matcher: Matcher,
        reported: Optional[frozenset[str]] = None,
        facts: ScanFacts = NO_FACTS,
        rules: Sequence[Rule] = (),
    ) -> None:
        self.patterns = patterns
        self._reported = reported
        self.facts = facts
        self._rules = {rule.id: rule for rule in rules}
        self._matcher = matcher
        self._file_kinds: Optional[FileKinds] = None
        self._last_uri = ""
        self._of_last: list[Pattern] = []
        # Those for files of one name stand last and are no expressions of the matcher.
        self._directive = sum(1 for pattern in patterns if not pattern.files)
        self._escapes = self._directive + 1
        self._aws = self._escapes + len(ESCAPES) + 1
        self._behind_aws = self._aws + len(TOLD_WORDS)

    def scan(self, document: Document, *, decode: bool = True) -> DocumentResult:
        """Return the findings, directives and secret spans of one document.

        ``decode`` False: what is encoded in it is examined on its own. Raises nothing, whatever
        the bytes are. Time is linear in their number.
        """
        return self.scan_text(document, to_utf8(document.data), decode=decode)

    def scan_text(self, document: Document, data: bytes, *, decode: bool = True) -> DocumentResult:
        """Do the same for ``data``, which is the document's text, or a block of it, in UTF-8."""
        hits: list[tuple[int, int]] = []
        truncated = not self._matcher.collect(data, hits, HIT_LIMIT)
        of_its_name = self._patterns_for(document.uri)
        if not hits and not of_its_name:
            return NOTHING
        return self._second_stage(
            document, data, hits, of_its_name, truncated=truncated, decode=decode
        )

    def _patterns_for(self, uri: str) -> list[Pattern]:
        """Return the patterns that are for files of that name alone."""
        if self._file_kinds is None:
            from credlint.secrets.file_kinds import FileKinds  # noqa: PLC0415

            self._file_kinds = FileKinds(self.patterns[self._directive :])
        # The versions of a file come one after the other.
        if uri != self._last_uri:
            self._last_uri, self._of_last = uri, self._file_kinds.of(uri)
        return self._of_last

    def scan_part(
        self,
        uri: str,
        data: bytes,
        part: bytes,
        outside: Callable[[int], int],
        known: Sequence[tuple[int, int]] = (),
    ) -> Optional[DocumentResult]:
        """Return what a part of a document holds, judged where it stands in the whole.

        ``uri``: its path; ``data``: the whole in UTF-8; ``outside``: where an end in ``part``
        stands in it; ``known``: offsets in it, in order, between which nothing is looked at. None
        where the whole must be looked at: many hits, kinds that hang on others, a special name.
        """
        if self._patterns_for(uri):
            return None
        hits: list[tuple[int, int]] = []
        if not self._matcher.collect(part, hits, _FEW_HITS):
            return None
        if not hits:
            return NOTHING
        placed = [
            (number, end)
            for number, end in ((number, outside(end)) for number, end in hits)
            if not self._aws <= number < self._behind_aws and not _is_within(end, known)
        ]
        if not placed:
            return NOTHING
        from credlint.secrets.inspection import ALONE  # noqa: PLC0415  only runs that hit something

        kinds = {self.patterns[n].spec.kind for n, _ in placed if n < self._directive}
        if not kinds <= ALONE:
            return None
        document = Document(uri, data)
        return self._second_stage(document, data, placed, (), truncated=False, decode=True)

    def _second_stage(
        self,
        document: Document,
        data: bytes,
        hits: list[tuple[int, int]],
        of_its_name: Sequence[Pattern],
        *,
        truncated: bool,
        decode: bool,
    ) -> DocumentResult:
        ends: dict[int, list[int]] = {}
        for number, end in hits:
            ends.setdefault(number, []).append(end)
        numbers = [number for number in ends if self._aws <= number < self._behind_aws]
        for number in numbers:
            del ends[number]
        aws_words = of_numbers(number - self._aws for number in numbers)
        if not ends and not of_its_name:
            return DocumentResult(aws_words=aws_words)
        tools = _tools()
        view = tools.view(
            document.uri, data, LineIndex(data), self.facts, self.patterns, self._rules
        )
        directives = [
            directive
            for end in ends.pop(self._directive, ())
            for directive in [read_directive(view, document.base, end)]
            if directive is not None
        ]
        matches: list[Match] = []
        for number, places in sorted(ends.items()):
            if number < self._directive:
                matches.extend(tools.precise_matches(self.patterns[number], places, data))
        if of_its_name:
            from credlint.secrets.file_kinds import LARGEST_FILE, iter_matches  # noqa: PLC0415

            for pattern in of_its_name:
                matches.extend(iter_matches(pattern, data))
        candidates = tools.inspect(matches, view, self._reported) if matches else []
        encoded = tools.find_encoded(view, hits if decode else (), self._stages)
        candidates = tools.merged(candidates, encoded)
        reasons = [_TOO_MANY] if truncated else []
        if of_its_name and len(data) > LARGEST_FILE:
            reasons.append(_TOO_LONG)
        if len(candidates) > FINDING_LIMIT:
            candidates = gravest(candidates)
            reasons.append(TOO_MANY_FINDINGS)
        return DocumentResult(
            findings=tuple(finding_of(candidate, document, view) for candidate in candidates),
            directives=tuple(directives),
            spans=tuple(
                SecretSpan(
                    entry.found_by or entry.pattern.rule.id, entry.start, entry.end, entry.value
                )
                for entry in candidates
            ),
            skipped=(
                *(Skipped(document.uri, reason, HITS_CODE, document.base) for reason in reasons),
                *(
                    Skipped(document.uri, reason, DECODED_CODE, document.base)
                    for reason in encoded.reasons
                ),
            ),
            aws_words=aws_words,
        )

    @cached_property
    def _stages(self) -> Stages:
        """Return how a decoded text is searched: by the same patterns, in the same way."""
        from credlint.secrets.encoded import Stages  # noqa: PLC0415

        tools = _tools()

        def collect(data: bytes) -> list[tuple[int, int]]:
            hits: list[tuple[int, int]] = []
            self._matcher.collect(data, hits, HIT_LIMIT)
            return hits

        def judge(hits: Sequence[tuple[int, int]], view: TextView) -> list[Candidate]:
            ends: dict[int, list[int]] = {}
            for number, end in hits:
                if number < self._directive:
                    ends.setdefault(number, []).append(end)
            matches = [
                match
                for number, places in sorted(ends.items())
                for match in tools.precise_matches(self.patterns[number], places, view.data)
            ]
            return tools.inspect(matches, view, self._reported) if matches else []

        gzip = self._escapes + len(ESCAPES)
        return Stages(collect, judge, self._directive, self._escapes, gzip, self._behind_aws)


def _is_within(end: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a match that ends there lies in one of the spans."""
    place = bisect_left(spans, (end,)) - 1
    return place >= 0 and end <= spans[place][1]


def build_engine(
    rules: Iterable[Rule],
    cache_directory: Optional[Path] = None,
    reported: Optional[frozenset[str]] = None,
    facts: ScanFacts = NO_FACTS,
) -> Engine:
    """Return an engine for the patterns of the rules.

    ``cache_directory`` is where the compiled database is kept between runs (it must belong to
    the user alone), None for nowhere. ``reported`` are the codes that make findings, None for
    all: a rule that is switched off still tells the others what stands beside their matches.
    ``facts``: what the judges may know besides the text.
    Raises PatternError or PatternsRefusedError when a rule's pattern cannot be used.
    """
    rules = tuple(rules)
    patterns = make_patterns(rules)
    matcher = make_matcher(Wanted(patterns), cache_directory)
    return Engine(patterns, matcher, reported, facts, rules)
