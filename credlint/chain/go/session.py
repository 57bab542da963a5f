"""What the AWS SDK for Go v2 knows before it chooses a source.

Source: aws-sdk-go-v2 config 1.33.15, config.go ``LoadDefaultConfig`` and
``resolveConfigLoaders``: environment first, then both files, whatever will be chosen. An empty
variable counts as none everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Optional, Union

from credlint.chain.go.ini_view import Sections
from credlint.chain.go.shared_config import Profile, load_profile, load_sections
from credlint.chain.go.values import check_environment
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile, PathFact
from credlint.model.location import Location, environment_variable
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import RegionChoice

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
            if value is not None and self.reads(name):
                return value.text or "", f"env:{name}"
        return "default", "default"

    def reads(self, _name: str) -> bool:
        """Tell whether a variable is read that not every setting of the SDK lets count."""
        return True

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable that is set and not empty."""
        return self.snapshot.variable(name) or None

    def load(self) -> None:
        """Read environment, files and profile; raises Raised or Unknown."""
        check_environment(self.sdk, self.env)
        files = [self.shared_files(role) for role in ("config", "credentials")]
        sections = load_sections(self.snapshot, self.sdk, *files)
        if self.name in sections or self._must_exist():
            self.profile = self._load_profile(sections)
        self.check_certificates()

    def shared_files(self, role: str) -> tuple[HostFile, ...]:
        """Return the files of a role, later ones stronger."""
        file = self.snapshot.file(f"{role}-unexpanded") or self.snapshot.file(role)
        return () if file is None else (file,)

    def region_first(self) -> Optional[RegionChoice]:
        """Return what stands before all variables and files."""
        return None

    def check_inner_session(self, _place: Setting) -> None:
        """Raise what a session raises that the SDK makes on its own for an sso-session."""

    def _load_profile(self, sections: Sections) -> Profile:
        try:
            return load_profile(self.sdk, sections, self.name)
        except Raised as raised:
            if raised.error.location is None:
                error = raised.error
                place = self.profile_place()
                raise Raised(error.name, error.message, place, error.situation) from None
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
        raise Raised(self.sdk.error(situation), message, place, situation)

    def too_short(self, parameters: Mapping[str, Optional[Value]]) -> Optional[str]:
        """Return which parameter of a role the SDK refuses to send, None when it sends all."""
        least: dict[str, int] = self.sdk.facts.get("shortest", {})
        for name, value in parameters.items():
            known = value.value if isinstance(value, Setting) else value
            if known and known.length < least.get(name, 0):
                return name
        return None

    def notes(self) -> tuple[str, ...]:
        """Return what people should know besides the steps."""
        return ()

    def check_certificates(self) -> None:
        """Raise Raised when the bundle of AWS_CA_BUNDLE or ca_bundle is of no use."""
        name = "AWS_CA_BUNDLE"
        value: Optional[Value] = self.env(name)
        place: Optional[Location] = environment_variable(name)
        if value is None:
            name, setting = "ca_bundle", self.profile.get("ca_bundle")
            value, place = setting, setting.location if setting is not None else None
        if value is None:
            return
        fact = self.path_fact("ca-bundle", value)
        if fact is None:
            message = f"the certificates of {name} were not looked at"
            raise Unknown(message)
        if fact.status == "present" and fact.error is None:
            return
        why = "holds no certificate" if fact.status in {"present", "empty"} else fact.status
        self.fail("ca_bundle", f"the file of {name} is of no use: {why}", place)
