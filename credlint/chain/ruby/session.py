"""What the AWS SDK for Ruby knows before it asks any source.

Source: aws-sdk-core 3.211.0, shared_config.rb (``Aws.shared_config``, made once in a program) and
credential_provider_chain.rb. A variable counts as soon as it exists, even when it is empty.
"""

from __future__ import annotations

from typing import NoReturn, Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.ruby.ini_view import IS_FOLDER, Profiles, view
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot


class Session:
    """A view of a snapshot with the eyes of Ruby and one profile choice.

    ``profile`` is the one that most sources read, ``shared_profile`` the one of region, metadata
    settings and web identity, which AWS_DEFAULT_PROFILE does not name, ``ambient_profile`` the one
    that those read who are told of none; ``token_profile`` is theirs for bearer tokens.
    ``credentials`` and
    ``config`` are empty until :meth:`load` has read them; ``config`` is None where there is no such
    file or ``config_enabled`` is not true.
    """

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        self.explicit = profile is not None
        self.profile, self.profile_source = self._choose(profile, sdk.profile_env)
        self.shared_profile, _ = self._choose(profile, sdk.profile_env[:1])
        self.ambient_profile, _ = self._choose(None, sdk.profile_env[:1])
        self.token_profile, _ = self._choose(None, sdk.profile_env)
        self.config_enabled = self.env(sdk.facts["config_file_off_env"]) is None
        self.credentials: Profiles = {}
        self.config: Optional[Profiles] = None

    def _choose(self, explicit: Optional[str], names: tuple[str, ...]) -> tuple[str, str]:
        if explicit is not None:
            return explicit, "option"
        for name in names:
            value = self.env(name)
            if value is not None:
                return value.text or "", f"env:{name}"
        return "default", "default"

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable, None when it is not set at all."""
        return self.snapshot.variable(name)

    def text(self, name: str) -> Optional[str]:
        """Return a variable's text, None when it is not set; raises Unknown when not captured."""
        value = self.env(name)
        if value is None:
            return None
        if value.text is None:
            message = f"the text of {name} was not captured"
            raise Unknown(message)
        return value.text

    def load(self) -> None:
        """Read the files; raises Raised or Unknown."""
        self.credentials = self._view("credentials", "AWS_SHARED_CREDENTIALS_FILE") or {}
        if self.config_enabled:
            self.config = self._view("config", "AWS_CONFIG_FILE")

    def _view(self, role: str, variable: str) -> Optional[Profiles]:
        strict = self.sdk.facts["blocks_need_opening"]
        return view(self.snapshot, self._file(role, variable), blocks_need_opening=strict)

    def _file(self, role: str, variable: str) -> Optional[HostFile]:
        """Return the file: ``~`` is expanded, a variable in the path is not."""
        path = self.text(variable) or ""
        if self.env(variable) is not None and not path:
            message = (
                f"{variable} is empty, and what it names then, the working directory, is no file"
            )
            raise Raised(IS_FOLDER, message, environment_variable(variable))
        if path.startswith("~") and ("$" in path or path[1:2] not in ("", "/")):
            message = f"the path in {variable} is expanded in another way than it was captured"
            raise Unknown(message)
        unexpanded = None if path.startswith("~") else self.snapshot.file(f"{role}-unexpanded")
        return unexpanded or self.snapshot.file(role)

    def both(self) -> tuple[Profiles, ...]:
        """Return the profiles of the credentials file, then those of the config file, if read."""
        return (self.credentials,) if self.config is None else (self.credentials, self.config)

    def exists(self, profile: str) -> bool:
        """Tell whether a profile has at least one setting."""
        return any(profile in profiles for profiles in self.both())

    def setting(self, profile: str, key: str) -> Optional[Setting]:
        """Return a setting, that of the credentials file before that of the config file."""
        for profiles in self.both():
            found = profiles.get(profile, {}).get(key)
            if found is not None:
                return found
        return None

    def profile_place(self) -> Optional[Location]:
        """Return the variable that named the profile, if one did."""
        kind, _, name = self.profile_source.partition(":")
        return environment_variable(name) if kind == "env" else None

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's exception of a situation."""
        raise Raised(self.sdk.error(situation), message, place, situation)
