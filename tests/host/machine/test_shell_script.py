"""Shell scripts as bash reads them; the real bash judges."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint.host.machine.fish_script import read_csh, read_fish, read_fish_variables
from credlint.host.machine.shell_assignments import ShellState
from credlint.host.machine.shell_script import read_script

START = {"HOME": "/h", "A": "a0", "B": "b 0", "C": "c0"}


def after(text: str, known=START) -> ShellState:
    """Return the variables that a shell has once it has read the script."""
    state = ShellState(dict(known), set(known))
    state.apply(read_script(text, known), {}, "f")
    return state


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("export A=b", {"A": "b"}),
        ("A=b", {}),
        ("A=b\nexport A", {"A": "b"}),
        ("export A\nA=b", {"A": "b"}),
        ("set -a; A=b; set +a; B=c", {"A": "b"}),
        ("declare -x A=b; typeset -gx B=c; declare C=d", {"A": "b", "B": "c"}),
        ('export A=\'b c\' B="d\\"e" C=f\\ g', {"A": "b c", "B": 'd"e', "C": "f g"}),
        ("X=1; export A=$X${X}2", {"A": "112"}),
        ("export A=b; unset A", {}),
        ("export A=b # comment\nexport B=c#d", {"A": "b", "B": "c#d"}),
        ("export A=b && export B=c || export C=d", {"A": "b", "B": "c", "C": "d"}),
        ("cat <<EOF\nexport A=b\nEOF\nexport B=c", {"B": "c"}),
        ("cat <<-'E O'\n\texport A=b\n\tE O\nexport B=c", {"B": "c"}),
        ("(export A=b)", {}),
        ("f() { export A=b; }\nfunction g { export B=c; }\nexport C=d", {"C": "d"}),
        ("A=b prog", {}),
        ("export A=b; return; export B=c", {"A": "b"}),
        ("export A=$(get)", {}),
        ("case $x in a) export A=b;; esac", {"A": "b"}),
        ("case $x in\n(a|b) :;;\n*) export A=b;;\nesac\nexport B=c", {"A": "b", "B": "c"}),
        ("if true; then export A=b; fi", {"A": "b"}),
        ("for i in 1 2; do export A=$i; done", {}),
        ("export A=\\\nb", {"A": "b"}),
        ("export A=b|cat; export B=c &", {}),
        ("arr=(a b 'c d'); export A=b", {"A": "b"}),
        ("export A=~/x:~/y B=a~", {"B": "a~"}),
        ("export A=$'x\\ty\\x41'", {"A": "x\tyA"}),
        ("A+=x; export B=1; B+=2", {"B": "12"}),
        ("command export A=b; builtin export B=c", {"A": "b", "B": "c"}),
    ],
)
def test_what_is_exported_in_the_end(text, expected):
    assert after(text, {}).environment() == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("if x; then export A=b; fi", "f"),
        ("test -n x && export A=b", "f"),
        ("for i in 1; do export A=b; done", "f"),
    ],
)
def test_what_depends_on_a_condition_is_unsure(text, place):
    state = after(text, {})

    assert state.unsure == {"A": place}


def test_a_later_line_makes_sure():
    assert after("x && export A=b\nexport A=c", {}).unsure == {}


@pytest.mark.parametrize(
    ("text", "variable", "value"),
    [
        ("env A=b prog C=d", "A", "b"),
        ("A='b c' prog", "A", "b c"),
        ("sudo -E A=b prog", "A", "b"),
        ("exec env A=b prog", "A", "b"),
        ("nohup env A=b prog", "A", "b"),
    ],
)
def test_variables_of_one_command(text, variable, value):
    (action,) = read_script(text).actions

    assert (action.action, action.variable, action.value) == ("command", variable, value)


def test_files_that_are_sourced():
    script = read_script('. /etc/a\nexport D=/d\nsource "$D/b"\n[ -f x ] && . $(c)\n')

    assert [(one.path, one.conditional) for one in script.sourced] == [
        ("/etc/a", False),
        ("/d/b", False),
        (None, True),
    ]


@pytest.mark.parametrize(
    "text", ["export A='open\nexport B=c", "A=$(never", 'B="x', "C=`x", "D=$'y"]
)
def test_what_is_never_closed_ends_the_reading(text):
    script = read_script("export FIRST=1\n" + text)

    assert script.broken is not None
    assert [one.variable for one in script.actions] == ["FIRST"]


@pytest.mark.parametrize("text", ["{ export A=b", "if x; then\nexport A=b", "(export A=b"])
def test_what_begins_and_never_ends_is_not_sure(text):
    script = read_script("export FIRST=1\n" + text)

    assert script.broken == len("export FIRST=1\n")
    assert [one.conditional for one in script.actions] == [False, True]


def test_places_lie_inside_of_quotes():
    text = "export A='b c' B=d"
    first, second = read_script(text).actions

    assert text[first.start : first.end] == "b c"
    assert text[second.start : second.end] == "d"


@given(st.text(alphabet="AB=$'\"`(){};&|<>#\\ \n~x1é!", max_size=60))
@settings(deadline=None)
def test_never_fails(text):
    for reader in (read_script, read_fish, read_csh, read_fish_variables):
        for action in reader(text).actions:
            assert 0 <= action.start <= action.end <= len(text)


@pytest.mark.parametrize(
    "piece", ["$(", "${", "`", "(", "'", '"', "if ", "x ", "A=$B;", "<<E\n", "((", "{ "]
)
def test_hostile_texts_take_no_time(piece):
    text = piece * (200_000 // len(piece))
    start = time.monotonic()
    read_script(text)

    assert time.monotonic() - start < 10


BASH = shutil.which("bash")
VALUES = ["x", "1/2", '"q r"', "'s $A'", "\\ ", '\\"', '"\\$z\\q"', "$'t\\n\\x41\\u00e4\\''", "$A",
          '"$B"', "${C}", '"a\\\nb"', "#h", '"#"', "~", "=", "+", "%", "$HOME", "é", '"`echo hi`"',
          "$(echo x)", "{a,b}", "*", "\\\n", "\"${A}'s\"", "${Z:-'d e'}", "$ "]  # fmt: skip
COMMANDS = ["{v}={x}", "# {v}=c", "export {v}={x}", "export {v}={x}", "export {v}", "unset {v}",
            "declare -x {v}={x}",
            "export -n {v}", "{v}={x} true x", "set -a", "set +a", "{v}={x} {w}={y}", "{v}+={x}",
            "export A={x} B={y}", "env {v}={x} true", "cat <<EOF >/dev/null\nexport {v}=no\nEOF",
            "( export {v}=sub )", "f() {{ export {v}=fn; }}", "{{ {v}={x}; }}",
            "export {v}=p | true"]  # fmt: skip


def make_script(chance: random.Random) -> str:
    text = ""
    for _ in range(chance.randrange(1, 8)):
        values = ["".join(chance.choices(VALUES, k=chance.randrange(0, 4))) for _ in range(2)]
        names = chance.choices("ABC", k=2)
        command = chance.choice(COMMANDS).format(v=names[0], w=names[1], x=values[0], y=values[1])
        alone = "<<" in command or command.startswith("#") or chance.random() < 0.7
        text += command + ("\n" if alone else "; ")
    return text + "\ntrue\n"


@pytest.mark.skipif(BASH is None, reason="bash is not here")
def test_as_bash_itself_reads(tmp_path):
    """What is called literal must be what bash gives; what is not exported must not be there."""
    chance = random.Random(5)  # noqa: S311  it need not be secret
    compared = 0
    for _ in range(150):
        text = make_script(chance)
        if read_script(text, START).broken is not None:
            continue  # the shell reads nothing of it, or not all
        (tmp_path / "f").write_text(text, encoding="utf-8")
        command = [BASH, "--norc", "-c", f". {tmp_path}/f >/dev/null 2>&1; /usr/bin/env -0"]
        environment = {**START, "LC_ALL": "C.UTF-8"}
        out = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
        real = dict(one.split("=", 1) for one in os.fsdecode(out).split("\0") if one)
        state = after(text)
        for name in "ABC":
            known = state.values.get(name)
            if name in state.exported and name in state.values:
                assert name in real, text
                assert known is None or known == real[name], text
                compared += known is not None
            else:
                assert name not in real, text

    assert compared > 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("set -x A b", {"A": "b"}),
        ("set -gx A 'b \\'c\\\\' d; set B c", {"A": "b 'c\\ d"}),
        ('set --export --global A "b\\"c"', {"A": 'b"c'}),
        ("export A=b; set -Ux B c # d", {"A": "b", "B": "c"}),
        ("set -x A b; set -e A", {}),
        ("set -x A (get); set -x B $A; set -x C b*", {}),
        ("function f; set -x A b; end; set -x B c", {"B": "c"}),
        ("if status; set -x A b; end", {"A": "b"}),
        ("set -x A b\\ c\\n", {"A": "b c\n"}),
    ],
)
def test_fish(text, expected):
    state = ShellState()
    state.apply(read_fish(text), {}, "f")

    assert state.environment() == expected


def test_universal_variables_of_fish():
    text = "# c\nSETUVAR --export A:b\\x20c\nSETUVAR B:c\nSETUVAR --path --export C:d\\x1ee\n"
    actions = read_fish_variables(text).actions

    assert [(one.variable, one.value) for one in actions] == [("A", "b c"), ("C", "d e")]


@pytest.mark.parametrize(
    ("text", "expected", "unsure"),
    [
        ("setenv A b\nsetenv B 'c d' # e\nset C=d", {"A": "b", "B": "c d"}, set()),
        ("setenv A; unsetenv B", {"A": ""}, set()),
        ("if ($?x) setenv A b\nsetenv B c", {"A": "b", "B": "c"}, {"A"}),
        ("if ($?x) then\nsetenv A b\nendif\nsetenv B c", {"A": "b", "B": "c"}, {"A"}),
        ("setenv A `get`; setenv B $A", {}, set()),
    ],
)
def test_csh(text, expected, unsure):
    state = ShellState()
    state.apply(read_csh(text), {}, "f")

    assert state.environment() == expected
    assert set(state.unsure) == unsure
