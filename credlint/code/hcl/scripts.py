"""Texts of other formats in HCL: scripts of user data, files that Terragrunt writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Optional

from credlint.code.hcl.blocks import Block, Body
from credlint.code.hcl.values import indented_lines, is_call
from credlint.code.marked.nodes import Mapping, Node, Scalar, items_of
from credlint.code.sighting import Embedded, Segment

_USER_DATA = (
    *("user_data", "user_data_base64", "custom_data"),
    *("pre_bootstrap_user_data", "post_bootstrap_user_data"),
)
_PARTS = ("cloudinit_config", "template_cloudinit_config")
_DIRECTIVE = re.compile(rb"(?<!%)%\{[^{}\n]{0,500}\}")
_FILL = re.compile(rb"[^\r\n]")
_SIGNS = re.compile(rb"""\\.|["{}]""", re.DOTALL)
_LONGEST = 20_000  # interpolation, in bytes
_DOUBLED = re.compile(rb"([$%])\1(?=\{)")


def user_data_of(block: Block) -> Iterator[tuple[str, Node]]:
    """Yield the arguments of a block that a host runs when it starts."""
    if block.kind in ("resource", "module"):
        for name in _USER_DATA:
            value = block.body.get(name)
            if value is not None:
                yield name, value
    elif block.kind == "data" and block.label(0) in _PARTS:
        for part in block.body.of("part"):
            value = part.body.get("content")
            if value is not None:
                yield "content", value


def plain(node: Optional[Node]) -> Optional[Node]:
    """Return what a value is made from: the text that ``base64encode`` and the like are given."""
    for _ in range(8):
        if not any(is_call(node, name) for name in ("base64encode", "base64gzip", "trimspace")):
            break
        node = next(iter(items_of(node)), None)
    return node


def iter_embedded(body: Body, text: bytes) -> Iterator[Embedded]:
    """Yield each with the places of its lines."""
    for block in body.blocks:
        for _, value in user_data_of(block):
            script = plain(value)
            if isinstance(script, Scalar) and script.style == "heredoc":
                is_cloud_config = script.written.lstrip().startswith("#cloud-config")
                name = "yaml" if is_cloud_config else "shell"
                yield heredoc(text, script, name, block.address)
        if block.kind == "generate":
            written = block.body.get("contents")
            if isinstance(written, Scalar) and written.style == "heredoc":
                path = block.body.text("path") or ""
                if path.endswith((".tf", ".tofu")):
                    yield heredoc(text, written, "terraform", f"generate/{block.label(0)}")
    files = body.get("generate")
    if isinstance(files, Mapping):
        yield from _of_attribute(files, text)


def _of_attribute(value: Mapping, text: bytes) -> Iterator[Embedded]:
    """Yield the files of Terragrunt's ``generate = { name = { contents = … } }``."""
    for entry in value.entries:
        contents = entry.value.get("contents") if isinstance(entry.value, Mapping) else None
        if isinstance(contents, Scalar) and contents.style == "heredoc":
            yield heredoc(text, contents, "terraform", f"generate/{entry.key.value or ''}")


def heredoc(text: bytes, node: Scalar, name: str, logical: Optional[str] = None) -> Embedded:
    """Return a heredoc as a text of that format.

    Interpolations become names of the same length (``${var.key}`` to ``${xxxxxxx}``), which shells
    read as a variable, and directives blanks; in Terraform's own language they stay.
    """
    first = text.find(b"\n", node.start, node.end) + 1
    last = text.rfind(b"\n", node.start, node.end) + 1
    raw = text[first:last] if 0 < first <= last else b""
    filled = raw if name == "terraform" else without_templates(raw, is_json=name == "json")
    cut = text.startswith(b"<<-", node.start)
    rows = list(indented_lines(raw))
    widths = [width if cut else 0 for _, width in rows]
    pieces: list[bytes] = []
    segments: list[Segment] = []
    inner, outer = 0, first
    for line, width in zip(filled.splitlines(keepends=True), widths):
        at = width
        # `$${` stands for `${`: the first sign is left out.
        for found in _DOUBLED.finditer(line, width):
            pieces.append(line[at : found.start()])
            segments.append(Segment(inner, outer + at, found.start() - at))
            inner += found.start() - at
            at = found.start() + 1
        pieces.append(line[at:])
        segments.append(Segment(inner, outer + at, len(line) - at))
        inner += len(line) - at
        outer += len(line)
    # A line that is put in begins as the others do, or `<<-` would leave them more blanks.
    widest = max(widths, default=0)
    indent = next((line[:widest].decode() for line, width in rows if cut and width == widest), "")
    encode = partial(_as_in_heredoc, indent)
    return Embedded(name, b"".join(pieces), tuple(segments), encode, logical)


def _as_in_heredoc(indent: str, written: str) -> str:
    return written.replace("\n", "\n" + indent).replace("${", "$${").replace("%{", "%%{")


def without_templates(raw: bytes, *, is_json: bool = False) -> bytes:
    """Return a template as long as it was, with nothing in it that only Terraform understands.

    In JSON an interpolation that stands for a whole value becomes a text.
    """
    pieces: list[bytes] = []
    last = 0
    quoted = False
    at = raw.find(b"${")
    while at >= 0:
        if raw[max(0, at - 1) : at] == b"$":
            at = raw.find(b"${", at + 2)
            continue
        end = _end_of_interpolation(raw, at + 2)
        before = raw[last:at]
        quoted ^= (before.count(b'"') - before.count(b'\\"')) % 2 == 1
        filled = b"${" + _FILL.sub(b"x", raw[at + 2 : end - 1]) + raw[end - 1 : end]
        if is_json and not quoted and len(filled) > len(b'"${}"') and b"\n" not in filled:
            filled = b'"${' + filled[3:-2] + b'}"'
        pieces += [before, filled]
        last = end
        at = raw.find(b"${", end)
    pieces.append(raw[last:])
    return _DIRECTIVE.sub(lambda found: b" " * len(found[0]), b"".join(pieces))


def _end_of_interpolation(raw: bytes, start: int) -> int:
    """Return where ``${…}`` ends, braces and quoted texts within counted; unclosed, nowhere."""
    depth = 1
    quoted = False
    for found in _SIGNS.finditer(raw, start, start + _LONGEST):
        sign = found[0]
        if sign == b'"':
            quoted = not quoted
        elif not quoted and sign in b"{}":
            depth += 1 if sign == b"{" else -1
            if depth == 0:
                return found.end()
    return len(raw)
