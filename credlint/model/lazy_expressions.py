"""Regular expressions that are compiled when they are first used.

To compile one takes 0.1 to 0.3 ms, which a module that is needed for another of its functions need
not wait for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Union

__all__ = ["lazy_compile"]

if TYPE_CHECKING:
    from re import compile as lazy_compile
else:
    _ATTRIBUTES = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))

    class _Lazy:
        """Stands for an expression; all that it has is put here once it is compiled."""

        def __init__(self, source: Union[str, bytes], flags: int = 0) -> None:
            self._source = source
            self._flags = flags

        def __getattr__(self, name: str) -> object:
            # Asked for what is not here yet.
            if name not in _ATTRIBUTES:
                raise AttributeError(name)
            expression = re.compile(self._source, self._flags)
            for each in _ATTRIBUTES:
                setattr(self, each, getattr(expression, each))
            return getattr(expression, name)

    lazy_compile = _Lazy
