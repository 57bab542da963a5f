"""What the AWS SDK for .NET knows before it asks a source.

Source: aws-sdk-net, AWSSDK.Core 3.7.402.25 as built, FallbackCredentialsFactory.cs
``GetProfileName`` (an empty or blank name counts as none) and
FallbackInternalConfigurationFactory.cs: reading the configuration of clients for the first time
reads the profile too, and what is thrown then breaks every client and IMDS.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import NoReturn, Optional, Union

from credlint.chain.dotnet.store import Profile, Store
from credlint.chain.dotnet.values import SPACE, is_boolean, is_enumerated, is_true, is_uri
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown, at_first_use
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import SdkError

ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_IGNORE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
_MODE = "AWS_DEFAULTS_MODE"
_AUTO = ("auto", "4")
_DISABLED = "AWS_EC2_METADATA_DISABLED"
_V1_DISABLED = "AWS_EC2_METADATA_V1_DISABLED"
Value = Union[CapturedValue, Setting]


class Session:
    """A view of a snapshot with the eyes of one SDK and one profile choice.

    ``explicit``: the profile of the client's configuration (``ClientConfig.Profile``), of which
    nothing else is asked.
    """

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        self.store = Store(snapshot, sdk)
        self.explicit = bool(profile)
        self.ambient, self._ambient_source = self._choose()
        self.name = profile or self.ambient
        self.profile_source = "option" if profile else self._ambient_source

    def _choose(self) -> tuple[str, str]:
        for name in self.sdk.profile_env:
            value = self.env(name)
            if value is not None and (value.text is None or value.text.strip(SPACE)):
                return value.text or "", f"env:{name}"
        return "default", "default"

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable that is set and not empty."""
        return self.snapshot.variable(name) or None

    def text(self, name: str) -> str:
        """Return a variable's text, empty when it is not set; raises Unknown."""
        value = self.env(name)
        if value is None:
            return ""
        if value.text is None:
            message = f"the text of {name} was not captured"
            raise Unknown(message)
        return value.text

    def profile(self) -> tuple[Optional[Profile], str]:
        """Return the selected profile, or None and why; raises Raised or Unknown."""
        return self.store.find(self.name)

    def usable_profile(self, name: str) -> Optional[Profile]:
        """Return a profile, None when there is none or reading it throws."""
        try:
            return self.store.find(name)[0]
        except Raised:
            return None

    def ambient_profile(self) -> Optional[Profile]:
        """Return the profile that the configuration comes from, if it can be read."""
        return self.usable_profile(self.ambient)

    def configuration_fault(self) -> Optional[SdkError]:
        """Return what every client and IMDS fail with, where reading their settings throws."""
        endpoint = self.text(ENDPOINT)
        message = f"{ENDPOINT} is no address, which breaks the configuration of every client"
        if endpoint and not is_uri(endpoint):
            return at_first_use(
                self.sdk.error("configuration"), message, environment_variable(ENDPOINT)
            )
        if self.env(_IGNORE) is not None and not is_boolean(self.text(_IGNORE)):
            message = f"{_IGNORE} is no boolean, which breaks the configuration of every client"
            place = environment_variable(_IGNORE)
            return at_first_use(self.sdk.error("configuration"), message, place)
        try:
            self.store.find(self.ambient)
        except Raised as raised:
            message = f"the configuration of every client fails: {raised.error.message}"
            return at_first_use(self.sdk.error("configuration"), message, raised.error.location)
        return None

    def client_fault(self) -> Optional[SdkError]:
        """Return what making a client fails with, whatever its credentials are."""
        fault = self.configuration_fault()
        if fault is not None:
            return fault
        mode, place = self.text(_MODE), environment_variable(_MODE)
        profile = None if mode else self.ambient_profile()
        setting = profile.section.get("defaults_mode") if profile is not None else None
        if setting is not None and setting:
            mode, place = setting.text or "", setting.location
        if mode.strip(SPACE).lower() in _AUTO and self._region_lookup_throws():
            message = 'the defaults mode "auto" asks IMDS for the region, which throws'
            return at_first_use(self.sdk.error("client"), message, place)
        if not mode or is_enumerated(mode, self.sdk.facts["defaults_modes"]):
            return None
        message = f'the defaults mode "{mode}" is unknown, which keeps every client from being made'
        return at_first_use(self.sdk.error("client"), message, place)

    def _region_lookup_throws(self) -> bool:
        """Tell whether looking the region up throws; without an answer it usually gives none.

        Source: DefaultConfigurationAutoModeResolver.cs and EC2InstanceMetadata.cs; in Lambda and
        the like the variables are asked first.
        """
        known = self.env("AWS_REGION") or self.env("AWS_DEFAULT_REGION")
        if (self.env("AWS_EXECUTION_ENV") and known) or self.imds_is_off():
            return False
        evidence = self.snapshot.imds
        if evidence.token.status == HTTPStatus.OK:
            return evidence.roles_with_token.status == HTTPStatus.UNAUTHORIZED
        if evidence.token.status == HTTPStatus.BAD_REQUEST:
            return True
        if self.sdk.imds["v1_fallback"] == "never":
            return False
        refused = evidence.roles_without_token.status == HTTPStatus.UNAUTHORIZED
        return refused or self.v1_disabled()

    def imds_is_off(self) -> bool:
        """Tell whether IMDS is switched off."""
        value = self.env(_DISABLED)
        return value is not None and (value.text or "").lower() == "true"

    def v1_disabled(self) -> bool:
        """Tell whether version 1 of IMDS is forbidden."""
        text = self.text(_V1_DISABLED)
        if not is_boolean(text):
            text = self.of_ambient("ec2_metadata_v1_disabled")
        return is_true(text)

    def of_ambient(self, name: str) -> str:
        """Return a setting of the profile that the configuration comes from, empty for none."""
        profile = self.ambient_profile()
        setting = profile.section.get(name) if profile is not None else None
        return (setting.text or "") if setting is not None else ""

    def profile_place(self) -> Optional[Location]:
        """Return the variable that named the profile, if one did."""
        kind, _, name = self.profile_source.partition(":")
        return environment_variable(name) if kind == "env" else None

    def path_fact(self, purpose: str, value: Value) -> Optional[PathFact]:
        """Return what is known of the file that a setting or a variable names."""
        named = value.masked if isinstance(value, Setting) else value.text or ""
        return self.snapshot.named_file(purpose, named)

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's exception of a situation."""
        raise Raised(self.sdk.error(situation), message, place)
