"""What the values of keys look like that AWS has issued."""

from __future__ import annotations

import re

from credlint.code.credential_names import KEY_ID, SECRET_KEY
from credlint.model.key_id import parse_key_id

_SECRET = re.compile(r"[A-Za-z0-9/+]{40}\Z")
# The beginnings of AWS' documented keys, which people alter at their end.
_DOCUMENTED = ("AKIAIOSFODNN7", "wJalrXUtnFEMI")
# Random keys have more different characters but for one in thousands; typed ones repeat.
_LEAST_DISTINCT_OF_ID = 9
_LEAST_DISTINCT = 14
_SHORTEST_TOKEN = 100
_RANDOM = re.compile(r"[A-Za-z0-9/+]{30,}={0,2}\Z")


def is_issued(kind: str, text: str) -> bool:
    """Tell whether a value has the form that AWS issues for one of the kinds of keys.

    Anything else (``test``, ``minioadmin``, the documented examples) cannot work there.
    """
    if "EXAMPLE" in text or text.startswith(_DOCUMENTED):
        return False
    if kind == KEY_ID:
        return parse_key_id(text) is not None and len(set(text)) >= _LEAST_DISTINCT_OF_ID
    if kind == SECRET_KEY:
        return _SECRET.match(text) is not None and len(set(text)) >= _LEAST_DISTINCT
    return len(text) >= _SHORTEST_TOKEN and " " not in text


def looks_random(text: str) -> bool:
    """Tell whether a value is what a store other than AWS may issue: long, mixed, no words."""
    if "EXAMPLE" in text or _RANDOM.match(text) is None:
        return False
    has_digits_inside = re.search(r"[A-Za-z]\d+[A-Za-z]", text) is not None
    return has_digits_inside and len(set(text)) >= _LEAST_DISTINCT
