"""What the AWS SDK for Java v1 knows before it asks a source.

Sources: aws-java-sdk-core 1.12.797, profile/path (which files), BasicProfileConfigLoader and
AbstractProfilesConfigFileScanner (how they are read), AwsProfileNameLoader. The files lie in
user.home, which the JVM takes from the password entry and not from HOME.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.file_text import FileText
from credlint.chain.java.ini_view import BLANKS
from credlint.chain.java.session import Found, Settings
from credlint.chain.java.session import Session as SessionOfV2
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.patterns import pattern
from credlint.chain.sdk import SdkSpecification
from credlint.model.host_file import HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot

Profiles = dict[str, Settings]
PROFILES_FILE = "AWS_CREDENTIAL_PROFILES_FILE"
CONFIG_FILE = "AWS_CONFIG_FILE"
# As java.util.Scanner takes the end of a line.
_LINE_END = pattern(r"\r\n|[\n\r\u2028\u2029\x85]")


class Session(SessionOfV2):
    """A view of a snapshot with the eyes of Java v1; variables count before properties."""

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self._read_files: dict[str, Profiles] = {}
        super().__init__(snapshot, sdk)
        for chosen in (self.env("AWS_PROFILE"), self.property("AWS_PROFILE")):
            if chosen is not None and not chosen.is_blank:
                self.own_profile, self.profile_source = chosen.text, chosen.source
                break
        else:
            self.own_profile, self.profile_source = "default", "default"
        self.profile = self.own_profile
        self.explicit = profile is not None
        if profile is not None:
            self.profile, self.profile_source = profile, "option"

    def is_true(self, setting: str) -> bool:
        """Tell whether the property or the variable of a setting says true, in any case."""
        found = (self.property(setting), self.env(setting))
        return any(one is not None and (one.value.text or "").lower() == "true" for one in found)

    def raw(self, found: Found) -> str:
        """Return a text that is not trimmed; raises Unknown when it was not captured."""
        if found.value.text is None:
            message = f"the text of {found.name} was not captured"
            raise Unknown(message)
        return found.value.text

    def credentials(self) -> Profiles:
        """Return the profiles that credentials come from; raises Raised or Unknown."""
        named = self.env(PROFILES_FILE)
        if named is not None:
            file = self.snapshot.file("credentials-profiles")
            if file is None or file.status in {"absent", "not-a-file"}:
                message = f"the file of {PROFILES_FILE} does not exist"
                self.fail("profile_incomplete", message, named.place)
            return self._profiles(file)
        for role in ("credentials", "config"):
            usual = self._usual(role)
            if usual is not None and usual.status not in {"absent", "not-a-file"}:
                return self._profiles(usual)
        return {}

    def config(self) -> Profiles:
        """Return the profiles that settings come from; raises Raised or Unknown."""
        named = self.env(CONFIG_FILE)
        if named is None:
            file = self._usual("config")
        elif not self.raw(named):
            file = None
        else:
            file = self.snapshot.file("config-unexpanded") or self.snapshot.file("config")
        if file is None or file.status == "absent":
            return {}
        if file.status == "not-a-file":
            if named is None:
                return {}
            self.fail("profile_incomplete", f"the file of {CONFIG_FILE} is none", named.place)
        return self._profiles(file)

    def _usual(self, role: str) -> Optional[HostFile]:
        own = self.snapshot.file(f"{role}-user-home")
        if own is not None:
            return own
        path = f"~/.aws/{role}"
        files = (file for file in self.snapshot.files if file.role.partition("-")[0] == role)
        return next((file for file in files if file.path == path), None)

    def _profiles(self, file: HostFile) -> Profiles:
        if file.path not in self._read_files:
            self._read_files[file.path] = self._parsed(file)
        return self._read_files[file.path]

    def _parsed(self, file: HostFile) -> Profiles:
        base, uri = host_path(file.path)
        if file.status == "unreadable":
            place = Location("file", uri, base)
            self.fail("profile_invalid", f"{file.path} cannot be read by Java v1", place)
        if file.encoding == "utf-16":
            self.fail("profile_incomplete", f"{file.path} cannot be read by Java v1: no UTF-8")
        text = FileText(self.snapshot, file)
        profiles: Profiles = {}
        settings: Optional[Settings] = None
        title, offset = "", 0
        for line in _LINE_END.split(text.text):
            number = text.number_at(offset)
            offset = _next_line(text.text, offset + len(line))
            line = line.strip(BLANKS)  # noqa: PLW2901  as it is read
            if not line or line.startswith("#"):
                continue
            if line.startswith("[") and line.endswith("]"):
                title = line[1:-1].strip(BLANKS)
                settings = profiles[title] = {}
                continue
            name, equals, value = line.partition("=")
            if not equals or settings is None:
                what = "stands above the first profile" if equals else "has no ="
                message = f"{file.path} cannot be read by Java v1: line {number} {what}"
                self.fail("profile_incomplete", message, text.place(number))
            name = name.strip(BLANKS)
            settings[name] = text.setting(name, value.strip(BLANKS), number, title)
        if "" in profiles:
            message = f"{file.path} cannot be read by Java v1: a profile has no name"
            self.fail("profile_invalid", message, Location("file", uri, base))
        return profiles

    def setting_of_config(self, key: str) -> Optional[str]:
        """Return a setting of the selected profile of the config file, None when it has none."""
        try:
            profile = find(self.config(), self.own_profile)
        except Raised:
            return None
        if profile is None or key not in profile:
            return None
        return profile[key].text


def find(profiles: Profiles, name: str) -> Optional[Settings]:
    """Return a profile, whose section may be called ``profile NAME`` as well."""
    settings = profiles.get(name)
    return profiles.get(f"profile {name}") if settings is None else settings


def _next_line(text: str, end: int) -> int:
    found = _LINE_END.match(text, end)
    return found.end() if found is not None else end
