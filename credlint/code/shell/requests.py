"""Requests of `curl` and `wget`: address, headers and method, as far as a script says them.

Options that take a value: curl(1) 8.16, GNU wget 1.25 manual, "Invoking".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.metadata_addresses import MetadataUrl, find_address
from credlint.code.shell.script import Command, Script
from credlint.code.shell.words import Word
from credlint.model.lean_tuples import NamedTuple

TOOLS = ("curl", "wget")
# What stands before a command and runs it.
_WRAPPERS = ("sudo", "env", "timeout", "time", "nice", "retry", "exec", "command", "nohup", "doas")
_FURTHEST = 6
# Of short options, those with a value.
_SHORT = {"curl": "AbcCdDeEFhHKmoPQrtTuUwxXyYz", "wget": "aeioOPtTUwQADIXlBR"}
_METHODS = ("-X", "--request", "--method")
_BODIES = ("-d", "--data", "--data-raw", "--data-binary", "-F", "--form", "--json", "--post-data")
_FILES_OF_BODIES = tuple(name for name in (*_BODIES, "--upload-file") if name.startswith("--"))
_UPLOADS = ("-T", "--upload-file")
_LONG = frozenset(
    (
        *("--header", "--request", "--method", "--connect-timeout", "--max-time", "--retry"),
        *("--timeout", "--tries", "--output", "--write-out", "--noproxy", "--proxy", "--user"),
        *("--retry-delay", "--user-agent", "--url", "--output-document", *_FILES_OF_BODIES),
    )
)
_FILES = ("-K", "--config")


class Header(NamedTuple):
    """``name`` and ``value`` of a header, in the word where it stands."""

    name: str
    value: str
    word: Word


class Request(NamedTuple):
    """``tool``: the word `curl` or `wget`. ``options``: with the word of their value, if any.

    ``is_whole``: nothing in it is worked out that could be an option or a header.
    """

    command: Command
    tool: Word
    address: MetadataUrl
    url: Word
    headers: tuple[Header, ...]
    method: str
    options: tuple[tuple[str, Word, Optional[Word]], ...]
    is_whole: bool

    @property
    def is_curl(self) -> bool:
        """Tell curl from wget."""
        return self.tool.text.endswith("curl")


def tool_of(command: Command, tools: tuple[str, ...] = TOOLS) -> Optional[int]:
    """Return the number of the word that names one of the tools, behind what runs it."""
    for number, word in enumerate(command.words[:_FURTHEST]):
        if word.text.rpartition("/")[2] in tools:
            first = command.name
            return number if number == 0 or first in _WRAPPERS else None
    return None


def options_of(
    words: tuple[Word, ...], short: str, script: Script
) -> Iterator[tuple[str, Word, Optional[Word]]]:
    """Yield options with their word and value; arguments as the option of no name."""
    rest = iter(words)
    for word in rest:
        text = script.expanded(word)
        if text.startswith("--"):
            name, sign, _ = text.partition("=")
            yield name, word, (word if sign else None)
        elif text.startswith("-") and len(text) > 1:
            letters = text[1:]
            taking = next((i for i, letter in enumerate(letters) if letter in short), None)
            for letter in letters[: taking if taking is not None else len(letters)]:
                yield f"-{letter}", word, None
            if taking is not None:
                attached = taking < len(letters) - 1
                value = word if attached else next(rest, None)
                yield f"-{letters[taking]}", word, value
        else:
            yield "", word, word


def iter_requests(script: Script) -> Iterator[Request]:
    """Yield the requests to metadata services, one for each command."""
    for command in script.commands:
        number = tool_of(command)
        if number is not None:
            request = _request(script, command, number)
            if request is not None:
                yield request


def _request(script: Script, command: Command, number: int) -> Optional[Request]:
    tool = command.words[number]
    found = None
    for word in command.words[number + 1 :]:
        address = find_address(script.expanded(word))
        if address is not None and address.start == 0:
            found = (word, address)
            break
    if found is None:
        return None
    kind = tool.text.rpartition("/")[2]
    options = tuple(options_of(command.words[number + 1 :], _SHORT[kind], script))
    options = tuple(_with_values(options))
    headers = tuple(_headers(script, options))
    return Request(
        command,
        tool,
        found[1],
        found[0],
        headers,
        _method(script, options),
        options,
        _is_whole(script, options, found[0]),
    )


def _with_values(
    options: tuple[tuple[str, Word, Optional[Word]], ...],
) -> Iterator[tuple[str, Word, Optional[Word]]]:
    """Yield the options; long ones with a value behind them are given it."""
    waiting: Optional[tuple[str, Word]] = None
    for name, word, value in options:
        if waiting is not None:
            yield waiting[0], waiting[1], word
            waiting = None
            if name:
                yield name, word, value
            continue
        if value is None and name in _LONG:
            waiting = (name, word)
            continue
        yield name, word, value


def value_text(script: Script, name: str, word: Word) -> str:
    """Return the value that an option has in a word, which may hold the option as well."""
    text = script.expanded(word)
    if text.startswith(name + "="):
        return text[len(name) + 1 :]
    if len(name) == 2 and text.startswith("-") and not text.startswith("--"):  # noqa: PLR2004
        return text[text.find(name[1]) + 1 :]
    return text


def _headers(
    script: Script, options: tuple[tuple[str, Word, Optional[Word]], ...]
) -> Iterator[Header]:
    for name, _, value in options:
        if name in ("-H", "--header") and value is not None:
            said = value_text(script, name, value)
            key, sign, rest = said.partition(":")
            yield Header(key.strip() if sign else said.strip(), rest.strip(), value)


def _method(script: Script, options: tuple[tuple[str, Word, Optional[Word]], ...]) -> str:
    for name, _, value in options:
        if name in _METHODS and value is not None:
            return value_text(script, name, value).strip().upper()
    names = {name for name, _, _ in options}
    if names.intersection(_UPLOADS):
        return "PUT"
    return "POST" if names.intersection(_BODIES) else "GET"


def _is_whole(
    script: Script, options: tuple[tuple[str, Word, Optional[Word]], ...], url: Word
) -> bool:
    for name, word, _ in options:
        if name in _FILES:
            return False
        if word != url and not word.is_literal and not name:
            text = script.expanded(word)
            if text.startswith(("$", "-")):
                return False
    return True
