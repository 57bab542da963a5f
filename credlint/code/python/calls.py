"""Second step of SRC101: the calls, what they are given, and how bad that is."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Optional

from credlint.code.python.columns import Columns
from credlint.code.python.names import Names, Scope, dotted
from credlint.code.python.signatures import (
    CREDENTIAL_NAMES,
    CREDENTIALS,
    KEY_NAMES,
    METHODS,
    POSITIONS,
)
from credlint.code.python.values import Evaluator, Literal
from credlint.model.document import Document
from credlint.model.finding import Finding, Level
from credlint.model.key_id import is_example, parse_key_id
from credlint.model.location import Location
from credlint.model.rule import Rule

if TYPE_CHECKING:
    from credlint.code.python.hardcoded_keys import Identify

_LIBRARIES = ("boto3", "botocore", "aioboto3", "aiobotocore")
_ENDPOINT_POSITION = 5
_AWS_HOST = re.compile(r"https?://[^/]*\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?:[:/]|\Z)")
_SECRET = re.compile(r"[A-Za-z0-9/+]{40}\Z")
_SHORTEST_TOKEN = 100
_MOST_STEPS = 20
_LEAST_DISTINCT = 14


def is_real(name: str, text: str) -> bool:
    """Tell whether the text has the form that AWS issues; anything else cannot work there."""
    if name in ("aws_access_key_id", "access_key"):
        return parse_key_id(text) is not None and not is_example(text) and len(set(text[4:])) > 5  # noqa: PLR2004
    if name in ("aws_secret_access_key", "secret_key"):
        return (
            _SECRET.match(text) is not None
            and "EXAMPLE" not in text
            and len(set(text)) >= _LEAST_DISTINCT
        )
    return len(text) >= _SHORTEST_TOKEN and "EXAMPLE" not in text


def _telling(literals: Mapping[str, Literal]) -> Literal:
    """Return the value that the call is about: the secret key, else the token, else the key id."""
    first = min(literals, key=lambda name: ("secret" not in name, "token" not in name))
    return literals[first]


class KeyCalls:
    """Collects a finding for each call that is given a literal key."""

    def __init__(self, names: Names, document: Document, rule: Rule, identify: Identify) -> None:
        self._names = names
        self._evaluate = Evaluator(names)
        self._document = document
        self._rule = rule
        self._identify = identify
        self._found: list[tuple[ast.Call, str, dict[str, Literal], Level, str]] = []

    def look_at(self, node: ast.Call, scope: Scope) -> None:
        """Keep the call in that scope if a literal key is passed."""
        callee, arguments = self._callee(node.func, scope), node.args
        if callee in ("functools.partial", "partial") and arguments:
            callee = self._callee(arguments[0], scope)
            arguments = arguments[1:]
        if callee is None or callee.rpartition(".")[2] not in METHODS:
            return
        given = self._given(callee.rpartition(".")[2], arguments, node.keywords, scope)
        keys = {name: value for name, value in given.items() if name != "endpoint_url"}
        literals = {
            name: literal
            for name, value in keys.items()
            for literal in [self._evaluate.text(value, scope)]
            if literal is not None and literal.value
        }
        if literals:
            # Judged here, where the scope is known; placed later, when it is worth the positions.
            level, reason = self._level(literals, given.get("endpoint_url"), scope)
            self._found.append((node, callee, literals, level, reason))

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found."""
        if not self._found:
            return ()
        columns = Columns(self._document.data)
        return tuple(self._finding(*found, columns) for found in self._found)

    def _callee(  # noqa: PLR0911  one return for each kind of expression
        self, node: ast.expr, scope: Scope, steps: int = 0
    ) -> Optional[str]:
        """Return what is called as a dotted name, None when it is not of these libraries.

        A method with one of the well-known names on an unknown object counts as theirs: the
        file names one of the libraries, and the keywords are theirs alone.
        """
        if steps > _MOST_STEPS:
            return None
        if isinstance(node, ast.Name):
            origin = self._names.imports.get(node.id)
            if origin is not None:
                return origin if origin.split(".")[0] in (*_LIBRARIES, "functools") else None
            for value in self._evaluate.sources(node, scope):
                found = self._callee(value, scope, steps + 1)
                if found is not None:
                    return found
            return None
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            root = name.split(".")[0] if name else None
            origin = self._names.imports.get(root) if root else None
            if name and root and origin:
                full = origin + name[len(root) :]
                return full if origin.split(".")[0] in (*_LIBRARIES, "functools") else None
            return f"session.{node.attr}"
        return None

    def _given(
        self,
        method: str,
        arguments: list[ast.expr],
        keywords: list[ast.keyword],
        scope: Scope,
    ) -> dict[str, ast.expr]:
        """Return the keys and the endpoint that a call is given, by parameter name."""
        names = CREDENTIAL_NAMES if method in CREDENTIALS else KEY_NAMES
        first = CREDENTIALS.get(method, POSITIONS.get(method, -1))
        wanted = {*names, "endpoint_url"}
        given: dict[str, ast.expr] = {}
        for position, argument in enumerate(arguments):
            if isinstance(argument, ast.Starred):
                break  # where the others stand is not known
            if 0 <= first <= position < first + len(names):
                given[names[position - first]] = argument
            if first == POSITIONS["client"] and position == _ENDPOINT_POSITION:
                given["endpoint_url"] = argument
        for keyword in keywords:
            if keyword.arg is None:
                entries = self._evaluate.mapping(keyword.value, scope)
                given.update({name: value for name, value in entries.items() if name in wanted})
            elif keyword.arg in wanted:
                given[keyword.arg] = keyword.value
        return given

    def _level(
        self, literals: dict[str, Literal], endpoint: Optional[ast.expr], scope: Scope
    ) -> tuple[Level, str]:
        real = [name for name, literal in literals.items() if is_real(name, literal.value.reveal())]
        if not real:
            return "note", "The values have not the form that AWS issues, so they are made up."
        elsewhere = endpoint is not None and not (
            isinstance(endpoint, ast.Constant) and endpoint.value is None
        )
        address = self._evaluate.text(endpoint, scope) if elsewhere else None
        if elsewhere and not (address is not None and _AWS_HOST.match(address.value.reveal())):
            return "warning", "The call goes to another endpoint than AWS'."
        if all("secret" not in name for name in real):
            return "warning", "The secret key itself is not spelled out here."
        return "error", ""

    def _finding(
        self,
        node: ast.Call,
        callee: str,
        literals: dict[str, Literal],
        level: Level,
        reason: str,
        columns: Columns,
    ) -> Finding:
        names = ", ".join(literals)
        message = (
            f"{callee}() is given hard-coded keys ({names}); "
            "they come before every other source of credentials."
        )
        key_id = next(
            (literals[n] for n in ("aws_access_key_id", "access_key") if n in literals), None
        )
        facts = parse_key_id(key_id.value.reveal()) if key_id is not None else None
        identity, digests = self._identify(_telling(literals).value.reveal())
        return Finding(
            code=self._rule.id,
            name=self._rule.name,
            level=level,
            message=f"{message} {reason}".rstrip(),
            location=self._place(columns, node),
            related=tuple(
                self._place(columns, literal.node, f"the literal for {name}")
                for name, literal in literals.items()
            ),
            remedy=self._rule.remedy.strip(),
            subject=f"{callee}({names})",
            properties=(("account", facts.account),) if facts is not None and facts.account else (),
            identity=identity,
            digests=digests,
        )

    def _place(self, columns: Columns, node: ast.expr, message: Optional[str] = None) -> Location:
        line, column, end_line, end_column = columns.span(node)
        return Location(
            kind="stdin" if self._document.kind == "stdin" else "file",
            uri=self._document.uri,
            base=self._document.base,
            line=line,
            column=column,
            end_line=end_line,
            end_column=end_column,
            message=message,
        )
