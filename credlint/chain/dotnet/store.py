"""The profiles that the AWS SDK for .NET makes of both shared files.

Source: aws-sdk-net, AWSSDK.Core 3.7.402.25 as built, SharedCredentialsFile.cs (static
constructor, ``Refresh``, ``TryGetProfile``, ``TryGetSection``) and
CredentialProfileTypeDetector.cs; for v4 the same files of the 4.0 sources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Optional

from credlint.chain.dotnet.ini import IniFile, Section
from credlint.chain.dotnet.values import is_acceptable, is_region, is_uri
from credlint.chain.file_text import FileText
from credlint.chain.ini_view import Setting
from credlint.chain.outcome import Raised, Unknown, fail
from credlint.chain.patterns import pattern
from credlint.chain.sdk import SdkSpecification
from credlint.model.host_file import HostFile
from credlint.model.location import Location, host_path
from credlint.model.snapshot import HostSnapshot

_SSO = ("sso_region", "sso_registration_scopes", "sso_start_url")
_GUID = pattern(r"[({]?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?\Z", re.IGNORECASE)


class Profile:
    """A profile as it is used; ``kind`` is the source it is, empty where it is of no kind.

    ``settings``: what counts of its options, all with a value.
    """

    def __init__(self, name: str, section: Section, settings: Mapping[str, Setting]) -> None:
        self.name = name
        self.section = section
        self.settings = settings
        self.kind = ""

    def get(self, name: str) -> Optional[Setting]:
        """Return an option that has a value."""
        return self.settings.get(name)

    def region(self) -> Optional[Setting]:
        """Return the region's setting."""
        return self.section.get("region")


class Store:
    """Both files; ``find`` may raise Raised (the SDK throws) or Unknown."""

    def __init__(self, snapshot: HostSnapshot, sdk: SdkSpecification) -> None:
        self._snapshot = snapshot
        self._sdk = sdk
        self._files: Optional[tuple[Optional[IniFile], Optional[IniFile]]] = None
        self._fault: Optional[Exception] = None
        self._found: dict[str, tuple[Optional[Profile], str]] = {}

    def find(self, name: str) -> tuple[Optional[Profile], str]:
        """Return a profile, or None and why there is none."""
        if name not in self._found:
            self._found[name] = self._find(name, sso=False, seen=())
        return self._found[name]

    def _find(
        self, name: str, *, sso: bool, seen: tuple[str, ...]
    ) -> tuple[Optional[Profile], str]:
        section = self._section(name, "sso-session" if sso else "profile")
        if section is None:
            return None, f'there is no profile "{name}" that could be read'
        values = dict(self._texts(section))
        ignoring = values.get("ignore_configured_endpoint_urls", "").strip().lower() == "true"
        session: Optional[Profile] = None
        for key, form in self._sdk.facts["profile_values"].items():
            setting = section.get(key)
            if form == "sso_session":
                reference = section.in_any_case(key)
                if reference is not None:
                    session = self._session(reference, name, seen)
                continue
            if form == "services":
                if section.in_any_case(key) is not None and not ignoring and self._no_config():
                    message = f'{key} of profile "{name}" is looked up in a config file that is not'
                    fail("NullReferenceException", message, section.place)
                continue
            if setting is None:
                continue
            if key not in values:
                message = f'{key} of profile "{name}" was not captured'
                raise Unknown(message)
            if not self._accepts(key, form, values[key], setting):
                return None, f'the value of {key} in profile "{name}" is refused, and the profile'
        return self._profile(name, section, session), ""

    def _texts(self, section: Section) -> list[tuple[str, str]]:
        pairs = ((key, section.get(key)) for key in section.written)
        return [(key, one.text) for key, one in pairs if one is not None and one.text is not None]

    def _accepts(self, key: str, form: str, text: str, setting: Setting) -> bool:
        if form == "region":
            if not is_region(text):
                message = "the region is no valid name"
                fail(self._sdk.error("region_not_valid"), message, setting.location)
            return True
        if form == "uri":
            if not is_uri(text):
                fail(self._sdk.error("client"), f"{key} is no address", setting.location)
            return True
        return bool(_GUID.match(text)) if form == "guid" else is_acceptable(text, form)

    def _session(self, reference: Setting, name: str, seen: tuple[str, ...]) -> Profile:
        if reference.text is None or reference.text in seen:
            message = f'the sso_session of profile "{name}" cannot be followed'
            raise Unknown(message)
        found, _ = self._find(reference.text, sso=True, seen=(*seen, reference.text))
        if found is None:
            message = f'the sso-session "{reference.text}" of profile "{name}" does not exist'
            fail(self._sdk.error("client"), message, reference.location)
        return found

    def _profile(self, name: str, section: Section, session: Optional[Profile]) -> Profile:
        names = self._sdk.facts["profile_options"]
        options = {key: one for key in names for one in [section.get(key)] if one is not None}
        reference = section.in_any_case("sso_session")
        if session is not None and reference is not None:
            options = {key: one for key, one in options.items() if key not in _SSO}
            options["sso_session"] = reference
            options.update({key: session.settings[key] for key in _SSO if key in session.settings})
        profile = Profile(name, section, {key: one for key, one in options.items() if one})
        profile.kind = kind_of(self._sdk, frozenset(profile.settings))
        return profile

    def _section(self, name: str, marker: str) -> Optional[Section]:
        credentials, config = self._open()
        mine = theirs = None
        if credentials is not None:
            mine = credentials.named(name) if marker == "profile" else None
            mine = mine or credentials.marked(marker, name)
        if config is not None:
            theirs = config.named(name) if (marker, name) == ("profile", "default") else None
            theirs = theirs or config.marked(marker, name)
        return mine.over(theirs) if mine is not None else theirs

    def _no_config(self) -> bool:
        return self._open()[1] is None

    def _open(self) -> tuple[Optional[IniFile], Optional[IniFile]]:
        if self._fault is not None:
            raise self._fault
        if self._files is None:
            try:
                credentials, config = files_read(self._snapshot)
                self._files = self._read(credentials), self._read(config)
            except (Raised, Unknown) as fault:
                self._fault = fault
                raise
        return self._files

    def _read(self, file: Optional[HostFile]) -> Optional[IniFile]:
        if file is None:
            return None
        if file.status == "unreadable":
            base, uri = host_path(file.path)
            message = f"{file.path} cannot be read ({file.error})"
            fail(self._sdk.error("file_not_readable"), message, Location("file", uri, base))
        return IniFile(self._sdk, FileText(self._snapshot, file))


def files_read(snapshot: HostSnapshot) -> tuple[Optional[HostFile], Optional[HostFile]]:
    """Return the credentials and the config file that are read; raises Unknown.

    A variable that names no file counts for none, and then the default file is read. The config
    file is the one beside the credentials file, unless AWS_CONFIG_FILE is set to anything.
    """
    if snapshot.variable("HOME") is None and snapshot.variable("USERPROFILE") is None:
        message = "without HOME the files are looked for below the working directory"
        raise Unknown(message)
    named = _named(snapshot, "credentials", "AWS_SHARED_CREDENTIALS_FILE")
    credentials = named or _default(snapshot, "credentials")
    if snapshot.variable("AWS_CONFIG_FILE"):
        return credentials, _named(snapshot, "config", "AWS_CONFIG_FILE") or _default(
            snapshot, "config"
        )
    beside = snapshot.file("config-beside-credentials") if named is not None else None
    if named is None or _is_beside(named, _default(snapshot, "config")):
        beside = _default(snapshot, "config")
    return credentials, beside


def _named(snapshot: HostSnapshot, role: str, variable: str) -> Optional[HostFile]:
    """Return the file that the variable names, taken literally, where there is one."""
    if not snapshot.variable(variable):
        return None
    return _there(snapshot.file(f"{role}-unexpanded") or snapshot.file(role))


def _default(snapshot: HostSnapshot, role: str) -> Optional[HostFile]:
    """Return the file in the home directory, where there is one."""
    # The literal ~/.aws/config, which is none, is shown like the real one.
    for name in (f"{role}-default", role, f"{role}-unexpanded"):
        file = snapshot.file(name)
        if file is not None and file.path == f"~/.aws/{role}":
            return _there(file)
    return None


def _is_beside(named: HostFile, config: Optional[HostFile]) -> bool:
    return config is not None and named.path.rpartition("/")[0] == config.path.rpartition("/")[0]


def _there(file: Optional[HostFile]) -> Optional[HostFile]:
    return None if file is None or file.status in {"absent", "not-a-file"} else file


def kind_of(sdk: SdkSpecification, options: frozenset[str]) -> str:
    """Return the source that a profile with just these options is, empty for none.

    ``[profile_kinds]``: a list of exact sets per source, ``NAME?`` for what may be there too and
    ``sso?`` for all four settings of an sso-session or none.
    """
    if options.intersection(sdk.facts["sso_if_any"]):
        return "sso_profile"
    found = _exactly(sdk, options)
    if not found and sdk.login == "yes" and "login_session" in options:
        return _exactly(sdk, options - {"login_session"}) or "login_profile"
    return found


def _exactly(sdk: SdkSpecification, options: frozenset[str]) -> str:
    session = frozenset(("sso_session", *_SSO))
    for kind, patterns in sdk.facts["profile_kinds"].items():
        for shape in patterns:
            words = shape.split()
            needed = {word for word in words if not word.endswith("?")}
            rest = options - {word[:-1] for word in words if word.endswith("?")}
            if "sso?" in words and session <= rest:
                rest -= session
            if rest == needed:
                return str(kind)
    return ""
