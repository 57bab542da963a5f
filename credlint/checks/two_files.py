"""CHN116 and CHN226: one profile whose keys stand in both AWS files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Optional

from credlint.checks.builder import FindingBuilder
from credlint.checks.failures import Failures, failures_at
from credlint.checks.ini_view import Section, view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import config_profile_name, file_place
from credlint.checks.profiles import PlacedSetting
from credlint.checks.winning_key import winning_key
from credlint.checks.wording import conjunction, do, file_readers, sdks_of, shell_path
from credlint.model.finding import Finding, Level
from credlint.model.host_file import HostFile
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_DIFFERS = FindingBuilder("CHN116", "same-profile-in-both-files-differs")
_SPLIT = FindingBuilder("CHN226", "credential-parts-in-different-files")

_KEY, _SECRET = "aws_access_key_id", "aws_secret_access_key"
_TOKENS = ("aws_session_token", "aws_security_token")
_WORDS = {_KEY: "key id", _SECRET: "secret", **dict.fromkeys(_TOKENS, "session token")}

_Parts = dict[str, PlacedSetting]


def _profiles_in_both(snapshot: HostSnapshot) -> Iterator[tuple[str, _Parts, _Parts]]:
    """Yield profiles with parts of a key set in both files: name, config's and credentials'."""
    config, credentials = snapshot.file("config"), snapshot.file("credentials")
    if config is None or credentials is None or config.path == credentials.path:
        return
    ours = {
        name: _parts(config, section)
        for section in view_file(config).sections
        if (name := config_profile_name(section.name)) is not None
    }
    for section in view_file(credentials).sections:
        theirs = _parts(credentials, section)
        if ours.get(section.name) and theirs:
            yield section.name, ours[section.name], theirs


def _parts(file: HostFile, section: Section) -> _Parts:
    return {
        setting.name: PlacedSetting(file, section, setting)
        for setting in section.settings
        if setting.name in _WORDS and setting.value
    }


def same_profile_in_both_files_differs(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a profile has a whole pair in both files, and which one counts where."""
    del options
    for name, config, credentials in _profiles_in_both(snapshot):
        if not all({_KEY, _SECRET} <= set(parts) for parts in (config, credentials)):
            continue
        same = all(_equal(config[part], credentials[part]) for part in (_KEY, _SECRET))
        level: Level = "note" if same else "warning"
        judged = [t for t in traces if t.profile == name]
        told = list(_used_files(snapshot, judged))
        uses = conjunction(told) or do(
            file_readers(traces), f"use those of {credentials[_KEY].file.path}"
        )
        first, second = config[_KEY].file.path, credentials[_KEY].file.path
        kind = "the same" if same else "different"
        yield _DIFFERS.build(
            level,
            f"Profile `{name}` has {kind} keys in {first} and {second}: {uses}.",
            config[_KEY].place(),
            subject=name,
            sdks=sdks_of(judged) if told else (),
            related=[credentials[_KEY].place("The other pair.")],
            remedy=(
                f"Delete {_lines(config)} of {first}, unless they are the ones that are meant.",
            ),
        )


def _equal(first: PlacedSetting, second: PlacedSetting) -> bool:
    return first.value.fingerprint == second.value.fingerprint


def _lines(parts: _Parts) -> str:
    numbers = sorted(part.setting.line.number for part in parts.values())
    return f"line{'s' if len(numbers) > 1 else ''} {conjunction([str(n) for n in numbers])}"


def _used_files(snapshot: HostSnapshot, traces: Iterable[Trace]) -> Iterator[str]:
    groups: dict[str, list[Trace]] = {}
    for trace in traces:
        found = winning_key(snapshot, trace)
        if found is not None and found[1].kind == "file":
            groups.setdefault(found[1].display().rpartition(":")[0], []).append(trace)
    for path, group in groups.items():
        yield do(sdks_of(group), f"use those of {path}")


def credential_parts_in_different_files(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that the parts of one key set are divided between the files, and what comes of it."""
    del options
    for name, config, credentials in _profiles_in_both(snapshot):
        split = _split(config, credentials)
        if split is None:
            continue
        main, rest = split
        rest_names = [part for part in rest if part not in main]
        places = [part.place() for part in (*main.values(), *rest.values())]
        judged = [t for t in traces if t.profile == name]
        failures = failures_at(judged, [*places, *_headers(main, rest)])
        told = list(_effects(snapshot, judged, failures, rest_names))
        readers = file_readers(traces)
        general = (
            do(readers, "ignore the token")
            if _is_token(rest_names)
            else do(readers, "stop with PartialCredentialsError")
        )
        whole, other = next(iter(main.values())), rest[rest_names[0]]
        yield _SPLIT.build(
            "error",
            f"The {_named(main)} of profile `{name}` stand{'s' if len(main) == 1 else ''} in "
            f"{whole.file.path}, the {_named({n: rest[n] for n in rest_names})} in "
            f"{other.file.path}: {conjunction(told) or general}.",
            other.place(),
            subject=name,
            sdks=sdks_of(judged) if told else (),
            related=[part.place("Belongs with it.") for part in main.values()],
            remedy=(
                (
                    f"Put all of them into `[{name}]` of ~/.aws/credentials: move "
                    f"{_lines({n: rest[n] for n in rest_names})} of {shell_path(other.file.path)}."
                ),
            ),
        )


def _split(config: _Parts, credentials: _Parts) -> Optional[tuple[_Parts, _Parts]]:
    """Return the file with more of the parts first; None when one file has a whole set."""
    for main, rest in ((credentials, config), (config, credentials)):
        if {_KEY, _SECRET} <= set(main):
            lone = not set(rest) & {_KEY, _SECRET}
            has_token = bool(set(main) & set(_TOKENS))
            return (main, rest) if lone and not has_token else None
    if {_KEY, _SECRET} <= set(config) | set(credentials):
        return (credentials, config) if _KEY in credentials else (config, credentials)
    return None


def _is_token(names: list[str]) -> bool:
    return all(name in _TOKENS for name in names)


def _named(parts: _Parts) -> str:
    return conjunction(list(dict.fromkeys(_WORDS[name] for name in _WORDS if name in parts)))


def _headers(*both: _Parts) -> Iterator[Location]:
    """Yield the section headers, at which some SDKs place the fault."""
    for parts in both:
        for part in parts.values():
            yield file_place(part.file, part.section.line, part.section.name)


def _effects(
    snapshot: HostSnapshot, traces: list[Trace], failures: Failures, names: list[str]
) -> Iterator[str]:
    if failures.text:
        yield failures.text
    token = _is_token(names)
    groups: dict[str, list[Trace]] = {}
    for trace in traces:
        found = winning_key(snapshot, trace)
        if trace in failures.traces or found is None or found[1].kind != "file":
            continue
        offer = trace.winner.offer if trace.winner is not None else None
        has = not token or (offer is not None and offer.has_token)
        groups.setdefault("use them together" if has else "ignore the token", []).append(trace)
    for effect in ("ignore the token", "use them together"):
        if effect in groups:
            yield do(sdks_of(groups[effect]), effect)
