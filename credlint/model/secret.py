"""The wrapper that every sensitive value lives in from the moment it is read."""

from __future__ import annotations

from typing import NoReturn

REDACTED = "[REDACTED]"


class Secret:
    """A value that prints, formats, pickles and serialises as nothing.

    ``reveal`` is the only way to the value and is called in the rooms that decide
    (capture and detection), never in a reporter: a test forbids the import there.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        import hmac  # noqa: PLC0415  start-up; secrets are seldom compared

        return hmac.compare_digest(
            self._value.encode("utf-8", "surrogatepass"),
            other._value.encode("utf-8", "surrogatepass"),
        )

    __hash__ = None  # type: ignore[assignment]  # a hash would be an unkeyed digest

    def __repr__(self) -> str:
        return f"Secret({REDACTED})"

    def __str__(self) -> str:
        return REDACTED

    def __format__(self, format_spec: str) -> str:
        return REDACTED

    def __reduce__(self) -> NoReturn:
        message = "a Secret cannot be pickled or copied to another process"
        raise TypeError(message)
