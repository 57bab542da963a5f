"""Key pairs in the shared files.

Source: botocore 1.44.5 credentials.py ``SharedCredentialProvider`` and ``ConfigProvider``: each
reads its own file alone.
"""

from __future__ import annotations

from credlint.chain.outcome import Result, absent
from credlint.chain.session import Session
from credlint.chain.sources.keys import pair_in


def static_credentials_file(session: Session, profile: str) -> Result:
    """Judge the section of that raw name in the credentials file."""
    section = session.files.credentials_sections().get(profile)
    if section is None:
        return absent(f"no section [{profile}] in the credentials file")
    where = f'profile "{profile}" of the credentials file'
    result = pair_in(session, section.settings, profile, where)
    return result or absent(f"no keys in {where}", section.location)


def static_config_file(session: Session, profile: str) -> Result:
    """Judge the profile in the config file."""
    settings = session.files.config_profiles().get(profile)
    if settings is None:
        return absent(f'no profile "{profile}" in the config file')
    where = f'profile "{profile}" of the config file'
    return pair_in(session, settings, profile, where) or absent(f"no keys in {where}")
