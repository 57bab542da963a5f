"""The fixes for templates and tasks in random surroundings: right afterwards, and done once."""

from __future__ import annotations

import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from credlint import samples
from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules

RULES = {
    rule.id: rule for rule in load_rules(("iac",)) if rule.id in ("IAC103", "IAC110", "IAC111")
}
TEXTS = st.sampled_from(["x", "é", "a: b", "# c", "two\nlines\n", "${A}", "true"])
OTHERS = st.dictionaries(
    st.sampled_from(["Name", "Zone", "Description", "é"]),
    TEXTS | st.lists(TEXTS, max_size=2) | st.dictionaries(st.just("k"), TEXTS, max_size=1),
    max_size=3,
)
OPTIONS = st.sampled_from([None, {}, {"HttpTokens": "optional"}, {"HttpPutResponseHopLimit": "1"}])
NAMES = st.sampled_from(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "MODE", "TABLE"])
# What cannot be a key is a note, for which no edit is made.
ISSUED = {
    "AWS_ACCESS_KEY_ID": samples.key_id(),
    "AWS_SECRET_ACCESS_KEY": samples.secret_key(),
}


@st.composite
def written(draw, value):
    """Return a path and the bytes of a document as people and tools write it."""
    syntax = draw(st.sampled_from(["yaml", "json"]))
    if syntax == "json":
        text = json.dumps(value, indent=draw(st.sampled_from([None, 2, 4])), ensure_ascii=False)
    else:
        text = yaml.safe_dump(
            value,
            allow_unicode=True,
            sort_keys=draw(st.booleans()),
            default_flow_style=draw(st.sampled_from([None, True, False])),
            indent=draw(st.sampled_from([2, 4])),
        )
    return f"t.{syntax}", text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode()


def shuffled(draw, value):
    return dict(draw(st.permutations(list(value.items()))))


def fixed(rule, uri, data):
    """Return the bytes after all edits of a rule, and how many findings had some."""
    analyser = Analyser([RULES[rule]])
    result = analyser.analyse(Document(uri, data), uri.rpartition(".")[2])
    changes = [each.finding.change for each in result.found if each.finding.change]
    edits = [edit for change in changes for file in change.files for edit in file.edits]

    assert [skip.reason for skip in result.skipped] == []
    return apply_edits(data, edits), len(edits)


def load(uri, data):
    return json.loads(data) if uri.endswith("json") else yaml.safe_load(data)


@given(st.data())
def test_metadata_options(data):
    properties = data.draw(OTHERS)
    options = data.draw(OPTIONS)
    if options is not None:
        properties = shuffled(data.draw, {**properties, "MetadataOptions": options})
    server = {"Type": "AWS::EC2::Instance", "Properties": {**properties, "ImageId": "ami-1"}}
    value = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Server": server}}
    uri, source = data.draw(written(value))
    after, _ = fixed("IAC103", uri, source)
    expected = {**(options or {}), "HttpTokens": "required"}

    assert load(uri, after) == {
        **value,
        "Resources": {
            "Server": {
                **server,
                "Properties": {**server["Properties"], "MetadataOptions": expected},
            }
        },
    }
    assert fixed("IAC103", uri, after) == (after, 0)


@given(st.data())
def test_containers(data):
    names = data.draw(st.lists(NAMES, min_size=1, max_size=6))
    environment = [{"name": name, "value": ISSUED.get(name) or data.draw(TEXTS)} for name in names]
    container = shuffled(data.draw, {"name": "web", "image": "i", "environment": environment})
    value = {"family": "shop", "containerDefinitions": [container, {"name": "other"}]}
    uri, source = data.draw(written(value))
    after, _ = fixed("IAC111", uri, source)
    kept = [each for each in environment if not each["name"].startswith("AWS_")]

    assert load(uri, after) == {
        **value,
        "containerDefinitions": [{**container, "environment": kept}, {"name": "other"}],
    }
    assert fixed("IAC111", uri, after) == (after, 0)


@given(st.data())
def test_functions(data):
    variables = data.draw(st.dictionaries(NAMES, TEXTS, min_size=1))
    properties = shuffled(data.draw, {**data.draw(OTHERS), "Environment": {"Variables": variables}})
    function = {"Type": "AWS::Lambda::Function", "Properties": properties}
    value = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Function": function}}
    uri, source = data.draw(written(value))
    after, _ = fixed("IAC110", uri, source)
    kept = {name: text for name, text in variables.items() if not name.startswith("AWS_")}
    result = load(uri, after)["Resources"]["Function"]["Properties"]

    assert result == {**properties, "Environment": {"Variables": kept}}
    assert fixed("IAC110", uri, after) == (after, 0)
