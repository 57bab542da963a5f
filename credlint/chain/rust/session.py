"""What the AWS SDK for Rust knows before it asks a source: variables, profiles, the region.

Source: aws-config 1.13.0, lib.rs ``ConfigLoader::load`` and provider_config.rs. A variable counts
as soon as it is set, even when it is empty; only the key variables must not be blank.
"""

from __future__ import annotations

import re
from typing import NoReturn, Optional, Union

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.rust.profile_files import SPACE, Section, Sections, read_sections
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import SdkError

Value = Union[CapturedValue, Setting]
_ATTEMPTS = r"\+?[0-9]+\Z"
_LARGEST_U32 = 2**32 - 1
_MODES = ("standard", "adaptive")


class Session:
    """A view of a snapshot with the eyes of Rust and one profile choice.

    ``unread``: why no profile can be used, once the files were read in vain.
    """

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        self.name, self.profile_source = profile or "", "option"
        if profile is None:
            self.name, self.profile_source = self._named()
        self.sections: Sections = {}
        self.unread: Optional[SdkError] = None
        self.unknown: Optional[str] = None
        try:
            self.sections = read_sections(snapshot, sdk.error("config_not_parsed"))
        except Raised as raised:
            self.unread = raised.error
        except Unknown as reason:
            self.unknown = str(reason)

    def _named(self) -> tuple[str, str]:
        for name in self.sdk.profile_env:
            value = self.env(name)
            if value is not None:
                return value.text or "", f"env:{name}"
        return "default", "default"

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable that is set, be it empty."""
        return self.snapshot.variable(name)

    def profile(self, name: str) -> Optional[Section]:
        """Return a profile; raises Unknown where the files could not be looked at."""
        if self.unknown is not None:
            raise Unknown(self.unknown)
        return self.sections.get(("profile", name))

    def selected(self, key: str) -> Optional[Setting]:
        """Return a setting of the selected profile; None as well when the files do not parse."""
        profile = self.profile(self.name)
        return profile.get(key) if profile is not None else None

    def either(self, variable: str, key: str) -> Optional[Value]:
        """Return a variable, else the selected profile's setting."""
        value = self.env(variable)
        return value if value is not None else self.selected(key)

    def profile_place(self) -> Optional[Location]:
        """Return the variable that named the profile, if one did."""
        kind, _, name = self.profile_source.partition(":")
        return environment_variable(name) if kind == "env" else None

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's error of a situation."""
        raise Raised(self.sdk.error(situation), message, place)

    def check_retries(self) -> None:
        """Raise Raised where loading panics (default_provider/retry_config.rs)."""
        attempts = self.either("AWS_MAX_ATTEMPTS", "max_attempts")
        if attempts is not None:
            text = known_text(attempts, "the number of attempts")
            number = int(text) if re.match(_ATTEMPTS, text) else 0
            if not 0 < number <= _LARGEST_U32:
                place = place_of(attempts, "AWS_MAX_ATTEMPTS")
                self.fail("panic", "the number of attempts is no positive number", place)
        mode = self.either("AWS_RETRY_MODE", "retry_mode")
        if mode is not None:
            text = known_text(mode, "the retry mode").strip(SPACE)
            if text.lower() not in _MODES:
                place = place_of(mode, "AWS_RETRY_MODE")
                self.fail("panic", "the retry mode is neither standard nor adaptive", place)


def known_text(value: Value, what: str) -> str:
    """Return a value's text; raises Unknown when it was not captured."""
    if value.text is None:
        message = f"the text of {what} was not captured"
        raise Unknown(message)
    return value.text


def place_of(value: Value, variable: str) -> Location:
    """Return where a value stands: in its file, else in the variable."""
    return value.location if isinstance(value, Setting) else environment_variable(variable)


def runs_over(value: Value) -> bool:
    """Tell whether a setting goes on below its line; no file or cache has such a name."""
    return isinstance(value, Setting) and "\n" in value.masked


def is_blank(value: Optional[CapturedValue]) -> bool:
    """Tell whether a key variable counts as unset: missing, empty or white space alone."""
    return value is None or not value or "blank" in value.flaws
