"""CHN202 to CHN204 and CHN207: sections and lines that SDKs do not take as meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional, Union

from credlint.checks.builder import FindingBuilder
from credlint.checks.ini_view import DEFAULT_SECTION, IniView, Section, Setting, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import config_profile_name, file_place
from credlint.checks.setting_names import PROFILE_SETTINGS
from credlint.checks.wording import conjunction, do, file_readers, shell_path
from credlint.model.finding import Finding
from credlint.model.host_file import AwsLine, HostFile
from credlint.model.lean_dataclasses import replace
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_UNPREFIXED = FindingBuilder("CHN202", "config-section-missing-profile-prefix")
_PREFIXED = FindingBuilder("CHN203", "credentials-section-has-profile-prefix")
_DOUBLED = FindingBuilder("CHN204", "duplicate-section-or-key")
_UNPARSEABLE = FindingBuilder("CHN207", "unparseable-file")

_NO_PROFILES = frozenset({"default", DEFAULT_SECTION, "plugins", "preview"})
_OTHER_KINDS = ("sso-session", "services")


def config_section_missing_profile_prefix(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a section of the config file looks like a profile but is none."""
    del options
    file = snapshot.file("config")
    if file is None or _one_file_for_both(snapshot):
        return
    sdks = file_readers(traces)
    for section in view_file(file).sections:
        name = section.name
        if name in _NO_PROFILES or config_profile_name(name) is not None:
            continue
        if name.split(" ")[0] in _OTHER_KINDS:
            continue
        if not any(setting.name in PROFILE_SETTINGS for setting in section.settings):
            continue
        wanted = "" if name == "profile" else name.removeprefix("profile ").strip()
        header = f"[profile {_quoted(wanted)}]"
        yield _UNPREFIXED.build(
            "error",
            f"`[{name}]` in {file.path} is not a profile; it must be `{header}`.",
            file_place(file, section.line, name),
            subject=name,
            sdks=sdks,
            remedy=(f"Write `{header}` in line {section.line.number} of {file.path}.",),
        )


def _quoted(name: str) -> str:
    plain = name.strip("\"'")
    return f'"{plain}"' if len(plain.split()) > 1 else plain or "NAME"


def _one_file_for_both(snapshot: HostSnapshot) -> bool:
    """Tell whether one file serves as config and credentials file, where both forms are right."""
    config, credentials = snapshot.file("config"), snapshot.file("credentials")
    return config is not None and credentials is not None and config.path == credentials.path


def credentials_section_has_profile_prefix(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a section of the credentials file carries the word that only config knows."""
    del options
    file = snapshot.file("credentials")
    if file is None or _one_file_for_both(snapshot):
        return
    sdks = file_readers(traces)
    for section in view_file(file).sections:
        word, _, name = section.name.partition(" ")
        name = name.strip().strip("\"'")
        if word != "profile" or not name:
            continue
        yield _PREFIXED.build(
            "error",
            f'`[{section.name}]` in {file.path} is read as a profile literally called "'
            f'{section.name}"; {do(sdks, "do not find")} it as `{name}`.',
            file_place(file, section.line, section.name),
            subject=section.name,
            sdks=sdks,
            remedy=(f"Write `[{name}]` in line {section.line.number} of {file.path}.",),
        )


def duplicate_section_or_key(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell every section and key that appears twice, and where the first one stands."""
    del options
    sdks = file_readers(traces)
    refuse = f"{do(sdks, 'refuse')} the whole file with ConfigParseError"
    for file in _ini_files(snapshot):
        view = view_file(file)
        for section, first in _doubled_sections(view):
            yield _DOUBLED.build(
                "error",
                f"`[{section.name}]` appears twice in {file.path} (lines {first.line.number} and "
                f"{section.line.number}): {refuse}. {_difference(first, section)}",
                file_place(file, section.line, section.name),
                subject=section.name,
                sdks=sdks,
                related=[file_place(file, first.line, section.name, "The first one.")],
                remedy=(f"Merge the two `[{section.name}]` sections by hand.",),
            )
        for section, setting, earlier in _doubled_settings(view):
            same = setting.value.fingerprint == earlier.value.fingerprint
            yield _DOUBLED.build(
                "error",
                f"{setting.name} appears twice in `[{section.name}]` of {file.path} (lines "
                f"{earlier.line.number} and {setting.line.number}): {refuse}. "
                f"The two values are {'equal' if same else 'different'}.",
                file_place(file, setting.line, section.name),
                subject=f"{section.name}/{setting.name}",
                sdks=sdks,
                related=[file_place(file, earlier.line, section.name, "The first one.")],
                remedy=(
                    (
                        f"Delete line {setting.line.number if same else earlier.line.number} of "
                        f"{file.path}{'' if same else ' or the other one, whichever is stale'}."
                    ),
                ),
            )


def _ini_files(snapshot: HostSnapshot) -> Iterator[HostFile]:
    seen: set[str] = set()
    for file in snapshot.files:
        if file.role in ("config", "credentials") and file.path not in seen:
            seen.add(file.path)
            yield file


def _doubled_sections(view: IniView) -> Iterator[tuple[Section, Section]]:
    """Yield (later, first) for sections of one name; [DEFAULT] may be repeated."""
    first: dict[str, Section] = {}
    for section in view.sections:
        if section.name == DEFAULT_SECTION:
            continue
        if section.name in first:
            yield section, first[section.name]
        first.setdefault(section.name, section)


def _doubled_settings(view: IniView) -> Iterator[tuple[Section, Setting, Setting]]:
    """Yield (section, later, earlier) for settings of one name under one header."""
    for section in view.sections:
        first: dict[str, Setting] = {}
        for setting in section.settings:
            if setting.name in first:
                yield section, setting, first[setting.name]
            first.setdefault(setting.name, setting)


def _difference(first: Section, second: Section) -> str:
    ours = {s.name: s.value.fingerprint for s in first.settings}
    theirs = {s.name: s.value.fingerprint for s in second.settings}
    if ours == theirs:
        return "The two are identical."
    names = sorted(n for n in {*ours, *theirs} if ours.get(n) != theirs.get(n))
    return f"They differ in {conjunction(names)}."


def unparseable_file(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell why a file cannot be parsed at all: its encoding, a missing header, a stray line."""
    del options
    sdks = file_readers(traces)
    for file in _parsed_files(snapshot, traces):
        found = _fault(file)
        if found is None:
            continue
        fault, line, remedy = found
        yield _UNPARSEABLE.build(
            "error",
            f"{file.path} cannot be parsed: {fault}; {do(sdks, 'stop')} with ConfigParseError.",
            line if isinstance(line, Location) else file_place(file, line),
            subject=file.path,
            sdks=sdks,
            remedy=remedy,
        )


def _parsed_files(snapshot: HostSnapshot, traces: tuple[Trace, ...]) -> Iterator[HostFile]:
    yield from _ini_files(snapshot)
    # The boto 2 file is opened only when the chain comes that far.
    if any(t.error and t.error.name == "ConfigParseError" for t in traces):
        broken = [t.step("boto2_config") for t in traces]
        if any(step is not None and step.status == "broken" for step in broken):
            yield from (file for file in snapshot.files if file.role == "boto2")


_Fault = tuple[str, Optional[Union[AwsLine, Location]], tuple[str, ...]]


def _fault(file: HostFile) -> Optional[_Fault]:
    path = shell_path(file.path)
    by_encoding = {
        "utf-8-bom": (
            "it starts with a byte order mark",
            f"sed -i '1s/^\\xEF\\xBB\\xBF//' {path}",
        ),
        "utf-16": (
            "it is UTF-16, not UTF-8",
            f"iconv -f utf-16 -t utf-8 {path} > {path}.utf8 && mv {path}.utf8 {path}",
        ),
    }
    if file.encoding in by_encoding:
        fault, command = by_encoding[file.encoding]
        return fault, None, (f"`{command}` (then `chmod 600 {path}`).",)
    if file.encoding == "undecodable" or file.status == "undecodable":
        number = file.undecodable_line or 1
        place = replace(file_place(file), line=number, end_line=number)
        return (
            "it is not UTF-8 text",
            place,
            (f"Find the bytes: `grep -naxv '.*' {path} | cut -d: -f1`; write the file as UTF-8.",),
        )
    return _syntax_fault(view_file(file))


def _headless_remedy(view: IniView, line: AwsLine) -> str:
    if line.whole is not None and "control-character" in line.whole.flaws:
        return (
            f"Line {line.number} holds control characters, as a damaged file does: write the file "
            "anew."
        )
    if any(section.name == "default" for section in view.sections):
        return (
            f"Delete line {line.number}, or move it below the header of the section that it "
            "belongs to."
        )
    return f"Put `[default]` above line {line.number}."


def _syntax_fault(view: IniView) -> Optional[_Fault]:
    if view.headless is not None:
        number = view.headless.number
        return (
            f"line {number} stands before any section header",
            view.headless,
            (_headless_remedy(view, view.headless),),
        )
    if view.unparseable:
        number = view.unparseable[0].number
        return (
            f"line {number} is neither a section nor a setting",
            view.unparseable[0],
            (f"Write `name = value` in line {number}, or put `#` before it.",),
        )
    for _, setting in view.settings():
        odd = [line for line in setting.continuations if not line.has_equals]
        if setting.nested and odd:
            return (
                f"line {odd[0].number} in the block of {setting.name} has no equals sign",
                odd[0],
                (f"Write `name = value` in line {odd[0].number}.",),
            )
    return None
