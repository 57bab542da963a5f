"""How one SDK resolves credentials and region, as data: rules/sdks/ID.toml.

The keys are those of the reference (one table per SDK); only what is evaluated is required,
further keys are kept in ``facts``. See rules/sdks/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from credlint.rulebook import SDK_ROOM, RulebookError, load_toml, rules_root

SELECTION_MODELS = (
    "first_hit_error_stops",
    "switch",
    "fallthrough_on_any_error",
    "fallthrough_with_exceptions",
    "mixed",
)
_LOGIN = ("needs_extra_dependency", "yes", "no")


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
_LISTS = {
    "chain",
    "profile_env",
    "region_chain",
    "env_access_key_id",
    "env_secret_access_key",
    "env_session_token",
}
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


def sdk_ids(root: Optional[Path] = None) -> tuple[str, ...]:
    """Return the ids of all SDKs that have a file, sorted."""
    return tuple(sorted(path.stem for path in ((root or rules_root()) / SDK_ROOM).glob("*.toml")))


def load_sdk(sdk_id: str, root: Optional[Path] = None) -> SdkSpecification:
    """Load one SDK; raises RulebookError when there is none of that id or its file is faulty."""
    if sdk_id not in sdk_ids(root):
        message = f'no SDK is called "{sdk_id}"; known: {", ".join(sdk_ids(root))}'
        raise RulebookError(message)
    path = (root or rules_root()) / SDK_ROOM / f"{sdk_id}.toml"
    return parse_sdk(load_toml(path), path.name)


def parse_sdk(table: Mapping[str, Any], file_name: str) -> SdkSpecification:
    """Build a specification from its table; raises RulebookError that names file and fault."""
    # Some chains give no region at all, and say so.
    empty_is_told = {"region_chain"} & set(table)
    missing = [key for key in _REQUIRED if not table.get(key) and key not in empty_is_told]
    if missing:
        message = f'SDK file "{file_name}": "{missing[0]}" is missing or empty'
        raise RulebookError(message)
    if file_name != f"{table['id']}.toml":
        message = f'SDK file "{file_name}" must be called {table["id"]}.toml'
        raise RulebookError(message)
    if table["selection_model"] not in SELECTION_MODELS:
        message = f'SDK file "{file_name}": unknown selection_model "{table["selection_model"]}"'
        raise RulebookError(message)
    if table.get("login", "no") not in _LOGIN:
        message = f'SDK file "{file_name}": login is none of {", ".join(_LOGIN)}'
        raise RulebookError(message)
    values = {
        key: tuple(value) if key in _LISTS else value
        for key, value in table.items()
        if key in _FIELDS
    }
    facts = {key: value for key, value in table.items() if key not in _FIELDS}
    typed: dict[str, Any] = {**values, "facts": facts}
    return SdkSpecification(**typed)
