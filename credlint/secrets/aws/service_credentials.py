"""Credentials that AWS issues for one service: CodeCommit, Keyspaces, MWS, AppSync and others."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from credlint.model.finding import Level
from credlint.model.secret import Secret
from credlint.secrets.aws.account_ids import DOCUMENTATION_ACCOUNTS
from credlint.secrets.aws.key_ids import account_properties, account_words
from credlint.secrets.aws.moments import expiry_words, is_over, seconds_of, shown
from credlint.secrets.candidate import Candidate, Match, Relation, TextView
from credlint.secrets.codeartifact import read_codeartifact_tokens
from credlint.secrets.randomness import class_changes, entropy, is_placeholder

# IAM user guide, "Use IAM with CodeCommit: Git credentials": the user is NAME-at-ACCOUNT; as its
# API prints them (ServicePassword), passwords are 32 bytes in base64.
_PASSWORD = re.compile(
    rb"(?<![A-Za-z0-9/+_.%-])((?:[A-Za-z0-9+/]|%2[BbFf]){43})(?:=|%3[Dd])(?![A-Za-z0-9/+=_-])"
)
_REACH_BEFORE, _REACH_AFTER = 300, 600
_PASSWORD_ENTROPY, _PASSWORD_CHANGES = 4.2, 14
_COGNITO = re.compile(
    rb"(?i)cognito|user_?-?pool|amazoncognito|\b[a-z]{2}-[a-z]+-\d_[A-Za-z0-9]{9}\b"
)
_CONTEXT = 1500


def inspect_service_users(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge passwords beside a user name of a service-specific credential."""
    users = sorted(matches, key=lambda entry: entry.start)
    starts = [user.start for user in users]
    for low, high in _around(users):
        for found in _PASSWORD.finditer(view.data, low, min(high, len(view.data))):
            text = unquote(found.group().decode("ascii"))
            place = bisect_left(starts, found.start())
            beside = users[max(0, place - 1) : place + 1]
            owner = min(beside, key=lambda entry: abs(entry.start - found.start()))
            account = owner.text[-12:]
            if _is_password(text) and account not in DOCUMENTATION_ACCOUNTS:
                match = Match(owner.pattern, found.start(), found.end(), text)
                yield _service_password(match, owner, account, view)


def _around(users: Sequence[Match]) -> list[tuple[int, int]]:
    """Return what lies within reach of the user names, overlapping parts joined."""
    ranges: list[tuple[int, int]] = []
    for user in users:
        low = max(0, user.start - _REACH_BEFORE)
        if ranges and low <= ranges[-1][1]:
            low, _ = ranges.pop()
        ranges.append((low, user.end + _REACH_AFTER))
    return ranges


def _is_password(text: str) -> bool:
    return (
        entropy(text) >= _PASSWORD_ENTROPY
        and class_changes(text) >= _PASSWORD_CHANGES
        and not is_placeholder(text)
    )


def _service_password(match: Match, user: Match, account: str, view: TextView) -> Candidate:
    around = view.data[max(0, user.start - _CONTEXT) : user.end + _CONTEXT].lower()
    git = b"codecommit" in around
    cassandra = b"cassandra" in around or b"keyspaces" in around
    what = "CodeCommit Git" if git else "Amazon Keyspaces" if cassandra else "service-specific IAM"
    return Candidate(
        pattern=match.pattern,
        start=match.start,
        end=match.end,
        value=Secret(match.text),
        level="error",
        message=f"Password of a {what} credential{account_words(account, view)}.",
        subject=f"{what} credential",
        properties=(("kind", "service-specific"), *account_properties(account, view)),
        related=(Relation(user.start, user.end, "its user name"),),
    )


def inspect_service_secrets(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge what its own prefix or its name gives away: MWS, Selling Partner, AppSync, Cognito."""
    for match in matches:
        options = match.pattern.options
        body = match.text.rpartition(".")[2]
        digits = sum(character.isdigit() for character in body)
        floor = float(options.get("min_entropy", 3.0))
        if entropy(body) < floor or not digits or is_placeholder(body):
            continue
        if options.get("named") == "in-context" and not _speaks_of_cognito(match, view):
            continue
        yield Candidate(
            pattern=match.pattern,
            start=match.start,
            end=match.end,
            value=Secret(match.text),
            level=options.get("level", match.pattern.rule.level),
            message=f"{options['label']}.",
            subject=str(options["label"]),
            properties=(("kind", match.pattern.spec.id),),
        )


def _speaks_of_cognito(match: Match, view: TextView) -> bool:
    around = view.data[max(0, match.start - _CONTEXT) : match.start]
    around += b" " + view.data[match.end : match.end + _CONTEXT]
    return _COGNITO.search(around) is not None


def inspect_codeartifact_tokens(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge CodeArtifact's tokens: they last twelve hours and tell their end."""
    by_start = {token.start: token for token in read_codeartifact_tokens(view.data)}
    for match in matches:
        token = by_start.get(match.start)
        if token is None:
            continue
        ends = seconds_of(token.expires[:19]) if token.expires else None
        over = is_over(ends, view)
        level: Level = "note" if over else "error" if ends and view.facts.now else "warning"
        host = f" for {token.host}" if token.host else ""
        yield Candidate(
            pattern=match.pattern,
            start=token.start,
            end=token.end,
            value=token.value,
            level=level,
            message=f"CodeArtifact token{host}. {expiry_words(ends, view)}".rstrip(),
            subject="CodeArtifact token",
            properties=(("expires", shown(ends)),) if ends is not None else (),
        )
