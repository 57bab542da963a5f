"""SRC203 in scripts: headers, lifetimes, paths and methods that the metadata service refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.metadata_addresses import LIFETIME_HEADER
from credlint.code.metadata_spelling import (
    Misspelling,
    misspelt_header,
    misspelt_path,
    wrong_lifetime,
)
from credlint.code.shell.requests import Request, iter_requests
from credlint.code.shell.script import Script
from credlint.code.shell.words import Word
from credlint.code.sighting import Context, Sighting
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.lean_dataclasses import replace


def check(script: Script, context: Context) -> Iterator[Sighting]:
    """Yield what is wrong with each request."""
    for request in iter_requests(script):
        if request.address.service != "instance" or request.address.is_elsewhere:
            continue
        for sighting in _of(script, request):
            yield replace(sighting, level="note") if context.is_documentation else sighting


def _of(script: Script, request: Request) -> Iterator[Sighting]:
    token = request.address.is_token
    for header in request.headers:
        wrong = misspelt_header(header.name, for_token=token)
        if wrong is not None:
            yield _sighting(script, header.word, wrong, f"The header {wrong.wrong} is {wrong.what}")
        elif header.name.lower() == LIFETIME_HEADER.lower():
            lifetime = wrong_lifetime(header.value)
            if lifetime is not None:
                said = f"The lifetime {lifetime.wrong} of a token is {lifetime.what}"
                yield _sighting(script, header.word, lifetime, said)
    path = misspelt_path(request.address.path)
    if path is not None:
        yield _sighting(script, request.url, path, f"{path.wrong} is {path.what}")
    if token and request.is_whole and request.method != "PUT":
        yield _wrong_method(request)


def _sighting(script: Script, word: Word, wrong: Misspelling, said: str) -> Sighting:
    start = script.text.find(wrong.wrong.encode(), word.start, word.end)
    fix: Optional[Fix] = None
    place = (word.start, word.end)
    if start >= 0:
        place = (start, start + len(wrong.wrong.encode()))
        edit = Edit(*place, wrong.right)
        fix = Fix("safe", f"Write {wrong.right}.", (FileEdits("", (edit,)),))
    return Sighting(
        *place,
        message=f"{said}; it has to be {wrong.right}.",
        subject=f"{wrong.wrong} {wrong.right}",
        fix=fix,
    )


def _wrong_method(request: Request) -> Sighting:
    fix = None
    if request.method == "GET" and not any(
        name in ("-X", "--request", "--method", "-G", "--get") for name, _, _ in request.options
    ):
        text = " -X PUT" if request.is_curl else " --method=PUT"
        edit = Edit(request.tool.end, request.tool.end, text)
        fix = Fix("safe", "Ask with PUT.", (FileEdits("", (edit,)),))
    return Sighting(
        start=request.tool.start,
        end=max(request.tool.end, request.command.end),
        message=(
            f"The metadata service of EC2 gives a token to PUT alone; {request.method} is "
            "answered with 405."
        ),
        subject=f"{request.method} {request.address.path}",
        fix=fix,
    )
