"""Comments and strings of a program in one pass, in linear time whatever the text is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from credlint.code.program.languages import LANGUAGES, Language, Quote
from credlint.code.sighting import Embedded
from credlint.model.lean_tuples import NamedTuple

_OPENING = {"(": ")", "[": "]", "{": "}"}
_BRACKETS = re.compile(r"[()\[\]{}]")
# Behind these a slash begins a regular expression, behind a name or a bracket it divides.
_BEFORE_REGEX = "(,=:[!&|?{};+\n~"
_REGEX = re.compile(
    r"/(?![/*\n])(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n]){0,200}\]){1,1000}/[a-z]*"
)
_HEREDOC = re.compile(r"[~-]?([\"']?)([A-Z_a-z][A-Z_a-z0-9]{0,60})\1[^\n]*\n")
# Each that has no end costs a look through the rest.
_MOST_OPEN_HEREDOCS = 50
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Literal(NamedTuple):
    """A string: where it stands with its quotes, where its inside does, and what it says.

    ``has_holes``: a part of it is worked out when the program runs.
    """

    start: int
    end: int
    inner: int
    inner_end: int
    value: str
    has_holes: bool = False


class Call(NamedTuple):
    """``name(…)``: where the name begins, its bracket opens, and what it ends behind."""

    name: str
    start: int
    open: int
    end: int


class Program:
    """A program: ``text``, its ``strings`` and ``comments``, and ``code``.

    ``code`` has a character for each byte of the text; what is comment or inside of a string is
    blank there, line ends are kept. ``comments``: pairs of offsets.
    """

    unread: tuple[str, ...] = ()

    def __init__(self, text: bytes, language: str) -> None:
        self.text = text
        self.language = language
        self.formats = ("program", language)
        lexer = _Lexer(text.decode("latin-1"), LANGUAGES[language])
        lexer.run()
        self.strings = lexer.strings
        self.comments = lexer.comments
        self.code = lexer.code()

    def embedded(self) -> Iterable[Embedded]:
        """Return the scripts of a pipeline; those in strings of other programs are text."""
        if self.language != "groovy":
            return ()
        from credlint.code.program.pipelines import iter_steps  # noqa: PLC0415  of few programs

        return iter_steps(self)

    @cached_property
    def tests_from(self) -> int:
        """Return where the program's own tests begin: Rust has them at the end of a file."""
        found = self.code.find("#[cfg(test)]") if self.language == "rust" else -1
        return len(self.code) if found < 0 else found

    @cached_property
    def _starts(self) -> list[int]:
        return [literal.start for literal in self.strings]

    def strings_between(self, start: int, end: int) -> list[Literal]:
        """Return the strings that begin there."""
        return self.strings[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    @cached_property
    def pairs(self) -> dict[int, int]:
        """Return where the bracket closes that opens at a place; unpaired ones are left out."""
        found: dict[int, int] = {}
        open_now: list[tuple[str, int]] = []
        for bracket in _BRACKETS.finditer(self.code):
            sign = bracket[0]
            if sign in _OPENING:
                open_now.append((_OPENING[sign], bracket.start()))
            elif open_now and open_now[-1][0] == sign:
                found[open_now.pop()[1]] = bracket.start()
        return found

    def calls(self, *names: str) -> Iterator[Call]:
        """Yield the calls of functions or methods of these names, whatever they belong to."""
        if not any(name in self.code for name in names):
            return
        wanted = "|".join(map(re.escape, names))
        for found in re.finditer(rf"(?<![\w$])(?:{wanted})(?=[ \t]{{0,8}}\()", self.code):
            opening = self.code.index("(", found.end())
            if opening in self.pairs:
                yield Call(found[0], found.start(), opening, self.pairs[opening] + 1)

    def around(self, offset: int) -> list[tuple[int, int]]:
        """Return the blocks of braces that hold a place, the outermost first."""
        return sorted(
            (start, end + 1)
            for start, end in self.pairs.items()
            if start < offset < end and self.code[start] == "{"
        )


def read(text: bytes, name: str) -> Program:
    """Return the program in the language of that name."""
    return Program(text, name)


@cache
def _starts_of(language: Language) -> re.Pattern[str]:
    """Return what finds the next comment or string."""
    signs = [*language.line, *(pair[0] for pair in language.block)]
    signs += [quote.open for quote in language.quotes]
    signs += [language.heredoc] if language.heredoc else []
    signs += ["/"] if language.slashes else []
    return re.compile("|".join(map(re.escape, sorted(signs, key=len, reverse=True))))


@cache
def _ends_of(quote: Quote) -> re.Pattern[str]:
    """Return what finds the next sign that means something inside of a string."""
    signs = [re.escape(quote.close)]
    if quote.escape and quote.escape == quote.close:
        signs.insert(0, re.escape(quote.escape * 2))
    elif quote.escape:
        signs.insert(0, re.escape(quote.escape) + r"[\s\S]")
    if quote.hole:
        signs.append(re.escape(quote.hole))
    if not quote.lines:
        signs.append(r"\n")
    return re.compile("|".join(signs))


class _Lexer:
    """``text``: a character for each byte."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.quotes = {quote.open: quote for quote in language.quotes}
        self.blocks = dict(language.block)
        self.strings: list[Literal] = []
        self.comments: list[tuple[int, int]] = []
        self.open_heredocs = 0

    def run(self) -> None:
        """Find all comments and strings."""
        starts = _starts_of(self.language)
        place = 0
        if self.language.begins and not self.text.startswith(self.language.begins):
            first = self.text.find(self.language.begins)
            place = self._comment(0, len(self.text) if first < 0 else first)
        while True:
            found = starts.search(self.text, place)
            if found is None:
                return
            place = self._at(found[0], found.start())

    def _at(self, sign: str, start: int) -> int:
        """Take down what begins with a sign; return where to go on."""
        if sign in self.quotes:
            return self._string(start, self.quotes[sign])
        if sign in self.blocks:
            return self._comment(start, self._block_end(start, sign))
        if sign in self.language.line:
            end = self.text.find("\n", start)
            return self._comment(start, len(self.text) if end < 0 else end)
        if sign == self.language.heredoc:
            return self._heredoc(start, start + len(sign))
        return self._slash(start)

    def _comment(self, start: int, end: int) -> int:
        self.comments.append((start, end))
        return end

    def _block_end(self, start: int, sign: str) -> int:
        close = self.blocks[sign]
        depth, place = 1, start + len(sign)
        while depth:
            end = self.text.find(close, place)
            if end < 0:
                return len(self.text)
            if self.language.nests:
                depth += self.text.count(sign, place, end)
            depth -= 1
            place = end + len(close)
        return place

    def _slash(self, start: int) -> int:
        before = start - 1
        while before >= 0 and self.text[before] in " \t" and start - before < 100:  # noqa: PLR2004
            before -= 1
        if before >= 0 and self.text[before] not in _BEFORE_REGEX:
            return start + 1
        found = _REGEX.match(self.text, start)
        return found.end() if found else start + 1

    def _string(self, start: int, quote: Quote) -> int:
        ends = _ends_of(quote)
        inner = place = start + len(quote.open)
        has_holes = False
        while True:
            found = ends.search(self.text, place)
            if found is None or found[0] == "\n" != quote.close:
                # It is not closed: no string, or broken; what follows is read as usual.
                return found.end() if found is not None else len(self.text)
            if found[0] == quote.close:
                self._add(start, found.end(), inner, found.start(), quote, has_holes=has_holes)
                return found.end()
            place = found.end()
            if quote.hole and found[0] == quote.hole:
                has_holes = True
                place = self._hole_end(place)

    def _hole_end(self, place: int) -> int:
        depth = 1
        for found in re.compile(r"[{}]").finditer(self.text, place):
            depth += 1 if found[0] == "{" else -1
            if not depth:
                return found.end()
        return len(self.text)

    def _heredoc(self, start: int, place: int) -> int:
        head = _HEREDOC.match(self.text, place)
        if head is None:
            return place
        if self.open_heredocs == _MOST_OPEN_HEREDOCS:
            return place
        end = re.compile(rf"^[ \t]*{head[2]}\b", re.MULTILINE).search(self.text, head.end() - 1)
        if end is None:
            self.open_heredocs += 1
            return place
        self.strings.append(
            Literal(
                start,
                end.end(),
                head.end(),
                end.start(),
                _decoded(self.text[head.end() : end.start()]),
                has_holes=head[1] != "'",
            )
        )
        return end.end()

    def _add(
        self, start: int, end: int, inner: int, inner_end: int, quote: Quote, *, has_holes: bool
    ) -> None:
        value = self.text[inner:inner_end]
        if quote.escape == "\\" and "\\" in value:
            value = re.sub(r"\\([\s\S])", lambda m: _ESCAPES.get(m[1], m[1]), value)
        self.strings.append(
            Literal(start, end, inner, inner_end, _decoded(value), has_holes=has_holes)
        )

    def code(self) -> str:
        """Return the text with comments and the insides of strings blank."""
        blank = sorted([*self.comments, *((each.inner, each.inner_end) for each in self.strings)])
        pieces = []
        last = 0
        for start, end in blank:
            if start < last:
                continue
            pieces.append(self.text[last:start])
            pieces.append(re.sub(r"[^\n]", " ", self.text[start:end]))
            last = end
        pieces.append(self.text[last:])
        return "".join(pieces)


def _decoded(value: str) -> str:
    return value.encode("latin-1").decode("utf-8", "replace")
