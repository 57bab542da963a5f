"""IAC101: instances whose metadata service answers without a token (IMDSv1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional

from credlint.code.hcl.edits import append_lines, prepend_line
from credlint.code.hcl.folder import Folder, folder_of
from credlint.code.hcl.instances import (
    DEFAULTS,
    Launcher,
    Options,
    is_amazon_linux_2023,
    launchers_of,
    options_of,
)
from credlint.code.hcl.reader import HclFile
from credlint.code.sighting import Context, Sighting, as_warnings
from credlint.model.finding import Level
from credlint.model.fix import Edit, FileEdits, Fix

_REQUIRED = 'http_tokens = "required"'


def check(file: HclFile, context: Context) -> Iterator[Sighting]:
    """Yield the resources and modules that do not ask for tokens."""
    yield from as_warnings(_seen(file, folder_of(file, context)), context)


def _seen(file: HclFile, folder: Folder) -> Iterator[Sighting]:
    for launcher in launchers_of(file):
        options = options_of(folder, launcher.body)
        if not options.unknown:
            sighting = _judged(file, folder, launcher, options)
            if sighting is not None:
                yield sighting
    for block in file.body.blocks:
        if block.kind == "resource" and block.label(0) == DEFAULTS:
            tokens = Options(block.body).get(folder, "http_tokens")
            if tokens is not None and tokens.text == "optional":
                yield Sighting(
                    start=tokens.node.start if not tokens.source else block.start,
                    end=tokens.node.end if not tokens.source else block.head_end,
                    message=f'{block.address} makes http_tokens = "optional" the default of the '
                    "region: instances answer for their role's keys without a token.",
                    subject=block.address,
                )


def _judged(
    file: HclFile, folder: Folder, launcher: Launcher, options: Options
) -> Optional[Sighting]:
    endpoint = options.get(folder, "http_endpoint")
    if endpoint is not None and endpoint.text == "disabled":
        return None
    tokens = options.get(folder, "http_tokens")
    if tokens is None:
        return _not_said(file, folder, launcher, options)
    if tokens.text != "optional":
        return None
    in_place = not tokens.source
    start, end = (tokens.node.start, tokens.node.end) if in_place else (options.start, options.end)
    edits = (Edit(start, end, '"required"'),) if in_place else ()
    return _sighting(
        launcher,
        (start, end),
        f'{launcher.address} has http_tokens = "optional"{tokens.said}: whatever makes the '
        "instance send a request can read its role's keys (IMDSv1).",
        None if in_place else "warning",
        edits,
    )


def _not_said(
    file: HclFile, folder: Folder, launcher: Launcher, options: Options
) -> Optional[Sighting]:
    """Return what there is to say when tokens are left to the defaults."""
    # What an instance does not say its launch template may; that one is looked at itself.
    if launcher.body.first("launch_template") and launcher.address.startswith("aws_instance."):
        return None
    message = f'{launcher.address} has no metadata_options.http_tokens = "required"'
    if launcher.is_module:
        message += ", which this version of the module leaves optional"
    message += ": whatever makes the instance send a request can read its role's keys (IMDSv1)."
    level: Optional[Level] = None
    if is_amazon_linux_2023(folder, launcher.body):
        level = "note"
        message += " Its image, Amazon Linux 2023, asks for tokens by itself; others do not."
    elif _default_is_required(folder):
        level = "warning"
        message += f" The account's default in this module ({DEFAULTS}) still asks for tokens."
    return _sighting(
        launcher,
        (launcher.start, launcher.end),
        message,
        level,
        _completed(file.text, launcher, options),
    )


def _default_is_required(folder: Folder) -> bool:
    return any(
        known is not None and known.text == "required"
        for block in folder.blocks("resource", DEFAULTS)
        for known in [Options(block.body).get(folder, "http_tokens")]
    )


def _completed(text: bytes, launcher: Launcher, options: Options) -> tuple[Edit, ...]:
    """Return the edits that ask for tokens; none where they would not be plain."""
    if options.body is not None:
        return prepend_line(text, options.body, _REQUIRED)
    if options.settings is not None:
        return ()
    if launcher.is_module:
        return append_lines(text, launcher.body, ["metadata_options = {", f"  {_REQUIRED}", "}"])
    return append_lines(text, launcher.body, ["metadata_options {", f"  {_REQUIRED}", "}"])


def _sighting(
    launcher: Launcher,
    place: tuple[int, int],
    message: str,
    level: Optional[Level],
    edits: tuple[Edit, ...],
) -> Sighting:
    # Unsafe: containers behind a hop limit of 1, and old SDKs, get no answer any more.
    summary = "Ask for tokens; software that cannot (IMDSv1) gets no keys any more."
    return Sighting(
        start=place[0],
        end=place[1],
        message=message,
        level=level,
        subject=launcher.address,
        fix=Fix("unsafe", summary, (FileEdits("", edits),)) if edits else None,
    )
