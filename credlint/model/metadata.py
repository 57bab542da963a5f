"""What the metadata service and the container endpoint showed: evidence, no credential."""

from __future__ import annotations

from typing import Optional

from credlint.model.captured import KeyId
from credlint.model.lean_dataclasses import dataclass

_OK = 200


@dataclass(frozen=True)
class HttpAttempt:
    """One request's outcome.

    ``status`` or ``error`` (refused, timeout, unreachable, reset,
    malformed, too-large, redirect); neither means that it was not made. ``date``: ISO time of the
    answer's Date header, None without one.
    """

    status: Optional[int] = None
    error: Optional[str] = None
    milliseconds: Optional[int] = None
    date: Optional[str] = None


@dataclass(frozen=True)
class ImdsEvidence:
    """What the instance metadata service answered; role *names* only, never the document.

    ``probed`` False with ``reason`` when nothing was asked. ``token`` is the PUT;
    ``roles_with_token``/``roles_without_token`` are GETs of the role list; ``role_names`` its
    lines. ``info_code``/``instance_profile_arn`` come from iam/info, ``account``, ``region``,
    ``instance_id`` from the identity document, ``availability_zone`` and ``placement_region``
    from placement (the latter is asked with a token alone). ``connected``: the connection for the
    token request was accepted, whatever came of it; None where that was not kept.
    ``token_travels``: the answer to it could pass another router, by its time to live; None where
    that was not measured. ``open_to_nobody``: the user nobody could connect as well; None where
    that was not tried.
    """

    endpoint: str = "http://169.254.169.254"
    probed: bool = False
    reason: Optional[str] = None
    token: HttpAttempt = HttpAttempt()
    roles_with_token: HttpAttempt = HttpAttempt()
    roles_without_token: HttpAttempt = HttpAttempt()
    role_names: tuple[str, ...] = ()
    info_code: Optional[str] = None
    instance_profile_arn: Optional[str] = None
    account: Optional[str] = None
    region: Optional[str] = None
    instance_id: Optional[str] = None
    availability_zone: Optional[str] = None
    placement_region: Optional[str] = None
    connected: Optional[bool] = None
    token_travels: Optional[bool] = None
    open_to_nobody: Optional[bool] = None

    @property
    def role(self) -> Optional[str]:
        """Return the attached role's name, if one was listed."""
        return self.role_names[0] if self.role_names else None

    @property
    def answers(self) -> bool:
        """Tell whether something that speaks IMDS answered at all."""
        return self.probed and (
            self.token.status is not None or self.roles_without_token.status is not None
        )


@dataclass(frozen=True)
class TextSecret:
    """A secret that stands in a text which is not kept.

    ``code``: the rule that knows it; ``what``: its words, without any value; ``level``: as that
    rule judged it; ``subject``: its stable name for it (``AKIA…WXYZ`` for both halves of a
    pair). ``line``: where it stands in the text, unpacked. ``part``: the name of the part
    of a text of several; ``part_line``: its line there, where the part was decoded from what
    begins in ``line``. ``key_id``: of an access key id. ``fingerprint``: as in ``CapturedValue``.
    """

    code: str
    what: str
    line: int
    level: str
    fingerprint: str
    subject: str = ""
    key_id: Optional[KeyId] = None
    part: str = ""
    part_line: Optional[int] = None


@dataclass(frozen=True)
class UserDataEvidence:
    """What the instance's user data holds, where somebody asked to look; never its text.

    ``asked`` False: it was left alone. ``answer``: the request for it (404: there is none).
    ``size``: its bytes as they came. ``wrappings``: what it was packed in, outermost first
    (base64, gzip); ``unread``: what in it was not looked at.
    """

    asked: bool = False
    answer: HttpAttempt = HttpAttempt()
    size: int = 0
    wrappings: tuple[str, ...] = ()
    secrets: tuple[TextSecret, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def was_read(self) -> bool:
        """Tell whether its text was seen."""
        return self.answer.status == _OK and self.answer.error is None


@dataclass(frozen=True)
class ContainerEvidence:
    """The container credentials endpoint as named by the environment; never requested.

    ``variable`` is the deciding one of AWS_CONTAINER_CREDENTIALS_RELATIVE_URI/_FULL_URI.
    ``scheme``/``host``/``port`` are parts of the address; ``reachable``: yes, refused, timeout,
    unreachable, not-probed (a TCP connection was opened and closed, no request sent).
    ``resolved``: literal addresses the host name stands for.
    """

    variable: Optional[str] = None
    scheme: Optional[str] = None
    host: Optional[str] = None
    port: Optional[int] = None
    reachable: str = "not-probed"
    resolved: tuple[str, ...] = ()
