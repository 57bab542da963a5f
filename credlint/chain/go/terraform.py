"""How the Terraform AWS provider resolves: Go v2 underneath, its own arguments around that.

Source: hashicorp/aws-sdk-go-base v2.0.0-beta.74, aws_config.go ``GetAwsConfig`` and
credentials.go; the provider checks the region afterwards. All is done at once when the provider
is configured: what Go v2 would tell at first use ends Terraform.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.go.provider import KEYS, WEB_IDENTITY, Provider
from credlint.chain.go.session import Session
from credlint.chain.outcome import Raised, Result, Unknown, absent, broken, found
from credlint.chain.sdk import SdkSpecification
from credlint.chain.sources.keys import key_offer, show_key
from credlint.chain.sources.web_identity import account_of
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Offer, RegionChoice, SdkError

_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_UNREADABLE = frozenset({"absent", "unreadable", "not-a-file"})
# Sources of Go v2 that call STS, which needs a region.
CALLS_STS = frozenset({"web_identity_env", "role_profile", "web_identity_profile"})


class TerraformSession(Session):
    """A session with the provider's arguments; some of them it sets as variables, as here."""

    def __init__(
        self, snapshot: HostSnapshot, sdk: SdkSpecification, profile: Optional[str] = None
    ) -> None:
        self.provider = Provider(snapshot, sdk)
        self.snapshot = snapshot
        self._overlay = self._variables()
        own = self.provider.text("profile") if not profile else None
        super().__init__(snapshot, sdk, profile or own)
        if own:
            self.profile_source = "provider"

    def _variables(self) -> dict[str, Optional[CapturedValue]]:
        provider = self.provider
        overlay = {
            _ENDPOINT: provider.value("ec2_metadata_service_endpoint")
            or self.snapshot.variable(_ENDPOINT)
            or self.snapshot.variable("AWS_METADATA_URL"),
            "HTTP_PROXY": provider.value("http_proxy") or self.snapshot.variable("HTTP_PROXY"),
        }
        switch = provider.text("skip_metadata_api_check")
        if switch is not None:
            word = "true" if switch[0] in "1tT" else "false"
            overlay["AWS_EC2_METADATA_DISABLED"] = CapturedValue(word, len(word))
        return overlay

    def env(self, name: str) -> Optional[CapturedValue]:
        """Return a variable as it is once the provider has set some of its own."""
        if name in self._overlay:
            return self._overlay[name] or None
        return super().env(name)

    @property
    def has_keys(self) -> bool:
        """Tell whether the block has any part of a key pair, which leaves all else out."""
        return any(self.provider.value(name) for name in KEYS)

    def load(self) -> None:
        """Read arguments, environment, files and profile; raises Raised or Unknown."""
        provider = self.provider
        provider.check()
        if self.has_keys and not (provider.value("access_key") and provider.value("secret_key")):
            message = "the provider block has keys without their other half"
            place = next(one for one in map(provider.place, KEYS) if one is not None)
            self.fail("keys_empty", message, place)
        for name in ("shared_config_files", "shared_credentials_files"):
            for value in provider.texts(name):
                if (value.text or "")[:1] == "~" and (value.text or "")[1:2] not in ("", "/"):
                    message = f"the provider's {name} names the home directory of another user"
                    self.fail("untyped", message, provider.place(name))
        self._check_bundle(_UNREADABLE)
        super().load()

    def shared_files(self, role: str) -> tuple[HostFile, ...]:
        """Return the files of a role: those of the block, else the usual one."""
        if self.provider.texts(f"shared_{role}_files"):
            wanted = f"{role}-provider"
            return tuple(file for file in self.snapshot.files if file.role == wanted)
        return super().shared_files(role)

    def check_certificates(self) -> None:
        """Raise Raised when custom_ca_bundle, else what Go v2 looks at, is of no use."""
        if self.provider.value("custom_ca_bundle") is None:
            super().check_certificates()
        self._check_bundle(None)

    def _check_bundle(self, bad: Optional[frozenset[str]]) -> None:
        name = "custom_ca_bundle"
        fact = self.snapshot.path_fact(f"provider/{name}")
        if fact is None or self.provider.value(name) is None:
            return
        useless = fact.status in bad if bad else fact.error is not None or fact.status != "present"
        if useless:
            why = f"the provider's {name} is of no use ({fact.error or fact.status})"
            self.fail("untyped", why, self.provider.place(name))

    def region_first(self) -> Optional[RegionChoice]:
        """Return the block's region; what is no literal is left to Terraform."""
        argument, block = self.provider.argument("region"), self.provider.block
        if argument is None or block is None or (argument.literal and not argument.values[0]):
            return None
        place = self.provider.place("region")
        if not argument.literal:
            return RegionChoice(None, "program", place)
        return RegionChoice(argument.values[0].text, f"provider:{block.file}", place)

    def notes(self) -> tuple[str, ...]:
        """Tell of the blocks that are not looked at."""
        named = [one for one in self.provider.blocks if one.alias is not None]
        told = [
            f"the provider block of alias {one.alias} ({one.file}:{one.line}) is not looked at"
            for one in named
        ]
        if self.profile_source == "provider" and self.env("AWS_ACCESS_KEY_ID") is not None:
            told.append("Terraform warns that the profile is used instead of AWS_ACCESS_KEY_ID")
        return tuple(told)


def provider_block(session: TerraformSession) -> Result:
    """Judge the keys of the block."""
    provider = session.provider
    key = provider.value("access_key")
    if key is None or provider.value("secret_key") is None:
        return absent("no keys in the provider block")
    token = provider.value("token")
    detail = f"{show_key(key)} in the provider block"
    if token is not None:
        detail += " with a session token"
    offer = key_offer(key, None, has_token=token is not None)
    return found(detail, offer, provider.place("access_key"))


def provider_web_identity(session: TerraformSession, underneath: Result) -> Result:
    """Judge the block's token; what Go v2 chooses for itself must be sound before that.

    ``underneath``: that choice, which is then forgotten.
    """
    provider = session.provider
    place = provider.place(WEB_IDENTITY)
    if provider.argument(WEB_IDENTITY) is None:
        return absent("no assume_role_with_web_identity in the provider block")
    if session.has_keys:
        return absent("assume_role_with_web_identity is not used beside keys", place)
    if underneath.kind == "broken":
        return underneath
    role = provider.argument(f"{WEB_IDENTITY}.role_arn")
    if role is None or (role.literal and not role.values[0]):
        session.fail("untyped", "assume_role_with_web_identity lacks role_arn", place)
    arn = provider.text(f"{WEB_IDENTITY}.role_arn")
    offer = Offer("dynamic", account=account_of(arn), role=arn)
    detail = f"assumes {arn or 'a role'} with the web identity of the provider block"
    fact = session.snapshot.path_fact(f"provider/{WEB_IDENTITY}.web_identity_token_file")
    literal = provider.value(f"{WEB_IDENTITY}.web_identity_token")
    if literal is None and fact is not None and fact.status in _UNREADABLE:
        message = f"the token file of the provider block cannot be read ({fact.status})"
        session.fail("provider_web_identity", message, place)
    return found(detail, offer, place)


def provider_assume_role(session: TerraformSession, inner: Result, source: str) -> Result:
    """Judge the ``assume_role`` blocks, assumed one after the other with what else is found."""
    roles = session.provider.roles()
    if not roles:
        return absent("no assume_role in the provider block")
    place = session.provider.place(roles[-1])
    if inner.kind == "broken":
        return inner
    if inner.kind == "absent":
        return absent(f"assume_role has no credentials to begin with ({inner.detail})", place)
    arns = [session.provider.text(f"{role}.role_arn") for role in roles]
    named = ", then ".join(arn or "a role that is no literal" for arn in arns)
    offer = Offer("dynamic", account=account_of(arns[-1]), role=arns[-1], source=source)
    detail = f"the provider block assumes {named} ({inner.detail})"
    return Result(inner.kind, detail, place, offer)


def eager(session: Session, result: Result) -> Result:
    """Return a source as Terraform meets it, which asks it for credentials at once."""
    if result.kind != "found" or result.error is None:
        return result
    name = session.sdk.error("no_provider")
    return broken(SdkError(name, result.error.message, result.error.location))


def without_region(session: Session, result: Result, situation: str) -> Result:
    """Return the error of a role that cannot be assumed because no region is known."""
    if result.kind != "found":
        return result
    message = "no region is known, which the call of STS needs"
    return broken(SdkError(session.sdk.error(situation), message, result.location))


def without_request(session: Session, result: Result) -> Result:
    """Return the error of a role that is assumed with a key that no request can carry."""
    message = "the key id holds a character that no request can carry"
    return broken(SdkError(session.sdk.error("provider_assume_role"), message, result.location))


def check_region(session: TerraformSession, region: RegionChoice) -> None:
    """Raise Raised for a region that the provider does not know."""
    if (session.provider.text("skip_region_validation") or "").lower() == "true":
        return
    argument = session.provider.argument("skip_region_validation")
    known = region.value in session.sdk.facts["supported_regions"]
    if known or (region.source is not None and region.value is None):
        return
    if argument is not None and not argument.literal:
        message = "the provider's skip_region_validation is no literal"
        raise Unknown(message)
    what = f'"{region.value}"' if region.value else "none at all"
    name = session.sdk.error("region_refused")
    place: Optional[Location] = region.location
    raise Raised(name, f"the region is {what}, which the provider does not know", place)


def region_of_instance(session: Session) -> RegionChoice:
    """Return the region where IMDS gave the credentials; raises Unknown."""
    region = session.snapshot.imds.region
    if not region:
        message = "whether IMDS tells the region was not captured"
        raise Unknown(message)
    return RegionChoice(region, "imds")
