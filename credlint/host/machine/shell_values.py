"""The variables of a shell script while it is read: values, and what is exported. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from credlint.host.machine.shell_words import Part, Token
from credlint.model.lean_dataclasses import dataclass, field, replace

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_BRACES = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")

Known = Mapping[str, Optional[str]]


@dataclass(frozen=True)
class ShellAction:
    """One thing that a script does to a variable.

    ``action``: set, export (``value`` unknown: what it has), unexport, unset, command (set for one
    command only). ``start``/``end``: where the value stands. ``conditional``: under a condition or
    in a loop. ``detached``: in a subshell, a pipeline or a function, so the script itself keeps
    its own. ``exported``: of ``set``: it comes to be in the environment.
    """

    action: str
    variable: str
    value: str = ""
    literal: bool = True
    start: int = 0
    end: int = 0
    conditional: bool = False
    detached: bool = False
    exported: bool = False

    def __repr__(self) -> str:
        return f"ShellAction({self.action} {self.variable})"


@dataclass
class Variables:
    """What a script has made of its variables so far.

    ``known``: their values, None where only a shell could tell; a name that is not there has
    never been seen. ``actions``: all that was done, in order.
    """

    text: str
    known: dict[str, Optional[str]]
    exported: set[str]
    allexport: bool = False
    actions: list[ShellAction] = field(default_factory=list)
    _last_set: dict[str, int] = field(default_factory=dict)

    def mark(self, name: str, action: str, *, conditional: bool, detached: bool) -> None:
        """Note an export, unexport or unset."""
        if not detached:
            if action == "unset":
                # A variable that is not there is empty; under a condition nobody knows.
                self.known[name] = None if conditional else ""
                self.exported.discard(name)
            elif action == "export":
                self.exported.add(name)
                number = self._last_set.get(name)
                if number is not None:
                    self.actions[number] = replace(self.actions[number], exported=True)
            else:
                self.exported.discard(name)
        self.actions.append(ShellAction(action, name, conditional=conditional, detached=detached))

    def assign(
        self,
        token: Token,
        action: str,
        *,
        conditional: bool,
        detached: bool,
        exported: bool = False,
        known: Optional[Known] = None,
    ) -> None:
        """Note an assignment; ``known``: it is an argument, and these were known before it."""
        found = _ASSIGNMENT.match(head_of(token))
        if found is None:
            return
        name, plus = found.groups()
        first = token.parts[0]
        parts = (Part("text", first.text[found.end() :]), *token.parts[1:])
        value = self.value(parts, known)
        if plus:
            before = self.known.get(name)
            value = None if value is None or before is None else before + value
        start, end = _inside_quotes(self.text, token.start + found.end(), token.end)
        exported = exported or self.allexport or name in self.exported
        if action == "set" and not detached:
            self.known[name] = None if conditional else value
            self._last_set[name] = len(self.actions)
            if exported:
                self.exported.add(name)
        self.actions.append(
            ShellAction(
                action=action,
                variable=name,
                value=self.text[start:end] if value is None else value,
                literal=value is not None,
                start=start,
                end=end,
                conditional=conditional,
                detached=detached,
                exported=exported or action == "command",
            )
        )

    def value(self, parts: tuple[Part, ...], known: Optional[Known] = None) -> Optional[str]:
        """Return the text that the parts stand for, None when only a shell could tell.

        ``known``: as of an argument, where braces are expanded too.
        """
        kept: list[str] = []
        for number, part in enumerate(parts):
            text: Optional[str] = part.text
            if part.kind == "opaque":
                return None
            if part.kind == "variable":
                text = (self.known if known is None else known).get(part.text)
            elif not part.quoted:
                if known is not None and _BRACES.search(part.text):
                    return None
                last = number + 1 == len(parts)
                text = self._tilde(part.text, first=number == 0, last=last)
            if text is None:
                return None
            kept.append(text)
        return "".join(kept)

    def _tilde(self, text: str, *, first: bool, last: bool) -> Optional[str]:
        """Expand ~ at the beginning and after each colon, as in assignments."""
        if "~" not in text:
            return text
        pieces = text.split(":")
        for number, piece in enumerate(pieces):
            if not piece.startswith("~") or (number == 0 and not first):
                continue
            user, slash, rest = piece[1:].partition("/")
            ends = slash or number + 1 < len(pieces) or last
            home = self.known.get("HOME")
            if not ends:
                continue
            if user or not home:
                return None  # without HOME it is the password entry's
            pieces[number] = home + slash + rest
        return ":".join(pieces)


def head_of(token: Token) -> str:
    """Return the unquoted text that a word begins with."""
    return token.parts[0].text if token.parts and not token.parts[0].quoted else ""


def is_assignment(token: Token) -> bool:
    """Tell whether a word has the form of an assignment."""
    return _ASSIGNMENT.match(head_of(token)) is not None


def _inside_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the part of a value that lies inside of a pair of quotes around all of it."""
    if end - start > 1 and text[start] in "\"'" and text[end - 1] == text[start]:
        inner = text[start + 1 : end - 1]
        if text[start] not in inner:
            return start + 1, end - 1
    return start, end
