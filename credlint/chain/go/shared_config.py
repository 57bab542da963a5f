"""The profile that the AWS SDK for Go v2 makes of both shared files.

Source: aws-sdk-go-v2 config 1.33.15, shared_config.go: ``processConfigSections``,
``processCredentialsSections``, ``mergeSections``, ``setFromIniSections``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from credlint.chain.go.ini_view import Section, Sections, view
from credlint.chain.go.values import check_profile
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Unknown, fail
from credlint.chain.sdk import SdkSpecification
from credlint.model.host_file import HostFile
from credlint.model.lean_dataclasses import dataclass, replace
from credlint.model.snapshot import HostSnapshot

KEY, SECRET, TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
_PROFILE, SSO, _SERVICES = "profile ", "sso-session ", "services "
ROLE = ("role_arn", "external_id", "mfa_serial", "role_session_name", "source_profile")
GIVERS = ("credential_source", "credential_process", "web_identity_token_file")
LEGACY_SSO = ("sso_region", "sso_account_id", "sso_start_url", "sso_role_name")
# Of a profile in both files only these are taken from the credentials file.
_MERGED = frozenset(
    """
    role_arn source_profile credential_source external_id mfa_serial role_session_name region
    endpoint_discovery_enabled credential_process web_identity_token_file s3_use_arn_region
    s3_disable_multiregion_access_points ec2_metadata_service_endpoint_mode
    ec2_metadata_service_endpoint ec2_metadata_v1_disabled use_dualstack_endpoint
    use_fips_endpoint defaults_mode retry_mode ca_bundle duration_seconds max_attempts
    sso_session sso_account_id sso_region sso_role_name sso_start_url auth_scheme_preference
    login_session
    """.split()  # noqa: SIM905  a list of thirty words reads best as words
)


@dataclass(frozen=True)
class Profile:
    """A profile as the chain uses it; ``source`` is the one that ``source_profile`` names.

    ``sso_session`` holds the section's settings where one is referred to.
    """

    name: str
    settings: Mapping[str, Setting]
    source: Optional[Profile] = None
    sso_session: Optional[Mapping[str, Setting]] = None

    def get(self, key: str) -> Optional[Setting]:
        """Return a setting that is not empty; Go takes an empty one for none."""
        setting = self.settings.get(key)
        return setting or None

    @property
    def has_keys(self) -> bool:
        """Tell whether there is a whole key pair."""
        return bool(self.get(KEY) and self.get(SECRET))

    @property
    def has_sso(self) -> bool:
        """Tell whether any setting of IAM Identity Center is there."""
        return any(self.get(key) for key in ("sso_session", *LEGACY_SSO))

    def without(self, *keys: str) -> Profile:
        """Return the profile without some settings."""
        left = {key: value for key, value in self.settings.items() if key not in keys}
        return replace(self, settings=left)


Files = tuple[HostFile, ...]


def load_sections(
    snapshot: HostSnapshot, sdk: SdkSpecification, config: Files, credentials: Files
) -> Sections:
    """Return all profiles and sso-sessions of the files; raises Raised or Unknown."""
    load_error = sdk.error("file_not_loaded")
    sections = _rename(_merged(snapshot, config, load_error))
    for name, section in _merged(snapshot, credentials, load_error).items():
        if not name.startswith(_PROFILE):
            sections[name] = _merge(sections.get(name), section)
    return sections


def _merged(snapshot: HostSnapshot, files: Files, load_error: str) -> Sections:
    """Return the sections of files of one kind, of which later ones are stronger."""
    sections: Sections = {}
    for file in files:
        for name, section in view(snapshot, file, load_error).items():
            sections[name] = _merge(sections.get(name), section)
    return sections


def _rename(sections: Sections) -> Sections:
    kept, done = dict(sections), set[str]()
    for name in sorted(sections):
        if name in done:
            continue
        if name.startswith(_PROFILE):
            new = name[len(_PROFILE) :]
            kept[new] = replace(kept.pop(name), name=new)
            done.add(new)
        elif not name.startswith((SSO, _SERVICES)) and name.lower() != "default":
            del kept[name]
    return kept


def _merge(config: Optional[Section], own: Section) -> Section:
    if config is None:
        return own
    pair = KEY in own.settings and SECRET in own.settings
    keys = {KEY, SECRET, TOKEN} if pair else set()
    taken = {key: one for key, one in own.settings.items() if key in _MERGED or key in keys}
    # A half pair of the config file is forgotten, whatever the credentials file has.
    return replace(config, settings={**config.settings, **taken}, partial=own.partial)


def load_profile(
    sdk: SdkSpecification, sections: Sections, name: str, seen: tuple[str, ...] = ()
) -> Profile:
    """Return a profile with its source profiles; raises Raised when it cannot be used."""
    section = sections.get(name)
    if section is None:
        situation = "profile_not_found"
        fail(sdk.error(situation), f'the profile "{name}" does not exist', situation=situation)
    if section.partial:
        message = f'profile "{name}" has one half of a key pair'
        fail(sdk.error("untyped"), message, section.location)
    check_profile(sdk, name, section.settings)
    profile = Profile(name, section.settings)
    if name in seen:
        profile = profile.without(*ROLE)
    else:
        _check_role(sdk, profile)
    if seen and profile.has_keys:
        return profile
    givers = [key for key in ("source_profile", *GIVERS) if profile.get(key)]
    if len(givers) > 1:
        message = f'profile "{name}" has more than one of {", ".join(givers)}'
        fail(sdk.error("source_collision"), message, profile.settings[givers[0]].location)
    if profile.get("source_profile"):
        profile = _with_source(sdk, sections, profile, (*seen, name))
    return _with_session(sdk, sections, profile)


def _check_role(sdk: SdkSpecification, profile: Profile) -> None:
    for key in ("source_profile", "credential_source", "web_identity_token_file"):
        setting = profile.get(key)
        if setting is not None and profile.get("role_arn") is None:
            message = f'profile "{profile.name}" has {key} but no role_arn'
            fail(sdk.error("role_without_arn"), message, setting.location)


def _with_source(
    sdk: SdkSpecification, sections: Sections, profile: Profile, seen: tuple[str, ...]
) -> Profile:
    reference = profile.settings["source_profile"]
    name = reference.text
    if name is None:
        message = f'the source_profile of profile "{profile.name}" was not captured'
        raise Unknown(message)
    if name not in sections:
        message = f'source_profile "{name}" of profile "{profile.name}" does not exist'
        fail(sdk.error("profile_not_found"), message, reference.location)
    source = load_profile(sdk, sections, name, seen)
    gives = [*("source_profile",), *GIVERS]
    if not (any(source.get(key) for key in gives) or source.has_sso or source.has_keys):
        message = f'the source profile "{name}" of profile "{profile.name}" has no credentials'
        fail(sdk.error("source_profile_empty"), message, reference.location)
    own = profile.without(*GIVERS, *LEGACY_SSO, KEY, SECRET, TOKEN)
    return replace(own, source=source)


def _with_session(sdk: SdkSpecification, sections: Sections, profile: Profile) -> Profile:
    reference = profile.get("sso_session")
    if reference is None:
        return profile
    if reference.text is None:
        message = f'the sso_session of profile "{profile.name}" was not captured'
        raise Unknown(message)
    section = sections.get(SSO + reference.text.strip())
    if section is None:
        message = f'the sso-session "{reference.text}" does not exist'
        fail(sdk.error("untyped"), message, reference.location)
    return replace(profile, sso_session=section.settings)
