"""CHN229: an SDK that does not read the config file unless it is told to."""

from __future__ import annotations

from collections.abc import Iterable

from credlint.checks.builder import FindingBuilder
from credlint.checks.options import CheckOptions
from credlint.checks.profiles import effective_profiles
from credlint.checks.wording import conjunction, do, lower, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_UNREAD = FindingBuilder("CHN229", "sdk-ignores-config-file")
_SWITCH = "AWS_SDK_LOAD_CONFIG"
# Without these the SDK acts as somebody else; without the region it only fails.
_IDENTITY = (
    "role_arn",
    "source_profile",
    "credential_source",
    "credential_process",
    "web_identity_token_file",
    "sso_session",
    "sso_start_url",
    "aws_access_key_id",
)


def sdk_ignores_config_file(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell which settings of the selected profile have no effect in which SDKs."""
    del options
    file = snapshot.file("config")
    concerned = [trace for trace in traces if "config" in trace.unread]
    if file is None or file.status != "read":
        return
    profiles = effective_profiles(snapshot)
    groups: dict[str, list[Trace]] = {}
    for trace in concerned:
        if trace.winner is None or trace.winner.source != "env":
            groups.setdefault(trace.profile or "default", []).append(trace)
    for name, group in groups.items():
        profile = profiles.get(name)
        ours = [
            setting
            for key, setting in (profile.settings if profile else {}).items()
            if key in (*_IDENTITY, "region") and setting.file.role == "config"
        ]
        if not ours:
            continue
        names = [setting.setting.line.name or "" for setting in ours]
        acts = any(key in _IDENTITY for key in names)
        level: Level = "warning"
        yield _UNREAD.build(
            level if acts else lower(level),
            f"{do(sdks_of(group), 'ignore')} {file.path} unless {_SWITCH} is set, so "
            f"{conjunction(names)} of profile `{name}` {'has' if len(names) == 1 else 'have'} no "
            "effect there.",
            ours[0].place(),
            subject=name,
            sdks=sdks_of(group),
            remedy=(f"`export {_SWITCH}=1`, or move on to the SDK's current major version.",),
        )
