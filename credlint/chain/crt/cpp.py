"""What the C++ SDK puts around the Common Runtime's profile provider: its own chain.

Source: aws-sdk-cpp 1.11.900 (with aws-crt-cpp 0.44.1) src/aws-cpp-sdk-core: auth/
AWSCredentialsProviderChain.cpp, STSCredentialsProvider.cpp, SSOCredentialsProvider.cpp,
GeneralHTTPCredentialsProvider.cpp, internal/AWSHttpResourceClient.cpp, client/
ClientConfiguration.cpp. The profile provider is made without what it needs to call STS: roles are
never assumed, and a profile's token file ends the program when the profile is asked.
"""

from __future__ import annotations

import ipaddress
from typing import Optional

from credlint.chain import clock
from credlint.chain.crt.cpp_file import CppProfile, read_cpp
from credlint.chain.crt.machine import FULL, RELATIVE, Address, instance_role, reached, split
from credlint.chain.crt.profile_file import Property
from credlint.chain.crt.session import UNREAD, Session, place_of, value_of
from credlint.chain.crt.sts import HOST, Placed, TokenRole, web_identity_of
from credlint.chain.file_text import FileText
from credlint.chain.outcome import Raised, Result, Unknown, absent, found, undecided
from credlint.chain.patterns import pattern
from credlint.model.host_file import PathFact
from credlint.model.location import environment_variable
from credlint.model.location import imds as imds_place
from credlint.model.trace import Offer, SdkError

DISABLED = "AWS_EC2_METADATA_DISABLED"
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_MODE = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_CREDENTIALS_FILE = "AWS_SHARED_CREDENTIALS_FILE"
_OWN_LOOPBACK = pattern(r"127\.0\.0\.[0-9]{1,3}\Z")
_PARAMETERS = {
    "role_arn": "AWS_ROLE_ARN",
    "role_session_name": "AWS_ROLE_SESSION_NAME",
    "web_identity_token_file": "AWS_WEB_IDENTITY_TOKEN_FILE",
}

_WITH_GETTER = frozenset({"region", "role_arn"})


class Cpp:
    """The C++ SDK's own view beside the Common Runtime's ``session``."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.name = self._choose()
        self.profile = self._read().get(self.name) or CppProfile()

    def _choose(self) -> str:
        if self.session.profile_source == "option":
            return self.session.name
        for name in self.session.sdk.facts["config_profile_env"]:
            text = self.session.text_of(name)
            if text:
                return text
        return "default"

    def _read(self) -> dict[str, CppProfile]:
        snapshot = self.session.snapshot
        # The variable's text is opened as it is, and an empty one counts as none.
        file = snapshot.file("config-unexpanded") or snapshot.file("config")
        if file is None or file.status in UNREAD or file.encoding == "utf-16":
            return {}
        return read_cpp(FileText(snapshot, file))

    def web_identity(self) -> Result:
        """Judge the token file of the environment, else of the profile."""
        session = self.session
        return web_identity_of(TokenRole(session, session.name, session.config, self.given()))

    def given(self) -> dict[str, Optional[Placed]]:
        """Return what the SDK hands over to the Common Runtime for a token file."""
        given = {key: self._given(key, name) for key, name in _PARAMETERS.items()}
        given["region"] = self._given("region", "AWS_DEFAULT_REGION")
        # Without a name a random one is handed over, so that no other place is looked at.
        name = "role_session_name"
        given[name] = given[name] or ("made-up-name", environment_variable(_PARAMETERS[name]))
        return given

    def _given(self, key: str, variable: str) -> Optional[Placed]:
        text = self.session.text_of(variable)
        if text:
            return text, environment_variable(variable)
        lasts = key in _WITH_GETTER
        one = self.profile.any_of(key) if lasts else self.profile.get(key)
        return None if one is None else (one.text, place_of(one))

    def sso(self) -> Result:
        """Judge IAM Identity Center; raises Raised when the cached token cannot be used."""
        profile = self.profile
        key = profile.session_name
        if profile.session is None:
            key = profile.any_of("sso_start_url")
        if key is None:
            return absent(f'no usable sso settings in profile "{self.name}"')
        place, sdk_error = place_of(key), "sso"
        region = profile.any_of("sso_region")
        if profile.session is not None:
            region = profile.session.get("sso_region")
        account, role = profile.any_of("sso_account_id"), profile.any_of("sso_role_name")
        if account is None or role is None:
            self.session.fail(sdk_error, "SSO is asked without account or role", place)
        if region is None or not HOST.match(region.text):
            self.session.fail(sdk_error, "sso_region is no part of a host name", place)
        shown = [value_of(one).text for one in (account, role)]
        offer = Offer("dynamic", profile=self.name, account=shown[0], role=shown[1])
        detail = f'role {shown[1]} of account {shown[0]} through SSO in profile "{self.name}"'
        doubt = self._check_token(key)
        return undecided(doubt, place, offer) if doubt else found(detail, offer, place)

    def _check_token(self, key: Property) -> Optional[str]:
        """Return why it cannot be told whether the token is of use; raises Raised if it is not."""
        place = place_of(key)
        fact = self._token_fact(key)
        if fact is None:
            return "the cached SSO token was not looked at"
        if fact.status != "present" or fact.error is not None:
            self.session.fail("sso", "the cached SSO token is missing or cannot be used", place)
        state = clock.judge(fact.expires or "", self.session.snapshot.captured_at)
        if state == clock.FUTURE and fact.rfc3339:
            return None
        if self.profile.session is not None and _is_renewable(fact):
            return "the cached SSO token has expired and is renewed, if it can be"
        return self.session.fail("sso", "the cached SSO token has expired", place)

    def _token_fact(self, key: Property) -> Optional[PathFact]:
        """Return the fact of the cached token; the cache lies beside the credentials file."""
        text = self.session.text_of(_CREDENTIALS_FILE)
        if text:
            snapshot = self.session.snapshot
            file = snapshot.file("credentials-unexpanded") or snapshot.file("credentials")
            if text.startswith("~") and file is not None and file.status == "absent":
                message = "the SSO cache is sought in a folder that is really called ~"
                self.session.fail("sso", message, place_of(key))
            if file is None or text[0] == "~" or file.path.rpartition("/")[0] != "~/.aws":
                message = "the SSO cache lies beside the credentials file, where it was not sought"
                raise Unknown(message)
        return self.session.snapshot.named_file("sso-token", key.text)

    def aborts(self) -> Optional[SdkError]:
        """Return what ends the program while the chain is made, whatever else is configured."""
        try:
            if self._container_address() is None:
                return None
            self._check_token_file("the program ends while the chain is made: ")
        except Raised as raised:
            ends = raised.error.name == self.session.sdk.error("aborts")
            return raised.error if ends else None
        return None

    def container(self) -> Result:
        """Judge the endpoint; raises Raised where the SDK refuses it or it does not answer."""
        address = self._container_address()
        if address is None:
            return absent(f"neither {RELATIVE} nor {FULL} is set")
        self._check_token_file()
        name = RELATIVE if self.session.text_of(RELATIVE) else FULL
        port = address.port or (443 if address.scheme == "https" else 80)
        return reached(self.session, name, address.host, port)

    def _container_address(self) -> Optional[Address]:
        session = self.session
        relative, full = session.text_of(RELATIVE), session.text_of(FULL)
        if not relative and not full:
            return None
        place = environment_variable(RELATIVE if relative else FULL)
        token = session.filled(_TOKEN)
        if token is not None and {"newline", "carriage-return"} <= set(token.flaws):
            session.fail("container", f"{_TOKEN} holds a line break", environment_variable(_TOKEN))
        if relative:
            if not relative.startswith("/"):
                session.fail("container", f"{RELATIVE} does not begin with a slash", place)
            return Address("http", session.sdk.container["relative_host"], 80, relative)
        address = split(full)
        # No name may stand before the host here.
        if address is None or not address.host or "@" in full.partition("//")[2].split("/")[0]:
            session.fail("container", f"{FULL} names no host", place)
        if address.scheme != "https":
            self._check_host(address.host)
        return address

    def _check_token_file(self, prefix: str = "") -> None:
        """Raise Raised where the token file leaves the endpoint unasked or ends the program."""
        path, place = self.session.text_of(_TOKEN_FILE), environment_variable(_TOKEN_FILE)
        if not path:
            return
        fact = self.session.snapshot.named_file("container-token", path)
        if fact is None:
            message = f"the file of {_TOKEN_FILE} was not looked at"
            raise Unknown(message)
        if fact.status == "not-a-file":
            self.session.fail("aborts", f"{prefix}{_TOKEN_FILE} names a folder", place)
        if fact.status != "present" or fact.crlf:
            what = "holds a CR LF" if fact.crlf else f"is {fact.status}"
            self.session.fail("container", f"the file of {_TOKEN_FILE} {what}", place)

    def _check_host(self, host: str) -> None:
        place = environment_variable(FULL)
        if host.lower().endswith(".invalid"):
            self.session.fail("container", f"{FULL} names no host", place)
        try:
            number = ipaddress.ip_address(host)
        except ValueError:
            return  # what the name stands for is seen by the probe, or not told
        allowed = self.session.sdk.container["allowed_hosts"]
        loopback = host == "::1" or _OWN_LOOPBACK.match(str(number)) is not None
        if not loopback and host not in allowed:
            message = f"{FULL} names a host that is neither 127.0.0.x nor one of ECS and EKS"
            self.session.fail("container", message, place)

    def imds(self) -> Result:
        """Judge the instance role as the last source of the chain."""
        session = self.session
        if session.text_of(RELATIVE) or session.text_of(FULL):
            return absent("not asked because a container variable is set")
        disabled = session.text_of(DISABLED)
        if disabled.lower() == "true":
            return absent(f"{DISABLED} is true", environment_variable(DISABLED))
        endpoint = self.imds_endpoint()
        if endpoint is None:
            return absent("the configured IMDS endpoint is no address", imds_place())
        return instance_role(session, endpoint)

    def imds_endpoint(self) -> Optional[str]:
        """Return the address that is asked, None where that is none."""
        text = self.session.text_of(_ENDPOINT)
        if text:
            address = split(text)
            return text if address is not None and address.host else None
        modes = {"": "169.254.169.254", "ipv4": "169.254.169.254", "ipv6": "[fd00:ec2::254]"}
        host = modes.get(self.session.text_of(_MODE).lower())
        return None if host is None else f"http://{host}"


def _is_renewable(fact: PathFact) -> bool:
    needed = {"refreshToken", "clientId", "clientSecret", "region"}
    return not needed.intersection({*fact.lacks, *fact.empty})
