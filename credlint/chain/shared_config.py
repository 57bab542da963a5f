"""The profiles that botocore makes of the two shared files.

Sources: botocore 1.44.5 configloader.py ``build_profile_map``; session.py ``full_config`` and
``get_scoped_config``. AWS CLI v1 and v2 carry the same code.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Optional

from credlint.chain.ini_view import IniView, Section, Setting, view
from credlint.chain.outcome import Unknown, fail
from credlint.model.lean_dataclasses import dataclass, field
from credlint.model.location import Location
from credlint.model.snapshot import HostSnapshot

Settings = Mapping[str, Setting]


@dataclass(frozen=True)
class FullConfig:
    """``profiles`` are merged from both files per setting, the credentials file last.

    ``places``: where each profile's section stands (the config file's first).
    """

    profiles: Mapping[str, Settings] = field(default_factory=dict)
    sso_sessions: Mapping[str, Settings] = field(default_factory=dict)
    places: Mapping[str, Location] = field(default_factory=dict)


@dataclass(frozen=True)
class SharedFiles:
    """Both files as read; ``full`` and the others raise what the SDK raises on reading."""

    config: IniView
    credentials: IniView

    @classmethod
    def of(cls, snapshot: HostSnapshot) -> SharedFiles:
        """Read both files of a snapshot."""
        return cls(view(snapshot.file("config")), view(snapshot.file("credentials")))

    def full(self) -> FullConfig:
        """Return all profiles; raises Raised (ConfigParseError) or Unknown."""
        config = check(self.config)
        profiles, sessions, places = profile_map(config)
        merged: dict[str, dict[str, Setting]] = {name: dict(s) for name, s in profiles.items()}
        for name, section in check(self.credentials).sections.items():
            merged.setdefault(name, {}).update(section.settings)
            places.setdefault(name, section.location)
        return FullConfig(merged, sessions, places)

    def config_profiles(self) -> Mapping[str, Settings]:
        """Return the config file's own profiles; raises as ``full``."""
        return profile_map(check(self.config))[0]

    def credentials_sections(self) -> Mapping[str, Section]:
        """Return the credentials file's sections by raw name; raises as ``full``."""
        return check(self.credentials).sections


def check(ini: IniView) -> IniView:
    """Return the view, or raise what the SDK raises on reading the file."""
    if ini.error is not None:
        fail(ini.error.name, ini.error.message, ini.error.location)
    if ini.unknown is not None:
        raise Unknown(ini.unknown)
    return ini


def profile_map(
    config: IniView,
) -> tuple[dict[str, Settings], dict[str, Settings], dict[str, Location]]:
    """Return profiles, sso-sessions and the profiles' places of a config file.

    Later sections replace earlier ones of the same profile whole. The prefix is compared by
    its letters only: ``[profiles x]`` is profile x as well.
    """
    profiles: dict[str, Settings] = {}
    sessions: dict[str, Settings] = {}
    places: dict[str, Location] = {}
    for header, section in config.sections.items():
        if header.startswith("profile"):
            name = second_word(header)
            if name is not None:
                profiles[name] = section.settings
                places[name] = section.location
        elif header.startswith("sso-session"):
            name = second_word(header)
            if name is not None:
                sessions[name] = section.settings
        elif header == "default":
            profiles[header] = section.settings
            places[header] = section.location
    return profiles, sessions, places


def second_word(header: str) -> Optional[str]:
    """Return the name in ``profile NAME``, None when the header is not two shell words."""
    try:
        words = shlex.split(header)
    except ValueError:
        return None
    return words[1] if len(words) == 2 else None  # noqa: PLR2004  prefix and name
