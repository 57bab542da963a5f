"""IAC108: secrets in what a host runs when it starts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.reader import HclFile
from credlint.code.hcl.scripts import heredoc, plain, user_data_of
from credlint.code.hcl.values import is_call
from credlint.code.marked.nodes import Node, Scalar, items_of
from credlint.code.sighting import Context, Sighting, Span
from credlint.code.user_data import Held, decoded, secrets_in
from credlint.model.secret import Secret

_FROM_FILE = ("templatefile", "file", "filebase64")
_HERE = re.compile(r"\A\$\{path\.(?:module|root)\}/")
# Attributes of resources that are secrets in clear (AWS provider 6, `aws_iam_access_key`; TLS
# provider 4, `tls_private_key`), and what is one by its name or by where it was fetched.
_INDEX = rb"(?:\[[^\]\n]{0,80}\])?"
_MADE = re.compile(
    rb"\b((?:aws_iam_access_key|tls_private_key)\.[\w-]{1,100})"
    + _INDEX
    + rb"\.(?:secret|ses_smtp_password_v4|private_key_(?:pem|openssh|pem_pkcs8))\b"
)
_NAMED = re.compile(
    rb"\b(?:(?:var|local)\.(?:\w{0,80}_)?(?:aws_secret_key|secret_access_key)\b"
    rb"|data\.aws_secretsmanager_secret_version\.[\w-]{1,100}" + _INDEX + rb"\.secret_string\b)"
)


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield the user data of resources and modules that hold secrets."""
    folder = folder_of(file, context)
    for block in file.body.blocks:
        for name, value in user_data_of(block):
            known = folder.known(value)
            node = plain(known.node)
            path = _path(node)
            held = list(_handed(file, known.node)) if known.here else []
            where = ""
            if path is None:
                held += _held(file, node) if known.here else ()
            elif not held:
                data = _read(context, path)
                held = [
                    each._replace(start=value.start, end=value.end) for each in secrets_in(data)
                ]
                where = f", made from {path},"
            if held:
                yield _sighting(f"{name} of {block.address}{where}", block.address, held)


def _sighting(said: str, subject: str, held: list[Held]) -> Sighting:
    worst = next((each for each in held if each.is_sure), held[0])
    kinds = ", ".join(dict.fromkeys(each.kind for each in held))
    literals = [Span(each.start, each.end, each.kind) for each in held if each.value.reveal()]
    return Sighting(
        worst.start,
        worst.end,
        f"{said} holds {kinds}: whoever reaches the metadata service of the instance, or may "
        "describe it, can read them.",
        level=None if worst.is_sure else "warning",
        subject=subject,
        literals=tuple(literals),
        value=worst.value if worst.value.reveal() else None,
    )


def _handed(file: HclFile, node: Node) -> Iterator[Held]:
    """Yield the references that put a secret of Terraform's into a text."""
    for found in _MADE.finditer(file.text, node.start, node.end):
        yield Held(*found.span(), f"the secret of {found[1].decode()}", Secret(""))
    for found in _NAMED.finditer(file.text, node.start, node.end):
        yield Held(*found.span(), f"the value of {found[0].decode()}", Secret(""), is_sure=False)


def _held(file: HclFile, node: Optional[Node]) -> Iterator[Held]:
    """Yield the secrets in a text, placed in the file."""
    if not isinstance(node, Scalar):
        return
    if node.style == "heredoc":
        script = heredoc(file.text, node, "shell")
        for each in secrets_in(script.text):
            yield each._replace(start=script.outside(each.start), end=script.outside(each.end))
        return
    inside = file.text[node.start : node.end]
    bare = decoded(inside.strip(b'"'))
    for each in secrets_in(bare or inside):
        if bare:
            yield each._replace(start=node.start, end=node.end)
        else:
            yield each._replace(start=node.start + each.start, end=node.start + each.end)


def _path(node: Optional[Node]) -> Optional[str]:
    """Return the path of the file that a value is made from, None where it is no such call."""
    if not any(is_call(node, name) for name in _FROM_FILE):
        return None
    first = next(iter(items_of(node)), None)
    return _HERE.sub("", first.written) if isinstance(first, Scalar) else None


def _read(context: Context, path: str) -> bytes:
    """Return a file beside, nothing where it is none or only Terraform knows which it is."""
    if "${" in path or path.startswith("/"):
        return b""
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(context.uri), path))
    return (None if inside.startswith("..") else context.around.read(inside)) or b""
