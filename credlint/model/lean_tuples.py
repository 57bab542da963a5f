"""``NamedTuple`` for a program that is started at every commit.

The standard one compiles the type of each field on its own when the class is made, 0.1 ms a class:
a scan makes seventy. Here types are text and stay so. Type checkers are told that it is the
standard one; what it makes is a ``collections.namedtuple`` with the methods of the class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import namedtuple

    class _Maker(type):
        """Makes a named tuple of each class that is written below :data:`NamedTuple`."""

        def __new__(cls, name: str, _bases: tuple[type, ...], body: dict[str, object]) -> type:
            fields = body.get("__annotations__", {})
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # noqa: PYI024  it is what makes typed ones
            for key, value in body.items():
                if key not in fields:
                    setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})
