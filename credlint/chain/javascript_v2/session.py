"""What the JavaScript SDK v2 knows before it asks for credentials.

Source: aws-sdk 2.1693.0, lib/util.js (``ini.parse``, ``getProfilesFromSharedConfig``),
lib/shared-ini/ini-loader.js. The config file, and the variables that name either file, count
only when AWS_SDK_LOAD_CONFIG is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.javascript.file_view import (
    WHITE_SPACE,
    Sections,
    header_of,
    iter_lines,
    text_of,
)
from credlint.chain.javascript.session import Environment, Settings, literal_file
from credlint.chain.outcome import Raised, fail
from credlint.chain.patterns import pattern
from credlint.chain.sdk import SdkSpecification
from credlint.model.host_file import HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot

LOAD_CONFIG = "AWS_SDK_LOAD_CONFIG"
CONFIG_FILE = "AWS_CONFIG_FILE"
CREDENTIALS_FILE = "AWS_SHARED_CREDENTIALS_FILE"
_SPACE = pattern(f"[{WHITE_SPACE}]")
_REFUSED = "__proto__"


class Session(Environment):
    """A read-only view of a snapshot with the eyes of the SDK.

    ``explicit``: the profile of ``SharedIniFileCredentials``, which the program then uses in
    place of the chain. Methods that read files raise Raised as the SDK throws, or Unknown.
    """

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        super().__init__(snapshot, sdk, profile or None)
        self.loads_config = self.env(LOAD_CONFIG) is not None
        # What everything but SharedIniFileCredentials goes by.
        self.usual_profile = self.text("AWS_PROFILE") or "default"
        self.profile = self.explicit or self.usual_profile
        self._profiles: Optional[dict[str, Settings]] = None

    def file(self, role: str, *, by_variable: bool) -> Optional[HostFile]:
        """Return a file by its variable, else the one at the usual place."""
        if by_variable:
            return literal_file(self.snapshot, role)
        usual = self.snapshot.file(f"{role}-default")
        name = CONFIG_FILE if role == "config" else CREDENTIALS_FILE
        if usual is None and self.is_set(name) and self.env(name) is None:
            return literal_file(self.snapshot, role)
        return usual or self.snapshot.file(role)

    def raw(self, file: Optional[HostFile]) -> Sections:
        """Return a file's sections by their names as written."""
        return read(self.snapshot, file)

    def config(self, *, by_variable: bool) -> Mapping[str, Settings]:
        """Return the config file's profiles without their prefix."""
        return profiles_of(self.raw(self.file("config", by_variable=by_variable)))

    def profiles(self) -> Mapping[str, Settings]:
        """Return both files' profiles merged by setting, the credentials file last."""
        if self._profiles is None:
            self._profiles = self._merged()
        return self._profiles

    def _merged(self) -> dict[str, Settings]:
        merged: dict[str, dict[str, Setting]] = {}
        if self.loads_config:
            for name, settings in self.config(by_variable=True).items():
                merged[name] = dict(settings)
        for name, settings in self._credentials().items():
            merged.setdefault(name, {}).update(settings)
        return dict(merged)

    def _credentials(self) -> Mapping[str, Settings]:
        if self.loads_config and self.is_one_file():
            return self.config(by_variable=True)  # kept from the first time it was read
        try:
            return self.raw(self.file("credentials", by_variable=self.loads_config))
        except Raised:
            if self.loads_config:
                return {}  # the config file is enough then
            raise

    def is_one_file(self) -> bool:
        """Tell whether both variables name one file, which is then read only once."""
        return bool(self.text(CONFIG_FILE)) and self.text(CONFIG_FILE) == self.text(
            CREDENTIALS_FILE
        )

    def settings(self) -> Settings:
        """Return the selected profile's settings, empty when there is none."""
        return self.profiles().get(self.profile, {})


def read(snapshot: HostSnapshot, file: Optional[HostFile]) -> Sections:
    """Return a file's sections; the last of equal settings counts, empty ones do not."""
    text = text_of(snapshot, file)
    if text is None and (file is None or file.encoding != "utf-16"):
        path = "a file" if file is None else file.path
        base, uri = host_path(path)
        place = None if file is None else Location("file", uri, base)
        fail("Error", f"{path} cannot be read", place)
    sections: dict[str, dict[str, Setting]] = {}
    current = ""
    for number, _, bare in iter_lines(text) if text is not None else ():
        header = header_of(bare)
        if header is not None:
            if header == _REFUSED or _SPACE.split(header)[1:2] == [_REFUSED]:
                place = text.place(number) if text is not None else None
                fail("Error", "a section is named __proto__, which is refused", place)
            current = header
            continue
        name, equals, value = (part.strip(WHITE_SPACE) for part in bare.partition("="))
        if text is not None and current and equals and name and value:
            setting = text.setting(name, value, number, current)
            sections.setdefault(current, {})[name] = setting
    return sections


def profiles_of(sections: Sections) -> dict[str, Settings]:
    """Return a config file's profiles; two of one name cannot be defined both."""
    profiles: dict[str, Settings] = {}
    for header, settings in sections.items():
        kind, *rest = _SPACE.split(header, maxsplit=1)
        if kind == "sso-session" and rest:
            continue
        name = rest[0] if kind == "profile" and rest else header
        if name in profiles:
            place = next(iter(settings.values())).location
            fail("TypeError", f'profile "{name}" stands there with and without prefix', place)
        profiles[name] = settings
    return profiles


def sso_sessions_of(sections: Sections) -> dict[str, Settings]:
    """Return a config file's sso-sessions by name."""
    parts = ((_SPACE.split(header, maxsplit=1), own) for header, own in sections.items())
    return {pair[1]: own for pair, own in parts if pair[0] == "sso-session" and len(pair) > 1}
