"""What is kept of a value: its text when that cannot hold a secret, else only facts."""

from __future__ import annotations

from typing import Optional

from credlint.model.lean_dataclasses import dataclass

# So many digits of a fingerprint make the token of a hidden text; see ``HostFile.text``.
TOKEN_DIGITS = 12


@dataclass(frozen=True)
class KeyId:
    """What may be shown of an access key id: its type prefix, last four and account.

    ``account`` is decoded offline (base32) and None for old ids (fifth character I or J).
    ``example``: one of the documented ids or one that ends in EXAMPLE.
    """

    prefix: str
    last_four: str
    account: Optional[str] = None
    example: bool = False

    def display(self) -> str:
        """Return ``AKIA…WXYZ``."""
        return f"{self.prefix}…{self.last_four}"


@dataclass(frozen=True)
class CapturedValue:
    """A value as captured: its text when that cannot hold a secret, else only facts.

    ``text`` is None for sensitive values. ``length`` counts code points. ``shape`` is one of
    empty, blank (a sensitive one of white space alone), text, access-key-id, secret-access-key,
    session-token, other. ``fingerprint`` is an
    HMAC under a random key of this one capture: equal values have equal fingerprints, nothing
    else can be told. ``flaws`` names characters that are part of the value by mistake: blank
    (white space alone), quoted, leading-space, trailing-space, newline, carriage-return,
    non-breaking-space, inline-comment, control-character, non-ascii. Of sensitive values alone:
    ``placeholder``, the made-up word that the value is (``test``, ``<…>``), and ``signs`` of
    being something else than its name says: key-id-too-short, key-id-too-long,
    key-id-in-lower-case, principal-id, arn, pem, url-encoded (a secret key), percent-signs,
    ses-smtp-password, bedrock-long-term and bedrock-short-term; secret-key-length: forty
    characters that a secret key may have.
    """

    text: Optional[str]
    length: int
    shape: str = "text"
    key_id: Optional[KeyId] = None
    fingerprint: str = ""
    flaws: tuple[str, ...] = ()
    placeholder: str = ""
    signs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether the value is non-empty, as SDKs test it."""
        return self.length > 0
