from __future__ import annotations

from credlint.fixes.plan import OVERLAPS, FilePlan, plan_fixes
from credlint.model.finding import Finding
from credlint.model.fix import Edit, FileEdits, Fix
from credlint.model.location import Location


def finding(*edits, kind="safe", uri="a.py", files=(), place_kind="file"):
    own = (FileEdits("", edits, "d1"),) if edits else ()
    return Finding(
        code="SRC101",
        name="n",
        level="error",
        message="M.",
        location=Location(place_kind, uri),
        fix=kind,
        change=Fix(kind, "Do it.", (*own, *files)),
    )


def test_edits_of_one_file_go_together_in_order():
    later, first = finding(Edit(9, 10, "")), finding(Edit(1, 2, "x"))

    plan = plan_fixes([later, first], {"safe"})

    assert plan.files == (FilePlan("a.py", "d1", (Edit(1, 2, "x"), Edit(9, 10, "")), ()),)
    assert plan.taken == (later, first)


def test_overlapping_fix_waits_for_the_next_round():
    first, second = finding(Edit(1, 5, "")), finding(Edit(8, 9, ""), Edit(4, 6, ""))

    plan = plan_fixes([first, second], {"safe"})

    assert plan.refused == ((second, OVERLAPS),)
    assert plan.files[0].edits == (Edit(1, 5, ""),)


def test_equal_edits_of_two_findings_are_made_once():
    plan = plan_fixes([finding(Edit(1, 5, "")), finding(Edit(1, 5, ""))], {"safe"})

    assert plan.files[0].edits == (Edit(1, 5, ""),)
    assert len(plan.taken) == 2


def test_safe_edits_come_before_unsafe_ones():
    unsafe, safe = finding(Edit(1, 5, ""), kind="unsafe"), finding(Edit(4, 6, ""))

    plan = plan_fixes([unsafe, safe], {"safe", "unsafe"})

    assert plan.taken == (safe,)
    assert plan.refused == ((unsafe, OVERLAPS),)


def test_kinds_that_were_not_asked_for_are_told():
    unsafe = finding(Edit(1, 5, ""), kind="unsafe")

    plan = plan_fixes([unsafe, finding(kind="display")], {"safe"})

    assert (plan.files, plan.others) == ((), (unsafe,))


def test_fix_of_two_files_is_taken_as_a_whole():
    beside = FileEdits(".dockerignore", (Edit(0, 0, ".env\n"),), "")
    both = finding(Edit(1, 2, ""), files=(beside,))
    clash = finding(Edit(1, 3, ""), files=(FileEdits("other", (Edit(0, 0, "x"),), "d"),))

    plan = plan_fixes([both, clash], {"safe"})

    assert [file.uri for file in plan.files] == ["a.py", ".dockerignore"]
    assert plan.refused == ((clash, OVERLAPS),)


def test_what_is_no_file_is_refused():
    inside = finding(Edit(1, 2, ""), uri="a.zip!b.py", place_kind="archive")

    assert plan_fixes([inside], {"safe"}).refused == ((inside, "it is not in a file of the tree"),)
