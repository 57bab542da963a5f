"""The samples of all rules about Python, with other code around them: the findings stay."""

from __future__ import annotations

import ast
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import OverlapError, apply_edits
from credlint.rulebook import load_rules
from credlint.samples import expand
from tests.code.samples import Beside

RULES = [rule for rule in load_rules(("code",), samples=True) if "python" in rule.detectors]
SAMPLES = [
    pytest.param(rule, sample, id=f"{rule.id}-{sample['path']}")
    for rule in RULES
    for sample in rule.match
    if sample["path"].endswith(".py")
    and not sample["text"].startswith(("#!", '"""'))
    and "__future__" not in sample["text"]
]
AROUND = st.lists(
    st.sampled_from(
        [
            "# ü: a comment",
            "import json",
            "def before_or_after(value):\n    return [each for each in value]",
            "text = '''\n# no comment\n'''",
            "class Around:\n    '''Doc.'''\n\n    size = 3",
            "",
            "numbers = (1,\n           2)",
        ]
    ),
    max_size=4,
)


def _analysed(rule, sample, data):
    beside = {uri: text for uri, text in sample.get("files", {}).items() if isinstance(text, str)}
    analyser = Analyser([rule], around=Beside(beside))
    result = analyser.analyse(Document(sample["path"], data), "python", has_key=True)
    assert [skip for skip in result.skipped if skip.code == "RUN902"] == []
    return [found.finding for found in result.found]


@pytest.mark.parametrize(("rule", "sample"), SAMPLES)
@settings(max_examples=6, deadline=None)
@given(before=AROUND, after=AROUND, newline=st.sampled_from(["\n", "\r\n"]))
def test_findings_stay_and_edits_can_be_parsed(rule, sample, before, after, newline):
    own = expand(sample["text"])
    head = "".join(f"{each}\n" for each in before)
    tail = "".join(f"\n{each}\n" for each in after)
    data = (head + own + tail).replace("\n", newline).encode()
    findings = _analysed(rule, sample, data)
    shift = head.count("\n")
    alone = _analysed(rule, sample, own.encode())

    assert [(f.level, f.location.line - shift, f.location.column) for f in findings] == [
        (f.level, f.location.line, f.location.column) for f in alone
    ]
    for finding in findings:
        change = finding.change
        edits = [e for file in change.files if not file.uri for e in file.edits] if change else []
        changed = apply_edits(data, edits)
        ast.parse(changed)
        assert not edits or changed != data
    everything = [
        e
        for f in findings
        if f.change
        for file in f.change.files
        if not file.uri
        for e in file.edits
    ]
    with contextlib.suppress(OverlapError):
        ast.parse(apply_edits(data, everything))
