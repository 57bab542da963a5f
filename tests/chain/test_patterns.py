"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import credlint.chain
from credlint.chain.patterns import pattern


def test_pattern_does_as_a_compiled_one() -> None:
    lazy = pattern(r"(A)(?P<name>b+)", re.IGNORECASE)

    found = lazy.match("aBBc")

    assert found is not None
    assert found.group("name") == "BB"
    assert lazy.sub("-", "x Ab y") == "x - y"
    assert lazy.pattern == r"(A)(?P<name>b+)"


def test_faulty_pattern_fails_when_it_is_used() -> None:
    lazy = pattern("(")

    with pytest.raises(re.error):
        lazy.search("x")


def test_every_pattern_of_the_chains_can_be_compiled() -> None:
    seen = 0
    for module in pkgutil.walk_packages(credlint.chain.__path__, "credlint.chain."):
        for value in vars(importlib.import_module(module.name)).values():
            if type(value) is type(pattern("")):
                assert value.pattern is not None
                seen += 1

    assert seen > 40
