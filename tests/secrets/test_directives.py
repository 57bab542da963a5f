from __future__ import annotations

import pytest

from credlint.model.document import Document


def _read(engine, text):
    return [
        (d.line, d.selectors, d.reason, d.stands_alone)
        for d in engine.scan(Document("f", text.encode())).directives
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# credlint: ignore[SEC101] deleted", [(1, ("SEC101",), "deleted", True)]),
        ("x = 1  # credlint: ignore[SEC101] old", [(1, ("SEC101",), "old", False)]),
        ("\n// credlint: ignore[SEC101, private-key]", [(2, ("SEC101", "private-key"), "", True)]),
        ("<!-- credlint: ignore[SEC201] test key -->", [(1, ("SEC201",), "test key", True)]),
        ("/* credlint: ignore[SEC201] why */ int x;", [(1, ("SEC201",), "why", False)]),
        ("-- credlint:ignore[SEC102] sql", [(1, ("SEC102",), "sql", True)]),
        ("REM credlint: ignore[SEC102] batch", [(1, ("SEC102",), "batch", True)]),
        ("; credlint: ignore", [(1, (), "", True)]),
        ('  "comment": "credlint: ignore[SEC101] why",', [(1, ("SEC101",), "why", True)]),
        ('  "id": 1, "c": "credlint: ignore[SEC101] why",', [(1, ("SEC101",), "why", False)]),
        ("a\r\n# credlint: ignore[SEC101] é\r\nb", [(2, ("SEC101",), "é", True)]),
    ],
)
def test_directive_in_any_comment_syntax(engine, text, expected):
    assert _read(engine, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "write `credlint: ignore[SEC101] reason` there",
        "the text credlint: ignore[SEC101] alone",
        "# credlint: ignored",
    ],
)
def test_mention_is_no_directive(engine, text):
    assert _read(engine, text) == []
