"""What a client of the JavaScript SDK knows before it asks for credentials.

Sources: @smithy/core 3.41.0, submodules/config (``getProfileName``, ``parseKnownFiles``,
``loadConfig``); @aws-sdk/credential-provider-node 3.972.97 (``defaultProvider``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Optional

from credlint.chain.ini_view import Setting
from credlint.chain.javascript.file_view import (
    Sections,
    profiles_of,
    sso_sessions_of,
    text_of,
    view,
)
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile, PathFact
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot

Settings = Mapping[str, Setting]
_VARIABLES = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}


class Passed(Exception):  # noqa: N818  the real SDK's "try next link", not an error of ours
    """The source gives nothing, or fails in a way after which the SDK asks the next one."""

    def __init__(self, detail: str, location: Optional[Location] = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.location = location


class Environment:
    """The variables of a snapshot as JavaScript sees them."""

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, explicit: Optional[str]
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        self.explicit = explicit
        self._environment = {entry.name: entry.value for entry in snapshot.environment}

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable that is set and not empty."""
        return self._environment.get(name) or None

    def is_set(self, name: str) -> bool:
        """Tell whether a variable is set at all."""
        return name in self._environment

    def text(self, name: str) -> str:
        """Return a variable's text, empty when it is unset; raises Unknown if not captured."""
        value = self._environment.get(name)
        if value is None or not value.length:
            return ""
        if value.text is None:
            message = f"the text of {name} was not captured"
            raise Unknown(message)
        return value.text

    @property
    def profile_source(self) -> str:
        """Return what named the profile: option, env:AWS_PROFILE or default."""
        if self.explicit:
            return "option"
        return "env:AWS_PROFILE" if self.env("AWS_PROFILE") else "default"

    def path_fact(self, purpose: str, setting: Setting) -> Optional[PathFact]:
        """Return what is known of the file or program that a setting names."""
        return self.snapshot.named_file(purpose, setting.masked)

    def fail(self, name: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise an error that ends the chain, ``name`` as ``error.name`` gives it."""
        raise Raised(name, message, place)


class Session(Environment):
    """A read-only view of a snapshot with the eyes of the SDK and one profile choice."""

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        super().__init__(snapshot, sdk, profile)
        self._unknown: Optional[Unknown] = None
        self._config = profiles_of(self._view("config"))
        self._credentials = self._view("credentials")
        self._profiles = _merged(self._config, self._credentials)
        named = self.text("AWS_PROFILE")
        self.profile = profile or named or "default"
        # An empty name of the program's keeps AWS_PROFILE from putting the variables aside,
        # yet the profile is still AWS_PROFILE's.
        self.skips_environment = bool(profile if profile is not None else named)

    def _view(self, role: str) -> Sections:
        try:
            return view(text_of(self.snapshot, self._file(role)))
        except Unknown as unknown:
            self._unknown = unknown
            return {}

    def _file(self, role: str) -> Optional[HostFile]:
        """Return the file that is opened: ``~/`` alone is expanded, an empty variable is none."""
        named = self.text(_VARIABLES[role])
        if not named.startswith("~/"):
            return literal_file(self.snapshot, role)
        if "$" in named:
            message = f"the file that {_VARIABLES[role]} names for this SDK was not captured"
            raise Unknown(message)
        return self.snapshot.file(role)

    def check(self) -> None:
        """Raise Unknown when one of the files was not captured."""
        if self._unknown is not None:
            raise self._unknown

    def named(self, profile: str) -> Settings:
        """Return a profile's settings, both files merged; empty when there is none."""
        return self._profiles.get(profile, {})

    def preferring(self, file: str, profile: str, name: str) -> Optional[Setting]:
        """Return a setting of a profile where the named file (config, credentials) wins."""
        config = self._config.get(profile, {})
        credentials = self._credentials.get(profile, {})
        first, second = (config, credentials) if file == "config" else (credentials, config)
        return first.get(name) or second.get(name)

    def sso_sessions(self) -> dict[str, Settings]:
        """Return the sso-sessions; ``loadSsoSessionData`` opens the path as it is written."""
        return sso_sessions_of(view(text_of(self.snapshot, literal_file(self.snapshot, "config"))))


def literal_file(snapshot: HostSnapshot, role: str) -> Optional[HostFile]:
    """Return the file whose path is taken as the variable has it."""
    return snapshot.file(f"{role}-unexpanded") or snapshot.file(role)


def _merged(config: Mapping[str, Settings], credentials: Sections) -> dict[str, Settings]:
    merged: dict[str, dict[str, Setting]] = {name: dict(own) for name, own in config.items()}
    for name, settings in credentials.items():
        merged.setdefault(name, {}).update(settings)
    return dict(merged)
