"""What an SDK session knows before it asks for credentials: the profile and its settings.

Sources: botocore 1.44.5 session.py (``get_scoped_config``), configprovider.py (an environment
variable counts as soon as it exists, even when empty), boto3 1.44.5 session.py.
"""

from __future__ import annotations

from typing import NoReturn, Optional, Union

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.sdk import SdkSpecification
from credlint.chain.shared_config import FullConfig, Settings, SharedFiles
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot

Value = Union[CapturedValue, Setting]
Known = Union[FullConfig, Raised, Unknown]


class Session:
    """A read-only view of a snapshot with the eyes of one SDK and one profile choice."""

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        if profile == "" and not sdk.empty_profile_option_counts:
            profile = None
        self.snapshot = snapshot
        self.sdk = sdk
        self.explicit = profile is not None
        self.files = SharedFiles.of(snapshot)
        self.chosen, self.profile_source = self._choose(profile)
        self._environment = {entry.name: entry.value for entry in snapshot.environment}
        self._full: Optional[Known] = None
        # Set once the session is known to be lost: what later sources would have given is then
        # told without the settings of a profile that cannot be had.
        self.lost = False

    @property
    def profile(self) -> str:
        """Return the name of the profile that the chain reads."""
        return self.chosen or "default"

    def _choose(self, explicit: Optional[str]) -> tuple[Optional[str], str]:
        if explicit is not None:
            return explicit, "option"
        for name in self.sdk.profile_env:
            value = self.snapshot.variable(name)
            if value is not None:
                return value.text or "", f"env:{name}"
        return None, "default"

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable, None when it is not set at all."""
        return self._environment.get(name)

    def full(self) -> FullConfig:
        """Return all profiles; raises Raised (ConfigParseError) or Unknown."""
        if self._full is None:
            try:
                self._full = self.files.full()
            except (Raised, Unknown) as error:
                self._full = error
        if isinstance(self._full, FullConfig):
            return self._full
        raise self._full

    def named(self, profile: str) -> Settings:
        """Return the merged settings of a profile, empty when there is none."""
        return self.full().profiles.get(profile, {})

    def scoped(self) -> Settings:
        """Return the selected profile's settings; raises Raised when it must exist and does not."""
        profiles = self.full().profiles
        if self.chosen is None:
            return profiles.get("default", {})
        if self.chosen not in profiles:
            message = f'the profile "{self.chosen}" does not exist'
            self.fail("profile_not_found", message, self.profile_place())
        return profiles[self.chosen]

    def profile_place(self) -> Optional[Location]:
        """Return the variable that named the profile, if one did."""
        kind, _, name = self.profile_source.partition(":")
        return environment_variable(name) if kind == "env" else None

    def open(self) -> None:
        """Read what the SDK reads at construction; raises Raised or Unknown."""
        if self.sdk.skip_open_if and self.env(self.sdk.skip_open_if) is not None:
            return
        if self.sdk.opened_by == "full":
            self.full()
        else:
            self.scoped()

    def variable(self, env_name: str, setting: str) -> Optional[Value]:
        """Return a configuration variable: the environment, else the selected profile."""
        value = self.env(env_name)
        if value is not None:
            return value
        try:
            return self.scoped().get(setting)
        except Raised:
            if self.lost:
                return None
            raise

    def path_fact(self, purpose: str, value: Value, variable: str = "") -> Optional[PathFact]:
        """Return what is known of the file that a setting, else the variable, names."""
        if isinstance(value, Setting):
            name = f"{value.origin}/{value.name}"
            if "newline" in value.value.flaws and purpose != "credential-process":
                # The capture looked at the first line; no file has a line break in its name.
                return PathFact(purpose, name, "", "absent")
        else:
            name = f"environment/{variable}"
        fact = self.snapshot.path_fact(name)
        return fact if fact is not None and fact.purpose == purpose else None

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's exception of a situation."""
        raise Raised(self.sdk.error(situation), message, place, situation)


def text_of(value: Value, what: str) -> str:
    """Return the text of a value; raises Unknown when it was not captured."""
    if isinstance(value, Setting) and value.nested:
        message = f"{what} is a nested block"
        raise Unknown(message)
    if value.text is None:
        message = f"the text of {what} was not captured"
        raise Unknown(message)
    return value.text
