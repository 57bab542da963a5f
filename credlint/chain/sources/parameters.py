"""Parameters that botocore refuses before it calls STS.

Source: botocore 1.44.5 validate.py (lengths and ranges) with data/sts/2011-06-15/service-2.json
(minimum lengths; maximum lengths and patterns are left to the service).
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.ini_view import Setting
from credlint.chain.outcome import at_first_use
from credlint.chain.session import Session, Value
from credlint.chain.sources.keys import captured
from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.trace import SdkError

_SHORTEST = {"RoleArn": 20, "RoleSessionName": 2, "ExternalId": 2, "SerialNumber": 9}
_SHORTEST_SESSION = 900  # seconds


@dataclass(frozen=True)
class Parameter:
    """One parameter of AssumeRole by its API name; ``value`` None is not sent."""

    name: str
    value: Optional[Value]
    place: Optional[Location]


def check_parameters(session: Session, *parameters: Parameter) -> Optional[SdkError]:
    """Return the error at first use that one of the parameters causes."""
    for parameter in parameters:
        if parameter.value is None:
            continue
        fault = _fault(parameter.name, parameter.value)
        if fault:
            return at_first_use(
                session.sdk.error("invalid_parameter"), f"{parameter.name} {fault}", parameter.place
            )
    return None


def _fault(name: str, value: Value) -> Optional[str]:
    if isinstance(value, Setting) and value.nested:
        return "is a nested block, not a text"
    if name == "DurationSeconds":
        seconds = to_int(value.text)
        if seconds is not None and seconds < _SHORTEST_SESSION:
            return f"is under {_SHORTEST_SESSION} seconds"
        return None
    if captured(value).length < _SHORTEST[name]:
        return f"is shorter than {_SHORTEST[name]} characters"
    return None


def to_int(text: Optional[str]) -> Optional[int]:
    """Return what Python's ``int`` makes of a text, None when it refuses it."""
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None
