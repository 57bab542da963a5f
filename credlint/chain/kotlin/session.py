"""What the AWS SDK for Kotlin looks up: settings of the process and the shared configuration.

Source: smithy-kotlin 1.7.2, runtime-core config/EnvironmentSetting.kt (a system property counts
before the variable, and an empty text counts too); aws-sdk-kotlin 1.8.12, AwsSdkSetting.kt. Nothing
is read before a source needs it, so a faulty file is found only by what reads it.
"""

from __future__ import annotations

from typing import NoReturn, Optional, Union

from credlint.chain.ini_view import Setting
from credlint.chain.kotlin.config import Profile, SharedConfig, load
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot, SystemProperty

_PROFILE = "AWS_PROFILE"


class Session:
    """A view of a snapshot with the eyes of Kotlin and one profile choice.

    ``name`` is the profile of the credentials chain, ``ambient`` the one that everything else
    reads (clients of STS and SSO, IMDS, the region): an explicit profile is known to the chain
    alone.
    """

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        self.properties = {entry.name: entry for entry in snapshot.system_properties}
        value = self.setting(_PROFILE)
        self.ambient = "default" if value is None else value.text or ""
        self.name = self.ambient if profile is None else profile
        self.profile_source = "default" if value is None else self.source(_PROFILE)
        if profile is not None:
            self.profile_source = "option"
        self._config: Union[SharedConfig, Raised, Unknown, None] = None

    def property(self, name: str) -> Optional[SystemProperty]:
        """Return the system property of a setting that is known by its variable's name."""
        return self.properties.get(self.sdk.facts["system_properties"].get(name, name))

    def setting(self, name: str) -> Optional[CapturedValue]:
        """Return a system property or else a variable, None when neither is set at all."""
        entry = self.property(name)
        return self.snapshot.variable(name) if entry is None else entry.value

    def called(self, name: str) -> str:
        """Return a setting's name as it was given."""
        entry = self.property(name)
        return name if entry is None else f"-D{entry.name}"

    def source(self, name: str) -> str:
        """Return the id of the place that a setting comes from."""
        entry = self.property(name)
        return f"env:{name}" if entry is None else f"property:{entry.name}"

    def place(self, name: str) -> Location:
        """Return the variable of a setting, or that which defines its system property."""
        entry = self.property(name)
        return environment_variable(name if entry is None else entry.variable)

    def text(self, name: str) -> Optional[str]:
        """Return a setting's text, None when it is not set; raises Unknown if not captured."""
        value = self.setting(name)
        if value is None:
            return None
        if value.text is None:
            message = f"the text of {self.called(name)} was not captured"
            raise Unknown(message)
        return value.text

    def flag(self, name: str) -> Optional[bool]:
        """Return whether a setting is true in any case; anything else is false."""
        text = self.text(name)
        return None if text is None else text.lower() == "true"

    def config(self) -> SharedConfig:
        """Return both files; raises Raised or Unknown."""
        if self._config is None:
            try:
                self._config = load(self.snapshot, self.sdk, self.properties)
            except (Raised, Unknown) as error:
                self._config = error
        if isinstance(self._config, SharedConfig):
            return self._config
        raise self._config

    def active(self) -> Profile:
        """Return the profile that everything but the credentials chain reads."""
        return self.config().profile(self.ambient)

    def profile_place(self) -> Optional[Location]:
        """Return what named the profile, if anything did but the program."""
        return None if self.profile_source in {"option", "default"} else self.place(_PROFILE)

    def fact_of(self, purpose: str, setting: Setting) -> Optional[PathFact]:
        """Return what is known of the file or program that a setting names."""
        return self.snapshot.named_file(purpose, setting.masked)

    def fact_named_by(self, purpose: str, name: str) -> Optional[PathFact]:
        """Return what is known of the file that a variable or a system property names."""
        entry = self.property(name)
        origin = f"environment/{name if entry is None else entry.variable}"
        facts = (one for one in self.snapshot.paths if one.setting == origin)
        return next((one for one in facts if one.purpose == purpose), None)

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's exception of a situation."""
        raise Raised(self.sdk.error(situation), message, place, situation)
