"""Passwords that people choose: no generator made them, and only what stands around tells them.

A word is the name of something ten times for once that it is a password. It counts as one where a
user's name stands right beside it, where a program compares with it, or where a sign stands for a
letter in it. Words that say "password", references and names of files stay silent
(`secrets/plausible.py`). All of it is a note.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.secrets.generic import values
from credlint.secrets.generic.context import Context, Verdict
from credlint.secrets.generic.model import load
from credlint.secrets.generic.names import PASSWORD, SECRET, parts_of
from credlint.secrets.generic.published import is_published
from credlint.secrets.plausible import fault_of

# A user's name that is given in the same syntax, its last word alone: ``db_user: "jo"``.
_USER = re.compile(
    rb"""(?xi)
    (?: user | user[_-]?name | user[_-]?id | login | uname ) (?P<close>\\{0,3}["'`])? \]?
    [ \t]{0,16} (?: => | := | ={1,3} | : ) [ \t]{0,16}
    (?P<quote>["'`])? (?P<user>[A-Za-z0-9._@+\\-]{2,64}) (?P<end>["'`])? (?= [\s;,)}#] | \Z )
    """
)
_LINES_BEFORE = 4
_LINES_AFTER = 2
_REACH = 240
_LEAST = 4
_LONGEST = 64
# What a password of words is written with: ``open sesame``, ``open-sesame``, ``team10``.
_WORDS = re.compile(r"[A-Za-z0-9_.\-]+\Z")
# A capital and small letters alone: the label of a form, in whatever language.
_LABEL = re.compile(r"[A-Z][a-z]+\Z")
_SIGN_FOR_LETTER = re.compile(r"[A-Za-z]{2,24}[$!#][A-Za-z]{2,24}\Z")
# RFC 1635: with these names any password opens what is open to all.
_OPEN_TO_ALL = frozenset(("anonymous", "anon", "ftp", "guest", "nobody"))
_COMPARISONS = frozenset(("==", "===", "!=", "!=="))
# ``pass`` and its like are parts of programs, too: passes of a filter, of a renderer.
_PLAIN_NAMES = frozenset(("password", "passwd", "passphrase", "pwd", "secret"))


def judge_chosen(
    text: str, context: Context, data: bytes, start: int, end: int
) -> Optional[Verdict]:
    """Return a note where the text between ``start`` and ``end`` is a password of somebody's."""
    compared = context.sign in _COMPARISONS
    if context.claim != PASSWORD and not (compared and context.claim == SECRET):
        return None
    if not _LEAST <= len(text) <= _LONGEST or not text.isascii() or _is_none(text, context):
        return None
    if compared:
        reason = _reason_of_comparison(text, context)
    elif context.quoted and _SIGN_FOR_LETTER.match(text):
        reason = "has a sign inside of a word, as people make passwords"
    else:
        reason = _reason_beside_a_user(text, context, data, start, end)
    return Verdict("note", reason) if reason else None


def _reason_of_comparison(text: str, context: Context) -> str:
    names = parts_of(context.name)
    plain = bool(names) and names[-1] in _PLAIN_NAMES
    return "is what the program compares with" if plain and _WORDS.match(text) else ""


def _reason_beside_a_user(text: str, context: Context, data: bytes, start: int, end: int) -> str:
    if not context.quoted and (context.code or not _WORDS.match(text)):
        return ""
    if not context.quoted and data[end : end + 1] == b"\\":
        return ""  # text inside of text
    user = user_beside(data, start, end, quoted=context.quoted)
    if user is None or user.lower() in _OPEN_TO_ALL or _LABEL.match(text):
        return ""
    if fault_of(text, user) is not None:
        return ""
    return "is given beside the name of a user"


def _is_none(text: str, context: Context) -> bool:
    return (
        text.count(" ") > 1
        or "\t" in text
        or load().knows(text.lower())
        or values.is_reference(text)
        or values.says_so(text)
        or values.is_stored_form(text)
        or values.is_number_or_place(text)
        or values.resembles(text, context.name)
        or is_published(text)
        or context.templated
        or fault_of(text) is not None
    )


def user_beside(data: bytes, start: int, end: int, *, quoted: bool) -> Optional[str]:
    """Return the user's name that is assigned next to a value, on its line or those around it.

    ``quoted``: the value stands in quotation marks, so a name must, too.
    """
    before = b"\n".join(data[max(0, start - _REACH) : start].split(b"\n")[-_LINES_BEFORE:])
    after = b"\n".join(data[end : end + _REACH].split(b"\n")[:_LINES_AFTER])
    for text in (before, after):
        # The one next to the value: that one may be a variable, and no name is known then.
        all_found = list(_USER.finditer(text))
        if all_found:
            found = all_found[-1] if text is before else all_found[0]
            mark = found.group("quote")
            if mark == found.group("end") and (mark or not quoted):
                user = found.group("user").decode("ascii")
                return user if fault_of(user) != "reference" else None
            return None
    return None
