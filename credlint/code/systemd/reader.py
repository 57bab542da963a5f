"""Units of systemd: what they put into the environment, and the commands they run.

systemd.syntax(7): sections, `Key=value`, a backslash at the end of a line continues it, lines that
begin with `#` or `;` are comments. systemd.exec(5), `Environment=`: words `NAME=value`, each may be
in quotes. systemd.service(5): `ExecStart=` with the prefixes `@-:+!`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credlint.code.shell.recipes import Setting
from credlint.code.sighting import Embedded, Segment

_ENVIRONMENT = re.compile(
    rb"^[ \t]{0,40}Environment[ \t]{0,8}=((?:[^\\\n]|\\.|\\\r?\n)*)", re.MULTILINE
)
_COMMAND = re.compile(
    rb"^[ \t]{0,40}Exec(?:Start|Stop|Reload)(?:Pre|Post)?[ \t]{0,8}=[@:+!-]{0,4}"
    rb"((?:[^\\\n]|\\.|\\\r?\n)*)",
    re.MULTILINE,
)
_PAIR = re.compile(
    rb"(?:\A|(?<=[\s\"']))([A-Za-z_][A-Za-z0-9_]{0,100})=(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']*)"
)


class Unit:
    """``settings``: the variables of `Environment=`."""

    formats = ("systemd",)
    unread: tuple[str, ...] = ()

    def __init__(self, text: bytes) -> None:
        self.text = text

    @property
    def settings(self) -> Iterator[Setting]:
        """Yield them in order."""
        for line in _ENVIRONMENT.finditer(self.text):
            for pair in _PAIR.finditer(line[1]):
                start, end = (line.start(1) + place for place in pair.span(2))
                if pair[2][:1] in (b'"', b"'"):
                    start, end = start + 1, end - 1
                said = self.text[start:end].decode("utf-8", "replace")
                yield Setting(pair[1].decode(), said, line.start(1) + pair.start(), start, end)

    def embedded(self) -> Iterable[Embedded]:
        """Yield the commands: their words are those of a shell, near enough."""
        for found in _COMMAND.finditer(self.text):
            yield Embedded("shell", found[1], (Segment(0, found.start(1), len(found[1])),))


def read(text: bytes, uri: str) -> Unit:
    """Return the unit."""
    del uri
    return Unit(text)
