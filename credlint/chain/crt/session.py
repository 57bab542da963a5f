"""What the Common Runtime knows before it asks a source: environment, files, profile.

Sources: aws-c-sdkutils aws_profile.c ``aws_get_profile_name``, ``aws_get_credentials_file_path``
and aws-c-common ``aws_get_environment_value`` as packed in awscrt 0.38.0. An empty AWS_PROFILE
names a profile that cannot exist; an empty path takes the whole profile provider away.
"""

from __future__ import annotations

from typing import NoReturn, Optional

from credlint.chain.crt.profile_file import (
    PROFILE,
    Fatal,
    Profile,
    Property,
    Sections,
    empty,
    merge,
    read,
)
from credlint.chain.file_text import FileText
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot

_VARIABLES = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}
_LAST_WORDS = ("never_returns", "aborts", "crashes")
UNREAD = frozenset({"absent", "unreadable", "not-a-file"})


class Session:
    """A view of a snapshot with the eyes of the Common Runtime and one profile choice."""

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        # Errors after which nothing else is asked.
        self.last_words = {sdk.errors.get(key) for key in _LAST_WORDS}
        self._environment = {entry.name: entry.value for entry in snapshot.environment}
        self.name, self.profile_source = self._choose(profile)
        # Why a file is of no use, as the reader says; by role.
        self.faults: dict[str, tuple[str, Optional[Location]]] = {}
        self.config = self._read("config")
        self.credentials = self._read("credentials")
        self._merged: Optional[Sections] = None

    def _choose(self, explicit: Optional[str]) -> tuple[str, str]:
        if explicit is not None:
            return explicit, "option"
        for name in self.sdk.profile_env:
            if name in self._environment:
                return self.text_of(name), f"env:{name}"
        return "default", "default"

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable, None when it is not set at all."""
        return self._environment.get(name)

    def filled(self, name: str) -> Optional[CapturedValue]:
        """Return a variable that is set and not empty."""
        return self._environment.get(name) or None

    def text_of(self, name: str) -> str:
        """Return a variable's text, empty when it is not set; raises Unknown."""
        value = self._environment.get(name)
        if value is None:
            return ""
        if value.text is None:
            message = f"the text of {name} was not captured"
            raise Unknown(message)
        return value.text

    @property
    def has_paths(self) -> bool:
        """Tell whether both files have a path at all."""
        return all(self.env(name) is None or self.env(name) for name in _VARIABLES.values())

    def has_path(self, role: str) -> bool:
        """Tell whether the variable of a file leaves it a path."""
        return self.env(_VARIABLES[role]) is None or bool(self.env(_VARIABLES[role]))

    def merged(self) -> Sections:
        """Return what both files say together."""
        if self._merged is None:
            self._merged = merge(self.config, self.credentials)
        return self._merged

    def profile(self, name: str) -> Optional[Profile]:
        """Return a profile of both files together."""
        return self.merged()[PROFILE].get(name)

    def own(self, name: str) -> Optional[Profile]:
        """Return a profile as the config file alone has it."""
        return self.config[PROFILE].get(name) if self.config is not None else None

    def profile_place(self) -> Optional[Location]:
        """Return the variable that named the profile, if one did."""
        kind, _, name = self.profile_source.partition(":")
        return environment_variable(name) if kind == "env" else None

    def file_of(self, role: str) -> Optional[HostFile]:
        """Return the captured file that the variable names as the SDK takes it; raises Unknown.

        A first part ~ is the home directory, a backslash a slash; nothing else is expanded.
        """
        text = self.text_of(_VARIABLES[role])
        expanded, literal = self.snapshot.file(role), self.snapshot.file(f"{role}-unexpanded")
        odd = literal is not None and text.startswith("~/") and "$" in text
        if odd or "\\" in text:
            message = f"the path in {_VARIABLES[role]} is one that only this SDK would open"
            raise Unknown(message)
        return expanded if literal is None or text.startswith("~/") else literal

    def _read(self, role: str) -> Optional[Sections]:
        if not self.has_path(role):
            return None
        file = self.file_of(role)
        if file is None or file.status in UNREAD:
            return None
        if file.encoding == "utf-16":
            # Every line has a byte that no name may have, so that all are passed over.
            return empty()
        text = FileText(self.snapshot, file)
        try:
            return read(text, config=role == "config")
        except Fatal as fatal:
            place = text.place(fatal.number)
            why = f"{file.path} is of no use to the SDK: {fatal.why} (line {fatal.number})"
            self.faults[role] = (why, place)
            return None

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's error of a situation."""
        raise Raised(self.sdk.error(situation), message, place, situation)


def place_of(one: Property) -> Location:
    """Return where a setting stands."""
    return one.file.place(one.number)


def value_of(one: Property) -> CapturedValue:
    """Return what is known of a setting's value."""
    return one.file.value(one.text)
