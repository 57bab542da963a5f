"""Scripts inside of YAML and JSON: where they stand, so that the rules for shells see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from credlint.code.marked.nodes import Scalar, Step, walk
from credlint.code.sighting import Embedded, Segment

if TYPE_CHECKING:
    from credlint.code.marked.document import MarkedDocument


class _Place(NamedTuple):
    """Scripts of a dialect: the names at the end of their paths, ``*`` for a number."""

    path: tuple[str, ...]
    format: str = "shell"


_SCRIPTS: dict[str, tuple[_Place, ...]] = {
    "github-workflow": (_Place(("run",)),),
    "github-action": (_Place(("run",)),),
    "gitlab-ci": tuple(
        _Place(path)
        for name in ("script", "before_script", "after_script")
        for path in ((name,), (name, "*"), (name, "*", "*"))
    ),
    "circleci": (_Place(("run",)), _Place(("run", "command"))),
    "buildspec": (_Place(("commands", "*")), _Place(("finally", "*"))),
    "bitbucket-pipelines": (_Place(("script", "*")), _Place(("after-script", "*"))),
    "azure-pipelines": (_Place(("script",)), _Place(("bash",)), _Place(("inlineScript",))),
    "drone": (_Place(("commands", "*")),),
    "travis": tuple(
        _Place(path)
        for name in ("before_install", "install", "before_script", "script", "after_success")
        for path in ((name,), (name, "*"))
    ),
    "cloud-init": (
        *(_Place(("runcmd", "*")), _Place(("bootcmd", "*"))),
        _Place(("write_files", "*", "content")),
    ),
    "ansible": (_Place(("shell",)), _Place(("command",)), _Place(("ansible.builtin.shell",))),
    "cloudformation": (
        *(_Place(("UserData", "Fn::Base64")), _Place(("UserData", "Fn::Base64", "Fn::Sub"))),
        *(_Place(("UserData",)), _Place(("UserData", "Fn::Base64", "Fn::Sub", "*"))),
    ),
    "kubernetes": (*(_Place(("command", "*")), _Place(("args", "*"))),),
    "compose": (_Place(("command",)), _Place(("entrypoint",))),
}


def iter_scripts(document: MarkedDocument) -> Iterator[Embedded]:
    """Yield the scripts of a document by its dialects, each once."""
    places = [place for name in document.formats for place in _SCRIPTS.get(name, ())]
    if not places:
        return
    for root in document.roots:
        for path, node in walk(root):
            if not isinstance(node, Scalar) or not node.written:
                continue
            for place in places:
                if _ends_with(path, place.path):
                    yield embedded(document.text, node, place.format)
                    break


def _ends_with(path: tuple[Step, ...], end: tuple[str, ...]) -> bool:
    if len(path) < len(end):
        return False
    return all(
        isinstance(step, int) if wanted == "*" else step == wanted
        for step, wanted in zip(path[len(path) - len(end) :], end)
    )


def embedded(text: bytes, scalar: Scalar, name: str) -> Embedded:
    """Return what a scalar holds as a text of that format, with the places of its lines."""
    if scalar.style in ("literal", "folded"):
        return _of_block(text, scalar, name)
    quote = scalar.style in ("single", "double")
    start, end = (scalar.start + 1, scalar.end - 1) if quote else (scalar.start, scalar.end)
    inside = text[start:end]
    value = (scalar.written or "").encode()
    if value == inside:
        encode = in_json if scalar.style == "double" else str
        return Embedded(name, value, (Segment(0, start, len(value)),), encode)
    return Embedded(name, value, _pieces(value, inside, start))


def in_json(text: str) -> str:
    """Return a text as it is written inside of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _pieces(value: bytes, inside: bytes, start: int) -> tuple[Segment, ...]:
    """Return the parts of a value that stand in its source as they are, line by line."""
    segments: list[Segment] = []
    inner = outer = 0
    for line in value.splitlines(keepends=True):
        piece = line.rstrip(b"\r\n")
        # What stands before the first sign that had to be escaped is enough to find the line.
        head = piece.split(b'"', 1)[0].split(b"\\", 1)[0]
        found = inside.find(head, outer) if head.strip() else -1
        if found >= 0:
            same = len(head)
            while (
                same < len(piece)
                and found + same < len(inside)
                and piece[same] == inside[found + same]
            ):
                same += 1
            segments.append(Segment(inner, start + found, same))
            outer = found + same
        inner += len(line)
    return tuple(segments)


def _of_block(text: bytes, scalar: Scalar, name: str) -> Embedded:
    """Return the text of a block scalar; its lines stand in the source behind an indentation."""
    lines = text[scalar.start : scalar.end].splitlines(keepends=True)
    offset = scalar.start + (len(lines[0]) if lines else 0)
    full = [line for line in lines[1:] if line.strip()]
    indent = min((len(line) - len(line.lstrip(b" ")) for line in full), default=0)
    pieces: list[bytes] = []
    segments: list[Segment] = []
    inner = 0
    for line in lines[1:]:
        cut = min(indent, len(line) - len(line.lstrip(b" ")))
        piece = line[cut:]
        pieces.append(piece)
        segments.append(Segment(inner, offset + cut, len(piece)))
        inner += len(piece)
        offset += len(line)
    return Embedded(name, b"".join(pieces), tuple(segments), partial(_indented, indent))


def _indented(width: int, text: str) -> str:
    return text.replace("\n", "\n" + " " * width)
