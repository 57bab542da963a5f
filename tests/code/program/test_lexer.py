"""Strings, comments and calls of programs."""

from __future__ import annotations

import random
import time

import pytest

from credlint.code.formats import PROGRAMS
from credlint.code.program.lexer import read


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("javascript", "a('b', \"c\\\"d\", `e${f('}')}g`) // 'h'\n/* 'i' */ x = /'j/; 'k'", 4),
        ("javascript", "const a = 1 / 2, b = 'x' / 3;", 1),
        ("javascript", "don't\n'a'", 1),
        ("go", 'a("b", `c\n"d`, \'"\') // "e"\n', 3),
        ("java", 'String s = """\n "a" """ + "b"; // "c"', 2),
        ("kotlin", 'val a = "b${c("d")}" /* /* "x" */ "y" */ + """e"""', 2),
        ("scala", 'val c = \'"\'; val d = "e" // "f"', 2),
        ("ruby", "a \"b#{c}\", 'd' # 'e'\nx = <<~T\n  'f'\nT\n'g'", 4),
        ("php", "don't <?php $a = 'b'; # 'c'\n$d = \"e\"; ?> can't <?= 'f' ?>", 3),
        ("php", "<?php $a = <<<'T'\n'b'\nT;\n'c';", 2),
        ("csharp", 'var a = @"b""c"; var d = $"e"; // "f"\nchar g = \'"\';', 3),
        ("rust", 'let a: &\'a str = "b"; let c = \'"\'; r#"d"e"#; // "f"', 3),
        ("groovy", "sh 'a'; sh \"\"\"b 'c' ${d}\"\"\"; sh '''e''' // 'f'", 3),
        ("powershell", "$a = 'b''c' # 'd'\n$e = \"f`\"g\" <# 'h' #>\n@\"\n'i'\n\"@", 3),
    ],
)
def test_strings_are_found_and_comments_are_not(language, text, values):
    assert len(read(text.encode(), language).strings) == values


def test_values_and_places():
    text = "é = f('a\\n', \"ü\")"
    program = read(text.encode(), "javascript")

    assert [literal.value for literal in program.strings] == ["a\n", "ü"]
    for literal in program.strings:
        assert text.encode()[literal.start : literal.start + 1] in (b"'", b'"')
    (call,) = program.calls("f")
    assert text.encode()[call.open : call.end] == text[5:].encode()
    assert program.strings_between(call.open, call.end) == program.strings


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.parametrize("seed", range(10))
def test_code_is_as_long_as_the_text(language, seed):
    signs = [
        '"',
        "'",
        "`",
        "//",
        "/*",
        "*/",
        "#",
        "<<A\n",
        "\nA\n",
        "${",
        "}",
        "(",
        ")",
        "\\",
        "\n",
    ]
    signs += ["x", "é", '"""', "<#", '@"', '\n"@', 'r#"', '"#', "?>", "<?", "/", "[", "]"]
    source = random.Random(f"{seed} {language}")  # noqa: S311  a test
    text = "".join(source.choice(signs) for _ in range(400)).encode()
    program = read(text, language)

    assert len(program.code) == len(text)
    assert program.code.count("\n") == text.count(b"\n")
    assert [s.start for s in program.strings] == sorted(s.start for s in program.strings)
    assert all(end > start for start, end in program.pairs.items())


@pytest.mark.parametrize("piece", ["<<A\n", "/[,", "/*", '"', "`${", "'", "(", "<<", "\\"])
@pytest.mark.parametrize("language", ["javascript", "ruby", "groovy"])
def test_time_is_linear(piece, language):
    def seconds(count):
        start = time.process_time()
        read((piece * count).encode(), language)
        return time.process_time() - start

    assert seconds(40_000) < 0.5 + 30 * seconds(4_000)
