"""IAC108: secrets in what a host runs when it starts.

What is a secret the text rules say: this one tells that it stands in user data. Files that are
made into user data are looked at for keys of AWS alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Optional

from credlint.code.credential_names import KEY_ID, SECRET_KEY, is_issued
from credlint.code.hcl.folder import folder_of
from credlint.code.hcl.reader import HclFile
from credlint.code.hcl.scripts import plain, user_data_of
from credlint.code.hcl.values import is_call
from credlint.code.marked.nodes import Node, Scalar, items_of
from credlint.code.sighting import Context, Sighting, Span

_FROM_FILE = ("templatefile", "file", "filebase64")
_KEY_ID = re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")
_SECRET = re.compile(
    r"(?i:secret)[\w.\-]{0,30}[\"']?[ \t]{0,8}[=: ][ \t]{0,8}[\"']?([A-Za-z0-9/+]{40})(?![\w/+=])"
)
_HERE = re.compile(r"\A\$\{path\.(?:module|root)\}/")


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield user data, to be told where something secret stands in it."""
    folder = folder_of(file, context)
    for block in file.body.blocks:
        if block.kind not in ("resource", "module"):
            continue
        for name, value in user_data_of(block.body):
            known = folder.known(value)
            said = f"{name} of {block.address}"
            path = _source(plain(known.node))
            if path is not None:
                if _holds_key(context, path):
                    yield Sighting(
                        start=value.start,
                        end=value.end,
                        message=f"{said} is made from {path}, which holds a key of AWS: everyone "
                        "who can describe the instance, and every process on it, can read it.",
                        subject=block.address,
                    )
                continue
            if known.here:
                yield Sighting(
                    start=known.node.start,
                    end=known.node.end,
                    message=f"{said} contains a secret: everyone who can describe the instance, "
                    "and every process on it, can read it.",
                    subject=block.address,
                    literals=(Span(known.node.start, known.node.end, None),),
                    by_text=True,
                )


def _source(node: Optional[Node]) -> Optional[str]:
    """Return the path of the file that a value is made from, None where it is no such call."""
    if not any(is_call(node, name) for name in _FROM_FILE):
        return None
    first = next(iter(items_of(node)), None)
    return _HERE.sub("", first.written) if isinstance(first, Scalar) else None


def _holds_key(context: Context, path: str) -> bool:
    """Tell whether a file beside holds a key of AWS; templates that cannot be told hold none."""
    if "${" in path or path.startswith("/"):
        return False
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(context.uri), path))
    data = context.around.read(inside) if not inside.startswith("..") else None
    if data is None:
        return False
    text = data.decode("utf-8", "replace")
    return any(is_issued(KEY_ID, found[0]) for found in _KEY_ID.finditer(text)) or any(
        is_issued(SECRET_KEY, found[1]) for found in _SECRET.finditer(text)
    )
