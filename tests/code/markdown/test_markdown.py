"""Examples of documents: which text is one, and where."""

from __future__ import annotations

import pytest

from credlint.code.markdown.reader import read


@pytest.mark.parametrize(
    ("text", "examples"),
    [
        ("```sh\na\n```\n", [("shell", "a\n")]),
        ("~~~~ bash title=x\n```\na\n~~~~\n", [("shell", "```\na\n")]),
        ("- x\n  ```python\n  a\n  ```\n", [("python", "  a\n")]),
        ("```console\n$ a b\nout\n# c\n```\n", [("shell", "a b\nout\n# c\n")]),
        ("```\na\n```\n```text\nb\n```\n", []),
        ("```js\na", [("javascript", "a")]),
        ("````sh\na\n```\nb\n````\n", [("shell", "a\n```\nb\n")]),
        ("```sh\r\na\r\n```\r\n", [("shell", "a\r\n")]),
        ("`sh` ```inline``` a\n", []),
    ],
)
def test_fenced_blocks(text, examples):
    found = list(read(text.encode(), "a.md").embedded())

    assert [(e.format, e.text.decode()) for e in found] == examples
    assert all(e.is_documentation for e in found)
    for each in found:
        for inner, outer, length in each.segments:
            assert text.encode()[outer : outer + length] == each.text[inner : inner + length]
