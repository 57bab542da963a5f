"""What the AWS SDK for PHP knows before it asks any source.

Source: aws-sdk-php 3.329.0, Credentials/CredentialProvider.php (``loadProfiles``,
``loadDefaultProfiles``, ``getFileName``) and Configuration/ConfigurationResolver.php. An empty
variable, and one that is ``0``, counts as none. Each source opens its files for itself: most take
those below HOME whatever the variables say.
"""

from __future__ import annotations

from typing import NoReturn, Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.php.ini_view import Profile, Profiles, readable, view
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot

PREFIX = "profile "


class Session:
    """A view of a snapshot with the eyes of PHP and one profile choice.

    ``credentials`` and ``config`` are the files of this names below HOME, ``own_credentials`` the
    one that AWS_SHARED_CREDENTIALS_FILE names, if it does. None of them: PHP refuses the file.
    """

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        self.explicit = profile is not None
        self.ambient, self.profile_source = "default", "default"
        for name in sdk.profile_env:
            if self.env(name):
                self.ambient, self.profile_source = self.text(name), f"env:{name}"
                break
        self.profile = self.ambient
        if profile not in (None, "", "0"):
            self.profile, self.profile_source = profile or "", "option"
        # The file of region and metadata settings as PHP's normal mode has it, once it is read.
        self.normal: Optional[Profiles] = None
        self._views: dict[str, Optional[Profiles]] = {}

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable that counts."""
        value = self.snapshot.variable(name)
        if value and value.text is None and value.length == 1:
            message = f"whether {name} is 0, which counts as nothing, was not captured"
            raise Unknown(message)
        return value if value and value.text != "0" else None

    def text(self, name: str) -> str:
        """Return the text of a variable that counts, else an empty one; raises Unknown."""
        value = self.env(name)
        if value is None:
            return ""
        if value.text is None:
            message = f"the text of {name} was not captured"
            raise Unknown(message)
        return value.text

    def file(self, role: str) -> Optional[HostFile]:
        """Return the file of that name below HOME."""
        usual = self.snapshot.file(f"{role}-default")
        if usual is not None:
            return usual
        file = self.snapshot.file(role)
        if file is None or file.path == f"~/.aws/{role}":
            return file
        return self.snapshot.file(f"{role}-unexpanded")

    def named_file(self, role: str, variable: str) -> Optional[HostFile]:
        """Return the file that a variable names, whose path is taken as it is."""
        if self.env(variable) is None:
            return self.file(role)
        return self.snapshot.file(f"{role}-unexpanded") or self.snapshot.file(role)

    @property
    def credentials_file(self) -> Optional[HostFile]:
        """Return the file of the sources that know AWS_SHARED_CREDENTIALS_FILE."""
        return self.named_file("credentials", "AWS_SHARED_CREDENTIALS_FILE")

    def view(self, file: Optional[HostFile]) -> Optional[Profiles]:
        """Return a file's sections, None where PHP refuses it; raises Unknown."""
        if file is None or not readable(file):
            return {}
        if file.role not in self._views:
            self._views[file.role] = view(self.snapshot, file)
        return self._views[file.role]

    def loaded(self, file: Optional[HostFile]) -> Optional[Profiles]:
        """Return what ``loadProfiles`` makes of a file: the credentials file takes in the other."""
        profiles = self.view(file)
        usual = self.file("credentials")
        is_usual = file is not None and usual is not None and file.path == usual.path
        if is_usual and self.env("AWS_SDK_LOAD_NONDEFAULT_CONFIG") is not None:
            return merged(profiles, self.view(self.file("config")))
        return profiles

    def defaults(self) -> Profiles:
        """Return the profiles of both files below HOME, as web identity has them."""
        return merged(self.view(self.file("credentials")), self.view(self.file("config")))

    def profile_place(self) -> Optional[Location]:
        """Return the variable that named the profile, if one did."""
        kind, _, name = self.profile_source.partition(":")
        return environment_variable(name) if kind == "env" else None

    def refuse(self, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the exception that makes the chain go on to its next source."""
        raise Raised(self.sdk.error("rejected"), message, place)


def merged(profiles: Optional[Profiles], config: Optional[Profiles]) -> Profiles:
    """Return profiles and those of the config file that they lack, without their prefix."""
    both = dict(profiles or {})
    for name, own in (config or {}).items():
        both.setdefault(name.replace(PREFIX, ""), own)
    return both


def said(profile: Profile, key: str) -> Optional[Setting]:
    """Return a setting that is not empty, as ``empty`` of PHP has it."""
    setting = profile.get(key)
    return (
        setting
        if setting is not None and (setting.nested or setting.masked not in ("", "0"))
        else None
    )
