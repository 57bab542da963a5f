"""Scripts handed to another shell: they are read as that shell is given them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.shell.nested import _in_double, _in_heredoc
from credlint.code.shell.reader import read

SIGNS = st.text(st.sampled_from("ab $`\"'\\;|\n"), max_size=30)


def _inner(text):
    (inner,) = list(read(text.encode(), "a.sh").embedded())
    return inner


def _stands_as_told(inner, text):
    return all(
        inner.text[s.inner : s.inner + s.length] == text.encode()[s.outer : s.outer + s.length]
        for s in inner.segments
    )


@given(SIGNS)
def test_double_quotes_are_undone(script):
    text = f'ssh web "true; {_in_double(script)}"\n'

    inner = _inner(text)

    assert inner.text.decode() == f"true; {script}"
    assert _stands_as_told(inner, text)


@given(SIGNS)
def test_heredocs_are_undone(script):
    text = f"bash <<E\ntrue; {_in_heredoc(script)}\nE\n"

    inner = _inner(text)

    assert inner.text.decode().rstrip("\n") == f"true; {script}".rstrip("\n")
    assert _stands_as_told(inner, text)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (r"""ssh web 'echo \"$A\"'""", r"""echo \"$A\""""),
        ('ssh web "echo \\\n  a"', "echo   a"),
        ('ssh web "date \\d"', "date \\d"),
        ("bash <<'E'\necho \\$A\nE\n", "echo \\$A\n"),
        ('bash <<E\necho \\$A \\"\nE\n', 'echo $A \\"\n'),
    ],
)
def test_what_the_inner_shell_is_given(text, given):
    assert _inner(text).text.decode() == given
