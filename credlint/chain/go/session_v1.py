"""What the AWS SDK for Go v1 knows before it chooses a source.

Source: aws-sdk-go 1.55.8, aws/session/session.go ``newSession`` and env_config.go. The config
file, and most of what a profile may hold, is read only where AWS_SDK_LOAD_CONFIG says so.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.go.session import Session
from credlint.chain.go.shared_config import Profile
from credlint.chain.go.shared_config_v1 import SharedFiles
from credlint.chain.go.values import check_environment
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown
from credlint.model.location import environment_variable

# As strconv.ParseBool has it.
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_PANIC = "panic"


class SessionV1(Session):
    """A session with the defaults of a program that calls ``session.NewSession``.

    ``forgiven``: the error of a file that is of no consequence because the environment has keys.
    """

    forgiven: Optional[str] = None

    @property
    def extended(self) -> bool:
        """Tell whether AWS_SDK_LOAD_CONFIG is true."""
        value = self.env(self.sdk.facts["config_file_enable_env"][0])
        return value is not None and value.text in _TRUE

    def reads(self, name: str) -> bool:
        """Tell whether a variable counts: some do with AWS_SDK_LOAD_CONFIG only."""
        return self.extended or name not in self.sdk.facts["only_when_enabled"]

    def load(self) -> None:
        """Read environment, files and profile; raises Raised or Unknown."""
        check_environment(self.sdk, self.env)
        try:
            files = SharedFiles(self.snapshot, self.sdk, extended=self.extended)
            self.profile = files.profile(self.name) or Profile(self.name, {})
        except Raised as raised:
            if not self._forgives():
                raise
            self.forgiven = raised.error.message

    def _forgives(self) -> bool:
        if self.extended or self.explicit or self.profile_source != "default":
            return False
        names = (self.sdk.env_access_key_id, self.sdk.env_secret_access_key)
        return all(any(self.env(name) is not None for name in half) for half in names)

    def check_inner_session(self, place: Setting) -> None:
        """Raise the panic of a broken default session, which is made on the way."""
        inner = SessionV1(self.snapshot, self.sdk)
        try:
            inner.load()
            inner.check_certificates()
        except Raised as raised:
            message = f"{raised.error.message}, which the SDK does not survive for an sso-session"
            raise Raised(_PANIC, message, place.location) from None

    def check_certificates(self) -> None:
        """Raise Raised for bad certificates, be they of servers or the program's own."""
        super().check_certificates()
        own = [name for name in self.sdk.facts["client_certificate_env"] if self.env(name)]
        if len(own) == 1:
            message = f"{own[0]} is set without its other half"
            self.fail("client_certificate", message, environment_variable(own[0]))
        if own:
            message = f"whether {' and '.join(own)} belong together is not looked at"
            raise Unknown(message)

    def notes(self) -> tuple[str, ...]:
        """Tell of what is not read."""
        switch = self.sdk.facts["config_file_enable_env"][0]
        file = self.snapshot.file("config-unexpanded") or self.snapshot.file("config")
        told = []
        if not self.extended and file is not None and file.status == "read":
            told.append(
                f"{file.path} is not read, nor roles, SSO or region of the credentials file:"
                f" {switch} is not true"
            )
        if self.forgiven is not None:
            told.append(f"{self.forgiven}: of no consequence while the environment has keys")
        return tuple(told)
