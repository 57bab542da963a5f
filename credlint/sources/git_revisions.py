"""Revisions that users give: words for git that can be no options."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

from credlint.sources.errors import SourceError

if TYPE_CHECKING:
    from credlint.sources.git import Git

# What `git rev-list` takes that only chooses commits (git-rev-list(1), "Commit Limiting").
_CHOICES = re.compile(
    r"--(all|branches|tags|remotes|reflog|first-parent|not)"
    r"|--(branches|tags|remotes|glob|exclude|since|after|until|before|author|committer|grep)=.+"
    r"|--max-count=[0-9]+|-n[0-9]+|-[0-9]+",
    re.DOTALL,
)


def check_revision(word: str) -> None:
    """Raise SourceError for what git could take for an option."""
    if not word or word.startswith("-") or "\0" in word or "\n" in word:
        message = f'"{word}" is no revision'
        raise SourceError(message)


def split_range(text: str) -> list[str]:
    """Return the words of a range, the choices first: ``v1.0..main --since=2024-01-01``.

    Raises SourceError for options other than those that choose commits.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        message = f'the range "{text}" has a quote that does not end'
        raise SourceError(message) from error
    choices = [word for word in words if word.startswith("-")]
    for word in choices:
        if not _CHOICES.fullmatch(word):
            message = f'"{word}" is not taken in a range; only what chooses commits is'
            raise SourceError(message)
    revisions = [word for word in words if not word.startswith("-")]
    for word in revisions:
        check_revision(word)
    if "--not" in choices:
        return words  # its place counts
    return [*choices, *revisions]


def resolve(git: Git, revision: str) -> str:
    """Return the id of the commit that a revision names; raises SourceError."""
    check_revision(revision)
    code, output, fault = git.run(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"])
    if code:
        if fault.strip():
            from credlint.sources.git import fault_of  # noqa: PLC0415  the rare way

            raise SourceError(fault_of(fault))
        message = f'the repository has no commit "{revision}"'
        raise SourceError(message)
    return os.fsdecode(output.strip())
