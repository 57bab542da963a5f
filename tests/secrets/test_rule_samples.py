"""Every sample of every secrets rule: what must fire fires where it says, the rest is silent."""

from __future__ import annotations

import re

import pytest

from credlint.model.document import Document
from credlint.rulebook import load_rules
from credlint.samples import expand
from credlint.secrets.engine import HIT_LIMIT
from credlint.secrets.inspection import INSPECTORS
from credlint.secrets.patterns import make_patterns

RULES = load_rules(("secrets",), samples=True)
MATCH = [(rule.id, sample) for rule in RULES for sample in rule.match]
# An account's number is no secret: it is what SEC111 tells.
TOLD = ("SEC111",)
# What a rule says of itself may be what its tokens begin with.
PUBLIC = " ".join(rule.name for rule in RULES)
NO_MATCH = [(rule.id, sample) for rule in RULES for sample in rule.no_match]


def _name(value):
    return value if isinstance(value, str) else value["path"]


def _fired(engine, code, sample):
    document = Document(sample["path"], expand(sample["text"]).encode())
    return [f for f in engine.scan(document).findings if f.code == code]


@pytest.mark.parametrize(("code", "sample"), MATCH, ids=_name)
def test_sample_fires(engine, code, sample):
    places = [
        f"{f.level} {f.location.line}:{f.location.column}" for f in _fired(engine, code, sample)
    ]

    assert places
    assert places == sample.get("expect", places)


@pytest.mark.parametrize(("code", "sample"), NO_MATCH, ids=_name)
def test_sample_is_silent(engine, code, sample):
    assert [f.message for f in _fired(engine, code, sample)] == []


@pytest.mark.parametrize("sample", [sample for _, sample in MATCH], ids=_name)
def test_finding_holds_no_secret(engine, sample):
    document = Document(sample["path"], expand(sample["text"]).encode())
    result = engine.scan(document)

    shown = repr(result.findings) + repr(result.spans)
    pieces = [
        span.value.reveal()[i : i + 12]
        for span in result.spans
        if span.code not in TOLD
        for i in range(0, max(1, len(span.value.reveal()) - 12), 6)
    ]

    assert pieces or {span.code for span in result.spans} <= set(TOLD)
    assert [piece for piece in pieces if piece in shown and piece not in PUBLIC] == []


@pytest.mark.parametrize("pattern", make_patterns(RULES), ids=lambda p: p.spec.id)
def test_pattern_is_of_a_known_kind_and_needs_no_lookaround(pattern):
    assert pattern.spec.kind in INSPECTORS
    assert re.search(r"\(\?[=!<](?!P)[=!]?", pattern.spec.regex) is None
    assert pattern.precise.pattern


def test_pattern_ids_are_unique():
    ids = [pattern.spec.id for pattern in make_patterns(RULES)]

    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("sample", [sample for _, sample in (*MATCH, *NO_MATCH)], ids=_name)
def test_hyperscan_hits_wherever_plain_re_does(engine, sample):
    """The first stage must not lose what the second would find on its own."""
    data = expand(sample["text"]).encode()
    hits = []
    engine._matcher.collect(data, hits, HIT_LIMIT)
    hit_patterns = {number for number, _ in hits}
    lone = {n for n, p in enumerate(engine.patterns) if not p.files and p.precise.search(data)}

    assert lone <= hit_patterns
