"""What the AWS SDK for Go v2 knows before it chooses a source.

Source: aws-sdk-go-v2 config 1.33.15, config.go ``LoadDefaultConfig`` and
``resolveConfigLoaders``: environment first, then both files, whatever will be chosen. An empty
variable counts as none everywhere.
"""

from __future__ import annotations

from typing import NoReturn, Optional, Union

from credlint.chain.go.ini_view import Sections
from credlint.chain.go.shared_config import Profile, load_profile, load_sections
from credlint.chain.go.values import check_environment
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised
from credlint.chain.sdk import SdkSpecification
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import CapturedValue, HostSnapshot, PathFact

Value = Union[CapturedValue, Setting]


class Session:
    """A view of a snapshot with the eyes of Go and one profile choice.

    ``profile`` is empty until :meth:`load` found one.
    """

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.snapshot = snapshot
        self.sdk = sdk
        self.explicit = bool(profile)
        self.name, self.profile_source = self._choose(profile)
        self.profile = Profile(self.name, {})

    def _choose(self, explicit: Optional[str]) -> tuple[str, str]:
        if explicit:
            return explicit, "option"
        for name in self.sdk.profile_env:
            value = self.env(name)
            if value is not None:
                return value.text or "", f"env:{name}"
        return "default", "default"

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable that is set and not empty."""
        return self.snapshot.variable(name) or None

    def load(self) -> None:
        """Read environment, files and profile; raises Raised or Unknown."""
        check_environment(self.sdk, self.env)
        sections = load_sections(self.snapshot, self.sdk)
        if self.name not in sections and not self._must_exist():
            return
        self.profile = self._load_profile(sections)

    def _load_profile(self, sections: Sections) -> Profile:
        try:
            return load_profile(self.sdk, sections, self.name)
        except Raised as raised:
            if raised.error.location is None:
                name, message = raised.error.name, raised.error.message
                raise Raised(name, message, self.profile_place()) from None
            raise

    def _must_exist(self) -> bool:
        named = self.sdk.facts["profile_env_must_exist"]
        return self.explicit or any(self.env(name) is not None for name in named)

    def profile_place(self) -> Optional[Location]:
        """Return the variable that named the profile, if one did."""
        kind, _, name = self.profile_source.partition(":")
        return environment_variable(name) if kind == "env" else None

    def path_fact(self, purpose: str, value: Value) -> Optional[PathFact]:
        """Return what is known of the file that a setting or a variable names."""
        named = value.masked if isinstance(value, Setting) else value.text or ""
        if isinstance(value, Setting) and "\n" in named:
            return PathFact(purpose, f"{value.origin}/{value.name}", "", "absent")
        return self.snapshot.named_file(purpose, named)

    def fail(self, situation: str, message: str, place: Optional[Location] = None) -> NoReturn:
        """Raise the SDK's error of a situation."""
        raise Raised(self.sdk.error(situation), message, place)
