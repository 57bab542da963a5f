"""CHN220: a credential_process that cannot be started, or only by luck."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.profiles import PlacedSetting, effective_profiles, fact_of
from credlint.checks.situation import contexts_of
from credlint.checks.wording import do, file_readers, sdks_of, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import PathFact
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BUILDER = FindingBuilder("CHN220", "credential-process-unresolvable")

PROCESS = "credential_process"
DIRECT, BY_SHELL = "credential-process", "credential-process-shell"
_REST = re.compile(r" \[\d+ more characters\]$")
_TOKEN = re.compile(r"<REDACTED-[0-9a-f]{12}>|\[REDACTED-[0-9a-f]{8}\]")
# Outside of quotes a shell acts on these; between double quotes on the last two alone.
_OPERATORS = re.compile(r"\\.|'[^']*'|\"(?:\\.|[^\"\\$`])*\"|(?P<found>\$[({A-Za-z_]|[`|;<>&])")
_SHELLS = ("sh", "bash", "dash", "zsh", "ksh")


def credential_process_unresolvable(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell why a command cannot be started, and by which SDKs: some use a shell, some do not."""
    del options
    for profile in effective_profiles(snapshot).values():
        setting = profile.settings.get(PROCESS)
        direct = fact_of(snapshot, setting, DIRECT) if setting else None
        shell = fact_of(snapshot, setting, BY_SHELL) if setting else None
        if setting is None or direct is None:
            continue
        word = word_of(setting)
        plain = file_readers(traces)
        everybody = _readers(traces, plain)
        found = _fault(snapshot, word, direct, shell)
        if found is not None:
            why, remedy, shells_too = found
            sdks = everybody if shells_too else plain
            yield _BUILDER.build(
                "error",
                f"The credential_process `{word}` of profile `{profile.name}` {why}: "
                f"{do(sdks, 'fail to start')} it.",
                setting.place(),
                subject=profile.name,
                sdks=sdks,
                remedy=remedy,
            )
        elif direct.status == "present" and not word.startswith("/"):
            yield _fragile(snapshot, profile.name, setting, word, direct, everybody)


def word_of(setting: PlacedSetting) -> str:
    """Return the program of a command as it is written, without what follows it."""
    return _REST.sub("", setting.value.text or "") or "command"


def _readers(traces: Sequence[Trace], plain: Sequence[str]) -> tuple[str, ...]:
    """Return the SDKs that have such a source at all."""
    own = [trace for trace in traces if any("process" in step.source for step in trace.steps)]
    return tuple(dict.fromkeys((*plain, *sdks_of(own))))


_Fault = tuple[str, tuple[str, ...], bool]


def _fault(
    snapshot: HostSnapshot, word: str, direct: PathFact, shell: Optional[PathFact]
) -> Optional[_Fault]:
    """Return why it does not start, what to do, and whether a shell fails as well."""
    by_shell = shell is not None and shell.status not in ("present", "unknown")
    if direct.status == "present":
        return _without_shell(direct)
    if direct.error == "ValueError":
        return "has a quote that is not closed", ("Close the quote.",), True
    if direct.error == "IndexError":
        return "is empty", ("Write the command, or delete the line.",), True
    if word.startswith("~") and not by_shell:
        return (
            "begins with ~, which only a shell expands",
            (f"Write the whole path: `{PROCESS} = /home/USER{word[1:]}`.",),
            False,
        )
    # Where even a shell fails, what it looked for tells more.
    looked_at = shell if shell is not None and word.startswith("~") else direct
    return _without_shell(direct, word) or (*_missing(snapshot, word, looked_at), by_shell)


def _without_shell(direct: PathFact, word: str = "") -> Optional[_Fault]:
    """Tell that the command is meant for a shell; where the program is absent, its own name."""
    text = _TOKEN.sub("x", direct.named)
    try:
        first = shlex.split(text)[0].rpartition("/")[2]
    except (ValueError, IndexError):
        return None
    if first in _SHELLS or (word and not _needs_shell(word)):
        return None
    if not _needs_shell(text):
        return None
    return (
        "needs a shell ($, pipes or &&), which starts it only in some SDKs",
        (
            (
                "Put the command into a script that begins with `#!/bin/sh`, make it executable "
                "and name its whole path."
            ),
        ),
        False,
    )


def _needs_shell(text: str) -> bool:
    return any(match.group("found") for match in _OPERATORS.finditer(text))


def _missing(  # noqa: PLR0911  one per reason
    snapshot: HostSnapshot, word: str, fact: PathFact
) -> tuple[str, tuple[str, ...]]:
    path = shell_path(fact.path)
    user = f"uid {snapshot.platform.uid}" if snapshot.platform.uid is not None else "this user"
    exists = bool(fact.way) and not fact.way[-1].directory
    if fact.closed_by is not None:
        return (
            f"lies behind {fact.closed_by}, which {user} may not pass",
            (f"Install it where {user} may go, such as /usr/local/bin, and name that path.",),
        )
    if fact.status == "not-a-file":
        return "is a directory", (f"Name the program in it: `{PROCESS} = {path}/PROGRAM`.",)
    if fact.error == "ENOEXEC":
        return (
            "is neither a program nor begins with #!, so the system refuses it",
            (f"Begin {fact.path} with a line such as `#!/bin/sh`.",),
        )
    if fact.status == "not-executable":
        return f"is not executable for {user}", (f"`chmod +x {path}`",)
    if fact.error == "ENOENT" and exists:
        return (
            "begins with a #! line whose interpreter does not exist",
            (f"Correct the first line of {fact.path}, or install that interpreter.",),
        )
    if "/" not in word:
        return (
            "is not on PATH",
            (
                (
                    f"Install it, or write its whole path: `command -v {shlex.quote(word)}` in a "
                    "login shell tells it; services have a shorter PATH."
                ),
            ),
        )
    if not word.startswith(("/", "~")):
        return (
            "is a relative path, and there is nothing in this working directory",
            ("Write the whole path: SDKs do not look beside the config file.",),
        )
    return (
        f"cannot be reached ({fact.error})" if fact.status == "unreadable" else "does not exist",
        ("Install the program there, or correct the path.",),
    )


def _fragile(
    snapshot: HostSnapshot,
    name: str,
    setting: PlacedSetting,
    word: str,
    fact: PathFact,
    sdks: tuple[str, ...],
) -> Finding:
    """Tell of a name that is found here: with another PATH or directory it is not, or another."""
    level: Level = "note" if contexts_of(snapshot) == {"laptop"} else "warning"
    by_path = "/" not in word
    why = "the PATH of each process" if by_path else "the working directory of each process"
    level = level if by_path else "warning"
    return _BUILDER.build(
        level,
        f"The credential_process `{word}` of profile `{name}` depends on {why}; here it is "
        f"{fact.path}.",
        setting.place(),
        subject=name,
        sdks=sdks,
        remedy=(f"Write the whole path: `{PROCESS} = {fact.path}`.",),
    )
