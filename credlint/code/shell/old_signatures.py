"""SRC207 in scripts: requests that are signed with Signature Version 2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from credlint.code.shell.requests import TOOLS, tool_of
from credlint.code.shell.script import Script
from credlint.code.sighting import Context, Sighting

_HEADER = re.compile(r"Authorization:\s{0,8}AWS [^\s:]{1,200}:")
_QUERY = re.compile(
    r"[?&]AWSAccessKeyId=[^\s]{1,2000}&Signature=|[?&]Signature=[^\s]{1,2000}AWSAcc"
)


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield the requests to AWS with such a header or query."""
    for command in script.commands:
        if tool_of(command, TOOLS) is None:
            continue
        texts = [script.expanded(word) for word in command.arguments]
        if not any("amazonaws.com" in text for text in texts):
            continue  # stores that speak S3 may know nothing else
        if any(_HEADER.search(text) or _QUERY.search(text[:8000]) for text in texts):
            yield Sighting(
                start=command.start,
                end=command.end,
                message=(
                    "A request to AWS is signed with Signature Version 2, which regions since 2014 "
                    "refuse and new buckets of S3 do not take."
                ),
                level="note" if context.is_documentation else None,
                subject="signature version 2",
            )
