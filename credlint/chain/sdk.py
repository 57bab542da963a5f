"""How one SDK resolves credentials and region, as data: rules/sdks/ID.toml.

The keys are those of the reference (one table per SDK); only what is evaluated is required,
further keys are kept in ``facts``. See rules/sdks/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Optional

from credlint.model.lean_dataclasses import dataclass, field
from credlint.rulebook import (
    SDK_ROOM,
    RulebookError,
    RulePath,
    load_toml,
    rules_root,
    toml_files,
)

SELECTION_MODELS = (
    "first_hit_error_stops",
    "switch",
    "fallthrough_on_any_error",
    "fallthrough_with_exceptions",
    "mixed",
)


@dataclass(frozen=True)
class SdkSpecification:
    """One SDK. Tuples are ordered, strongest first.

    ``chain`` holds source ids. ``opened_by``: what reading the shared files at construction
    means, ``scoped`` (the selected profile must exist, boto3) or ``full`` (files must parse,
    CLIs). ``skip_open_if``: a variable that, when set, puts that reading off.
    ``empty_profile_option_counts``: an empty explicit profile name is a name.
    ``web_identity_token_read``: ``first_use`` or ``resolution``. ``login``:
    needs_extra_dependency, yes, no. ``evidence``: ``observed`` (compared with the running SDK) or
    ``source`` (read in its source alone). ``family``: which code resolves, see ``chain.resolve``.
    ``region_chain`` holds variable names, ``profile`` and
    ``imds_availability_zone``. ``session_cache``: ``folder`` and the ``sources`` whose sessions are
    kept there between runs. ``exit_codes``: for command line tools, by situation.
    """

    id: str
    name: str
    version_read: str
    verified: str
    selection_model: str
    chain: tuple[str, ...]
    profile_env: tuple[str, ...]
    region_chain: tuple[str, ...]
    env_access_key_id: tuple[str, ...] = ()
    env_secret_access_key: tuple[str, ...] = ()
    env_session_token: tuple[str, ...] = ()
    env_expiration: Optional[str] = None
    opened_by: str = "scoped"
    skip_open_if: Optional[str] = None
    empty_profile_option_counts: bool = True
    explicit_profile_beats_env_keys: bool = True
    web_identity_token_read: str = "first_use"  # noqa: S105  a point in time
    login: str = "no"
    family: str = "botocore"
    evidence: str = "observed"
    errors: Mapping[str, str] = field(default_factory=dict)
    on_broken: Mapping[str, str] = field(default_factory=dict)
    container: Mapping[str, Any] = field(default_factory=dict)
    imds: Mapping[str, Any] = field(default_factory=dict)
    exit_codes: Mapping[str, int] = field(default_factory=dict)
    session_cache: Mapping[str, Any] = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def error(self, situation: str) -> str:
        """Return the SDK's exception class name for a situation of the ``errors`` table."""
        return self.errors[situation]


_FIELDS = set(SdkSpecification.__dataclass_fields__) - {"facts"}
_REQUIRED = (
    "id",
    "name",
    "version_read",
    "verified",
    "selection_model",
    "chain",
    "profile_env",
    "region_chain",
)
_LISTS = {
    "chain",
    "profile_env",
    "region_chain",
    "env_access_key_id",
    "env_secret_access_key",
    "env_session_token",
}
_TABLES = {"errors", "on_broken", "container", "imds", "exit_codes", "session_cache", "since"}
_SWITCHES = {"empty_profile_option_counts", "explicit_profile_beats_env_keys"}
_WORDS = {
    "selection_model": SELECTION_MODELS,
    "login": ("needs_extra_dependency", "yes", "no"),
    "evidence": ("observed", "source"),
    "opened_by": ("scoped", "full"),
    "web_identity_token_read": ("first_use", "resolution"),
}
_SDK_ID = re.compile(r"[a-z0-9-]+\Z")
_FAMILY = re.compile(r"[a-z][a-z0-9_]*\Z")


def sdk_ids(root: Optional[Path] = None) -> tuple[str, ...]:
    """Return the ids of all SDKs that have a file, sorted."""
    files = toml_files((root or rules_root()) / SDK_ROOM)
    return tuple(sorted(path.name[: -len(".toml")] for path in files))


def load_sdk(sdk_id: str, root: Optional[Path] = None) -> SdkSpecification:
    """Load one SDK; raises RulebookError when there is none of that id or its file is faulty."""
    path = (root or rules_root()) / SDK_ROOM / f"{sdk_id}.toml"
    if not _SDK_ID.match(sdk_id) or not path.is_file():
        message = f'no SDK is called "{sdk_id}"; known: {", ".join(sdk_ids(root))}'
        raise RulebookError(message)
    table = load_toml(path)
    try:
        return parse_sdk(table, path.name)
    except SdkFileError as error:
        line = _line_of(path, error.key)
        where = f", line {line}" if line else ""
        message = f'SDK file "{path.name}"{where}: "{error.key}" {error.fault}'
        raise RulebookError(message) from error


class SdkFileError(RulebookError):
    """A table is no SDK: ``key`` is at fault and ``fault`` says how."""

    def __init__(self, file_name: str, key: str, fault: str) -> None:
        super().__init__(f'SDK file "{file_name}": "{key}" {fault}')
        self.key = key
        self.fault = fault


def parse_sdk(table: Mapping[str, Any], file_name: str) -> SdkSpecification:
    """Build a specification from its table; raises SdkFileError that names file, key and fault."""
    for key, fault in _faults(table, file_name):
        raise SdkFileError(file_name, key, fault)
    values = {
        key: tuple(value) if key in _LISTS else value
        for key, value in table.items()
        if key in _FIELDS
    }
    facts = {key: value for key, value in table.items() if key not in _FIELDS}
    typed: dict[str, Any] = {**values, "facts": facts}
    return SdkSpecification(**typed)


def _faults(table: Mapping[str, Any], file_name: str) -> Iterator[tuple[str, str]]:
    """Yield key and fault; the caller stops at the first."""
    for key in _REQUIRED:
        # Some chains give no region at all, and say so.
        told = key == "region_chain" and key in table
        if not table.get(key) and not told:
            yield key, "is missing or empty"
    for key, value in table.items():
        fault = _fault_of(key, value) if key in _FIELDS else None
        if fault is not None:
            yield key, fault
    if file_name != f"{table['id']}.toml":
        yield "id", f"says that the file must be called {table['id']}.toml"


def _fault_of(key: str, value: object) -> Optional[str]:  # noqa: PLR0911  one kind of key each
    if key in _LISTS:
        texts = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
        return None if texts else "must be a list of texts"
    if key in _TABLES:
        return None if isinstance(value, dict) else "must be a table"
    if key in _SWITCHES:
        return None if isinstance(value, bool) else "must be true or false"
    if not isinstance(value, str):
        return "must be a text"
    words = _WORDS.get(key)
    if words is not None and value not in words:
        return f"must be one of {', '.join(words)}"
    if key == "family" and not (value == "botocore" or _is_family(value)):
        return "names no folder of credlint/chain"
    return None


def _is_family(name: str) -> bool:
    """Tell whether there is a package of that name; in the single-file form it is no folder."""
    from importlib.util import find_spec  # noqa: PLC0415  start-up

    spec = find_spec(f"credlint.chain.{name}") if _FAMILY.match(name) else None
    return spec is not None and spec.submodule_search_locations is not None


def _line_of(path: RulePath, key: str) -> Optional[int]:
    """Return the line of a key at the top of a file, or of the table of that name."""
    wanted = re.compile(rf"\s*(?:{re.escape(key)}\s*=|\[{re.escape(key)}[\].])")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if wanted.match(line):
            return number
    return None
