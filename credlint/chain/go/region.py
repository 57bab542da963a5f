"""The region and where it comes from.

Source: aws-sdk-go-v2 config 1.33.15, resolve.go ``resolveRegion``: the environment (an empty
variable counts as none), then the selected profile. IMDS is asked only by programs that say so.
aws-sdk-go 1.55.8, aws/session/session.go ``mergeConfigSrcs`` reads AWS_REGION alone, and the rest
with AWS_SDK_LOAD_CONFIG.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.go.session import Session
from credlint.model.location import environment_variable
from credlint.model.trace import RegionChoice

_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


def choose_region(session: Session) -> tuple[RegionChoice, Optional[str]]:
    """Return the choice and, if it cannot be told, a note for people."""
    candidates: list[RegionChoice] = []
    passed_over: list[RegionChoice] = []
    own = session.region_first()
    if own is not None:
        candidates.append(own)
    for name in _VARIABLES:
        value = session.env(name)
        if value is None:
            continue
        one = RegionChoice(value.text, f"env:{name}", environment_variable(name))
        (candidates if session.reads(name) else passed_over).append(one)
    setting = session.profile.get("region")
    if setting is not None:
        source = f"profile:{session.name}"
        candidates.append(RegionChoice(setting.text, source, setting.location))
    others = (*candidates[1:], *passed_over)
    ignored = tuple((one.source or "", one.value or "") for one in others)
    if not candidates:
        return RegionChoice(ignored=ignored), None
    first = candidates[0]
    choice = RegionChoice(first.value, first.source, first.location, ignored)
    if first.value is None:
        note = "the region cannot be told: it is no literal or was not captured"
        return RegionChoice(None, first.source, first.location, ignored), note
    return choice, None
