"""Secrets in what a machine is told to run at its start; a pure function of its text.

EC2 User Guide, "Run commands when you launch an EC2 instance with user data input": whoever can
reach the metadata service, or call DescribeInstanceAttribute, can read it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from credlint.code.credential_names import KEY_ID, SECRET_KEY
from credlint.code.issued_keys import is_issued
from credlint.code.plain_secrets import looks_made
from credlint.model.lean_tuples import NamedTuple
from credlint.model.secret import Secret

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}\Z")
_KEY_ID = re.compile(rb"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")
# A name, a sign and a value, as shells, files of AWS and `aws configure set` have them.
_SECRET_KEY = re.compile(
    rb"(?i:aws_secret_access_key|aws_secret_key|secret_?access_?key|fs\.s3[an]?\.secret\.key)"
    rb"[\"']?[ \t]{0,8}[=:>]?[ \t]{0,8}[\"']?(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
)
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----")
_TOKEN = re.compile(
    rb"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,90}"
    rb"|glpat-[\w-]{20,60}|xox[abpr]-[A-Za-z0-9-]{20,100}|[sr]k_live_[A-Za-z0-9]{20,110})"
)
_PASSWORD = re.compile(
    rb"(?i:(?:password|passwd|secret|token|api_?key))[\"']?[ \t]{0,4}[=:][ \t]{0,4}[\"']?"
    rb"(?P<value>[^\s\"'$<>{}()|;&`]{8,200})(?=[\"'\s;&|]|\Z)"
)


class Held(NamedTuple):
    """Bytes of the text and what they are in words; ``is_sure``: not only by the name before it."""

    start: int
    end: int
    kind: str
    value: Secret
    is_sure: bool = True


def secrets_in(text: bytes) -> Iterator[Held]:
    """Yield the secrets of a text in order of their kinds; a place is told once."""
    taken: set[int] = set()
    for found in _found_in(text):
        if found.start not in taken:
            taken.add(found.start)
            yield found


def _found_in(text: bytes) -> Iterator[Held]:
    for found in _SECRET_KEY.finditer(text):
        value = found.group("value").decode()
        if is_issued(SECRET_KEY, value):
            yield Held(*found.span("value"), "a secret access key", Secret(value))
    for found in _PRIVATE_KEY.finditer(text):
        yield Held(*found.span(), "a private key", Secret(""))
    for found in _TOKEN.finditer(text):
        yield Held(*found.span(), "an access token", Secret(found[0].decode()))
    for found in _KEY_ID.finditer(text):
        value = found[0].decode()
        if is_issued(KEY_ID, value):
            yield Held(*found.span(), "an access key id", Secret(value), is_sure=False)
    for found in _PASSWORD.finditer(text):
        value = found.group("value").decode("utf-8", "replace")
        if looks_made(value):
            yield Held(*found.span("value"), "a password or token", Secret(value), is_sure=False)


def decoded(text: bytes) -> bytes:
    """Return what a text is the base64 of, nothing where it is none."""
    bare = b"".join(text.split())
    if len(bare) % 4 or not _BASE64.match(bare):
        return b""
    try:
        return base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        return b""
