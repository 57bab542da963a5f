"""Scripts in pipelines are found as they are written, and nothing else is taken for one."""

import time

import pytest

from credlint.code.program.lexer import read


def scripts(text):
    return [each.text.decode() for each in read(text.encode(), "groovy").embedded()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sh 'ls'", ["ls"]),
        ('sh "ls $HOME"', ["ls $HOME"]),
        ("sh('ls')", ["ls"]),
        ("sh (\n  script: '''a\nb''',\n  returnStdout: true)", ["a\nb"]),
        ("sh label: 'list', script: 'ls'", ["ls"]),
        ('def x = sh(returnStdout: true, script: "ls").trim()', ["ls"]),
        ("// sh 'ls'", []),
        ("echo 'sh ls'", []),
        ("push 'ls'; x.sh 'ls'; sh command", []),
    ],
)
def test_scripts_of_steps(text, expected):
    assert scripts(text) == expected


def test_places_are_those_of_the_file():
    text = "node {\n  sh '''é aws s3 ls'''\n}\n".encode()
    (script,) = read(text, "groovy").embedded()
    at = script.text.index(b"aws")
    assert text[script.outside(at) :].startswith(b"aws s3 ls")


def test_other_programs_have_none():
    assert list(read(b"sh('ls')", "ruby").embedded()) == []


def test_hostile_text_takes_linear_time():
    start = time.process_time()
    for text in ("sh (" * 50_000, "sh script" * 50_000, "sh ( ," * 50_000, "sh " * 100_000):
        scripts(text)
    assert time.process_time() - start < 10  # squared it would be many minutes
