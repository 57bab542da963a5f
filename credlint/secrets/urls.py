"""Passwords in URLs: ``scheme://user:password@host`` (RFC 3986 §3.2.1), judged with their host.

Whoever writes such a URL often writes an ``@`` into the password as it is, or several hosts after
it (MongoDB connection string format, libpq §34.1.1.2), so where the password ends is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Optional
from urllib.parse import unquote

from credlint.model.finding import Level
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.plausible import fault_of, is_reference, is_stand_in
from credlint.secrets.randomness import looks_random

_SCHEME = re.compile(rb"(?:jdbc:)?[A-Za-z][A-Za-z0-9+._-]{0,30}\Z|[})\"'`]\Z")
_HOST = re.compile(rb"\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_.%$(){}*-]{1,255}")
_LOOPBACK = re.compile(
    r"localhost|127\.|0\.0\.0\.0\Z|\[::1\]|host\.docker\.internal", re.IGNORECASE
)
# RFC 2606, RFC 6761; RFC 3849 and RFC 5737 for addresses.
_EXAMPLE = re.compile(
    r"\[2001:db8:|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|(?:.*\.)?(?:example|invalid|test)(?:\.(?:com|net|org|edu))?\Z|host\d?\Z|hostname\Z|(?:.*\.)?(?:my|your)?-?company\.com\Z",
    re.IGNORECASE,
)
_PORT = re.compile(r"\d{1,5}\Z")
_DIGESTS = ("sha256", "sha512")
# A token where the user stands: GitHub's, GitLab's and Bitbucket's ways with HTTP.
_TOKEN_FORMS = frozenset({"x-oauth-basic", "x-oauth-token", "x-token-auth", ""})
# fsspec's `github://ORGANISATION:REPOSITORY@COMMIT/path`.
_PLACES_IN_REPOSITORIES = frozenset({"github"})
_SHORTEST_TOKEN = 20
_LONGEST_SCHEME = 40
# What these services are installed with: on the same machine no secret.
_DEFAULTS = frozenset(
    {"postgres", "root", "guest", "admin", "sa", "minioadmin", "neo4j", "elastic", "mongo"}
)
# Databases and queues are set up with these in earnest: Laravel's boxes with `secret`.
_COMMON = frozenset(
    {"secret", "passw0rd", "p@ssw0rd", "letmein", "welcome", "qwerty", "123456", "12345678", "toor"}
)
_DATABASES = (
    "postgres",
    "mysql",
    "maria",
    "mongo",
    "redis",
    "amqp",
    "sqlserver",
    "mssql",
    "oracle",
)
_WEB = frozenset({"http", "https", "ftp", "git", "git+https", "hg", "svn"})


class Login(NamedTuple):
    """The parts of a URL's authority, and where the secret of it stands."""

    scheme: str
    user: str
    host: str
    start: int
    end: int
    secret: str


def inspect_urls(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge what stands between ``://`` and the ``@`` before a host."""
    for match in matches:
        login = _login(match, view.data)
        candidate = _judge(match, login) if login is not None else None
        if candidate is not None:
            yield candidate


def _login(match: Match, data: bytes) -> Optional[Login]:
    """Take the authority apart: ``match`` is all after ``://`` up to the last ``@``."""
    # JSON may write the slashes as `\/` (RFC 8259 §7).
    colon = data.rfind(b":", 0, match.start)
    scheme = _SCHEME.search(data, max(0, colon - _LONGEST_SCHEME), colon)
    if scheme is None:
        return None
    text = data[match.start : match.end]
    user, separator, rest = text.partition(b":")
    if not separator:
        return None
    first = rest.find(b"@")
    # Several hosts, each with its login, or a list of addresses: the first "@" ends the password.
    password = rest[:first] if first >= 0 and b"," in rest[first:] else rest
    start = match.start + len(user) + 1
    end = start + len(password)
    host = _HOST.match(data, end + 1)
    if host is None:
        return None
    return Login(
        # A template or a variable may stand before the "://".
        scheme.group().decode().lower().strip("})\"'`") or "template",
        unquote(user.decode("utf-8", "replace")),
        host.group().decode("utf-8", "replace"),
        start,
        end,
        unquote(password.decode("utf-8", "replace")),
    )


def _judge(match: Match, login: Login) -> Optional[Candidate]:
    if login.host.lower() in _DIGESTS or (
        _PORT.match(login.secret) and ("." in login.user or not login.user)
    ):
        return None  # an image by its digest; a host with its port
    fault = fault_of(login.secret, login.user)
    if login.secret in _TOKEN_FORMS or fault == "stand-in":
        return _judge_user(match, login)
    if fault is not None or login.scheme in _PLACES_IN_REPOSITORIES:
        return None
    named = not (login.user and is_stand_in(login.user))
    escaped = "%" in match.text and not looks_random(login.secret, 3.0)
    if not named and escaped and _EXAMPLE.match(login.host):
        return None  # a manual shows how a password is escaped
    local = _LOOPBACK.match(login.host) is not None
    level: Level = match.pattern.rule.level  # type: ignore[assignment]
    tail = ""
    if local:
        level, tail = "note", " Its host is this machine."
    elif _EXAMPLE.match(login.host):
        level, tail = "note", " Its host is made for examples."
    elif not named:
        level, tail = "warning", " Its user is no name."
    return _candidate(match, login, level, f"Password in a {_words(login)} URL.{tail}")


def _judge_user(match: Match, login: Login) -> Optional[Candidate]:
    """Judge a URL without a real password: a default of its service, or a token as the user."""
    user = login.user
    if (
        login.scheme not in _WEB
        and user == login.secret
        and user in _DEFAULTS
        and _LOOPBACK.match(login.host)
    ):
        # The scheme is told nowhere: it may be the password, too.
        message = "The default login of a service on this machine."
        return _candidate(match, login._replace(scheme="service"), "note", message)
    if (
        login.secret in _COMMON
        and _words(login).startswith(_DATABASES)
        and not _EXAMPLE.match(login.host)
    ):
        message = "An all too common password in the URL of a database."
        return _candidate(match, login, "note", message)
    if (
        login.secret in _TOKEN_FORMS
        and len(user) >= _SHORTEST_TOKEN
        and not is_reference(user)
        and looks_random(user, 3.0)
    ):
        token = login._replace(start=match.start, end=login.start - 1, secret=user)
        return _candidate(match, token, "error", f"Token as the user of a {_words(login)} URL.")
    return None


def _words(login: Login) -> str:
    return login.scheme.partition("+")[0].rpartition(":")[2]


def _candidate(match: Match, login: Login, level: Level, message: str) -> Candidate:
    return Candidate(
        pattern=match.pattern,
        start=login.start,
        end=login.end,
        value=Secret(login.secret),
        level=level,
        message=message,
        subject=f"{_words(login)} URL",
        properties=(("kind", match.pattern.spec.id), ("scheme", login.scheme)),
    )
