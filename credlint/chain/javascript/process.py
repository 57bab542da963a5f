"""External commands, never run here.

Source: @aws-sdk/credential-provider-process 3.972.84: ``child_process.exec``, which is a
shell; every failure passes on to the next source.
"""

from __future__ import annotations

from credlint.chain.javascript.session import Passed, Session
from credlint.chain.outcome import Result, found, undecided
from credlint.model.trace import Offer


def process_profile(session: Session, profile: str) -> Result:
    """Judge ``credential_process``: taken to succeed when its program can be started."""
    setting = session.named(profile)["credential_process"]
    what = f'credential_process of profile "{profile}"'
    offer = Offer("dynamic", profile=profile)
    fact = session.path_fact("credential-process-shell", setting)
    if fact is None or fact.status == "unknown":
        return undecided(f"whether {what} runs cannot be told", setting.location, offer)
    if fact.status != "present":
        message = f"{what} cannot be started ({fact.status}); the SDK goes on"
        raise Passed(message, setting.location)
    detail = f"runs {what}; should that fail, the SDK goes on to the next source"
    return found(detail, offer, setting.location)
