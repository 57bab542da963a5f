"""The arguments of the Terraform AWS provider's default block, as the provider takes them.

Source: terraform-provider-aws, internal/provider/sdkv2/provider.go and internal/conns/config.go
(the main branch of 2026), which make the configuration of aws-sdk-go-base of them.
"""

from __future__ import annotations

import re
from typing import NoReturn, Optional

from credlint.chain.outcome import Unknown, fail
from credlint.chain.patterns import pattern
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot, ProviderArgument, ProviderBlock

KEYS = ("access_key", "secret_key", "token")
_FILES = ("shared_config_files", "shared_credentials_files")
WEB_IDENTITY = "assume_role_with_web_identity.0"
# What decides about the credentials, so that nothing can be told without it.
_DECISIVE = (
    *(*KEYS, *_FILES, "profile", "custom_ca_bundle", "http_proxy", "skip_metadata_api_check"),
    *("ec2_metadata_service_endpoint", "dynamic.assume_role"),
    *("dynamic.assume_role_with_web_identity", f"{WEB_IDENTITY}.web_identity_token"),
    f"{WEB_IDENTITY}.web_identity_token_file",
)
_BOOLEAN = {"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False", ""}
_ARN = pattern(
    r"arn:aws(-[a-z]+)*:[^:]*:([a-z]{2}(-[a-z]+)+-\d{1,2})?"
    r":(aws|aws-managed|third-party|aws-marketplace|\d{12}|cw.{10})?:[\s\S]+\Z",
    re.ASCII,
)
# What the provider refuses before it does anything: least and greatest lengths.
_LENGTHS = {"session_name": (2, 64), "external_id": (2, 1224), "web_identity_token": (4, 20000)}


class Provider:
    """The default block; without one, every argument is unset."""

    def __init__(self, snapshot: HostSnapshot, sdk: SdkSpecification) -> None:
        self._sdk = sdk
        self.blocks = snapshot.provider_blocks
        own = [one for one in self.blocks if one.alias is None and one.error is None]
        self.block: Optional[ProviderBlock] = own[0] if own else None
        self._doubled = own[1] if len(own) > 1 else None
        arguments = self.block.arguments if self.block is not None else ()
        self._arguments = {argument.name: argument for argument in arguments}

    def argument(self, name: str) -> Optional[ProviderArgument]:
        """Return an argument that is not null, literal or not."""
        return self._arguments.get(name)

    def value(self, name: str) -> Optional[CapturedValue]:
        """Return a literal argument that is not empty; the provider takes that for unset."""
        argument = self.argument(name)
        return argument.values[0] or None if argument is not None and argument.values else None

    def text(self, name: str) -> Optional[str]:
        """Return the text of a literal argument, None when it is unset or empty."""
        value = self.value(name)
        return value.text if value is not None else None

    def texts(self, name: str) -> tuple[CapturedValue, ...]:
        """Return the values of a list."""
        argument = self.argument(name)
        return argument.values if argument is not None else ()

    def roles(self) -> tuple[str, ...]:
        """Return the names of the ``assume_role`` blocks that count, in their order."""
        names = tuple(name for name in self._arguments if re.match(r"assume_role\.\d+\Z", name))
        if len(names) == 1 and self._lacks_role(names[0]):
            return ()  # told as a warning
        return names

    def _lacks_role(self, block: str) -> bool:
        argument = self.argument(f"{block}.role_arn")
        return argument is None or (argument.literal and not argument.values[0])

    def place(self, name: str) -> Optional[Location]:
        """Return where an argument stands."""
        argument = self.argument(name)
        if self.block is None or argument is None:
            return None
        return Location("file", self.block.file, line=argument.line, logical=f"provider/{name}")

    def check(self) -> None:
        """Raise Raised for what the provider refuses, Unknown for what only Terraform can tell."""
        broken = next((one for one in self.blocks if one.error is not None), None)
        if broken is not None:
            message = f"the Terraform file {broken.file} may hold more: {broken.error}"
            raise Unknown(message)
        if self._doubled is not None:
            place = Location("file", self._doubled.file, line=self._doubled.line)
            name = self._sdk.error("invalid_argument")
            fail(name, "there is more than one provider block without alias", place)
        for name in _DECISIVE:
            argument = self.argument(name)
            if argument is not None and not argument.literal:
                message = f"the provider's {name} is no literal, so only Terraform can tell it"
                raise Unknown(message)
        self._check_values()
        self._check_web_identity()

    def _check_values(self) -> None:
        roles = [name for name in self._arguments if re.match(r"assume_role\.\d+\Z", name)]
        for role in roles if len(roles) > 1 else ():
            if self._lacks_role(role):
                self._refuse(role, "lacks role_arn")
        for name, argument in self._arguments.items():
            if not argument.literal or not argument.values:
                continue
            text, key = argument.values[0].text, name.rpartition(".")[2]
            length = argument.values[0].length
            least, most = _LENGTHS.get(key, (0, length))
            if not least <= length <= most:
                self._refuse(name, "has a length that is refused")
            if key == "role_arn" and text and not _ARN.match(text):
                self._refuse(name, "is no ARN")
            if name == "skip_metadata_api_check" and text not in _BOOLEAN:
                self._refuse(name, "is neither true nor false")
            if name == "retry_mode" and text not in {"standard", "adaptive", ""}:
                self._refuse(name, "is neither standard nor adaptive")
            if name == "max_retries" and not re.match(r"[+-]?\d+\Z", text or ""):
                self._refuse(name, "is no number")

    def _check_web_identity(self) -> None:
        if self.argument(WEB_IDENTITY) is None:
            return
        given = [
            self.argument(f"{WEB_IDENTITY}.{name}")
            for name in ("web_identity_token", "web_identity_token_file")
        ]
        if self.argument("assume_role_with_web_identity.1") is not None:
            self._refuse(WEB_IDENTITY, "is there more than once")
        if (given[0] is None) == (given[1] is None):
            self._refuse(WEB_IDENTITY, "needs either web_identity_token or web_identity_token_file")

    def _refuse(self, name: str, why: str) -> NoReturn:
        error = self._sdk.error("invalid_argument")
        fail(error, f"the provider's {name} {why}", self.place(name))
