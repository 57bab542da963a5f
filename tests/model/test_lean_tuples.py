"""Our ``NamedTuple`` against the standard one: the same class body, the same behaviour."""

from __future__ import annotations

import pickle
import typing
from typing import Optional

import pytest

from credlint.model import lean_tuples as lean
from credlint.sources.tree import FileToRead


def _classes(module):
    class Place(module.NamedTuple):
        """Where something stands."""

        path: str
        line: int = 1
        note: Optional[str] = None

        @property
        def shown(self) -> str:
            return f"{self.path}:{self.line}"

        def moved(self, by: int) -> Place:
            return self._replace(line=self.line + by)

        @classmethod
        def nowhere(cls) -> Place:
            return cls("")

        def __str__(self) -> str:
            return self.shown

    class Empty(module.NamedTuple):
        """Nothing at all."""

    return Place, Empty


BOTH = pytest.mark.parametrize(
    ("place", "empty"), [_classes(lean), _classes(typing)], ids=["lean", "standard"]
)


@BOTH
def test_what_a_named_tuple_can_do(place, empty):
    one = place("a", note="b")

    assert (one, one.path, one[1], one.note) == (("a", 1, "b"), "a", 1, "b")
    assert (place(path="a", line=2).shown, str(one), one.moved(3).line) == ("a:2", "a:1", 4)
    assert repr(one) == "Place(path='a', line=1, note='b')"
    assert (place.nowhere(), empty()) == (("", 1, None), ())
    assert (place._fields, place._field_defaults) == (
        ("path", "line", "note"),
        {"line": 1, "note": None},
    )
    assert (place.__doc__, place.__name__, place.__module__) == (
        "Where something stands.",
        "Place",
        __name__,
    )
    assert isinstance(one, tuple)


@BOTH
def test_what_it_refuses(place, empty):
    with pytest.raises(TypeError):
        place()
    with pytest.raises(TypeError):
        empty(1)
    with pytest.raises(AttributeError):
        place("a").path = "b"
    with pytest.raises(AttributeError):
        place("a").other = "b"


def test_types_are_there_for_who_asks():
    hints = typing.get_type_hints(FileToRead)

    assert hints == {"uri": str, "path": str, "named": bool}


def test_it_goes_to_another_process():
    entry = FileToRead("a", "/r/a", named=True)

    there = pickle.loads(pickle.dumps(entry))  # noqa: S301  our own

    assert (there, type(there)) == (entry, FileToRead)
