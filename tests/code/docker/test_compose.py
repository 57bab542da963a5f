"""Mounts of Compose files become read-only and nothing else changes; any YAML is borne."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from credlint.code.analysis import Analyser
from credlint.code.docker.compose import services_of
from credlint.code.marked.yaml_reader import read
from credlint.model.document import Document
from credlint.model.fix import apply_edits
from credlint.rulebook import load_rules

RULES = [rule for rule in load_rules(("iac", "code")) if rule.id.startswith("IAC1")]
MODES = st.sampled_from(["", ":rw", ":z", ":rw,z", ":cached", ":ro"])


def analysed(text, uri="compose.yaml"):
    analyser = Analyser(RULES)
    return analyser.analyse(Document(uri, text.encode()), "yaml")


@st.composite
def compose_files(draw):
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    lines = ["# é", "services:"]
    for number in range(draw(st.integers(1, 3))):
        lines += [f"  s{number}:", "    volumes:"]
        for _ in range(draw(st.integers(1, 3))):
            quote = draw(st.sampled_from(["", '"', "'"]))
            source = draw(st.sampled_from(["~/.aws", "${HOME}/.aws", "./data"]))
            if draw(st.booleans()):
                mount = f"{source}:/root/.aws{draw(MODES)}"
                lines.append(f"      - {quote}{mount}{quote}  # why")
            else:
                lines += ["      - type: bind", f"        source: {quote}{source}{quote}"]
                lines += ["        target: /root/.aws" + draw(st.sampled_from(["", "  # there"]))]
    return newline.join(lines) + draw(st.sampled_from(["", newline]))


@given(compose_files())
def test_mounts_become_read_only_and_all_else_stays(text):
    found = [each.finding for each in analysed(text).found if each.finding.code == "IAC119"]
    edits = [edit for f in found if f.change for file in f.change.files for edit in file.edits]
    after = apply_edits(text.encode(), edits).decode()
    before_tree, after_tree = yaml.safe_load(text), yaml.safe_load(after)

    for name, service in before_tree["services"].items():
        changed = after_tree["services"][name]["volumes"]
        assert len(changed) == len(service["volumes"])
        for old, new in zip(service["volumes"], changed):
            if isinstance(old, str):
                assert new.split(":")[:2] == old.split(":")[:2]
                assert ".aws" not in old.split(":")[0] or "ro" in new.split(":")[2].split(",")
            else:
                assert {**old, "read_only": True} == {**new, "read_only": True}
                assert new.get("read_only", False) == (".aws" in old["source"])
    again = [each.finding for each in analysed(after).found]
    assert [f.message for f in again if f.code == "IAC119"] == []
    assert after.count("\r\n") == after.count("\n") or "\r" not in text


@pytest.mark.parametrize(
    "text",
    [
        "services: 3",
        "services: [a]\nversion: 3",
        "services: {a: }\nversion: 3",
        "services: {a: {environment: 3, volumes: x, build: y}}\nversion: 3 # AWS_PROFILE",
        "services: {a: {environment: [1, {b: c}, AWS_PROFILE], volumes: [1, {x: 2}]}}\nversion: 1",
        "services: &a {b: {environment: {<<: *a, AWS_PROFILE: }}}\nversion: AWS_",
        "apiVersion: v1\nkind: Pod\nmetadata: x\nspec: {env: [{name: AWS_ACCESS_KEY_ID}]}",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {annotations: [eks.amazonaws.com/role]}",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {annotations: {? [a] : b, c: [d]}}",
        "- hosts: a\n  tasks: {aws_secret_key: [x]}\n  aws_access_key: !vault x",
    ],
    ids=range(10),
)
def test_odd_shapes_are_borne(text):
    result = analysed(text)

    assert [skip for skip in result.skipped if skip.code == "RUN902"] == []


LEAVES = st.sampled_from(
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE=x",
        "~/.aws:/a",
        "eks.amazonaws.com/role_arn",
        "x",
        "",
        1,
        None,
    ]
)
NAMES = st.sampled_from(
    [
        *("services", "apiVersion", "kind", "metadata", "annotations", "env", "envFrom", "name"),
        *("value", "valueFrom", "secretKeyRef", "secretRef", "volumes", "environment", "build"),
        *("args", "AWS_SECRET_ACCESS_KEY", "aws_secret_key", "containers", "hosts", "fs.s3a.x"),
    ]
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=30,
)


@given(TREES)
def test_no_tree_makes_a_check_fail(tree):
    for uri in ("compose.yaml", "values.yaml", "group_vars/all.yml"):
        for kind in ("ServiceAccount", "Deployment"):
            made = {"apiVersion": "v1", "kind": kind, **tree} if isinstance(tree, dict) else tree
            result = analysed(yaml.safe_dump(made), uri)
            assert [skip for skip in result.skipped if skip.code == "RUN902"] == []


def test_variables_of_merged_mappings_are_there():
    text = (
        "services:\n  a:\n    environment:\n      <<: [{A: 1}, {A: 2, B: $$x}]\n      C: ${D:-e}\n"
    )
    (root,) = read(text.encode(), "compose.yaml").roots
    (service,) = services_of(root)
    found = {each.name: (each.value, each.default) for each in service.variables()}

    assert found == {"A": ("1", ""), "B": ("$$x", ""), "C": (None, "e")}
