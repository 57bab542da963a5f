"""The container credentials endpoint, of which nothing is ever requested here.

Source: aws-sdk-kotlin 1.8.12, aws-config auth/credentials/EcsCredentialsProvider.kt. The token
comes first: where it cannot be had, nothing is asked, nor is it told that no endpoint is named.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.kotlin.address import Address, parse, proxy
from credlint.chain.kotlin.config_file import SPACE
from credlint.chain.kotlin.session import Session
from credlint.chain.outcome import Result, Unknown, fail, found, undecided
from credlint.model.trace import Offer

RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105  the name of a variable
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105
_UNREADABLE = frozenset({"unreadable", "not-a-file"})


def container(session: Session) -> Result:
    """Judge the endpoint; raises Raised where the SDK does."""
    name = next((one for one in (RELATIVE, FULL) if _is_given(session, one)), None)
    doubt = _check_token(session)
    if name is None:
        session.fail("not_configured", f"neither {RELATIVE} nor {FULL} is set")
    place, offer = session.place(name), Offer("dynamic")
    detail = f"the container credentials endpoint named by {session.called(name)}"
    address = _address(session, name)
    if doubt is not None:
        session.fail("failed", doubt, session.place(_TOKEN_FILE))
    try:
        through = proxy(address, session.text)
    except ValueError:
        session.fail("failed", "a setting that names proxies cannot be parsed", place)
    if through is not None:
        return undecided(f"{detail}: it is asked through the proxy of {through}", place, offer)
    if address.is_nowhere:
        session.fail("failed", f"{name} comes to a host that no name server knows", place)
    evidence, entry = session.snapshot.container, session.property(name)
    probed = evidence.variable == (name if entry is None else entry.name)
    if probed and evidence.reachable == "yes":
        return found(detail, offer, place)
    if probed and evidence.reachable in {"refused", "unreachable"}:
        session.fail("failed", f"the endpoint does not answer ({evidence.reachable})", place)
    return undecided(f"{detail} was not reached by the probe", place, offer)


def is_named(session: Session) -> bool:
    """Tell whether a variable or a property says anything of an endpoint or its token."""
    names = (RELATIVE, FULL, _TOKEN, _TOKEN_FILE)
    return any(session.setting(name) is not None for name in names)


def _is_given(session: Session, name: str) -> bool:
    text = session.text(name)
    return text is not None and bool(text.strip(SPACE))


def _check_token(session: Session) -> Optional[str]:
    """Raise Raised where there is no token; return why it cannot be sent, None when it can."""
    place = session.place(_TOKEN_FILE)
    if session.setting(_TOKEN_FILE) is not None:
        fact = session.fact_named_by("container-token", _TOKEN_FILE)
        if fact is None or fact.status == "absent":
            session.fail("failed", f"there is no file that {_TOKEN_FILE} names", place)
        if fact.status in _UNREADABLE:
            message = f"the file of {_TOKEN_FILE} cannot be read"
            fail("FileNotFoundException", message, place)
        return f"the file of {_TOKEN_FILE} holds a line break" if fact.newline else None
    token = session.setting(_TOKEN)
    if token is not None and {"newline", "carriage-return"} & set(token.flaws):
        return f"{_TOKEN} holds a line break"
    return None


def _address(session: Session, name: str) -> Address:
    text, place = session.text(name) or "", session.place(name)
    if name == RELATIVE:
        text = f"http://{session.sdk.container['relative_host']}{text}"
    try:
        address = parse(text)
    except ValueError:
        session.fail("not_configured", f"{name} is no address", place)
    if name == RELATIVE or address.scheme == "https":
        return address
    allowed = address.host in session.sdk.container["allowed_hosts"]
    if not address.literal:
        if address.is_nowhere:
            message = f"{name} names a host that no name server knows"
            session.fail("not_configured", message, place)
        if address.host.lower() != "localhost":
            message = f"whether {name} names a host that stands for this machine is not looked up"
            raise Unknown(message)
        allowed = all(one.startswith("127.") or one == "::1" for one in _resolved(session))
    if not allowed:
        message = f"{name} names a host that is neither this machine nor one of ECS and EKS"
        session.fail("not_configured", message, place)
    return address


def _resolved(session: Session) -> tuple[str, ...]:
    return session.snapshot.container.resolved
