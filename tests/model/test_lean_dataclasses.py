"""Our ``dataclass`` against the standard one: the same class body, the same behaviour."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from typing import Optional

import pytest

from credlint.model import lean_dataclasses as lean
from credlint.model.finding import Finding
from credlint.model.location import Location

PLACE = Location("file", "a.py", line=3)
FINDING = Finding("SEC101", "a-name", "error", "A message.", PLACE)


def _classes(module):
    """A frozen class and an open one, made by ``module``; same names, so same texts."""

    class Frozen:
        first: str
        second: Optional[int] = None
        rest: tuple[str, ...] = ()
        place: int = module.field(default=1, compare=False)

        @property
        def double(self) -> str:
            return self.first * 2

    class Open:
        name: str
        found: list[str] = module.field(default_factory=list)
        hidden: int = module.field(default=0, repr=False)

    return module.dataclass(frozen=True)(Frozen), module.dataclass(Open)


LEAN, STANDARD = _classes(lean), _classes(dataclasses)
BOTH = pytest.mark.parametrize(("frozen", "opened"), [LEAN, STANDARD], ids=["lean", "standard"])


@BOTH
def test_values_are_taken_by_place_and_by_name(frozen, opened):
    value = frozen("a", rest=("b",))

    assert (value.first, value.second, value.rest, value.place) == ("a", None, ("b",), 1)
    assert value.double == "aa"
    assert opened("x").found == []
    assert opened("x").hidden == 0


@BOTH
@pytest.mark.parametrize(
    ("given", "named"), [((), {}), (("a",), {"no": 1}), (("a", 1, (), 2, 3), {})]
)
def test_wrong_arguments_are_refused(frozen, opened, given, named):
    del opened
    with pytest.raises(TypeError, match="__init__"):
        frozen(*given, **named)


@BOTH
def test_default_lists_are_not_shared(frozen, opened):
    del frozen
    one, other = opened("x"), opened("x")
    one.found.append("a")

    assert other.found == []
    assert opened("x", ["a"]) == one != other


@BOTH
def test_equality_and_hash_go_by_the_compared_fields(frozen, opened):
    assert frozen("a", place=1) == frozen("a", place=2)
    assert hash(frozen("a", place=1)) == hash(frozen("a", place=2))
    assert frozen("a") != frozen("b")
    assert frozen("a") != opened("a")
    assert frozen("a") != ("a", None, ())
    with pytest.raises(TypeError, match="unhashable"):
        hash(opened("x"))


@BOTH
def test_a_frozen_value_cannot_be_changed(frozen, opened):
    value = frozen("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="first"):
        value.first = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="first"):
        del value.first
    other = opened("x")
    other.name = "y"

    assert (value.first, other.name) == ("a", "y")


@BOTH
def test_either_replace_takes_it(frozen, opened):
    for module in (lean, dataclasses):
        assert module.replace(frozen("a", 1), second=2) == frozen("a", 2)
        assert module.replace(opened("x", ["a"]), name="y") == opened("y", ["a"])
        with pytest.raises(TypeError, match="no"):
            module.replace(frozen("a"), no=1)


@BOTH
def test_copies_are_equal(frozen, opened):
    for value in (frozen("a", 1), opened("x", ["a"])):
        assert copy.deepcopy(value) == copy.copy(value) == value


@pytest.mark.parametrize("place", [0, 1], ids=["frozen", "open"])
def test_it_shows_and_describes_itself_as_the_standard_one(place):
    ours, theirs = LEAN[place], STANDARD[place]

    assert repr(ours("a")) == repr(theirs("a"))
    assert dataclasses.is_dataclass(ours)
    assert [
        (one.name, one.type, one.compare, one.repr, one.default) for one in dataclasses.fields(ours)
    ] == [
        (one.name, one.type, one.compare, one.repr, one.default)
        for one in dataclasses.fields(theirs)
    ]
    assert dataclasses.asdict(ours("a")) == dataclasses.asdict(theirs("a"))


@pytest.mark.parametrize("module", [lean, dataclasses])
def test_what_a_class_says_of_itself_stands(module):
    class Mute:
        value: str

        def __repr__(self) -> str:
            return "Mute(…)"

        def __eq__(self, other: object) -> bool:
            return self is other

        def __hash__(self) -> int:
            return 7

    mute = module.dataclass(frozen=True)(Mute)
    one = mute("a")

    assert (repr(one), hash(one), one == mute("a"), one == one) == ("Mute(…)", 7, False, True)  # noqa: PLR0124


def test_values_go_to_another_process():
    assert pickle.loads(pickle.dumps(FINDING)) == FINDING  # noqa: S301  our own


def test_inheritance_is_refused():
    class Based(LEAN[0]):
        more: int = 0

    with pytest.raises(TypeError, match="inherits"):
        lean.dataclass(Based)


def test_the_standard_module_is_not_loaded():
    probe = (
        "import sys, credlint.model.report; print({'dataclasses', 'inspect'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
