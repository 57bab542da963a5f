"""Token files named by a profile.

Source: @aws-sdk/credential-provider-ini 3.973.30 and credential-provider-web-identity 3.972.90:
the file is read with ``readFileSync`` at resolution, the token's content is never looked at.
"""

from __future__ import annotations

from typing import Optional

from credlint.chain.javascript.region import region_fault
from credlint.chain.javascript.session import Session
from credlint.chain.outcome import Result, found, undecided
from credlint.chain.sources.web_identity import account_of
from credlint.model.host_file import PathFact
from credlint.model.location import Location
from credlint.model.trace import Offer

_PROBLEMS = {
    "absent": "does not exist",
    "unreadable": "cannot be read",
    "not-a-file": "is not a file",
}


def web_identity_profile(session: Session, profile: str) -> Result:
    """Judge ``web_identity_token_file`` with ``role_arn``; raises Raised when it is unreadable."""
    settings = session.named(profile)
    token, role = settings["web_identity_token_file"], settings["role_arn"].text
    what = f'web_identity_token_file in profile "{profile}"'
    offer = Offer("dynamic", profile=profile, account=account_of(role), role=role)
    detail = f"assumes {role or 'a role'} with the token file of {what}"
    fact = session.path_fact("web-identity-token", token)
    if fact is None:
        return undecided(f"{detail}, which was not looked at", token.location, offer)
    check_token_file(session, fact, what, token.location)
    check_client_region(session, token.location)
    return found(detail, offer, token.location)


def check_token_file(
    session: Session, fact: Optional[PathFact], what: str, place: Location
) -> None:
    """Raise what reading a token file raises: node's own Error, with a code such as ENOENT."""
    if fact is not None and fact.status in _PROBLEMS:
        session.fail("Error", f"the token file of {what} {_PROBLEMS[fact.status]}", place)


def check_client_region(session: Session, place: Location) -> None:
    """Raise what the client of STS raises for a region that is no host label."""
    fault = region_fault(session)
    if fault is not None:
        session.fail("Error", f"STS cannot be asked: {fault}", place)
