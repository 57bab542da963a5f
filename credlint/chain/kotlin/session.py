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
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import CapturedValue, HostSnapshot, PathFact

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
        value = self.setting(_PROFILE)
        self.ambient = "default" if value is None else value.text or ""
        self.name = self.ambient if profile is None else profile
        self.profile_source = "default" if value is None else f"env:{_PROFILE}"
        if profile is not None:
            self.profile_source = "option"
        self._config: Union[SharedConfig, Raised, Unknown, None] = None

    def setting(self, name: str) -> Optional[CapturedValue]:
        """Return a variable, None when it is not set at all."""
        return self.snapshot.variable(name)

    def text(self, name: str) -> Optional[str]:
        """Return a variable's text, None when it is not set; raises Unknown if not captured."""
        value = self.setting(name)
        if value is None:
            return None
        if value.text is None:
            message = f"the text of {name} was not captured"
            raise Unknown(message)
        return value.text

    def flag(self, name: str) -> Optional[bool]:
        """Return whether a variable is true in any case; anything else is false."""
        text = self.text(name)
        return None if text is None else text.lower() == "true"

    def config(self) -> SharedConfig:
        """Return both files; raises Raised or Unknown."""
        if self._config is None:
            try:
                self._config = load(self.snapshot, self.sdk)
            except (Raised, Unknown) as error:
                self._config = error
        if isinstance(self._config, SharedConfig):
            return self._config
        raise self._config

    def active(self) -> Profile:
        """Return the profile that everything but the credentials chain reads."""
        return self.config().profile(self.ambient)

    def profile_place(self) -> Optional[Location]:
        """Return the variable that named the profile, if one did."""
        return environment_variable(_PROFILE) if self.profile_source.startswith("env:") else None

    def fact_of(self, purpose: str, setting: Setting) -> Optional[PathFact]:
        """Return what is known of the file or program that a setting names."""
        return self.snapshot.named_file(purpose, setting.masked)

    def fact_named_by(self, purpose: str, variable: str) -> Optional[PathFact]:
        """Return what is known of the file that a variable names."""
        fact = self.snapshot.path_fact(f"environment/{variable}")
        return fact if fact is not None and fact.purpose == purpose else None

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's exception of a situation."""
        raise Raised(self.sdk.error(situation), message, place, situation)
