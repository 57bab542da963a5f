"""Every sample of every rule about code: it fires where it says, and the fix does what it says."""

from __future__ import annotations

import hashlib

import pytest

from credlint.code.analysis import Analyser
from credlint.code.formats import DIALECTS, FAMILIES, READERS
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules
from credlint.samples import expand
from tests.code.samples import can_be_read, document_of, examined, rules_of, told

RULES = load_rules(("code", "iac"), samples=True)
MATCH = [(rule, sample) for rule in RULES for sample in rule.match if can_be_read(sample)]
NO_MATCH = [(rule, sample) for rule in RULES for sample in rule.no_match if can_be_read(sample)]
FEWEST = 3


def _name(value):
    return value.id if hasattr(value, "id") else value["path"]


@pytest.mark.parametrize(("rule", "sample"), MATCH, ids=_name)
def test_sample_fires(engine, rule, sample):
    outcome = examined(engine, [rule], sample)

    assert told(outcome, rule.id) == sample["expect"]
    assert [skip for skip in outcome.skipped if skip.code == "RUN902"] == []


@pytest.mark.parametrize(("rule", "sample"), NO_MATCH, ids=_name)
def test_sample_is_silent(engine, rule, sample):
    outcome = examined(engine, [rule], sample)

    assert told(outcome, rule.id) == []
    assert [s.reason for s in outcome.skipped] == [] if outcome else True


@pytest.mark.parametrize(("rule", "sample"), MATCH, ids=_name)
def test_first_stage_selects_the_sample(engine, rule, sample):
    document = document_of(sample)
    found = engine.scan(document)
    rules = rules_of([rule], sample)

    assert rules.format_of(document, found.aws_words, has_key=bool(found.findings))


FIXED = [(rule, sample) for rule, sample in MATCH if "fixed" in sample]


@pytest.mark.parametrize(("rule", "sample"), FIXED, ids=_name)
def test_fix_does_what_the_sample_says(engine, rule, sample):
    """All edits of the rule, then once more: the findings with a fix are gone, nothing changes."""
    document = document_of(sample)
    outcome = examined(engine, [rule], sample)
    changes = [f.change for f in outcome.findings if f.change and f.change.kind != "display"]
    before = {uri: expand(text) for uri, text in sample.get("files", {}).items()}
    beside = {file.uri: file for change in changes for file in change.files if file.uri}
    edits = [
        edit for change in changes for file in change.files if not file.uri for edit in file.edits
    ]
    after = apply_edits(document.data, edits)
    changed = {
        uri: apply_edits(before.get(uri, "").encode(), file.edits).decode()
        for uri, file in beside.items()
    }

    assert after.decode() == expand(sample["fixed"])
    assert changed == sample.get("fixed_files", {})
    assert {uri: file.digest for uri, file in beside.items()} == {
        uri: hashlib.sha256(before[uri].encode()).hexdigest() if uri in before else ""
        for uri in beside
    }
    assert {change.kind for change in changes} == {sample.get("fix", "safe")}

    fixed = {**sample, "files": {**before, **changed}}
    again = examined(engine, [rule], fixed, Document(document.uri, after))
    left = again.findings if again is not None else ()
    assert [f.message for f in left if f.code == rule.id and f.change and f.change.files] == []
    assert [s.reason for s in (again.skipped if again else ()) if s.code == "RUN907"] == []


@pytest.mark.parametrize("rule", RULES, ids=_name)
def test_rule_is_proven(rule):
    """Three samples of each kind, known formats, and a fix where the rule promises one."""
    assert len(rule.match) >= FEWEST
    assert len(rule.no_match) >= FEWEST
    assert set(rule.detectors) <= {*READERS, *DIALECTS, *FAMILIES}
    if rule.fix in ("safe", "unsafe"):
        assert [sample for sample in rule.match if "fixed" in sample]


@pytest.mark.parametrize(("rule", "sample"), MATCH, ids=_name)
def test_finding_holds_no_value(engine, rule, sample):
    """What another stage recognises as a secret is in no finding, not even in an edit."""
    outcome = examined(engine, [rule], sample)
    shown = repr(outcome.findings)
    spans = engine.scan(document_of(sample)).spans
    pieces = [span.value.reveal()[:12] for span in spans if len(span.value.reveal()) >= 12]

    assert [piece for piece in pieces if piece in shown] == []


def test_every_finding_of_all_rules_together_is_placed():
    """Rules share what is parsed: none may hold another up."""
    analyser = Analyser(RULES)
    for _, sample in MATCH:
        document = document_of(sample)
        name = analyser.selects(document, has_key=True)
        result = analyser.analyse(document, name)

        assert [skip for skip in result.skipped if skip.code == "RUN902"] == []


@pytest.mark.parametrize(("rule", "sample"), MATCH, ids=_name)
def test_what_is_only_noted_is_not_edited(engine, rule, sample):
    """An example, a test of just that, another store's keys: an edit would break what is meant."""
    noted = [f for f in examined(engine, [rule], sample).findings if f.level == "note"]
    edited = [f.message for f in noted if f.change and f.change.kind != "display"]

    assert rule.level == "note" or edited == []
