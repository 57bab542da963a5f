"""Credentials that standards and makers of emulators print for everybody: no secret of anyone.

They are kept as the first twelve digits of their SHA-256, so that this file holds no credential.
"""

from __future__ import annotations

from credlint.model.digests import sha256

_DIGITS = 12
_PUBLISHED = frozenset(
    (
        # RFC 6749 (OAuth 2.0).
        "ca7459e2b267",
        "6c96130f130a",
        "00cf4c781dc3",
        "53f5da0aaa93",
        "e9974c507d2a",
        "a35b81a7d792",
        "2c31d647d566",
        "a71b359a87af",
        "ed8462e1cfbe",
        # RFC 6750 (bearer tokens), RFC 7009 (revocation), RFC 7662 (introspection).
        "b8e148545b13",
        "ea9bdfd02c0c",
        "3e6099e82cea",
        # OpenID Connect Core 1.0.
        "ad71fb416553",
        "9e309cccd311",
        "b122b5aa2146",
        # RFC 5849 (OAuth 1.0).
        "8d567eb88aff",
        "9d03b692e941",
        "293257ab6495",
        "bb9b1163338b",
        "4c20e6f5cc11",
        "6aa14267d949",
        "cb87c87e4a13",
        "649e1f5c769e",
        "80f8b7c904d4",
        "c20fbc2b9618",
        "b87dad10a32a",
        "2ff8b0fb93ac",
        # RFC 6455 (WebSocket), RFC 7617 (Basic).
        "15cef4b629cc",
        "cf4d418ed3de",
        # IAM's manual: passwords of ChangePassword and CreateLoginProfile.
        "e6c2d3455587",
        "6caa448826c1",
        "c46ba61e198b",
        "d8ccc3c547c8",
        "41ef4bb0b236",
        # Python's manual of urllib.request; the password of a joke that manuals repeat.
        "1fec4e9dead2",
        "f52fbd32b2b3",
        # Azurite and Cosmos DB emulator, Microsoft Learn.
        "0011cc25eb43",
        "aa6547439583",
    )
)


def is_published(text: str) -> bool:
    """Tell whether the value is one of the printed ones."""
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:_DIGITS] in _PUBLISHED
