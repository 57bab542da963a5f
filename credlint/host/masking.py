r"""The text of an AWS file without its secrets, fit to be read again by any SDK's own reader.

Every character that some reader gives a meaning stays (line ends, white space, quotes,
``# ; = : [ ] , \``); what may be secret between them becomes a token,
``<REDACTED-0123456789ab>``. The digits begin the fingerprint of what stood there, so
equal texts have equal tokens, and ``HostSnapshot.hidden`` has the facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credlint.host import aws_settings
from credlint.host.aws_lines import RawLine
from credlint.host.captured import Capturer
from credlint.model.captured import TOKEN_DIGITS, CapturedValue

# Control characters too: some readers end a line at them, and none is part of a secret.
_RUN = re.compile(r"""[^\s"'#;=:\[\],\\\x00-\x1f\x7f-\x9f\ufeff]+""")
# Where no key is expected the signs stay too that make PHP refuse a file, even in comments.
_BESIDE = re.compile(r"""[^\s"'#;=:\[\],\\$&|^~(){}!\x00-\x1f\x7f-\x9f\ufeff]+""")
_SESSION_WORDS = re.compile("(sso-session)")
_MARK = re.compile(r"\[REDACTED-[0-9a-f]{8}\]")
_WORD = re.compile(r"""\s*(?:"[^"]*"|'[^']*'|\S+)""")
# What stands in comments is told by no fact; it only keeps its place.
_COMMENT = "<REDACTED-000000000000>"


class Masker:
    """Masks texts of one capture; ``hidden`` is what the tokens given so far stand for.

    Holds secrets and never leaves this room.
    """

    def __init__(self, capturer: Capturer) -> None:
        self.capturer = capturer
        self._raws: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Masker({len(self._raws)} tokens)"

    @property
    def hidden(self) -> tuple[CapturedValue, ...]:
        """Return the facts of everything that was replaced."""
        return tuple(self.capturer.capture_secret(raw) for raw in self._raws.values())

    def reveal(self, masked: str) -> str:
        """Return a masked text, or a piece of it, as it was."""
        for token, raw in self._raws.items() if "<REDACTED-" in masked else ():
            masked = masked.replace(token, raw)
        return masked

    def file(self, lines: Iterable[RawLine]) -> str:
        """Return the masked text of a file; it has the same number of lines."""
        return "".join(self._line(line) for line in lines)

    def value(self, name: str, text: str) -> str:
        """Return a setting's value masked as the setting's name demands."""
        if aws_settings.is_process(name):
            word = _WORD.match(text)
            end = word.end() if word else 0
            return self.plain(text[:end]) + self._runs(text[end:], _BESIDE)
        if aws_settings.is_plain(name):
            return self.plain(text)
        return self._runs(text, _RUN if aws_settings.is_sensitive(name) else _BESIDE)

    def plain(self, text: str) -> str:
        """Return a text that may be kept, with tokens for the parts that are known or shaped."""
        raws = self.capturer.marked
        return _MARK.sub(
            lambda found: (
                self._token(raws[found.group()]) if found.group() in raws else found.group()
            ),
            self.capturer.scrub(text),
        )

    def _line(self, line: RawLine) -> str:
        return line.indent + "".join(self._pieces(line)) + line.tail + line.ending

    def _pieces(self, line: RawLine) -> Iterator[str]:
        text = line.stripped
        if line.kind == "comment":
            yield _BESIDE.sub(_COMMENT, text)
        elif line.kind == "section":
            name = line.name or ""
            yield "[" + self.plain(name) + "]"
            # Kotlin looks for these words even in the comment behind a header.
            for piece in _SESSION_WORDS.split(text[len(name) + 2 :]):
                yield piece if piece == "sso-session" else self._runs(piece, _BESIDE)
        elif line.kind == "setting":
            name, value = line.name or "", line.value or ""
            plain = aws_settings.is_identifier(name.lstrip("\ufeff"))
            yield self.plain(name) if plain else self._runs(name, _BESIDE)
            yield text[len(name) : len(text) - len(value)]
            yield self.value(name, value)
        else:
            # A header without its end, or behind a byte order mark, is still read by some.
            header = text.lstrip("\ufeff").startswith("[") and "=" not in text
            yield self.plain(text) if header else self._runs(text, _BESIDE)

    def _runs(self, text: str, runs: re.Pattern[str] = _RUN) -> str:
        return runs.sub(lambda found: self._token(found.group()), text)

    def _token(self, raw: str) -> str:
        token = self._tokens.get(raw)
        if token is None:
            token = f"<REDACTED-{self.capturer.fingerprint(raw)[:TOKEN_DIGITS]}>"
            self._tokens[raw] = token
            self._raws[token] = raw
        return token
