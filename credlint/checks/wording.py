"""How the checks speak of SDKs, keys and lists: one place, so that every message reads alike."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from typing import Optional

from credlint.model.captured import KeyId
from credlint.model.finding import Level
from credlint.model.key_id import LONG_TERM_PREFIXES
from credlint.model.sdk_names import SDK_NAMES, sdk_name
from credlint.model.trace import Offer, Trace

# The SDKs that read the AWS files through botocore/configloader.py (1.44.5) or, for AWS CLI v2,
# its vendored copy awscli/botocore/configloader.py: what a file check says holds for these alone.
BOTOCORE_FAMILY = ("boto3", "aws-cli-v1", "aws-cli-v2")

_LOWER: dict[Level, Level] = {"error": "warning", "warning": "note", "note": "note"}


def conjunction(parts: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def sdk_list(sdks: Sequence[str]) -> str:
    """Return the SDKs as people call them: ``boto3 and AWS CLI v1``, ``all 20 SDKs``."""
    if len(set(sdks)) == len(SDK_NAMES):
        return f"all {len(SDK_NAMES)} SDKs"
    return conjunction([sdk_name(sdk) for sdk in sdks])


def do(sdks: Sequence[str], verb: str) -> str:
    """Return the SDKs with a verb in its right form: ``boto3 uses``, ``boto3 and x use``.

    ``verb`` is the plural form, e.g. ``use``, ``refuse``, ``do not read``.
    """
    if len(sdks) == 1:
        if verb.startswith("do not "):
            verb = "does not " + verb[len("do not ") :]
        else:
            head, _, rest = verb.partition(" ")
            verb = f"{head}s {rest}".rstrip()
    return f"{sdk_list(sdks)} {verb}"


def sdks_of(traces: Iterable[Trace]) -> tuple[str, ...]:
    """Return the SDK ids of the traces, in order, each once."""
    return tuple(dict.fromkeys(trace.sdk for trace in traces))


def file_readers(traces: Iterable[Trace]) -> tuple[str, ...]:
    """Return the SDKs among the traces that read the AWS files through botocore's parser.

    Without one of them (nothing was resolved) boto3 stands for the family.
    """
    readers = tuple(sdk for sdk in sdks_of(traces) if sdk in BOTOCORE_FAMILY)
    return readers or BOTOCORE_FAMILY


def lower(level: Level) -> Level:
    """Return the next lower level."""
    return _LOWER[level]


def is_long_term(key_id: Optional[KeyId], has_token: bool = False) -> bool:
    """Tell whether the key does not expire: by its prefix, else by the missing token."""
    if key_id is None:
        return not has_token
    return key_id.prefix in LONG_TERM_PREFIXES


def describe_key(offer: Offer) -> str:
    """Return ``AKIA…WXYZ, long-term, account 123456789012`` as far as it can be told offline."""
    key_id = offer.key_id
    parts = [key_id.display() if key_id else "not an AWS access key id"]
    if is_long_term(key_id, offer.has_token):
        parts.append("long-term")
    elif key_id is None or key_id.prefix == "ASIA":
        parts.append("temporary")
    account = (key_id.account if key_id else None) or offer.account
    if account:
        parts.append(f"account {account}")
    return ", ".join(parts)


def retirement(offer: Offer) -> str:
    """Return what to do with the keys once nothing uses them any more."""
    key_id, key = offer.key_id, key_argument(offer.key_id)
    if not is_long_term(key_id, offer.has_token) and (key_id is None or key_id.prefix == "ASIA"):
        return (
            "The session ends by itself; if its keys were stored or shown, revoke the role's "
            "active sessions in the IAM console."
        )
    if not is_long_term(key_id) or key_id is None:
        return "Withdraw the keys where they were issued."
    return (
        f"When `aws iam get-access-key-last-used --access-key-id {key}` shows no other user of "
        f"it, deactivate the key: `aws iam update-access-key --access-key-id {key} "
        "--status Inactive`."
    )


def shell_path(path: str) -> str:
    """Return a displayed path as a command line takes it; a leading ``~/`` stays open."""
    if path.startswith("~/"):
        return "~/" + shlex.quote(path[2:]) if path != "~/" else path
    return shlex.quote(path)


def key_argument(key_id: Optional[KeyId]) -> str:
    """Return how a command in a remedy names a key whose id is never printed whole."""
    if key_id is None:
        return "<the key id>"
    return f"<the key starting {key_id.prefix} and ending in {key_id.last_four}>"
