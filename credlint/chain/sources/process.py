"""External commands, never run here.

Source: botocore 1.44.5 credentials.py ``ProcessProvider``: the command is split like a shell
would (``shlex``) and run without one.
"""

from __future__ import annotations

from credlint.chain.outcome import Result, absent, fail, found
from credlint.chain.session import Session
from credlint.model.trace import Offer

# What Popen raises, by the reason that the executable's look-up gave.
_ERRORS = {
    "ENOENT": "FileNotFoundError",
    "ENOTDIR": "NotADirectoryError",
    "EACCES": "PermissionError",
    "ELOOP": "OSError",
    "ENOEXEC": "OSError",
    "ValueError": "ValueError",
    "IndexError": "IndexError",
}
_WORDS = {
    "FileNotFoundError": "no such program",
    "NotADirectoryError": "a part of its path is no folder",
    "PermissionError": "it may not be run",
    "OSError": "the system cannot run it",
    "ValueError": "a quote is not closed",
    "IndexError": "it is empty",
}


def process_profile(session: Session, profile: str) -> Result:
    """Judge ``credential_process``; raises Raised when the command cannot even be started."""
    setting = session.named(profile).get("credential_process")
    if setting is None:
        return absent(f'no credential_process in profile "{profile}"')
    place = setting.location
    if setting.nested:
        fail("AttributeError", "credential_process is a nested block", place)
    where = f'credential_process of profile "{profile}"'
    fact = session.path_fact("credential-process", setting)
    if fact is not None and fact.status != "present":
        name = _ERRORS.get(fact.error or "", "PermissionError")
        fail(name, f"{where} cannot be started: {_WORDS.get(name, 'not executable')}", place)
    return found(f"runs {where}", Offer("dynamic", profile=profile), place)
