"""Values that stand in plain sight under the name of a secret."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"(?:\A|[_.-])(?:PASSWORD|PASSWD|SECRET|SECRET_?KEY|API_?KEY|ACCESS_?TOKEN|AUTH_?TOKEN|TOKEN"
    r"|PRIVATE_?KEY)\Z",
    re.IGNORECASE,
)
# What stands for a value, or says where one is.
_STAND_IN = re.compile(
    r"(?i:change|example|your|dummy|placeholder|redacted|todo|fixme|secret|password|passw0rd|token"
    r"|test|sample|default|none|null|xxx|\*\*\*|\.\.\.|abc|1234|local)"
)
_REFERENCE = re.compile(r"(?i:arn:|https?:|s3:|/|\.|~|@|ssm:|vault:|%|#|\[|<|!)")
_SHORTEST = 8
_LEAST_DISTINCT = 6
_CLASSES = tuple(re.compile(each) for each in ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9\s]"))
_LEAST_CLASSES = 3
_LONG = 20


def is_name_of_secret(name: str) -> bool:
    """Tell whether a variable of that name holds a secret."""
    return _NAME.search(name) is not None


def looks_made(value: str) -> bool:
    """Tell whether a value looks made by a generator, rather than being a word or a reference."""
    if len(value) < _SHORTEST or len(set(value)) < _LEAST_DISTINCT or "${" in value:
        return False
    if any(sign in value for sign in " \t\n{}") or _REFERENCE.match(value):
        return False
    if _STAND_IN.search(value):
        return False
    classes = sum(1 for each in _CLASSES if each.search(value))
    return classes >= _LEAST_CLASSES or (
        classes == _LEAST_CLASSES - 1 and len(value) >= _LONG and bool(_CLASSES[2].search(value))
    )
