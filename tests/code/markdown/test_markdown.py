"""Examples of documents: which text is one, and where."""

from __future__ import annotations

import pytest

from credlint.code.analysis import Analyser
from credlint.code.markdown.reader import read
from credlint.model.document import Document
from credlint.rulebook import load_rules


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


def test_fragments_are_told_once():
    text = "```python\nimport boto3\nboto3.client('s3', aws_access_key_id=...\n```\n" * 3
    analyser = Analyser(load_rules(("code",)))
    result = analyser.analyse(Document("docs/a.md", text.encode()), "markdown", has_key=True)

    assert [skip.reason for skip in result.skipped] == [
        "code rules applied in part: some examples are no whole texts of their language"
    ]
