"""Judges what is assigned to names that claim a secret, in whatever syntax."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.generic.context import HEXADECIMAL, Verdict
from credlint.secrets.generic.names import KEY, SECRET
from credlint.secrets.generic.readers import Reading, readings

# Files in which a word without quotation marks is the name of something.
_CODE = frozenset(
    (
        *(
            "py",
            "pyi",
            "pyx",
            "js",
            "jsx",
            "mjs",
            "cjs",
            "ts",
            "tsx",
            "vue",
            "svelte",
            "java",
            "kt",
        ),
        *("kts", "scala", "groovy", "gradle", "go", "rb", "erb", "slim", "php", "cs", "vb", "fs"),
        *("rs", "c", "cc", "cpp", "cxx", "h", "hpp", "m", "mm", "swift", "dart", "lua", "pl", "pm"),
        *("r", "jl", "ex", "exs", "erl", "clj", "ps1", "psm1", "html", "htm", "css", "scss", "pug"),
        *("ejs", "j2", "hbs", "tpl", "ipynb", "sol", "proto", "graphql"),
    )
)
# What AWS' manuals put where an account or an identifier belongs, in place of a real one.
_MANUAL = re.compile(
    rb"(?<![0-9A-Za-z-])(?:123456789012|111122223333|444455556666|012345678910)(?![0-9A-Za-z])"
    rb"|[A-Za-z0-9]{2,32}EXAMPLE(?![A-Za-z0-9])"
)
_MANUAL_REACH = 1000
_PARAGRAPH = re.compile(rb"\n[ \t\r]*\n")
_MOST_OF_A_NAME = 3
# Where people put what is made up, and what is only shown: a note there.
_EXERCISE = re.compile(
    r"""(?xi)
    (?:\A|/) (?: tests? | testing | testdata | test[-_]data | __tests__ | specs? | fixtures?
      | mocks? | __mocks__ | examples? | samples? | demos? | docs? | documentation ) /
    | (?:\A|/) test_[^/]*\Z | [._-] (?: test | spec | example | sample )s? (?:\.\w+)? \Z
    """
)
# Where the words of a program stand in other languages; what has no digit is one of them there.
TRANSLATION = re.compile(
    r"""(?xi)
    (?:\A|/) (?: langs? | languages? | locales? | i18n | l10n | intl | nls | translations? ) [/._-]
    | (?:\A|/) (?: messages | strings | resources | translation ) [._-] [a-z]{2} (?:[._-]|\Z)
    | \. (?: po | pot | xlf | xliff | strings | resx ) \Z
    """
)
_WHERE = {
    "option": "on a command line",
    "argument": "in a call or command",
    "login": "on a command line",
    "header": "in an HTTP header",
}


_start = attrgetter("start")


def inspect_assignments(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge the matches of kind ``assignment``, each value once."""
    suffix = view.uri.rpartition("/")[2].rpartition(".")[2].lower()
    found: dict[int, tuple[Match, Reading, Verdict]] = {}
    code = suffix in _CODE
    for match in sorted(matches, key=_start):
        for reading in readings(match, view.data, code=code):
            if reading.start not in found:
                # Most names stand beside no literal: only those that do pay for its judge.
                from credlint.secrets.generic.chosen import judge_chosen  # noqa: PLC0415
                from credlint.secrets.generic.score import judge  # noqa: PLC0415

                verdict = judge(reading.text, reading.context) or judge_chosen(
                    reading.text, reading.context, view.data, reading.start, reading.end
                )
                if verdict is not None:
                    found[reading.start] = match, reading, verdict
    if not found:
        return
    tables = _tables(found.values())
    translated = TRANSLATION.search(view.uri) is not None
    for match, reading, verdict in found.values():
        if not (verdict.reason == HEXADECIMAL and reading.context.name in tables) and not (
            _stands_in_a_manual(reading, view.data) or (translated and _is_word(reading.text))
        ):
            level: Level = "note" if _EXERCISE.search(view.uri) else verdict.level
            yield _candidate(match, reading, verdict._replace(level=level))


def _is_word(text: str) -> bool:
    return not any(character.isdigit() for character in text)


def _tables(found: Iterable[tuple[Match, Reading, Verdict]]) -> frozenset[str]:
    """Return the names that stand beside so many hex values that these are a test's vectors."""
    counts = Counter(
        reading.context.name
        for _, reading, verdict in found
        if verdict.reason == HEXADECIMAL and reading.context.claim in (KEY, SECRET)
    )
    return frozenset(name for name, count in counts.items() if count > _MOST_OF_A_NAME)


def _stands_in_a_manual(reading: Reading, data: bytes) -> bool:
    """Tell whether an account or identifier of AWS' manuals stands in the value's paragraph."""
    low, high = max(0, reading.start - _MANUAL_REACH), reading.end + _MANUAL_REACH
    before = _PARAGRAPH.split(data[low : reading.start])[-1]
    after = _PARAGRAPH.split(data[reading.end : high])[0]
    return _MANUAL.search(before) is not None or _MANUAL.search(after) is not None


def _candidate(match: Match, reading: Reading, verdict: Verdict) -> Candidate:
    from credlint.secrets.generic.score import reads_as_words  # noqa: PLC0415  as above

    name = reading.context.name
    # A name is shown only where it is one: a keyword may stand inside of other secret text.
    shown = f" of {name}" if reads_as_words(name) else ""
    where = _WHERE.get(str(match.pattern.options.get("syntax")), "in the text")
    return Candidate(
        pattern=match.pattern,
        start=reading.start,
        end=reading.end,
        value=Secret(reading.text),
        level=verdict.level,
        message=f"{reading.context.claim.capitalize()} {where}: the value{shown} {verdict.reason}.",
        subject=name if shown else reading.context.claim,
        properties=(("kind", reading.context.claim),),
    )
