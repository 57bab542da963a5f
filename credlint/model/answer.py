"""What an audit says first: which services use the instance's role, which key lies where.

Holds no value, only displayed ids, names and places.
"""

from __future__ import annotations

from typing import Optional

from credlint.model.lean_dataclasses import dataclass
from credlint.model.location import Location


@dataclass(frozen=True)
class ServiceAnswer:
    """What one running service uses, for all SDKs that agree.

    ``name``: ``app.service (pid 812)``. ``verdict``: role (the instance's), workload (a role of its
    own), other (something else although there is a role), stopped (other, for a unit or job that
    does not run), idle (other, if it used AWS, of which there is no sign), unknown, none (no
    credentials), error.
    ``used`` and ``told``: the identity and where it comes from, for people. ``place``: what to
    change. ``sdks``: that this holds for; ``every``: these are all that were judged. ``services``:
    how many it stands for, as services with equal facts are one subject.
    """

    subject: str
    name: str
    user: str
    verdict: str
    sdks: tuple[str, ...] = ()
    every: bool = True
    used: str = ""
    told: str = ""
    place: Optional[Location] = None
    services: int = 1


@dataclass(frozen=True)
class KeyStory:
    """One key and every place where it was seen; a place's message says what stands there.

    ``label``: ``AKIA…WXYZ``, or what it is where its id is not known. ``processes``: how many
    carry it in their environment.
    """

    label: str
    account: Optional[str] = None
    places: tuple[Location, ...] = ()
    processes: int = 0


@dataclass(frozen=True)
class AuditAnswer:
    """The whole answer. ``role``: the instance's; ``reason``: why none is known."""

    role: Optional[str] = None
    reason: str = ""
    services: tuple[ServiceAnswer, ...] = ()
    keys: tuple[KeyStory, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
