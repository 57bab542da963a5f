"""What the AWS SDK for Java v2 knows before it asks a source.

Sources: utils 2.57.8 SystemSetting (a system property counts before the variable of the same
setting, both as soon as they exist, and both are trimmed), profiles 2.57.8 ProfileFileLocation
and ProfileFileSupplier.
"""

from __future__ import annotations

from typing import NoReturn, Optional, Union

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.java.ini_view import BLANKS, PROFILES, Reader, Sections, merged
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile, PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import SdkError

Settings = dict[str, Setting]
_NOTHING: Sections = {PROFILES: {}, "sso-session": {}, "services": {}}


class Found:
    """A setting of the process: where it stands (``name``) and what is known of its value."""

    def __init__(self, name: str, source: str, value: CapturedValue, place: Location) -> None:
        self.name = name
        self.source = source
        self.value = value
        self.place = place

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing is left when it is trimmed."""
        text = self.value.text
        if text is None:
            return self.value.shape in ("empty", "blank")
        return not text.strip(BLANKS)

    @property
    def text(self) -> str:
        """Return the trimmed text; raises Unknown when it was not captured."""
        if self.value.text is None:
            message = f"the text of {self.name} was not captured"
            raise Unknown(message)
        return self.value.text.strip(BLANKS)


class Session:
    """A view of a snapshot with the eyes of Java v2 and one profile choice."""

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        self._environment = {entry.name: entry.value for entry in snapshot.environment}
        self._properties = {entry.name: entry for entry in snapshot.system_properties}
        self._files: Optional[Union[Sections, SdkError, str]] = None
        chosen = self.system("AWS_PROFILE")
        # What clients that the SDK makes for itself use, whatever profile the program names.
        self.own_profile = chosen.text if chosen else "default"
        self.profile, self.profile_source = self.own_profile, chosen.source if chosen else "default"
        if profile is not None:
            self.profile, self.profile_source = profile, "option"

    def env(self, name: str) -> Optional[Found]:
        """Return a variable that is set, even if empty."""
        value = self._environment.get(name)
        if value is None:
            return None
        return Found(name, f"env:{name}", value, environment_variable(name))

    def property(self, setting: str) -> Optional[Found]:
        """Return the system property of a setting that is known by its variable's name."""
        name = self.sdk.facts["system_properties"].get(setting)
        entry = self._properties.get(name)
        if entry is None:
            return None
        place = environment_variable(entry.variable)
        return Found(f"-D{name}", f"property:{name}", entry.value, place)

    def system(self, setting: str) -> Optional[Found]:
        """Return a setting as most of the SDK reads it: the system property, else the variable."""
        return self.property(setting) or self.env(setting)

    def boolean(self, setting: str) -> Optional[bool]:
        """Return a setting that must be true or false; raises Raised for any other value."""
        found = self.system(setting)
        if found is None:
            return None
        return self.truth(found.name, found.text, found.place)

    def truth(self, name: str, text: str, place: Location) -> bool:
        """Return what a text says; raises Raised when it is neither true nor false."""
        if text.lower() not in ("true", "false"):
            self.fail("invalid_value", f"{name} is neither true nor false", place)
        return text.lower() == "true"

    def files(self) -> Sections:
        """Return both files as one; raises Raised when a line of either is refused, or Unknown."""
        if self._files is None:
            try:
                self._files = merged(self._read("credentials"), self._read("config"))
            except Raised as raised:
                self._files = raised.error
            except Unknown as reason:
                self._files = str(reason)
        if isinstance(self._files, SdkError):
            raise Raised(self._files.name, self._files.message, self._files.location)
        if isinstance(self._files, str):
            raise Unknown(self._files)
        return self._files

    def _read(self, role: str) -> Sections:
        file = self._file(role)
        if file is None or file.status in {"absent", "unreadable", "not-a-file"}:
            return _NOTHING
        if file.encoding == "utf-16":
            message = f"{file.path} cannot be read by Java v2: it is no UTF-8"
            self.fail("profile_incomplete", message)
        return Reader(FileText(self.snapshot, file), is_config=role == "config").read()

    def _file(self, role: str) -> Optional[HostFile]:
        """Return the captured file that the SDK opens; ``~/`` alone is expanded."""
        variable = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}[role]
        found = self.system(variable)
        home = self.env("HOME")
        if home is not None and not home.value.length and (found is None or found.text[:1] == "~"):
            message = "HOME is empty, so that Java v2 looks for its files in the working directory"
            raise Unknown(message)
        if found is None:
            return self.snapshot.file(role)
        if found.value.text != found.text:
            message = f"{found.name} has white space around its path"
            raise Unknown(message)
        if not found.text:
            return None
        if found.source.startswith("property:"):
            return self.snapshot.file(f"{role}-property")
        if found.text.startswith("~/") and "$" in found.text:
            message = f"{found.name} has both ~ and $, of which Java v2 expands the first alone"
            raise Unknown(message)
        if found.text.startswith("~/"):
            return self.snapshot.file(role)
        return self.snapshot.file(f"{role}-unexpanded") or self.snapshot.file(role)

    def settings(self, profile: str) -> Optional[Settings]:
        """Return a profile, None when there is none; raises Raised or Unknown."""
        return self.files()[PROFILES].get(profile)

    def own(self, key: str, profile: Optional[str] = None) -> Optional[Setting]:
        """Return a setting of a profile, by default of that which the SDK's own clients use."""
        return (self.settings(self.own_profile if profile is None else profile) or {}).get(key)

    def path_fact(self, purpose: str, value: Union[Found, Setting]) -> Optional[PathFact]:
        """Return what is known of the file or program that a value names."""
        if isinstance(value, Setting):
            if "\n" in value.masked and purpose == "web-identity-token":
                return PathFact(purpose, value.name, "", "absent")
            return self.snapshot.named_file(purpose, value.masked)
        if value.value.text != value.text:
            message = f"{value.name} has white space around its path"
            raise Unknown(message)
        return self.snapshot.named_file(purpose, value.text)

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's exception of a situation."""
        raise Raised(self.sdk.error(situation), message, place, situation)


def text_of(setting: Setting) -> str:
    """Return a setting's text; raises Unknown when it was not captured."""
    if setting.text is None:
        message = f"the text of {setting.name} was not captured"
        raise Unknown(message)
    return setting.text
