"""Passwords in connection strings: ``Server=…;Uid=…;Pwd=…``, libpq's and Redis' keywords, queries.

``password=`` alone is said in every program; it is a connection string's where other keywords of
one stand beside it in the same text. Keywords: ODBC (SQLDriverConnect), ADO.NET
(ConnectionString of SqlClient, Npgsql, MySqlConnector, Oracle), libpq §34.1.2, go-redis and
StackExchange.Redis, JDBC URLs (``?user=…&password=…`` and SQL Server's ``;user=…;password=…``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional

from credlint.model.finding import Level
from credlint.model.lazy_expressions import lazy_compile
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView

_REACH = 400
_PLACES = (
    r"server|data ?source|host|host ?name|hostaddr|addr(?:ess)?|network ?address|dsn"
    r"|initial ?catalog|database|dbname|dbq|provider|driver|endpoint|account ?endpoint"
    r"|service ?name|sslmode|search_path|port|ssl|abortconnect|tns|failover ?partner"
)
_USERS = r"uid|user ?id|user ?name|user|username|login|trusted_connection|integrated ?security"
_SEMICOLON_PLACE = lazy_compile(
    rf"(?i)(?:^|[;\"'(\s$])\s{{0,3}}(?:{_PLACES})\s?=\s?[^;=\r\n]{{1,120}}"
)
_SEMICOLON_USER = lazy_compile(
    rf"(?i)(?:^|[;:\"'(\s$])\s{{0,3}}(?:{_USERS})\s?=\s?\\?[\"']?([^;=\r\n\"'\\]{{1,80}})"
)
_SPACED = lazy_compile(
    r"(?:^|[\s\"'`(])(host|hostaddr|port|user|dbname|sslmode|connect_timeout|sslrootcert)=[^\s;,\"'\\]"
)
_SPACED_USER = lazy_compile(r"(?:^|[\s\"'`(])user=([^\s\"';,]{1,80})")
_REDIS = lazy_compile(r"(?i),\s?(?:ssl|abortConnect|allowAdmin|defaultDatabase|connectTimeout)\s?=")
_QUERY = lazy_compile(
    r"(?i)(?:jdbc:[a-z0-9:+.\-]{2,40}|[a-z][a-z0-9+.\-]{1,30}:)//?[^\s\"'<>]{0,300}\Z"
)
_QUERY_USER = lazy_compile(r"(?i)[?&;]\s?(?:user|username|uid|login)=([^\s&;\"']{1,80})")
_ENDED = lazy_compile(r"[^\s\"'<>;]{1,128};")
_VALUE = lazy_compile(r"[^\"'<>;\r\n]{1,128}")
_NAME = lazy_compile(r"(?i)(?:password|passwd|pwd)[ \t]{0,2}=[ \t]{0,2}\\?[\"']?\Z")
_LONGEST_NAME = 16
_LEAST_KEYWORDS = 2
_STAND_IN = " The value looks like a placeholder."


def inspect_connection_strings(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge ``password=`` by what stands beside it."""
    for match in matches:
        candidate = _inspect(match, view)
        if candidate is not None:
            yield candidate


def _inspect(match: Match, view: TextView) -> Optional[Candidate]:
    start, stop = view.lines.line_bounds(match.start)
    before = view.data[max(start, match.start - _REACH) : match.start].decode("utf-8", "replace")
    after = view.data[match.start : min(stop, match.start + _REACH)].decode("utf-8", "replace")
    # The match is the value's first character: a repetition would be a hit for each length.
    whole = _VALUE.match(after)
    value = whole.group().rstrip().rstrip("\\") if whole is not None else ""
    form, user = _form(before, after)
    if form is None or not value:
        return None
    if form == "query":
        value = re.split(r"[&;#]", value)[0]
        from urllib.parse import unquote  # noqa: PLC0415  10 ms, and rare

        decoded = unquote(value)
    elif form == "keywords":
        value = decoded = value.split()[0]
    elif form == "redis":
        value = decoded = value.partition(",")[0]
    else:
        decoded = value
    # Most matches are assignments of programs: they shall not pay for this.
    from credlint.secrets.plausible import fault_of  # noqa: PLC0415

    fault = fault_of(decoded, user)
    level: Level = match.pattern.rule.level  # type: ignore[assignment]
    message = "Password in a connection string."
    if fault == "stand-in" and form == "semicolons":
        level, message = "note", message + _STAND_IN
    elif fault is not None:
        return None
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=min(stop, match.start + len(value.encode())),
        value=Secret(decoded),
        level=level,
        message=message,
        subject="connection string",
        properties=(("kind", match.pattern.spec.id), ("form", form)),
    )


def _form(before: str, after: str) -> tuple[Optional[str], Optional[str]]:
    """Return which kind of string the password stands in, and the user it names."""
    name = _NAME.search(before, max(0, len(before) - _LONGEST_NAME))
    head = before[: name.start()] if name is not None else before
    sign = head.rstrip()[-1:]
    if sign in ("?", "&") or (sign == ";" and "://" in head):
        if _QUERY.search(head.rstrip()[:-1]):
            user = _QUERY_USER.search(head) or _QUERY_USER.search(after)
            return "query", user.group(1) if user else None
        return None, None
    if sign == "," and (_REDIS.search(after) or _REDIS.search(head)):
        return "redis", None
    if ";" in head or _ENDED.match(after):
        own = f"{head};{after}"
        place, user = _SEMICOLON_PLACE.search(own), _SEMICOLON_USER.search(own)
        if place and user:
            return "semicolons", user.group(1).strip()
    keywords = {found.group(1) for found in _SPACED.finditer(head + " " + after)}
    if len(keywords) >= _LEAST_KEYWORDS and head[-1:] in (" ", '"', "'", "`", ""):
        spaced = _SPACED_USER.search(head + " " + after)
        return "keywords", spaced.group(1) if spaced else None
    return None, None
