"""Both shared files as one, and the profile that is active in them.

Source: aws-sdk-kotlin 1.8.12, aws-config runtime/config/profile: AwsConfigLoader.kt
(``loadAwsSharedConfig``, ``mergeFiles``, ``normalizePath``), ConfigSection.kt, AwsProfile.kt.
Settings of the credentials file replace those of the config file one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Optional

from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.kotlin.config_file import (
    PROFILE,
    SERVICES,
    SPACE,
    SSO_SESSION,
    Block,
    Entry,
    Sections,
    Value,
    parse,
)
from credlint.chain.outcome import Raised, Unknown, fail
from credlint.chain.sdk import SdkSpecification
from credlint.model.host_file import HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot, SystemProperty

Properties = Mapping[str, SystemProperty]

_ILLEGAL = "IllegalArgumentException"
_TRUTH = {"true": True, "false": False}


class Profile:
    """One section; ``exists`` False for a profile that no file has."""

    def __init__(self, name: str, values: Optional[dict[str, Value]], error: str) -> None:
        self.name = name
        self._error = error
        self.exists = values is not None
        self._values = values or {}

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str) -> Optional[Setting]:
        """Return a setting, which may be empty; raises Raised when it is a block of settings."""
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, dict):
            place = next((one.setting(key, "").location for one in value.values()), None)
            message = f'{key} of "{self.name}" is a block of settings'
            fail(_ILLEGAL, message, place)
        return value.setting(key, self.name)

    def block(self, key: str) -> Optional[Block]:
        """Return a block of settings; raises Raised when it is a plain setting."""
        value = self._values.get(key)
        if isinstance(value, Entry):
            message = f'{key} of "{self.name}" is no block of settings'
            fail(_ILLEGAL, message, value.setting(key, self.name).location)
        return value

    def text(self, key: str) -> Optional[str]:
        """Return a setting's text; raises Unknown when it was not captured."""
        setting = self.get(key)
        if setting is None:
            return None
        if setting.text is None and "\n" in setting.masked:
            return setting.masked  # no value that means anything runs over several lines
        if setting.text is None:
            message = f'the {key} of profile "{self.name}" was not captured'
            raise Unknown(message)
        return setting.text

    def boolean(self, key: str) -> Optional[bool]:
        """Return a setting that must be true or false in any case; raises Raised or Unknown."""
        text = self.text(key)
        if text is None:
            return None
        truth = _TRUTH.get(text.lower())
        if truth is None:
            self.refuse(key, "is neither true nor false")
        return truth

    def refuse(self, key: str, why: str) -> NoReturn:
        """Raise what the SDK raises for a value that it cannot parse."""
        setting = self.get(key)
        message = f'{key} of profile "{self.name}" {why}'
        raise Raised(self._error, message, setting.location if setting else None)


class SharedConfig:
    """What both files say; ``active`` is the profile in use, whether it exists or not."""

    def __init__(self, sections: Sections, error: str) -> None:
        self._sections = sections
        self._error = error

    def profile(self, name: str) -> Profile:
        """Return a profile by name."""
        return Profile(name, self._sections.get((PROFILE, name)), self._error)

    def sso_session(self, name: str) -> Profile:
        """Return the settings of an ``[sso-session NAME]``."""
        return Profile(name, self._sections.get((SSO_SESSION, name)), self._error)

    def services(self, name: str) -> Profile:
        """Return the settings of a ``[services NAME]``."""
        return Profile(name, self._sections.get((SERVICES, name)), self._error)


def load(snapshot: HostSnapshot, sdk: SdkSpecification, properties: Properties) -> SharedConfig:
    """Read both files; raises Raised where the SDK does, Unknown where a file is not known."""
    sections: Sections = {}
    for role, variable in (
        ("config", "AWS_CONFIG_FILE"),
        ("credentials", "AWS_SHARED_CREDENTIALS_FILE"),
    ):
        entry = properties.get(sdk.facts["system_properties"][variable])
        file = _file(snapshot, role, variable, entry)
        file = _openable(file, sdk) if file is not None else None
        if file is None:
            continue
        text = FileText(snapshot, file)
        error = sdk.error("config_not_parsed")
        found = parse(text, error, credentials=role == "credentials")
        for key, values in found.items():
            sections[key] = {**sections.get(key, {}), **values}
    return SharedConfig(sections, sdk.error("value_refused"))


def _file(
    snapshot: HostSnapshot, role: str, variable: str, entry: Optional[SystemProperty]
) -> Optional[HostFile]:
    value = snapshot.variable(variable) if entry is None else entry.value
    file = snapshot.file(role if entry is None else f"{role}-property")
    if value is None:
        return file
    text = value.text
    if text is None or text != text.strip(SPACE):
        message = f"which file {variable} names to a reader that trims it was not captured"
        raise Unknown(message)
    if not text:
        return None
    if text.startswith("~"):
        if not text.startswith("~/") or ("$" in text and entry is None):
            message = f"{variable} names a path that each SDK expands in its own way"
            raise Unknown(message)
        return file
    literal = snapshot.file(f"{role}-unexpanded") if entry is None else None
    return file if literal is None else literal


def _openable(file: HostFile, sdk: SdkSpecification) -> Optional[HostFile]:
    if file.status == "absent" or file.path == "/dev/null":
        return None
    if file.status in {"not-a-file", "unreadable"}:
        base, uri = host_path(file.path)
        message = f"{file.path} cannot be read ({file.status})"
        fail("FileNotFoundException", message, Location("file", uri, base, 1))
    if file.encoding == "utf-16":
        base, uri = host_path(file.path)
        message = f"{file.path} is UTF-16, of which the SDK makes neither section nor setting"
        raise Raised(sdk.error("config_not_parsed"), message, Location("file", uri, base, 1))
    return file
