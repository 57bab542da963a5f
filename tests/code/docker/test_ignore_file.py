"""What a .dockerignore leaves out; expectations as moby/patternmatcher has them in its tests."""

from __future__ import annotations

import time

import pytest

from credlint.code.docker.ignore_file import read_ignore_file

CASES = [
    (".aws", ".aws", True),
    (".aws/", ".aws/credentials", True),
    ("/.aws", ".aws/credentials", True),
    (".aws", "app/.aws", False),
    ("**/.aws", ".aws", True),
    ("**/.aws", "a/b/.aws/credentials", True),
    ("**", "a/b", True),
    ("*", ".env", True),
    ("*\n!src", ".env", True),
    ("*\n!.env", ".env", False),
    ("!.env\n*", ".env", True),
    (".env*", ".env.local", True),
    (".env.*", ".env", False),
    ("*.env", "app/.env", False),
    ("**/*.env", "app/.env", True),
    ("app/**/x", "app/x", True),
    ("app/**/x", "app/a/b/x", True),
    ("a**", "ab/c", True),
    (".e?v", ".env", True),
    ("[.]env", ".env", True),
    ("[^a]env", ".env", True),
    ("[a-z]env", ".env", False),
    ("\\.env", ".env", True),
    ("# .env\n", ".env", False),
    ("  .env  \r\n", ".env", True),
    ("./.env", ".env", True),
    ("x/../.env", ".env", True),
    ("\ufeff.env", ".env", True),
    ("", ".env", False),
]


@pytest.mark.parametrize(("patterns", "path", "excluded"), CASES)
def test_excludes(patterns, path, excluded):
    assert read_ignore_file(patterns.encode()).excludes(path) is excluded


def test_hostile_patterns_end():
    began = time.process_time()
    data = ("*a**b?" * 80 + "\n").encode() * 500
    read_ignore_file(data).excludes("ab" * 40)

    assert time.process_time() - began < 5
