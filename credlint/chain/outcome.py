"""What one credential source gives, before the chain decides what that means."""

from __future__ import annotations

from typing import Literal, NoReturn, Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location
from credlint.model.trace import Offer, SdkError

Kind = Literal["found", "absent", "broken", "undecided"]


@dataclass(frozen=True)
class Result:
    """What a source gives, by ``kind``.

    found: credentials, perhaps with an ``error`` at first use. absent: nothing configured.
    broken: ``error`` is raised. undecided: the facts at hand do not tell (``offer`` if known).
    """

    kind: Kind
    detail: str
    location: Optional[Location] = None
    offer: Optional[Offer] = None
    error: Optional[SdkError] = None


class Raised(Exception):  # noqa: N818  it is the real SDK's exception, not one of ours
    """The real SDK would raise here; ``error`` says what."""

    def __init__(
        self,
        name: str,
        message: str,
        location: Optional[Location] = None,
        situation: str = "",
    ) -> None:
        super().__init__(name)
        self.error = SdkError(name, message, location, situation=situation)


class Unknown(Exception):  # noqa: N818  not an error: the snapshot lacks a fact
    """The snapshot does not tell what the real SDK would do here; the text says why."""


def fail(
    name: str, message: str, location: Optional[Location] = None, situation: str = ""
) -> NoReturn:
    """Raise the real SDK's exception of that class name."""
    raise Raised(name, message, location, situation)


def found(
    detail: str,
    offer: Offer,
    location: Optional[Location] = None,
    error: Optional[SdkError] = None,
) -> Result:
    """Return a source that gives credentials."""
    return Result("found", detail, location, offer, error)


def absent(detail: str, location: Optional[Location] = None) -> Result:
    """Return a source that gives nothing."""
    return Result("absent", detail, location)


def undecided(
    detail: str, location: Optional[Location] = None, offer: Optional[Offer] = None
) -> Result:
    """Return a source of which it cannot be told whether it gives credentials."""
    return Result("undecided", detail, location, offer)


def broken(error: SdkError) -> Result:
    """Return a source that raises."""
    return Result("broken", error.message, error.location, None, error)


def at_first_use(name: str, message: str, location: Optional[Location] = None) -> SdkError:
    """Return an error that the SDK raises when the credentials are used for the first time."""
    return SdkError(name=name, message=message, location=location, at_first_use=True)
