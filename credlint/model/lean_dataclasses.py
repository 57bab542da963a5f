"""``dataclass`` and ``replace`` for a program that is started at every commit.

The standard module makes six functions a class from source text and imports ``inspect`` to do so:
0.9 ms a class and 6 ms, of a hook that has 50 in all. Here one function is made, ``__init__``; the
others are shared. Left out is what nobody here needs: there is no inheritance, no order, no
``__post_init__``, no ``slots``, no ``init=False``. Type checkers are told that it is the standard
one; ``dataclasses.fields`` and ``dataclasses.replace`` take its classes.
"""

# ruff: noqa: ANN401, SLF001  values of any type, and what this module itself put into their classes

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    from operator import attrgetter
    from typing import Any, Callable, NamedTuple, Optional

    _ABSENT = object()

    class _Field(NamedTuple):
        default: Any = _ABSENT
        default_factory: Optional[Callable[[], Any]] = None
        compare: bool = True
        repr: bool = True

    field = _Field

    def dataclass(cls: Optional[type] = None, /, *, frozen: bool = False) -> Any:
        """Give the class its methods as ``dataclasses.dataclass`` does."""
        if cls is None:
            return lambda each: _process(each, frozen=frozen)
        return _process(cls, frozen=frozen)

    def replace(value: Any, /, **changes: Any) -> Any:
        """Return the value with some fields changed, as ``dataclasses.replace`` does."""
        kind = type(value)
        if not hasattr(kind, "_lean_fields"):  # one of the standard's
            from dataclasses import replace as of_others  # noqa: PLC0415  start-up

            return of_others(value, **changes)
        return kind(**{**{name: getattr(value, name) for name in kind._lean_fields}, **changes})

    def _process(cls: type, *, frozen: bool) -> type:
        if cls.__bases__ != (object,):
            message = f"{cls.__name__}: a lean dataclass inherits from nothing"
            raise TypeError(message)
        fields: dict[str, _Field] = {}
        for name in cls.__annotations__:
            given = cls.__dict__.get(name, _ABSENT)
            one = given if isinstance(given, _Field) else _Field(given)
            if one.default is not _ABSENT:
                setattr(cls, name, one.default)
            elif given is not _ABSENT:
                delattr(cls, name)
            fields[name] = one
        cls._lean_fields = fields
        compared = [name for name, one in fields.items() if one.compare]
        cls._lean_key = attrgetter(*compared) if compared else _no_key
        cls.__init__ = _make_init(cls, fields, frozen=frozen)
        cls.__match_args__ = tuple(fields)
        cls.__dataclass_fields__ = _StandardFields()
        methods = {"__repr__": _repr, "__eq__": _eq, "__hash__": _hash if frozen else None}
        if frozen:
            methods.update(__setattr__=_refuse, __delattr__=_refuse)
        for name, method in methods.items():
            if cls.__dict__.get(name) is None:  # what a class says of itself stands
                setattr(cls, name, method)
        return cls

    def _make_init(cls: type, fields: dict[str, _Field], *, frozen: bool) -> Callable[..., None]:
        # Not all at once into __dict__: a value would take three times the memory.
        names: dict[str, Any] = {"_ABSENT": _ABSENT, "_set": object.__setattr__}
        source = f"def __init__({', '.join(['self', *fields])}):\n"
        defaults = []
        for name, one in fields.items():
            if one.default_factory is not None:
                names[f"_make_{name}"] = one.default_factory
                source += f" if {name} is _ABSENT: {name} = _make_{name}()\n"
            if one.default_factory is not None or one.default is not _ABSENT:
                defaults.append(one.default)
            elif defaults:
                message = f"{cls.__name__}: {name} without a default follows one with"
                raise TypeError(message)
            source += f" _set(self,{name!r},{name})\n" if frozen else f" self.{name}={name}\n"
        exec(source if fields else f"{source} pass", names)  # noqa: S102  the class's own names
        made: Callable[..., None] = names["__init__"]
        made.__defaults__ = tuple(defaults)
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        return made

    def _no_key(_value: Any) -> tuple[()]:
        return ()

    def _eq(self: Any, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self._lean_key(self) == self._lean_key(other)

    def _hash(self: Any) -> int:
        return hash(self._lean_key(self))

    def _repr(self: Any) -> str:
        shown = (
            f"{name}={getattr(self, name)!r}" for name, one in self._lean_fields.items() if one.repr
        )
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _refuse(_self: Any, name: str, *_value: object) -> None:
        from dataclasses import FrozenInstanceError  # noqa: PLC0415  start-up

        message = f"cannot change field {name!r}"
        raise FrozenInstanceError(message)

    class _StandardFields:
        """``__dataclass_fields__``, made when somebody asks, by a standard class."""

        def __get__(self, _instance: object, owner: type) -> dict[str, Any]:
            import dataclasses  # noqa: PLC0415  start-up

            members: dict[str, Any] = {"__annotations__": owner.__annotations__}
            for name, one in owner._lean_fields.items():
                told: dict[str, Any] = {"compare": one.compare, "repr": one.repr}
                if one.default_factory is not None:
                    told["default_factory"] = one.default_factory
                elif one.default is not _ABSENT:
                    told["default"] = one.default
                members[name] = dataclasses.field(**told)
            twin = dataclasses.dataclass(type(owner.__name__, (), members))
            owner.__dataclass_fields__ = twin.__dataclass_fields__
            return owner.__dataclass_fields__


__all__ = ["dataclass", "field", "replace"]
