"""Where a variable of a process first appears."""

from __future__ import annotations

from credlint.host.machine.origins import origins_of
from credlint.host.machine.processes import RunningProcess
from credlint.model.audit import Origin


def tree(*processes):
    return {one.pid: one for one in processes}


def process(pid, parent, fault=None, **environment):
    return RunningProcess(pid, parent, f"p{pid}", 0, environment=environment, fault=fault)


def test_the_topmost_process_with_the_same_value():
    known = tree(
        process(1, 0),
        process(2, 1, AWS_PROFILE="x"),
        process(3, 2, AWS_PROFILE="x"),
        process(4, 3, AWS_PROFILE="x"),
    )

    assert origins_of(known[4], known) == (Origin("AWS_PROFILE", 2, "p2", inherited=True),)


def test_a_process_that_changed_the_value_ends_the_line():
    known = tree(process(1, 0, AWS_PROFILE="x"), process(2, 1, AWS_PROFILE="y"))

    assert origins_of(known[2], known) == (Origin("AWS_PROFILE", 2, "p2"),)


def test_a_gap_ends_the_line():
    known = tree(process(1, 0, AWS_PROFILE="x"), process(2, 1), process(3, 2, AWS_PROFILE="x"))

    assert origins_of(known[3], known) == (Origin("AWS_PROFILE", 3, "p3"),)


def test_an_ancestor_that_cannot_be_read_leaves_it_open():
    known = tree(process(1, 0, fault="EACCES"), process(2, 1, AWS_PROFILE="x"))

    assert origins_of(known[2], known) == (Origin("AWS_PROFILE", 2, "p2", certain=False),)


def test_a_loop_of_parents_ends():
    known = tree(process(2, 3, AWS_PROFILE="x"), process(3, 2, AWS_PROFILE="x"))

    assert origins_of(known[2], known) == (Origin("AWS_PROFILE", 3, "p3", inherited=True),)


def test_what_says_nothing_about_aws_is_left_out():
    known = tree(process(2, 1, HOME="/x", PATH="/y", LANG="C"))

    assert origins_of(known[2], known) == ()
