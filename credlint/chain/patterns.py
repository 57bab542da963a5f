"""Regular expressions that are compiled when they are first used.

Twenty chains have more than sixty; a host seldom needs more than a few, and compiling all would
cost more than resolving all.
"""

from __future__ import annotations

import re
from typing import Any, Optional, cast


class _Lazy:
    """Stands in for a ``re.Pattern``."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags
        self._compiled: Optional[re.Pattern[str]] = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever a pattern has
        if self._compiled is None:
            self._compiled = re.compile(self._text, self._flags)
        return getattr(self._compiled, name)


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern as ``re.compile`` does, which is compiled at its first use."""
    return cast("re.Pattern[str]", _Lazy(text, flags))
