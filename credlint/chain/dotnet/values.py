"""How .NET reads texts, and the settings whose value makes a whole profile unusable.

Source: aws-sdk-net, AWSSDK.Core 3.7.402.25 as built, SharedCredentialsFile.cs ``TryGetProfile``
and RegionEndpoint.cs; .NET's ``bool.TryParse``, ``int.TryParse`` and ``Enum.TryParse``.
"""

from __future__ import annotations

from credlint.chain.patterns import pattern

# What ``char.IsWhiteSpace`` names, which ``string.Trim`` takes away.
SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_INTEGER = pattern(r"[+-]?[0-9]+\Z")
_REGION = pattern(r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\Z")
_URI = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:(?!//[/?#]|//\Z)[^\s<>\"{}|\\^`]+\Z")
_INT_MAX = 2**31 - 1


def is_region(text: str) -> bool:
    """Tell whether a region's name is accepted; others raise ArgumentException."""
    return _REGION.match(text) is not None


def is_uri(text: str) -> bool:
    """Tell whether ``Uri.IsWellFormedUriString`` takes it as an absolute address."""
    return _URI.match(text) is not None


def is_boolean(text: str) -> bool:
    """Tell whether ``bool.TryParse`` takes it."""
    return text.strip(SPACE + "\0").lower() in ("true", "false")


def is_true(text: str) -> bool:
    """Tell whether ``bool.TryParse`` finds it true."""
    return text.strip(SPACE + "\0").lower() == "true"


def is_integer(text: str, least: int, most: int) -> bool:
    """Tell whether ``int.TryParse`` takes it and it is in bounds."""
    stripped = text.strip(SPACE)
    return _INTEGER.match(stripped) is not None and least <= int(stripped) <= most


def is_enumerated(text: str, names: str) -> bool:
    """Tell whether ``Enum.TryParse`` takes it: names in any case, several too, or a number."""
    stripped = text.strip(SPACE)
    if _INTEGER.match(stripped):
        return -_INT_MAX - 1 <= int(stripped) <= _INT_MAX
    known = names.lower().split()
    return all(part.strip(SPACE).lower() in known for part in stripped.split(","))


def is_acceptable(text: str, form: str) -> bool:
    """Tell whether a value is of a form as ``[profile_values]`` of the specification names it."""
    kind, _, names = form.partition(" ")
    if kind == "enum":
        return is_enumerated(text, names)
    if kind == "positive":
        return is_integer(text, 1, _INT_MAX)
    if kind == "bytes":
        return is_integer(text, 0, 10 * 1024 * 1024)
    return is_boolean(text)
