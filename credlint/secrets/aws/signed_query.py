"""Signed queries, as presigned URLs and short-term Bedrock keys hold them: who, where, until when.

Signature Version 4 (IAM user guide, "Add the signature to the request"): ``X-Amz-Credential`` is
id/date/region/service/aws4_request, ``X-Amz-Date`` plus ``X-Amz-Expires`` seconds (604,800 at most)
is the end. The form before that (S3 developer guide, "Query string request authentication
alternative", version 2): ``AWSAccessKeyId``, ``Expires`` in Unix seconds, ``Signature``.
"""

from __future__ import annotations

import re
from typing import Optional
from urllib.parse import unquote

from credlint.model.lean_tuples import NamedTuple
from credlint.secrets.aws.moments import seconds_of

_PARAMETER = re.compile(r"(?:^|[?&;])([A-Za-z0-9-]{1,40})=([^&#?]{0,8000})")
_CREDENTIAL = re.compile(
    r"((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})/(\d{8})/([a-z0-9-]{1,30})/([a-z0-9.-]{1,40})/aws4_request\Z"
)
_KEY_ID = re.compile(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\Z")
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\Z")
_SECONDS = re.compile(r"\d{1,10}\Z")
_HEX_SIGNATURE = re.compile(r"[0-9a-f]{64}\Z")
_BASE64_SIGNATURE = re.compile(r"[A-Za-z0-9+/ ]{27}=\Z")
_AMPERSAND = re.compile(r"&amp;|\\+u0026", re.IGNORECASE)
_SLASH = re.compile(r"\\+(?:/|u002f)", re.IGNORECASE)
_EQUALS = re.compile(r"\\+u003d", re.IGNORECASE)


class SignedQuery(NamedTuple):
    """What a signed query tells. ``ends``: Unix second. ``service``, ``region``: "" if untold."""

    key_id: str
    region: str
    service: str
    ends: float
    has_token: bool


def plain_url(text: str) -> str:
    r"""Return a URL without what wrapped it: ``&amp;``, ``\u0026``, ``\/``, percent signs twice."""
    text = _EQUALS.sub("=", _SLASH.sub("/", _AMPERSAND.sub("&", text)))
    for _ in range(2):
        if re.search(r"(?i)(?:Signature|AWSAccessKeyId|X-Amz-Date)%(?:25)?3D", text):
            text = unquote(text)
    return text


def read_signed_query(url: str) -> Optional[SignedQuery]:
    """Return what the URL's query tells, None where it is not signed in full."""
    table = {name.lower(): unquote(value) for name, value in _PARAMETER.findall(url)}
    return _version_4(table) or _version_2(table)


def _version_4(table: dict[str, str]) -> Optional[SignedQuery]:
    credential = _CREDENTIAL.match(unquote(table.get("x-amz-credential", "")))
    date = _DATE.match(table.get("x-amz-date", ""))
    seconds = table.get("x-amz-expires", "")
    if credential is None or date is None or not _SECONDS.match(seconds):
        return None
    if not _HEX_SIGNATURE.match(table.get("x-amz-signature", "")):
        return None
    begins = seconds_of("{}-{}-{}T{}:{}:{}".format(*date.groups()))
    if begins is None:
        return None
    key_id, _, region, service = credential.groups()
    has_token = bool(table.get("x-amz-security-token"))
    return SignedQuery(key_id, region, service, begins + int(seconds), has_token)


def _version_2(table: dict[str, str]) -> Optional[SignedQuery]:
    key_id, ends = table.get("awsaccesskeyid", ""), table.get("expires", "")
    if not _KEY_ID.match(key_id) or not _SECONDS.match(ends):
        return None
    if not _BASE64_SIGNATURE.match(table.get("signature", "")):
        return None
    has_token = bool(table.get("x-amz-security-token"))
    return SignedQuery(key_id, "", "s3", float(ends), has_token)
