"""CHN224: the process looks into one home directory, the profiles live in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place, variable_place
from credlint.checks.situation import contexts_of, is_set
from credlint.checks.wording import conjunction, do, lower, sdks_of, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import HomeDirectory, HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BUILDER = FindingBuilder("CHN224", "home-directory-mismatch")
_VARIABLES = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}


def home_directory_mismatch(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell where the files are that this process does not look for, where it finds none itself."""
    del options
    # Who names its files does not depend on a home directory.
    wanted = [role for role, variable in _VARIABLES.items() if not is_set(snapshot, variable)]
    used = next((home for home in snapshot.homes if home.kind == "used"), None)
    if not wanted or (used is not None and used.files):
        return
    elsewhere = [home for home in snapshot.homes if home is not used and _missed(home, wanted)]
    if used is not None and elsewhere:
        yield _elsewhere(snapshot, traces, used, (elsewhere[0], _missed(elsewhere[0], wanted)))
    elif snapshot.variable("HOME") is None:
        yield from _without_home(snapshot, traces, wanted)
    elif _is_root_folder(snapshot):
        yield from _at_the_root(snapshot, traces)


def _missed(home: HomeDirectory, wanted: Sequence[str]) -> list[str]:
    return [name for name in home.files if name in wanted]


def _unresolved(traces: Iterable[Trace]) -> list[Trace]:
    return [trace for trace in traces if trace.outcome_at_use in ("none", "error")]


def _level(snapshot: HostSnapshot) -> Level:
    return "warning" if contexts_of(snapshot) == {"laptop"} else "error"


def _elsewhere(
    snapshot: HostSnapshot,
    traces: Sequence[Trace],
    used: HomeDirectory,
    other: tuple[HomeDirectory, list[str]],
) -> Finding:
    home, missed = other
    unresolved = _unresolved(traces)
    folder = f"{home.path.rstrip('/')}/.aws"
    one = len(missed) == 1
    files = f"the {conjunction(missed)} file{'' if one else 's'} {'is' if one else 'are'}"
    if home.kind == "sudo":
        reason, further = "that of the user who called sudo", ""
    else:
        reason = f"that of uid {snapshot.platform.uid} in the password file"
        further = " Java v1 and programs that ask for the password entry look there."
    closed = f" {home.closed_by} is closed to this user." if home.closed_by else ""
    ends = f" {do(sdks_of(unresolved), 'end')} without credentials." if unresolved else ""
    level = _level(snapshot)
    return _BUILDER.build(
        # Who gets credentials from elsewhere may be meant to.
        level if unresolved else lower(lower(level)),
        f"This process looks in {_aws_folder(used)}, where there are no AWS files, but {files} in "
        f"{folder} ({reason}).{ends}{closed}{further}",
        variable_place(snapshot, "HOME"),
        subject="HOME",
        sdks=sdks_of(unresolved),
        related=[
            *(_file(f"{folder}/{name}") for name in missed),
            *(file_place(one, message="Closed to this user.") for one in _closed(snapshot)),
        ],
        remedy=_remedy(home, folder, missed),
    )


def _closed(snapshot: HostSnapshot) -> list[HostFile]:
    return [file for file in snapshot.files if file.closed_by is not None]


def is_told_by_home(snapshot: HostSnapshot) -> bool:
    """Tell whether files are closed because the home directory is another user's."""
    used = next((home for home in snapshot.homes if home.kind == "used"), None)
    others = [home for home in snapshot.homes if home is not used and home.files]
    return used is not None and used.closed_by is not None and bool(others)


def _aws_folder(home: HomeDirectory) -> str:
    return f"{home.path.rstrip('/')}/.aws" if home.path else "no home directory"


def _file(path: str) -> Location:
    base, uri = host_path(path)
    return Location("file", uri, base, message="It is not looked for.")


def _remedy(home: HomeDirectory, folder: str, missed: Sequence[str]) -> Iterator[str]:
    named = " ".join(f"{_VARIABLES[name]}={shell_path(f'{folder}/{name}')}" for name in missed)
    if home.kind == "sudo":
        yield f"If the caller's profiles are meant: `sudo env {named} COMMAND`."
        yield "Or set up profiles of the user that the command runs as: `sudo -H aws configure`."
        return
    yield f"In a unit write `User=`, or `Environment=HOME={home.path}`; in a shell use `sudo -H`."
    yield f"Or name the files: `export {named}`; the user must be able to read them."


def _without_home(
    snapshot: HostSnapshot, traces: Sequence[Trace], wanted: Sequence[str]
) -> Iterator[Finding]:
    """Tell that some SDKs find the files by the password entry where HOME is missing."""
    found = [
        file
        for file in snapshot.files
        if file.role in wanted and file.origin == "default" and file.status == "read"
    ]
    # An error has a reason of its own.
    unresolved = [trace for trace in traces if trace.outcome == "none"]
    resolved = [trace for trace in traces if trace.outcome == "selected"]
    if not found or not unresolved or not resolved:
        return
    yield _BUILDER.build(
        _level(snapshot),
        f"HOME is not set: {do(sdks_of(unresolved), 'find')} no credentials, while "
        f"{do(sdks_of(resolved), 'take')} {conjunction([file.path for file in found])} from the "
        "home directory of the password entry.",
        variable_place(snapshot, "HOME"),
        subject="HOME",
        sdks=sdks_of(unresolved),
        related=[_file(file.path) for file in found],
        remedy=(
            (
                "In a unit set `User=` or `Environment=HOME=/home/USER`; systemd sets no HOME for "
                "services of root."
            ),
        ),
    )


def _is_root_folder(snapshot: HostSnapshot) -> bool:
    # Of HOME only the length is kept: no path but / has a single character.
    home = snapshot.variable("HOME")
    return home is not None and home.length == 1


def _at_the_root(snapshot: HostSnapshot, traces: Sequence[Trace]) -> Iterator[Finding]:
    """Tell that a profile is wanted from /.aws: the home of users that an image does not know."""
    unresolved = [t for t in _unresolved(traces) if t.profile_source.startswith("env:")]
    if not unresolved:
        return
    variable = unresolved[0].profile_source.partition(":")[2]
    yield _BUILDER.build(
        _level(snapshot),
        f"HOME is /, so the profile that {variable} selects is looked for in /.aws, where there "
        f"are no AWS files: {do(sdks_of(unresolved), 'end')} without credentials.",
        variable_place(snapshot, "HOME"),
        subject="HOME",
        sdks=sdks_of(unresolved),
        related=[variable_place(snapshot, variable, "The profile is selected here.")],
        remedy=(
            (
                "Give the container's user a home directory: `-e HOME=/home/USER`, or mount the "
                "files and name them with AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE."
            ),
        ),
    )
