from __future__ import annotations

import pytest

from credlint.policy.globs import path_matches


@pytest.mark.parametrize(
    ("uri", "pattern", "expected"),
    [
        ("tests/a/b.py", "tests/**", True),
        ("tests/a/b.py", "tests/", True),
        ("tests/a/b.py", "tests", True),
        ("src/tests/b.py", "tests", True),
        ("src/tests/b.py", "tests/**", False),
        ("src/tests/b.py", "/tests", False),
        ("a/b/c.md", "*.md", True),
        ("a/b/c.md", "a/*.md", False),
        ("a/b/c.md", "a/**/*.md", True),
        ("a/c.md", "a/**/*.md", True),
        ("a/b/c.md", "**/c.md", True),
        ("a/b/c.md", "a/?/c.md", True),
        ("a/b/c.mdx", "*.md", False),
        ("a", "a/b", False),
        ("", "*", True),
    ],
)
def test_patterns(uri, pattern, expected):
    assert path_matches(uri, pattern) is expected


def test_hostile_pattern_does_not_stall():
    assert path_matches("/".join("a" * 500), "/".join(["**", "a*a*a*"] * 200) + "/b") is False
