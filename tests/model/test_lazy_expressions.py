"""An expression that is compiled late does what one does that is compiled at once."""

from __future__ import annotations

import re

import pytest

from credlint.model import lazy_expressions
from credlint.model.lazy_expressions import lazy_compile


def test_it_finds_the_same():
    late, soon = lazy_compile("(?P<a>b+)", re.IGNORECASE), re.compile("(?P<a>b+)", re.IGNORECASE)

    for each in (late, soon):
        assert each.search("aBBc").span("a") == (1, 3)
        assert each.match("aBBc") is None
        assert each.sub("x", "abc") == "axc"
        assert [found.group() for found in each.finditer("bab")] == ["b", "b"]
        assert (each.pattern, each.groups, dict(each.groupindex)) == ("(?P<a>b+)", 1, {"a": 1})


def test_it_is_compiled_once_and_when_it_is_used(monkeypatch):
    compiled = []
    original = re.compile
    monkeypatch.setattr(
        lazy_expressions.re, "compile", lambda *given: compiled.append(given) or original(*given)
    )
    late = lazy_compile(rb"a")

    assert compiled == []
    assert [late.search(b"ba").start(), late.fullmatch(b"a").end()] == [1, 1]
    assert compiled == [(rb"a", 0)]


def test_what_no_expression_has_it_has_not():
    with pytest.raises(AttributeError):
        _ = lazy_compile("a").other
