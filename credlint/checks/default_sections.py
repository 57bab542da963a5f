"""CHN205 and CHN206: sections that look like the default profile beside or instead of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.ini_view import DEFAULT_SECTION, Section, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place
from credlint.checks.setting_names import KEY_SETTINGS
from credlint.checks.wording import conjunction, do, file_readers, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.host_file import HostFile
from credlint.model.location import host_path
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_TWICE = FindingBuilder("CHN205", "default-and-profile-default")
_UPPERCASE = FindingBuilder("CHN206", "uppercase-default-section")

_FORMS = ("default", "profile default")


def default_and_profile_default(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the config file has both forms of the default profile, and who takes which."""
    del options
    file = snapshot.file("config")
    if file is None:
        return
    found = {s.name: s for s in view_file(file).sections if s.name in _FORMS}
    if len(found) < len(_FORMS):
        return
    first, second = sorted(found.values(), key=lambda section: section.line.number)
    same = _facts(first) == _facts(second)
    level: Level = "note" if same else "warning"
    told = conjunction(list(_told(file, first, second, traces)))
    sdks = sdks_of(traces) if told else ()
    if not told:
        told = do(file_readers(traces), f"use the later one, line {second.line.number}")
        told += ", most others `[profile default]`"
    equal = " Both say the same." if same else ""
    yield _TWICE.build(
        level,
        f"{file.path} has both `[default]` and `[profile default]`: {told}.{equal}",
        file_place(file, second.line, second.name),
        subject="default",
        sdks=sdks,
        related=[file_place(file, first.line, first.name, "The other one.")],
        remedy=(
            (
                f"Keep `[default]`: move what is meant there and delete line "
                f"{found['profile default'].line.number} with the settings below it."
            ),
        ),
    )


def _facts(section: Section) -> dict[str, str]:
    return {setting.name: setting.value.fingerprint for setting in section.settings}


def _told(
    file: HostFile, first: Section, second: Section, traces: Iterable[Trace]
) -> Iterator[str]:
    """Yield which SDKs use the credentials of which section, where they stand in one."""
    groups: dict[str, list[Trace]] = {}
    for trace in traces:
        place = trace.winner.location if trace.winner is not None else None
        if place is None or (place.base, place.uri) != host_path(file.path):
            continue
        if trace.profile == "default":
            section = second if place.line >= second.line.number else first
            groups.setdefault(f"use `[{section.name}]`", []).append(trace)
    for use, group in groups.items():
        yield do(sdks_of(group), use)


def uppercase_default_section(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that [DEFAULT] is no profile, and what its settings do to every other one."""
    del options
    sdks = file_readers(traces)
    for file in snapshot.files:
        if file.role not in ("config", "credentials"):
            continue
        for section in view_file(file).sections:
            if section.name != DEFAULT_SECTION:
                continue
            names = [setting.name for setting in section.settings]
            keys = any(name in KEY_SETTINGS for name in names)
            level: Level = "error" if keys else "warning"
            shown = conjunction(list(dict.fromkeys(names))) or "nothing yet"
            yield _UPPERCASE.build(
                level,
                f"`[DEFAULT]` in {file.path} is not the default profile: {do(sdks, 'give')} its "
                f"settings ({shown}) to every profile of the file, other SDKs know no such "
                "profile.",
                file_place(file, section.line, section.name),
                subject=f"{DEFAULT_SECTION}/{file.role}",
                sdks=sdks,
                remedy=(f"Write `[default]` in line {section.line.number} of {file.path}.",),
            )
