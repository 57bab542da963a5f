"""The profile that the AWS SDK for Go v1 makes of the shared files.

Source: aws-sdk-go 1.55.8, aws/session/shared_config.go: ``loadSharedConfigIniFiles``,
``setFromIniFiles``, ``setFromIniFile``. Both files are read alike: ``[NAME]``, else
``[profile NAME]``. A missing profile is nobody's error.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.file_text import FileText
from credlint.chain.go.ini_v1 import Section, Sections, Unparsed, read, setting
from credlint.chain.go.shared_config import (
    GIVERS,
    KEY,
    LEGACY_SSO,
    ROLE,
    SECRET,
    SSO,
    TOKEN,
    Profile,
)
from credlint.chain.go.values import check_profile
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown, fail
from credlint.chain.sdk import SdkSpecification
from credlint.model.captured import CapturedValue
from credlint.model.host_file import HostFile
from credlint.model.lean_dataclasses import replace
from credlint.model.snapshot import HostSnapshot

_ALWAYS = ("credential_process", "web_identity_token_file")
_TRUTHS = ("ec2_metadata_v1_disabled",)
# Only with AWS_SDK_LOAD_CONFIG, even of the credentials file.
_EXTENDED = (
    *ROLE,
    "credential_source",
    "region",
    "ca_bundle",
    "sts_regional_endpoints",
    "s3_us_east_1_regional_endpoint",
    "sso_session",
    *LEGACY_SSO,
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_service_endpoint",
    *_TRUTHS,
)


class _File:
    def __init__(self, text: FileText, sections: Sections) -> None:
        self.text = text
        self.sections = sections


class SharedFiles:
    """The files that are read, later ones stronger; raises Raised or Unknown."""

    def __init__(self, snapshot: HostSnapshot, sdk: SdkSpecification, *, extended: bool) -> None:
        self._sdk = sdk
        self._extended = extended
        roles = ("config", "credentials") if extended else ("credentials",)
        found = [self._read(snapshot, role) for role in roles]
        self._files = [file for file in found if file is not None]

    def _read(self, snapshot: HostSnapshot, role: str) -> Optional[_File]:
        file = snapshot.file(f"{role}-unexpanded") or snapshot.file(role)
        # A folder is passed over like a file that cannot be opened.
        if file is None or file.status in {"absent", "unreadable", "not-a-file"}:
            return None
        text = FileText(snapshot, _as_bytes(file))
        try:
            return _File(text, read(text))
        except Unparsed as unparsed:
            message = f"{file.path} cannot be parsed"
            place = text.place(unparsed.line)
            raise Raised(self._sdk.error("file_not_loaded"), message, place) from None

    def profile(self, name: str, seen: tuple[str, ...] = ()) -> Optional[Profile]:
        """Return a profile with its source profiles, None when there is none of that name."""
        settings: dict[str, Setting] = {}
        known = not self._files
        for file in self._files:
            section = self._section(file, name)
            if section is not None:
                known = True
                self._update(settings, file.text, section)
                check_profile(self._sdk, name, settings)
        if not known:
            return None
        profile = Profile(name, settings)
        if name in seen:
            profile = profile.without(*ROLE)
        else:
            self._check_role(profile)
        givers = [key for key in ("source_profile", *GIVERS) if profile.get(key)]
        if len(givers) > 1:
            message = f'profile "{name}" has more than one of {", ".join(givers)}'
            fail(self._sdk.error("source_collision"), message, settings[givers[0]].location)
        if profile.get("source_profile"):
            profile = self._with_source(profile, (*seen, name))
        return self._with_session(profile)

    def _section(self, file: _File, name: str) -> Optional[tuple[str, Section]]:
        for header in (name, f"profile {name}"):
            if header in file.sections:
                return header, file.sections[header]
        return None

    def _update(
        self, settings: dict[str, Setting], text: FileText, section: tuple[str, Section]
    ) -> None:
        header, values = section
        for key in (*_ALWAYS, *(_EXTENDED if self._extended else ())):
            if key in values:
                settings[key] = setting(text, header, key, values[key])
                if key in _TRUTHS:
                    word = "true" if values[key].truth() else "false"
                    settings[key] = replace(settings[key], value=CapturedValue(word, len(word)))
        pair = {
            key: setting(text, header, key, values[key])
            for key in (KEY, SECRET, TOKEN)
            if key in values
        }
        if pair.get(KEY) and pair.get(SECRET):
            settings.pop(TOKEN, None)
            settings.update(pair)

    def _check_role(self, profile: Profile) -> None:
        for key in ("source_profile", "credential_source", "web_identity_token_file"):
            one = profile.get(key)
            if one is not None and profile.get("role_arn") is None:
                message = f'profile "{profile.name}" has {key} but no role_arn'
                if not self._extended:
                    message += ", which is read with AWS_SDK_LOAD_CONFIG only"
                fail(self._sdk.error("role_without_arn"), message, one.location)

    def _with_source(self, profile: Profile, seen: tuple[str, ...]) -> Profile:
        reference = profile.settings["source_profile"]
        if reference.text is None:
            message = f'the source_profile of profile "{profile.name}" was not captured'
            raise Unknown(message)
        source = self.profile(reference.text, seen)
        gives = ("source_profile", *GIVERS)
        if source is None or not (
            any(source.get(key) for key in gives) or source.has_sso or source.has_keys
        ):
            message = f'the source profile "{reference.text}" has no credentials or does not exist'
            fail(self._sdk.error("source_profile_empty"), message, reference.location)
        own = profile.without(*GIVERS, *LEGACY_SSO, KEY, SECRET, TOKEN)
        return replace(own, source=source)

    def _with_session(self, profile: Profile) -> Profile:
        reference = profile.get("sso_session")
        if reference is None:
            return profile
        if reference.text is None:
            message = f'the sso_session of profile "{profile.name}" was not captured'
            raise Unknown(message)
        header = SSO + reference.text.strip()
        for file in self._files:
            if header in file.sections:
                own = {
                    key: setting(file.text, header, key, value)
                    for key, value in file.sections[header].items()
                    if key in LEGACY_SSO
                }
                return replace(profile, sso_session=own)
        message = f'the sso-session "{reference.text}" does not exist'
        return fail(self._sdk.error("untyped"), message, reference.location)


def _as_bytes(file: HostFile) -> HostFile:
    """Return a file as the reader decodes it, which knows nothing but UTF-8."""
    if file.encoding != "utf-16" or file.text is None:
        return file
    return replace(file, text=file.text.encode("utf-16").decode("utf-8", "replace"))
