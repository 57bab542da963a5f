"""From the place that a pattern has found to a name, what it claims, and the literal it is given.

Each syntax has its reader; a rule's pattern names it with its option ``syntax``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Optional

from credlint.model.lean_tuples import NamedTuple
from credlint.secrets.candidate import Match
from credlint.secrets.generic.context import Context
from credlint.secrets.generic.names import PASSWORD, SHORTEST, TOKEN, claim_of, sets_value
from credlint.secrets.generic.syntax import Literal, read_pair, read_value

_LONGEST_NAME = 48
_BACKWARDS = re.compile(rb"[A-Za-z0-9_.\-$]{0,48}")
_NAME = re.compile(rb"[A-Za-z0-9_\-]{1,48}(?:\.[A-Za-z0-9_\-]{1,24}){0,3}")
_AFTER_COMPARISON = re.compile(rb" [=!]==? ([A-Za-z0-9_.]{1,48})")
# What stands right before a name and makes it another thing: a type's path, a badge, a page's mark.
_OTHER_THING = re.compile(rb"(?:::|\.svg\?|(?i:page|next|public|csrf|xsrf|client)[ \t])\Z")
# A value that is a JSON object, written as text inside of JSON: its own values.
_INNER = re.compile(r'\\{1,7}"\s{0,4}:\s{0,4}\\{1,7}"([^"\\\s]{4,256})\\{1,7}"')
_WORD = re.compile(rb"[^\s\"'`<;&|]{0,256}")
# RFC 7235 §2.1, token68.
_CREDENTIALS = re.compile(rb"[A-Za-z0-9+/._~\-]{0,4096}={0,2}")
# The programs whose option ``-u`` takes USER:PASSWORD, and how far before it they stand.
_LOGIN_PROGRAM = re.compile(rb"(?i)\b(?:curl|wget|https?|ab|hey)\b")
# AWS CLI reference: here `--api-key` is the key's identifier.
_IDENTIFIES = re.compile(rb"\baws[ ]apigateway[ ][^\n]*--api-key\Z")
_BLANKS = (b" ", b"\t", b"\n", b"{", b"(", b",")
_LONGEST_COMMAND = 400
_LONGEST_OPTION = 72
_LONGEST_LITERAL = 300
# A word that code uses more often, so far around, is the name of something.
_MOST_PLACES = 3
_NEIGHBOURHOOD = 16 * 1024


class Reading(NamedTuple):
    """A value that may be a secret: byte offsets, text, and what stands around it."""

    start: int
    end: int
    text: str
    context: Context


def readings(match: Match, data: bytes, *, code: bool) -> Iterator[Reading]:
    """Yield the values that a match of kind ``assignment`` leads to.

    ``code``: the file is source code, where a word without quotation marks is a name.
    """
    return _READERS[match.pattern.options.get("syntax", "assignment")](match, data, code)


def _name_around(data: bytes, place: int) -> tuple[int, int, str]:
    """Return the bounds and text of the identifier that the keyword at ``place`` stands in."""
    before = _BACKWARDS.match(data[max(0, place - _LONGEST_NAME) : place][::-1])
    start = place - (before.end() if before else 0)
    whole = _NAME.match(data, place)
    end = whole.end() if whole else place
    return start, end, data[start:end].decode("ascii")


@lru_cache(maxsize=4096)
def _claim(name: str) -> Optional[str]:
    last = name.rpartition(".")[2]
    return claim_of(last) or (claim_of(name) if last != name else None)


def _assigned(match: Match, data: bytes, code: bool) -> Iterator[Reading]:
    start, end, name = _name_around(data, match.start)
    claim = _claim(name)
    if claim is None or _OTHER_THING.search(data, max(0, start - 12), start):
        return
    literal = read_value(data, start, end, lines=not code)
    if literal is None or len(literal.text) < SHORTEST[claim]:
        return
    if not _counts(literal, data, start, name, code=code):
        return
    context = Context(
        name,
        claim,
        literal.sign,
        quoted=literal.quote,
        code=code,
        templated=data[max(0, start - 2) : start] in (b"${", b"$("),
    )
    yield from _with_inner(literal, context)


def _counts(literal: Literal, data: bytes, start: int, name: str, *, code: bool) -> bool:
    """Tell whether it is a literal at all, and the name's own."""
    if literal.sign == "(":
        return literal.after == ")" and sets_value(name.rpartition(".")[2])
    if literal.sign == ",":
        opening = data[max(0, start - 3) : start].rstrip(b"\"'`\\")
        return literal.after == ")" and opening.endswith((b"(", b"["))
    if literal.sign == ":" and data[start - 1 : start] == b":":
        # After a blank a symbol of Ruby; else a part of an address, as in ``arn:…:secret:name``.
        return data[start - 2 : start - 1] in _BLANKS
    return literal.quote or not code or not _is_identifier(literal, data)


def _is_identifier(literal: Literal, data: bytes) -> bool:
    """Tell whether an unquoted word in code is the name of something: called, or met again."""
    if literal.after in ("(", "["):
        return True
    if not literal.text.isidentifier():
        return False
    word = data[literal.start : literal.end]
    place, high = max(0, literal.start - _NEIGHBOURHOOD), literal.end + _NEIGHBOURHOOD
    for _ in range(_MOST_PLACES + 1):
        place = data.find(word, place, high)
        if place < 0:
            return False
        place += len(word)
    return True


def _with_inner(literal: Literal, context: Context) -> Iterator[Reading]:
    text = literal.text
    if not text.startswith(("{\\", "{'", '{"')):
        yield Reading(literal.start, literal.end, text, context)
        return
    for inner in _INNER.finditer(text):
        start = literal.start + len(text[: inner.start(1)].encode())
        value = inner.group(1)
        yield Reading(start, start + len(value.encode()), value, context._replace(quoted=True))


def _paired(match: Match, data: bytes, code: bool) -> Iterator[Reading]:
    """Read where a name is itself a value: ``{"name": "DB_PASSWORD", "value": "…"}``."""
    _, end, name = _name_around(data, match.start)
    claim = _claim(name)
    literal = read_pair(data, end) if claim is not None else None
    if claim is not None and literal is not None:
        context = Context(name, claim, literal.sign, quoted=True, code=code)
        yield Reading(literal.start, literal.end, literal.text, context)


def _compared(match: Match, data: bytes, code: bool) -> Iterator[Reading]:
    """Read the literal on the left of a comparison: ``"…" == password``."""
    quote = data[match.start : match.start + 1]
    low = max(data.rfind(b"\n", 0, match.start), match.start - _LONGEST_LITERAL) + 1
    start = data.rfind(quote, low, match.start) + 1
    found = _AFTER_COMPARISON.match(data, match.start + 1)
    name = found.group(1).decode("ascii") if found else ""
    claim = _claim(name)
    if start and claim is not None:
        text = data[start : match.start].decode("utf-8", "replace")
        yield Reading(start, match.start, text, Context(name, claim, "==", quoted=True, code=code))


def _rest(pattern: re.Pattern[bytes], data: bytes, place: int) -> str:
    """Return how a value goes on after what the rule's pattern has matched of it."""
    found = pattern.match(data, place)
    return found.group().decode("utf-8", "replace") if found else ""


def _argument(match: Match, data: bytes, code: bool) -> Iterator[Reading]:
    """Read the password among the arguments of a call or a command, where its place tells it."""
    written = match.text + _rest(_WORD, data, match.end)
    text = written.lstrip("\"'`")
    start = match.start + len(written) - len(text)
    quoted = data[start - 1 : start] in (b'"', b"'")
    if not quoted:
        text = text.rstrip(".,;:)")
    context = Context("password", PASSWORD, " ", quoted=quoted, code=code)
    yield Reading(start, start + len(text.encode()), text, context)


def _option(match: Match, data: bytes, code: bool) -> Iterator[Reading]:
    """Read what follows an option that says what it is: ``--password …``."""
    before = data[max(0, match.start - _LONGEST_OPTION) : match.start].rstrip(b" \t=:\"'")
    found = _BACKWARDS.match(before[::-1])
    name = found.group()[::-1].decode("ascii") if found else ""
    claim = claim_of(name)
    if claim is not None and not _IDENTIFIES.search(before):
        for reading in _argument(match, data, code):
            yield reading._replace(context=reading.context._replace(name=name, claim=claim))


def _login(match: Match, data: bytes, code: bool) -> Iterator[Reading]:
    """Read the password of ``curl -u USER:PASSWORD``."""
    if _LOGIN_PROGRAM.search(data, max(0, match.start - _LONGEST_COMMAND), match.start):
        yield from _argument(match, data, code)


def _header(match: Match, data: bytes, code: bool) -> Iterator[Reading]:
    """Read the credentials of an Authorization header."""
    text = match.text + _rest(_CREDENTIALS, data, match.end)
    context = Context("Authorization", TOKEN, ":", quoted=True, code=code)
    yield Reading(match.start, match.start + len(text.encode()), text, context)


_READERS = {
    "assignment": _assigned,
    "pair": _paired,
    "comparison": _compared,
    "argument": _argument,
    "option": _option,
    "login": _login,
    "header": _header,
}
