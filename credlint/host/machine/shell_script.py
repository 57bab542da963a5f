"""What a shell script would do to its variables, read and never run. Pure.

Understood: assignments, ``export``, ``declare``/``typeset``/``readonly``, ``unset``, ``set -a``,
assignments before a command and those of ``env`` and ``sudo``, and which files are sourced. What
stands under a condition, in a loop or in a function is marked: only a shell could tell whether it
takes effect. Source: bash(1) and POSIX.1-2017; compared with bash in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Callable, Optional

from credlint.host.machine.shell_values import (
    Known,
    ShellAction,
    Variables,
    head_of,
    is_assignment,
)
from credlint.host.machine.shell_words import ShellSyntaxError, Token, split_script
from credlint.model.lean_dataclasses import dataclass, field, replace

_ARRAY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_OPENERS = {"if": "fi", "for": "done", "while": "done", "until": "done", "select": "done"}
_MIDDLE = frozenset(("then", "else", "elif", "do", "in", "!", "time", "coproc"))
_REDIRECTS = frozenset(("<", ">", ">>", "<<", "<<-", "<<<", "<>", "<&", ">&", "&>", "&>>", ">|"))
_DECLARING = frozenset(("declare", "typeset", "local", "readonly"))
_PASSING = frozenset(("env", "sudo", "doas", "systemd-run", "exec", "nohup", "setsid"))
_SKIPPED = frozenset(("command", "builtin", "exec", "nohup", "setsid", "noglob", "-"))
_STEPS_LIMIT = 200_000


@dataclass(frozen=True)
class Sourced:
    """A file that the script reads in; ``path`` None where only a shell could tell."""

    path: Optional[str]
    start: int
    conditional: bool
    position: int


@dataclass
class ShellScript:
    """All actions in order; ``broken`` is where the script could not be read on."""

    actions: list[ShellAction] = field(default_factory=list)
    sourced: list[Sourced] = field(default_factory=list)
    broken: Optional[int] = None


# Returns the variables and the names of the exported ones once a file was read in, if it was.
OnSource = Callable[[Sourced, "list[ShellAction]"], "Optional[tuple[Known, Collection[str]]]"]


@dataclass
class _Reader:
    text: str
    variables: Variables
    on_source: Optional[OnSource] = None
    script: ShellScript = field(default_factory=ShellScript)
    stack: list[str] = field(default_factory=list)
    words: list[Token] = field(default_factory=list)
    after_condition: bool = False
    in_pattern: bool = False
    skip_next: bool = False
    ended: bool = False
    function_next: bool = False
    piped: bool = False
    failed: bool = False
    opened: tuple[int, int] = (0, 0)

    def read(self) -> ShellScript:
        try:
            for number, token in enumerate(split_script(self.text)):
                self._token(token)
                if self.ended or number > _STEPS_LIMIT:
                    break
            self._finish("\n")
            self._never_closed()
        except ShellSyntaxError as error:
            self.script.broken = error.offset
        self.script.actions = self.variables.actions
        return self.script

    def _never_closed(self) -> None:
        """Tell of what begins and never ends: a shell refuses it, so what follows is not sure."""
        if self.stack and not self.ended and self.stack[0] != "array":
            self.script.broken = self.opened[0]
            for number in range(self.opened[1], len(self.variables.actions)):
                one = self.variables.actions[number]
                self.variables.actions[number] = replace(one, conditional=True)

    # -- tokens ---------------------------------------------------------------------------

    def _token(self, token: Token) -> None:
        if not self.stack:
            self.opened = (token.start, len(self.variables.actions))
        if self.in_pattern:
            self._pattern(token)
        elif token.operator is not None:
            self._operator(token.operator)
        elif self.skip_next:
            self.skip_next = False  # the target of a redirection
        elif not self.words and self._reserved(token):
            pass
        else:
            self.words.append(token)

    def _pattern(self, token: Token) -> None:
        if token.operator == ")":
            self.in_pattern = False
        elif token.bare == "esac":
            self.in_pattern = False
            self._close("esac")

    def _operator(self, operator: str) -> None:
        if operator in _REDIRECTS:
            self.skip_next = True
            return
        if operator == "(":
            if len(self.words) == 1 and _ARRAY.match(head_of(self.words[0])):
                self.stack.append("array")
                self.words.clear()
            elif self.words and self.words[0].bare == "case":
                self._finish(";")  # (pattern)
            elif len(self.words) == 1 and self.words[0].bare != "for":
                self.stack.append("function-brackets")
                self.words.clear()
            else:
                self._finish(";")
                self.stack.append("subshell")
            return
        if operator == ")":
            self._bracket_closed()
            return
        if self.stack and self.stack[-1] == "array":
            return
        self._finish(operator)
        if operator in (";;", ";&", ";;&"):
            self.in_pattern = bool(self.stack) and self.stack[-1] == "case"

    def _bracket_closed(self) -> None:
        top = self.stack[-1] if self.stack else ""
        if top == "array":
            self.words.clear()
            self.stack.pop()
        elif top == "function-brackets":
            self.stack.pop()
            self.function_next = True
        else:
            self._finish(")")
            self._close("subshell")

    def _reserved(self, token: Token) -> bool:
        """Follow a reserved word where a command could begin; tell whether it was one."""
        word = token.bare
        if word == "{":
            self.stack.append("function" if self.function_next else "group")
            self.function_next = False
        elif word == "}":
            self._close("group")
        elif word in _OPENERS:
            self.stack.append("function" if self.function_next else _OPENERS[word])
            self.function_next = False
            if word in ("for", "select"):
                self.words.append(token)
        elif word == "case":
            self.stack.append("case")
            self.words.append(token)
        elif word in ("fi", "done", "esac"):
            self._close(word)
        elif word == "function":
            self.words.append(token)
        elif word not in _MIDDLE:
            return False
        return True

    def _close(self, word: str) -> None:
        wanted = {"esac": ("case",), "group": ("group", "function")}.get(word, (word,))
        for number in range(len(self.stack) - 1, -1, -1):
            if self.stack[number] in (*wanted, "function"):
                del self.stack[number:]
                break

    # -- commands -------------------------------------------------------------------------

    def _finish(self, separator: str) -> None:
        """Take the words so far for a command that ends with this separator."""
        words, self.words = self.words, []
        sure = False
        if words:
            piped = separator in ("|", "|&", "&") or self.piped
            before, self.failed = len(self.variables.actions), False
            self._command(words, piped)
            # An assignment of a plain text succeeds, and so does export: what follows && is run.
            added = self.variables.actions[before:]
            sure = (
                bool(added)
                and not self.failed
                and all(
                    one.action != "command" and one.literal and not one.conditional for one in added
                )
            )
        if words or separator != "\n":
            self.after_condition = separator == "||" or (separator == "&&" and not sure)
            self.piped = separator in ("|", "|&")

    def _command(self, words: list[Token], piped: bool) -> None:
        if self._compound(words):
            return
        self.function_next = False
        count = 0
        while count < len(words) and is_assignment(words[count]):
            count += 1
        leading, rest = words[:count], words[count:]
        while rest and self._vanishes(rest[0]):
            rest = rest[1:]
        while rest and rest[0].bare in _SKIPPED and len(rest) > 1:
            if rest[1].bare in _PASSING or rest[1].bare in ("export", "unset", *_DECLARING):
                rest = rest[1:]
            else:
                break
        for token in leading:
            self._assign(token, "set" if not rest else "command", piped)
        if rest:
            self._named(rest, piped)

    def _vanishes(self, token: Token) -> bool:
        """Tell whether a word comes to be nothing at all: variables that are empty, unquoted."""
        unquoted = all(part.kind == "variable" and not part.quoted for part in token.parts)
        return unquoted and bool(token.parts) and self.variables.value(token.parts) == ""

    def _compound(self, words: list[Token]) -> bool:
        """Follow the words after ``case``, ``for`` and the like; tell whether they were that."""
        first = words[0].bare
        if first == "case":
            self.in_pattern = words[-1].bare == "in"
            return True
        if first in ("for", "select"):
            name = words[1].plain if len(words) > 1 else None
            if name:
                self.variables.known[name] = None
            return True
        if first == "function":
            self.function_next = True
            if words[-1].bare == "{":
                self._reserved(words[-1])
            return True
        return False

    def _named(self, words: list[Token], piped: bool) -> None:
        name = (words[0].plain or "").rpartition("/")[2]
        arguments = words[1:]
        if name == "export":
            self._export(arguments, piped)
        elif name in _DECLARING:
            self._declare(arguments, piped, local=name == "local")
        elif name == "unset":
            self._unset(arguments, piped)
        elif name == "set":
            self._set(arguments, piped)
        elif name in (".", "source"):
            self._source(arguments)
        elif name in _PASSING:
            self._pass_on(name, arguments, piped)
        elif name in ("return", "exit") and not self._is_conditional() and not piped:
            self.ended = not self._is_detached()

    def _source(self, arguments: list[Token]) -> None:
        if arguments:
            path = self.variables.value(arguments[0].parts)
            done = len(self.variables.actions)
            one = Sourced(path, arguments[0].start, self._is_conditional(), done)
            self.script.sourced.append(one)
            after = self.on_source(one, self.variables.actions) if self.on_source else None
            if after is not None:
                self.variables.known.update(after[0])
                self.variables.exported.clear()
                self.variables.exported.update(after[1])

    def _pass_on(self, name: str, arguments: list[Token], piped: bool) -> None:
        for token in arguments:
            if is_assignment(token):
                self._assign(token, "command", piped, known=self.variables.known)
            elif not head_of(token).startswith("-") and name in ("env", "exec"):
                break

    def _export(self, arguments: list[Token], piped: bool) -> None:
        options = ""
        before = dict(
            self.variables.known
        )  # all arguments are expanded before the first one is set
        for token in arguments:
            head = head_of(token)
            if head.startswith("-") and not is_assignment(token):
                options += head
            elif is_assignment(token):
                self._assign(token, "set", piped, "n" not in options, before)
            elif token.plain and _NAME.match(token.plain) and "f" not in options:
                self._mark(token.plain, "unexport" if "n" in options else "export", piped)
            else:
                self.failed = True

    def _declare(self, arguments: list[Token], piped: bool, *, local: bool) -> None:
        exported: Optional[bool] = None
        functions = False
        before = dict(self.variables.known)
        for token in arguments:
            head = head_of(token)
            if head[:1] in ("-", "+") and not is_assignment(token):
                if "x" in head:
                    exported = head[0] == "-"
                functions = functions or "f" in head.lower() or "a" in head.lower()
            elif functions:
                continue
            elif is_assignment(token):
                self._assign(token, "set", piped or local, bool(exported), before)
            elif token.plain and _NAME.match(token.plain) and exported is not None:
                self._mark(token.plain, "export" if exported else "unexport", piped)
            elif not token.plain or not _NAME.match(token.plain):
                self.failed = True

    def _unset(self, arguments: list[Token], piped: bool) -> None:
        if any(head_of(token).startswith("-f") for token in arguments):
            return
        for token in arguments:
            if token.plain and _NAME.match(token.plain):
                self._mark(token.plain, "unset", piped)

    def _set(self, arguments: list[Token], piped: bool) -> None:
        if piped or self._is_detached():
            return
        words = [token.plain or "" for token in arguments]
        for number, word in enumerate(words):
            if word in ("--", "-"):
                break
            following = words[number + 1] if number + 1 < len(words) else ""
            named = word in ("-o", "+o") and following == "allexport"
            if named or (word[:1] in ("-", "+") and "a" in word and "o" not in word):
                self.variables.allexport = word[0] == "-"

    def _mark(self, name: str, action: str, piped: bool) -> None:
        detached = piped or self._is_detached()
        self.variables.mark(name, action, conditional=self._is_conditional(), detached=detached)

    def _assign(
        self,
        token: Token,
        action: str,
        piped: bool,
        exported: bool = False,
        known: Optional[Known] = None,
    ) -> None:
        self.variables.assign(
            token,
            action,
            conditional=self._is_conditional(),
            detached=piped or self._is_detached(),
            exported=exported,
            known=known,
        )

    def _is_conditional(self) -> bool:
        open_ones = ("fi", "done", "case")
        return self.after_condition or any(one in open_ones for one in self.stack)

    def _is_detached(self) -> bool:
        return any(one in ("subshell", "function") for one in self.stack)


def read_script(
    text: str,
    known: Optional[Mapping[str, str]] = None,
    exported: Optional[Collection[str]] = None,
    on_source: Optional[OnSource] = None,
) -> ShellScript:
    """Read a script; ``known``: variables that it starts with.

    ``exported``: those of them that are exported, by default all. ``on_source`` is asked for each
    file that is read in, with the actions so far.
    """
    start: dict[str, Optional[str]] = dict(known or {})
    names = set(start) if exported is None else set(exported)
    return _Reader(text, Variables(text, start, names), on_source).read()
