"""What a baseline does to findings, and findings to a baseline."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from credlint.model.baseline import Baseline
from credlint.model.finding import Finding, number_findings
from credlint.model.location import Location
from credlint.policy.baseline import apply_baseline, pruned, unused_entries, updated
from credlint.policy.baseline_audit import audit_baseline
from credlint.policy.baseline_file import read_baseline, write_baseline

SALTS = (b"A" * 16, b"B" * 16)
CODES = ("SEC101", "SEC102")
TODAY = "2026-11-22"


def digest(value: str, salt: bytes) -> str:
    """A stand-in for the stretched digest: what matters here is equality."""
    return hashlib.sha256(salt + value.encode()).hexdigest()[:16]


def finding(value: str, uri: str = "a", code: str = "SEC101", salts=SALTS[:1], line: int = 1):
    return Finding(
        code, code, "error", "M.", Location("file", uri, line=line),
        identity=value, digests=tuple(digest(value, salt) for salt in salts),
    )  # fmt: skip


def empty(*salts: bytes) -> Baseline:
    return Baseline("b", salts or SALTS[:1])


def accepted_values(baseline: Baseline, findings) -> set[tuple[str, str]]:
    outcome = apply_baseline(findings, baseline, TODAY)
    return {(one.finding.identity, one.finding.code) for one in outcome.accepted}


def union(*texts: str) -> str:
    """What git's union driver leaves of two files at worst: all lines of both."""
    lines = [line for text in texts for line in text.splitlines()]
    return "\n".join(lines) + "\n"


TREE = st.lists(
    st.tuples(st.sampled_from("uvwxyz"), st.sampled_from("abc"), st.sampled_from(CODES)),
    max_size=10,
)


def tree(places) -> tuple[Finding, ...]:
    return number_findings(finding(value, uri, code) for value, uri, code in places)


@given(TREE, TREE, TREE)
def test_union_of_two_updated_baselines_is_the_update_of_the_merged_tree(base, mine, yours):
    start = updated(empty(), tree(base), "from the start")
    first = updated(start, tree(base + mine))
    second = updated(start, tree(base + yours))
    both = tree(base + mine + yours)

    merged = read_baseline(union(write_baseline(first), write_baseline(second)).encode(), "b")

    assert write_baseline(updated(merged, both)) == write_baseline(updated(start, both))
    assert write_baseline(merged) == write_baseline(updated(start, both))


@given(TREE, TREE)
def test_union_of_two_baselines_made_apart_accepts_what_both_accept(mine, yours):
    """Two salts: findings of a run have a digest under each."""

    def seen(places, salts):
        return number_findings(finding(v, uri, code, salts) for v, uri, code in places)

    first = updated(empty(SALTS[0]), seen(mine, SALTS[:1]))
    second = updated(empty(SALTS[1]), seen(yours, SALTS[1:]))
    merged = read_baseline(union(write_baseline(first), write_baseline(second)).encode(), "b")
    both = seen(mine + yours, SALTS)

    assert merged.salts == SALTS
    assert accepted_values(merged, both) == {(f.identity, f.code) for f in both}
    # An update leaves one salt and one entry a secret.
    after = updated(merged, both)
    assert after.salts == SALTS[:1]
    assert len(after.entries) == len({(f.identity, f.code) for f in both})
    narrow = seen(mine + yours, SALTS[:1])
    assert accepted_values(after, narrow) == {(f.identity, f.code) for f in both}


def test_a_salt_stays_while_an_entry_may_need_it():
    first = updated(empty(SALTS[0]), number_findings([finding("x")]))
    second = updated(empty(SALTS[1]), number_findings([finding("gone", salts=SALTS[1:])]))
    merged = replace(first, salts=SALTS, entries=first.entries + second.entries)
    now = number_findings([finding("x", salts=SALTS)])

    assert updated(merged, now).salts == SALTS
    assert pruned(merged, now, CODES).salts == SALTS[:1]
    # The rule of the other entry was not run: nothing is known of it.
    assert pruned(merged, now, ()).salts == SALTS


@given(TREE, TREE)
def test_update_adds_prune_removes_and_both_are_stable(before, after):
    start = updated(empty(), tree(before))
    now = tree(after)
    more = updated(start, now)
    less = pruned(more, now, CODES)

    assert set(start.entries) <= set(more.entries)
    assert accepted_values(more, now) == {(f.identity, f.code) for f in now}
    assert {(e.code, e.digest) for e in less.entries} == {(f.code, f.digests[0]) for f in now}
    assert write_baseline(updated(less, now)) == write_baseline(less)
    assert unused_entries(less, now, CODES) == ()


@given(TREE, st.sampled_from(["moved/x", "b c"]), st.integers(2, 99))
def test_place_and_line_do_not_count(places, uri, line):
    start = updated(empty(), tree(places))
    moved = number_findings(finding(v, uri, code, line=line) for v, _, code in places)

    assert apply_baseline(moved, start, TODAY).findings == ()
    assert write_baseline(updated(start, moved)) == write_baseline(start)


def test_another_secret_or_another_rule_at_the_same_place_is_new():
    start = updated(empty(), number_findings([finding("x")]))
    now = number_findings([finding("y"), finding("x", code="SEC102")])

    assert len(apply_baseline(now, start, TODAY).findings) == 2


def test_a_secret_that_another_rule_finds_keeps_its_reason_on_update():
    start = updated(empty(), number_findings([finding("x")]), "a fixture")
    after = updated(start, number_findings([finding("x", code="SEC102")]))

    assert [e.reason for e in after.entries] == ["a fixture", "a fixture"]


def test_the_last_day_counts_and_an_expired_entry_stays_expired():
    found = number_findings([finding("x")])
    start = updated(empty(), found, "r", TODAY)

    assert apply_baseline(found, start, TODAY).findings == ()
    late = apply_baseline(found, start, "2026-11-23")
    assert late.findings == found
    assert [one.entry.until for one in late.expired] == [TODAY]
    assert updated(start, found, "renewed?", "2099-01-01") == start


def test_a_finding_about_no_value_is_known_by_its_fingerprint():
    plain = replace(finding("x"), identity="", digests=())
    start = updated(empty(), number_findings([plain]))
    elsewhere = number_findings([replace(plain, location=Location("file", "other"))])

    assert start.entries[0].digest[0] == "@"
    assert apply_baseline(number_findings([plain]), start, TODAY).findings == ()
    assert len(apply_baseline(elsewhere, start, TODAY).findings) == 1


def test_audit_tells_what_each_entry_lacks():
    found = number_findings([finding("x", "b"), finding("x", "a"), finding("z", "c", "SEC102")])
    start = updated(empty(), found, "why")
    start = updated(start, number_findings([finding("old")]), until="2020-01-01")
    rows = audit_baseline(start, found[:2], ("SEC101",), TODAY)

    assert [(r.entry.place, [p.uri for p in r.places], r.judged, r.faults) for r in rows] == [
        ("a", [], True, ("unused", "expired", "no reason")),
        ("a", ["a", "b"], True, ()),
        ("c", [], False, ()),
    ]
