"""Judges what is assigned to names that claim a secret, in whatever syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional

from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.generic.names import PASSWORD, TOKEN, claim_of, sets_value
from credlint.secrets.generic.score import Context, verdict
from credlint.secrets.generic.syntax import Literal, read_pair, read_value

_BACK = re.compile(rb"[A-Za-z0-9_.\-$]{0,48}")
_NAME = re.compile(rb"[A-Za-z0-9_\-]{1,48}(?:\.[A-Za-z0-9_\-]{1,24}){0,3}")
_CODE = frozenset(
    "py js jsx ts tsx mjs cjs java go rb php cs kt kts rs c cc cpp cxx h hpp swift scala ps1 psm1 lua "
    "pl pm dart groovy gradle m mm vue svelte html htm css scss ipynb pyi vb fs ex exs erl clj r jl "
    "sol proto graphql pug slim erb ejs j2 hbs tpl".split()
)
# What stands right before a name and makes it another thing: a type's path, a page's mark.
_BEFORE = re.compile(rb"(?:::|\.svg\?|(?i:page|next|public|csrf|xsrf|client)[ \t])\Z")
_INNER = re.compile(r'\\{1,7}"\s{0,4}:\s{0,4}\\{1,7}"([^"\\\s]{4,256})\\{1,7}"')
_NAME_TAIL = re.compile(rb" [=!]==? ([A-Za-z0-9_.]{1,48})")
_FAR = 300
_WORD = re.compile(rb"[^\s\"'`<;&|]{0,256}")
# RFC 7235, token68.
_CREDENTIALS = re.compile(rb"[A-Za-z0-9+/._~\-]{0,4096}={0,2}")
_LOGIN_TOOL = re.compile(rb"(?i)\b(?:curl|wget|http|https|ab|xh|hey)\b")
_SCHEME_BASIC = re.compile(rb"(?i)basic[ \t]{1,4}\Z")

# AWS' own documentation as its packages install it: made-up outputs of every command.
_AWS_DOCUMENTATION = re.compile(r"(?:\A|/)(?:awscli/examples|botocore/data)/")

MESSAGES = {
    "assignment": "A {claim} by its name, with a value that looks made by a generator.",
    "command-line": "A {claim} on a command line, with a value that looks made by a generator.",
    "authorization": "Credentials in an HTTP header, with a value that looks made by a generator.",
}


class _Finding(NamedTuple):
    name: str
    claim: str
    start: int
    end: int
    text: str
    level: str


def inspect_assignments(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge the matches of this room's kinds, each value once."""
    if _AWS_DOCUMENTATION.search(view.uri):
        return
    suffix = view.uri.rpartition("/")[2].rpartition(".")[2].lower()
    code = suffix in _CODE
    seen: set[int] = set()
    for match in sorted(matches, key=lambda entry: entry.start):
        for found in _READERS[match.pattern.spec.kind](match, view.data, code):
            if found.start in seen:
                continue
            seen.add(found.start)
            words = MESSAGES.get(match.pattern.spec.kind, MESSAGES["assignment"])
            yield Candidate(
                pattern=match.pattern,
                start=found.start,
                end=found.end,
                value=Secret(found.text),
                level=found.level,  # type: ignore[arg-type]
                message=words.format(claim=found.claim),
                subject=found.name,
            )


def _name_at(match: Match, data: bytes) -> Optional[tuple[int, int, str]]:
    """Return the bounds and text of the identifier that the keyword stands in."""
    head = _BACK.match(data[max(0, match.start - 48) : match.start][::-1])
    start = match.start - (head.end() if head else 0)
    whole = _NAME.match(data, match.start)
    if whole is None:
        return None
    return start, whole.end(), data[start : whole.end()].decode("ascii")


def _claim(name: str) -> Optional[str]:
    last = name.rpartition(".")[2]
    return claim_of(last) or (claim_of(name) if last != name else None)


def _assigned(match: Match, data: bytes, code: bool) -> Iterator[_Finding]:
    place = _name_at(match, data)
    if place is None:
        return
    start, end, name = place
    claim = _claim(name)
    if claim is None or _BEFORE.search(data, max(0, start - 12), start):
        return
    reader = read_pair if match.pattern.spec.kind == "assignment-pair" else read_value
    literal = reader(data, start, end, lines=not code)
    if literal is None:
        return
    yield from _judged(name, claim, literal, data, code, start)


def _judged(
    name: str, claim: str, literal: Literal, data: bytes, code: bool, start: int
) -> Iterator[_Finding]:
    text = literal.text
    if text.startswith(("{\\", "{'", '{"')):
        for inner in _INNER.finditer(text):
            context = Context(name, claim, '"', quoted=True, code=code)
            level = verdict(inner.group(1), context)
            if level is not None:
                offset = literal.start + len(text[: inner.start(1)].encode())
                size = len(inner.group(1).encode())
                yield _Finding(name, claim, offset, offset + size, inner.group(1), level)
        return
    if literal.sign in (",", "(") and not _is_argument(literal, data, start, name):
        return
    if not literal.quote and code and (literal.after in ("(", "[") or _is_identifier(literal, data)):
        return
    context = Context(
        name,
        claim,
        literal.sign,
        quoted=bool(literal.quote),
        code=code,
        templated=data[max(0, start - 2) : start] in (b"${", b"$("),
    )
    level = verdict(text, context)
    if level is not None:
        yield _Finding(name, claim, literal.start, literal.end, text, level)


def _is_argument(literal: Literal, data: bytes, start: int, name: str) -> bool:
    """Tell whether the value is what a call sets: ``setToken("…")``, ``put("token", "…")``."""
    if literal.after != ")":
        return False
    if literal.sign == "(":
        return sets_value(name)
    return data[max(0, start - 3) : start].rstrip(b"\"'`\\").endswith((b"(", b"["))


def _is_identifier(literal: Literal, data: bytes) -> bool:
    """Tell whether an unquoted word in code stands for something else: it is met again."""
    return literal.text.isidentifier() and data.count(literal.text.encode()) > 3  # noqa: PLR2004


def _rest(pattern: re.Pattern[bytes], data: bytes, place: int) -> str:
    """Return how a value goes on after what the pattern of the rule has matched of it."""
    found = pattern.match(data, place)
    return found.group().decode("utf-8", "replace") if found else ""


def _on_command_line(match: Match, data: bytes, code: bool) -> Iterator[_Finding]:
    """Judge what follows an option, or the password in ``-u USER:PASSWORD``."""
    before = data[max(0, match.start - 72) : match.start]
    name, claim = "password", PASSWORD
    if match.pattern.spec.options.get("option"):
        backwards = _BACK.match(before.rstrip(b" \t=:\"'")[::-1])
        name = backwards.group()[::-1].decode("ascii") if backwards else ""
        found = claim_of(name)
        if found is None:
            return
        claim = found
    elif match.pattern.spec.id == "login-option" and not _LOGIN_TOOL.search(
        data, max(0, match.start - 400), match.start
    ):
        return
    context = Context(name, claim, " ", quoted=before[-1:] in (b'"', b"'"), code=code)
    written = match.text + _rest(_WORD, data, match.end)
    text = written.lstrip("\"'`")
    start = match.start + len(written) - len(text)
    text = text.rstrip(".,;:)")
    level = verdict(text, context)
    if level is not None:
        yield _Finding(name, claim, start, start + len(text.encode()), text, level)


def _compared_before(match: Match, data: bytes, code: bool) -> Iterator[_Finding]:
    """Judge the literal on the left of a comparison: ``"…" == password``."""
    quote = data[match.start : match.start + 1]
    low = max(data.rfind(b"\n", 0, match.start), match.start - _FAR) + 1
    start = data.rfind(quote, low, match.start) + 1
    found = _NAME_TAIL.match(data, match.start + 1)
    if not start or found is None:
        return
    name = found.group(1).decode("ascii")
    claim = _claim(name)
    if claim is None:
        return
    text = data[start : match.start].decode("utf-8", "replace")
    level = verdict(text, Context(name, claim, "=", quoted=True, code=code))
    if level is not None:
        yield _Finding(name, claim, start, match.start, text, level)


def _logged_in(match: Match, data: bytes, code: bool) -> Iterator[_Finding]:
    """Judge the second argument of a call that takes a user and a password."""
    text = match.text + _rest(_WORD, data, match.end)
    if data[match.start + len(text.encode()) :][:1] not in (b'"', b"'"):
        return
    level = verdict(text, Context("password", PASSWORD, ",", quoted=True, code=code))
    if level is not None:
        yield _Finding("password", PASSWORD, match.start, match.start + len(text.encode()), text, level)


def _in_header(match: Match, data: bytes, code: bool) -> Iterator[_Finding]:
    text = match.text + _rest(_CREDENTIALS, data, match.end)
    before = data[max(0, match.start - 12) : match.start]
    basic = _SCHEME_BASIC.search(before) is not None
    context = Context("Authorization", TOKEN, ":", quoted=True, code=code, basic=basic)
    level = verdict(text, context)
    if level is not None:
        yield _Finding("Authorization", "token", match.start, match.start + len(text), text, level)


_READERS = {
    "assignment": _assigned,
    "assignment-pair": _assigned,
    "assignment-before": _compared_before,
    "login-call": _logged_in,
    "command-line": _on_command_line,
    "authorization": _in_header,
}
