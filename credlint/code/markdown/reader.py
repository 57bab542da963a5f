"""Fenced code blocks of Markdown as texts of their language (CommonMark 0.31.2, §4.5).

A fence is three or more backticks or tildes, indented by up to three spaces (more within a list,
which is tolerated); it ends at one of its kind that is at least as long, or with the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.code.sighting import Embedded, Segment
from credlint.model.lean_tuples import NamedTuple

_FENCE = re.compile(
    rb"^([ \t]{0,16}(?:>[ \t]?){0,4}[ \t]{0,16})(`{3,100}|~{3,100})[ \t]*([^\s`{,]*)([^`\r\n]*)"
)
_FORMATS = {
    **dict.fromkeys(("sh", "bash", "shell", "zsh", "console", "shell-session", "ksh"), "shell"),
    **dict.fromkeys(("python", "py", "python3"), "python"),
    **dict.fromkeys(("javascript", "js", "jsx", "typescript", "ts", "tsx"), "javascript"),
    **dict.fromkeys(("powershell", "ps1", "pwsh"), "powershell"),
    **dict.fromkeys(("bat", "batch", "cmd"), "batch"),
    **dict.fromkeys(("yaml", "yml"), "yaml"),
    **dict.fromkeys(("dockerfile", "docker"), "dockerfile"),
    **dict.fromkeys(("hcl", "terraform", "tf"), "terraform"),
    **{name: name for name in ("json", "go", "java", "kotlin", "scala", "ruby", "php", "rust")},
    "golang": "go",
    "rb": "ruby",
    "rs": "rust",
    "csharp": "csharp",
    "cs": "csharp",
    "c#": "csharp",
    "groovy": "groovy",
    "makefile": "makefile",
    "ini": "systemd",
}
# A block without a language that begins so is read as a script.
_UNNAMED = "?"
_COMMAND = re.compile(
    rb"\s*(?:[$%#>][ \t]+)?(?:sudo[ \t]+)?(?:aws|curl|wget|export|docker|echo)[ \t]"
)
_PROMPT = re.compile(rb"[ \t]*(?:\([^)\n]{1,30}\)[ \t]?)?(?:[\w.@~:/-]{0,40}[$#%>][ \t]+)")


class _Open(NamedTuple):
    fence: bytes
    format: Optional[str]
    is_session: bool


class Markdown:
    """A document; its examples are embedded."""

    formats = ("markdown",)
    unread: tuple[str, ...] = ()

    def __init__(self, text: bytes) -> None:
        self.text = text

    def embedded(self) -> Iterable[Embedded]:
        """Yield the code blocks whose language is known, or begin with a command."""
        block: Optional[_Open] = None
        pieces: list[bytes] = []
        segments: list[Segment] = []
        offset = inner = 0
        for line in self.text.splitlines(keepends=True):
            found = _FENCE.match(line)
            if block is None:
                if found is not None:
                    block = _opened(found)
                    pieces, segments, inner = [], [], 0
            elif found is not None and _closes(found, block.fence):
                yield from _examples(block, pieces, segments)
                block = None
            elif block.format is not None:
                cut = _prompt(line) if block.is_session else 0
                pieces.append(line[cut:])
                segments.append(Segment(inner, offset + cut, len(line) - cut))
                inner += len(line) - cut
            offset += len(line)
        if block is not None:
            yield from _examples(block, pieces, segments)


def _opened(found: re.Match[bytes]) -> _Open:
    name = found[3].decode("utf-8", "replace").lower()
    form = _FORMATS.get(name, None if name or found[4].strip() else _UNNAMED)
    return _Open(found[2], form, form in ("shell", _UNNAMED))


def _closes(found: re.Match[bytes], fence: bytes) -> bool:
    same = found[2][:1] == fence[:1] and len(found[2]) >= len(fence)
    return same and not found[3] and not found[4].strip()


def _prompt(line: bytes) -> int:
    """Return how much of a line is a prompt; a comment is none."""
    found = _PROMPT.match(line)
    return found.end() if found and found[0].lstrip()[:1] != b"#" else 0


def _examples(block: _Open, pieces: list[bytes], segments: list[Segment]) -> Iterator[Embedded]:
    text = b"".join(pieces)
    form = block.format
    if form == _UNNAMED:
        form = "shell" if _COMMAND.match(text) else None
    if form is not None:
        yield Embedded(form, text, tuple(segments), is_documentation=True)


def read(text: bytes, uri: str) -> Markdown:
    """Return the document."""
    del uri
    return Markdown(text)
