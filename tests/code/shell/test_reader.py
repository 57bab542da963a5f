"""Scripts as checks see them, and what bad ones get."""

from __future__ import annotations

import random
import time

import pytest

from credlint.code.file_names import format_of
from credlint.code.formats import READERS
from credlint.code.shell.reader import DEEPEST, MOST_HEREDOCS, read
from credlint.code.sighting import NotReadError


def _commands(text):
    return [[word.text for word in c.words] for c in read(text.encode(), "x.sh").commands]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b 'c d' \"e f\"", ["a", "b", "c d", "e f"]),
        ('a b\\ c "d\\"e" $\'f\\n\'', ["a", "b c", 'd"e', "f\n"]),
        ('a x\'y\'"z" --k="v w"', ["a", "xyz", "--k=v w"]),
        ('a $b "${c}d" ${e:-f}', ["a", "${b}", "${c}d", "${e}"]),
        ('a "$(b c)" `d`', ["a", "$(…)", "$(…)"]),
        ("a \\\n  b", ["a", "b"]),
        ('a "b\\\nc"', ["a", "bc"]),
        ('a "$x $y  z"', ["a", "${x} ${y}  z"]),
        ("a é 'ü'", ["a", "é", "ü"]),
    ],
)
def test_words_are_those_of_the_shell(text, words):
    assert _commands(text)[0] == words


def test_commands_are_found_wherever_they_stand():
    text = (
        "if ! a; then b | c; fi; x=$(d `e`)\nf() { g; }\nfor i in 1; do h; done\n"
        'case $x in y) i;; esac; (j && k) || { l; }; echo "$(m)" <(n)\ncat <<E\n$(o)\nE\n'
    )

    assert sorted(c[0] for c in _commands(text) if len(c[0]) == 1) == list("abcdeghijklmno")


def test_lines_may_end_as_in_windows():
    assert _commands("a b\r\nc d\r\n") == [["a", "b"], ["c", "d"]]


def test_templates_are_unknown_text():
    script = read(b"a ${{ secrets.X }} {{ y }} ${var.z}\nb", "x.sh")

    assert [c.name for c in script.commands] == ["a", "b"]
    assert [word.is_literal for word in script.commands[0].arguments] == [False] * 3
    assert script.unread == ()


def test_values_of_variables_are_known_where_they_never_change():
    text = "A=x\nB=$A/y\nfor C in 1; do :; done\nD=1\nD=2\nE=$E\nF=${G:-g}\nread H\nH=1\n"
    script = read(text.encode(), "x.sh")

    assert [script.value(name) for name in "ABCDEFGH"] == [
        *("x", "x/y", None, None, "${E}", "g", None, None)
    ]


def test_values_that_double_are_bounded():
    text = "V0=xxxxxxxxxx\n" + "".join(f"V{n + 1}=$V{n}$V{n}\n" for n in range(60))
    script = read(text.encode(), "x.sh")

    assert script.value("V3") == "x" * 80
    assert len(script.value("V60") or "") <= 20_000


def test_embedded_scripts_stand_at_their_place():
    text = "sudo bash -c 'curl a'\nssh h \"b $X\"\ncat > f <<'E'\n#!/bin/sh\nc\nE\n"
    text += "python3 - <<E\nd\nE\n"
    found = list(read(text.encode(), "x.sh").embedded())

    assert [(e.format, e.text) for e in found] == [
        ("shell", b"curl a"),
        ("shell", b"b $X"),
        ("shell", b"#!/bin/sh\nc\n"),
        ("python", b"d\n"),
    ]
    for each in found:
        start = each.segments[0].outer
        assert text.encode()[start : start + len(each.text)] == each.text


def test_text_for_another_shell_is_escaped():
    single, double = read(b"sh -c 'a'\nsh -c \"a\"\n", "x.sh").embedded()

    assert single.encode("x 'y'") == "x '\\''y'\\''"
    assert double.encode('"$x"') == '\\"\\$x\\"'


@pytest.mark.parametrize(
    "text", ["cat " + "<<A " * (MOST_HEREDOCS + 1), "a=(" * 100_000], ids=("heredocs", "arrays")
)
def test_what_would_take_too_long_is_not_read(text):
    with pytest.raises(NotReadError):
        read(text.encode(), "x.sh")


def test_depth_is_bounded_and_told():
    script = read(b"{ " * 1000 + b"a; " + b"}; " * 1000, "x.sh")

    assert script.commands == []
    assert script.unread == (f"parts nested more than {DEEPEST} deep are not read",)


def test_errors_are_told_where_they_may_matter():
    assert read(b"for ( aws s3 ls )) ((\n", "x.sh").unread
    assert not read(b"for ( date )) ((\n", "x.sh").unread


_PIECES = (
    *("<<A", "<<-'E'", "\nA\n", "$(", ")", "`", '"', "'", "${a:-", "}", "((", "[[ ", "a=(", "\\"),
    *("case x in ", ";;", "esac", "if ", "fi", "do ", "done", "{ ", "; ", "|", "&&", "#", "\n"),
    *("\r\n", "\0", "é", "$'", "export ", "curl ", "-H ", "http://169.254.169.254/latest/"),
    *("TOKEN=", "aws ", "bash -c '", "{{ x }}", "${{", "```sh\n", "\t", "Environment=", "set A="),
)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", ["shell", "makefile", "batch", "systemd", "markdown"])
def test_no_text_makes_a_reader_fail(seed, name):
    from importlib import import_module  # noqa: PLC0415

    source = random.Random(f"{seed} {name}")  # noqa: S311  a test
    text = "".join(source.choice(_PIECES) for _ in range(source.choice((10, 300)))).encode()
    parsed = import_module(f"credlint.code.{READERS[name].module}").read(text, name)

    for embedded in parsed.embedded():
        for segment in embedded.segments:
            assert 0 <= segment.outer <= segment.outer + segment.length <= len(text) + 1
    for setting in getattr(parsed, "settings", ()):
        assert text[setting.value_start : setting.value_end].decode() == setting.value


@pytest.mark.parametrize("piece", ["if ", "$(", "<(", "${x:-", "[[ ", "case x in ", "(( ", "a "])
def test_time_is_linear(piece):
    def seconds(count):
        start = time.process_time()
        read((piece * count).encode(), "x.sh")
        return time.process_time() - start

    assert seconds(40_000) < 0.5 + 30 * seconds(4_000)


@pytest.mark.parametrize(
    ("uri", "data", "name"),
    [
        ("a.sh", b"", "shell"),
        ("home/.zshrc", b"", "shell"),
        (".envrc", b"", "shell"),
        ("bin/run", b"#!/usr/bin/env -S bash -e\n", "shell"),
        ("bin/run", b"#!/bin/dash\n", "shell"),
        ("bin/run", b"#!/usr/bin/env node\n", "javascript"),
        ("Makefile", b"", "makefile"),
        ("x/rules.mk", b"", "makefile"),
        ("justfile", b"", "justfile"),
        ("a.service", b"", "systemd"),
        ("a.service.d/env.conf", b"", "systemd"),
        ("nginx.conf.d/x", b"", None),
        ("Jenkinsfile", b"", "groovy"),
        ("Jenkinsfile.release", b"", "groovy"),
        ("user-data.sh.tpl", b"", "shell"),
        ("setup.ps1.j2", b"", "powershell"),
        ("page.html.j2", b"", None),
        ("README.md", b"", "markdown"),
        ("A.ps1", b"", "powershell"),
        ("bin/run", b"#!/bin/fish\n", None),
    ],
)
def test_formats_of_files(uri, data, name):
    assert format_of(uri, data) == name
