"""Samples of the rules for Python within other code: the finding stays, edits leave Python."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules
from credlint.samples import expand
from tests.code.samples import Beside

CODES = ("SRC108", "SRC110", "SRC111", "SRC112", "SRC114", "SRC115", "SRC116")
RULES = {rule.id: rule for rule in load_rules(("code",), samples=True) if rule.id in CODES}
SAMPLES = [
    (code, sample)
    for code, rule in sorted(RULES.items())
    for sample in rule.match
    if sample["path"].endswith(".py")
]
BEFORE = (
    "# ünïcode: 𝄞\n",
    '"""What it is for."""\n',
    "import json, sys  # first\n",
    "\n\n\n",
    "from typing import (\n    Any,\n    Dict,\n)\n",
    "def unrelated(x, *, y=(1, 2)):\n    return {x: y}\n",
    "class Unrelated:\n\tvalue = 'a' 'b'\n",
    "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n",
)
BEHIND = (*BEFORE, "for n in range(3):\n    unrelated(n)\n", "lambda_ = lambda a: a\n")
ANALYSERS = {code: Analyser([rule]) for code, rule in RULES.items()}


def looked_at(code, sample, text):
    files = {**sample.get("files", {}), sample["path"]: ""}
    analyser = Analyser([RULES[code]], around=Beside(files))
    result = analyser.analyse(Document(sample["path"], text.encode()), "python", has_key=True)
    assert result.skipped == ()
    return [found.finding for found in result.found]


def applied(text, findings):
    """Return the text after each fix, and after all of them together."""
    made = [
        [edit for file in finding.change.files if not file.uri for edit in file.edits]
        for finding in findings
        if finding.change is not None and finding.change.kind != "display"
    ]
    whole = [edit for edits in made for edit in edits]
    return [apply_edits(text.encode(), edits).decode() for edits in (*made, whole)]


@pytest.mark.parametrize(
    ("code", "sample"), SAMPLES, ids=lambda x: x if isinstance(x, str) else x["path"]
)
@given(st.data())
def test_other_code_around_a_sample_changes_nothing(code, sample, data):
    text = expand(sample["text"])
    before = "".join(data.draw(st.lists(st.sampled_from(BEFORE), max_size=3)))
    behind = "".join(data.draw(st.lists(st.sampled_from(BEHIND), max_size=2)))
    behind += data.draw(st.sampled_from(("", "x = 1")))
    whole = before + text.rstrip("\n") + "\n" + behind
    if data.draw(st.booleans()):
        whole = whole.replace("\n", "\r\n")
    findings = looked_at(code, sample, whole)
    lines = before.count("\n")

    assert [
        f"{finding.level} {finding.location.line - lines}:{finding.location.column}"
        for finding in findings
    ] == sample["expect"]
    for after in applied(whole, findings):
        ast.parse(after)
        if "\r\n" in whole:
            assert re.search(r"(?<!\r)\n", after) is None
        again = looked_at(code, sample, after)
        assert len(again) <= len(findings)


@pytest.mark.parametrize(
    ("code", "sample"), SAMPLES, ids=lambda x: x if isinstance(x, str) else x["path"]
)
def test_half_of_a_sample_is_never_a_crash(code, sample):
    """Whatever of a sample is left that can still be parsed is looked at."""
    lines = expand(sample["text"]).splitlines(keepends=True)
    for first in range(len(lines)):
        for last in range(first + 1, len(lines) + 1):
            text = "".join(lines[first:last])
            result = ANALYSERS[code].analyse(Document(sample["path"], text.encode()), "python")
            assert [skip for skip in result.skipped if skip.code == "RUN902"] == []
