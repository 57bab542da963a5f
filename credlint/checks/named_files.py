"""CHN222: a variable names an AWS file that is not there, or not for every SDK."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.places import variable_place
from credlint.checks.situation import contexts_of, text_of
from credlint.checks.stops import stopped_at
from credlint.checks.wording import conjunction, do, sdks_of, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BUILDER = FindingBuilder("CHN222", "configured-file-missing")
_FILES = (("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials"))
_MISSING = ("absent", "not-a-file")
_NOWHERE = "/dev/null"


def configured_file_missing(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a file named by a variable is missing; closed ones are CHN225's."""
    del options
    for variable, role in _FILES:
        text = text_of(snapshot.variable(variable))
        file = snapshot.file(role)
        if not text or file is None or _NOWHERE in (text, file.path):
            continue
        readers = [t for t in traces if variable in t.file_variables and role not in t.unread]
        literal = snapshot.file(f"{role}-unexpanded") or file
        if traces and not readers:
            continue
        if file.status in _MISSING and literal.status in _MISSING:
            yield _missing(snapshot, variable, file, readers)
        elif literal is not file and literal.status in _MISSING:
            signs = [sign for sign, used in (("~", text[0] == "~"), ("$", "$" in text)) if used]
            left = [t for t in readers if t.expands is not None and not _expands(t, signs)]
            if left:
                others = [trace for trace in readers if trace not in left]
                yield _unexpanded(snapshot, variable, text, (signs, file), (left, others))


def _expands(trace: Trace, signs: Sequence[str]) -> bool:
    return all(sign in (trace.expands or ()) for sign in signs)


def _level(snapshot: HostSnapshot) -> Level:
    return "warning" if contexts_of(snapshot) == {"laptop"} else "error"


def _missing(
    snapshot: HostSnapshot, variable: str, file: HostFile, readers: Sequence[Trace]
) -> Finding:
    base, uri = host_path(file.path)
    target = Location("file", uri, base, message="Nothing to read here.")
    place = variable_place(snapshot, variable)
    stopping = stopped_at(readers, [place, target])
    silent = [trace for trace in readers if trace not in stopping]
    does = [f"{do(sdks_of(silent), 'go on')} without a word"] if silent else []
    does += [f"{do(sdks_of(stopping), 'stop')}"] if stopping else []
    is_folder = file.status == "not-a-file"
    fault = "is no file but a directory or device" if is_folder else "does not exist"
    path = shell_path(file.path)
    return _BUILDER.build(
        _level(snapshot),
        f"{variable} names {file.path}, which {fault}: {conjunction(does) or 'nothing is read'}.",
        place,
        subject=variable,
        sdks=sdks_of(readers),
        related=[target],
        remedy=(
            (
                f"Mount the file itself: docker makes a directory of a source that is not there; "
                f"remove it with `rmdir {path}`."
                if is_folder
                else f"Correct the path, or put the file at {path}."
            ),
            f"Or `unset {variable}`, so that ~/.aws counts; to read no file name {_NOWHERE}.",
        ),
    )


def _unexpanded(
    snapshot: HostSnapshot,
    variable: str,
    text: str,
    expanded: tuple[Sequence[str], HostFile],
    traces: tuple[Sequence[Trace], Sequence[Trace]],
) -> Finding:
    (signs, file), (left, others) = expanded, traces
    read = f", while {do(sdks_of(others), 'read')} {file.path}" if others else ""
    base, uri = host_path(file.path)
    return _BUILDER.build(
        _level(snapshot),
        f"{do(sdks_of(left), 'do not expand')} {conjunction(signs)} in {variable}={text} and "
        f"{'finds' if len(sdks_of(left)) == 1 else 'find'} no file{read}.",
        variable_place(snapshot, variable),
        subject=variable,
        sdks=sdks_of(left),
        related=[Location("file", uri, base, message="The file that is meant.")],
        remedy=(
            (
                f"Write the whole path: `export {variable}=/…`; in a shell without quotes around ~ "
                "and with double ones around $NAME it expands them itself."
            ),
        ),
    )
