"""SRC101 and SRC102 in programs made at random: the finding stays, the edit does only its own."""

from __future__ import annotations

import ast
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from credlint import samples
from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules

ANALYSER = Analyser(rule for rule in load_rules(("code",)) if rule.id in ("SRC101", "SRC102"))
SECRET = f'"{samples.secret_key("a")}"'
READ = 'os.environ["AWS_SECRET_ACCESS_KEY"]'

# What stands around: none of it is to change.
AROUND = st.sampled_from(
    [
        "x = 1  # one",
        "def f(a, *, b=2):\n    return a  # ü",
        "class A:\n    '''Doc.'''\n\n    y = (1,\n         2)",
        "if x: pass\nelse: y = 2",
        "z = f'{x!r:>{y}}'",
        "# only a comment",
        "with open('f') as f: print(f)",
        "try:\n    import json\nexcept ImportError:\n    json = None",
        "print('''a\n  # no comment\n''')",
    ]
)
EXTRA = st.sampled_from(["", "region_name='x'", "config=Config(),  # c", "**other", "use_ssl=True"])


@st.composite
def _programs(draw):
    value = draw(st.sampled_from([SECRET, READ]))
    style = draw(st.sampled_from(["keyword", "constant", "dictionary", "items", "class", "inline"]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    extra = draw(EXTRA)
    separator = draw(st.sampled_from([" ", "\n        ", "  # why\n        "]))
    arguments = ['"s3"']
    before = []
    if style == "keyword":
        arguments.append(f"aws_secret_access_key={value}")
    elif style == "constant":
        before.append(f"KEY = {value}")
        arguments.append("aws_secret_access_key=KEY")
    elif style == "dictionary":
        before.append(f"options = {{'aws_secret_access_key': {value}}}")
        arguments.append("**options")
    elif style == "items":
        before += ["options = dict(api_version='1')", f"options['aws_secret_access_key'] = {value}"]
        arguments.append("**options")
    elif style == "class":
        before.append(f"class Keys:\n    KEY = {value}\n    OTHER = 1")
        arguments.append("aws_secret_access_key=Keys.KEY")
    else:
        arguments.append(f"**{{'aws_secret_access_key': {value}, 'api_version': '1'}}")
    if extra:
        arguments.insert(draw(st.integers(1, len(arguments))), extra.split(",  #")[0])
    comma = draw(st.sampled_from(["", ","]))
    call = f"boto3.client({(',' + separator).join(arguments)}{comma})"
    places = [draw(st.lists(AROUND, max_size=3)) for _ in range(3)]
    head = ["import os, boto3", *places[0], *before, *places[1]]
    form = draw(st.sampled_from(["s3 = {}", "def make():\n    return {}", "show({}, 1)"]))
    text = "\n".join([*head, form.format(call), *places[2], "end = os.name"]) + "\n"
    return text.replace("\n", newline), value


def _analysed(data):
    result = ANALYSER.analyse(Document("m.py", data), "python")
    assert result.skipped == ()
    return [found.finding for found in result.found]


@settings(max_examples=300, deadline=None)
@given(made=_programs())
def test_edit_does_only_its_own(made):
    text, value = made
    findings = _analysed(text.encode())

    assert [finding.code for finding in findings] == ["SRC101" if value == SECRET else "SRC102"]
    change = findings[0].change
    assert change is not None
    assert change.kind == ("safe" if value == SECRET else "unsafe")
    after = apply_edits(text.encode(), change.files[0].edits)
    tree = ast.parse(after)
    assert _analysed(after) == []
    assert b"aws_secret_access_key" not in after
    assert value.encode() not in after
    kept = {ast.dump(each) for each in ast.parse(text).body} - {
        ast.dump(each) for each in tree.body
    }
    # Only the call, what was before it, and nothing else has changed.
    assert len(kept) <= 3
    assert {ast.dump(each) for each in tree.body} <= {
        *(ast.dump(each) for each in ast.parse(text).body),
        *(ast.dump(each) for each in tree.body if "boto3" in ast.unparse(each)),
        *(ast.dump(each) for each in tree.body if "options" in ast.unparse(each)),
        *(ast.dump(each) for each in tree.body if "Keys" in ast.unparse(each)),
    }
    lines = text.splitlines()
    own = ("aws_secret", "boto3.client", "KEY", "options", "**{", "),", "# why")
    for line in lines:
        if not any(each in line for each in own) and line.strip() not in ("'s3',", ")"):
            assert line.strip(" ,)") in after.decode()


def test_a_large_module_has_edits_within_bounds():
    call = f'boto3.client("s3", aws_secret_access_key={SECRET})\n'
    text = "import boto3\n" + call * 900 + "x = [1, 2, 3]\n" * 5_000
    begun = time.process_time()
    findings = _analysed(text.encode())

    assert time.process_time() - begun < 20
    assert len(findings) == 900
    assert 0 < sum(finding.change is not None for finding in findings) < 900
