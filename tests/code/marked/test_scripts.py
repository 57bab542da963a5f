from __future__ import annotations

import pytest

from credlint.code.marked import json_reader, yaml_reader
from credlint.model.fix import Edit, apply_edits

HEAD = (
    "AWSTemplateFormatVersion: a\nResources:\n  A:\n    Type: AWS::EC2::Instance\n    Properties:\n"
)


def scripts(data, uri):
    reader = json_reader if uri.endswith(".json") else yaml_reader
    return [each for each in reader.read(data, uri).embedded() if each.format == "shell"]


@pytest.mark.parametrize(
    ("uri", "text", "expected"),
    [
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n    - run: aws s3 ls\n", "aws s3 ls"),
        (".gitlab-ci.yml", "a:\n  script:\n  - aws s3 ls\n", "aws s3 ls"),
        ("buildspec.yml", "phases: {build: {commands: ['aws s3 ls']}}\n", "aws s3 ls"),
        ("t.yaml", HEAD + "      UserData: !Base64 |\n        aws s3 ls\n", "aws s3 ls\n"),
        ("t.yaml", HEAD + "      UserData: {'Fn::Base64': !Sub 'aws s3 ls'}\n", "aws s3 ls"),
        ("t.yaml", HEAD + "      UserData: !Base64\n        Fn::Sub: aws s3 ls\n", "aws s3 ls"),
        (
            "t.yaml",
            HEAD + "      UserData: !Base64\n        Fn::Sub: [aws s3 ls, {}]\n",
            "aws s3 ls",
        ),
        (
            "t.yaml",
            HEAD
            + "      UserData:\n        Fn::Base64: !Sub\n          - aws s3 ls\n          - {}\n",
            "aws s3 ls",
        ),
    ],
)
def test_scripts_are_found(uri, text, expected):
    data = text.encode()

    assert expected in [each.text.decode() for each in scripts(data, uri)]


def test_pieces_that_are_joined_are_one_script():
    data = (
        b'{"Resources": {"A": {"Type": "AWS::EC2::Instance", "Properties": {"UserData": '
        b'{"Fn::Base64": {"Fn::Join": ["", ["#!/bin/sh\\n", "curl http://", {"Ref": "Host"}, '
        b'"/x\\n"]]}}}}}}'
    )
    inner = next(each for each in scripts(data, "t.json") if b"${AWS}" in each.text)
    place = inner.text.index(b"curl")
    after = apply_edits(data, [inner.edit_outside(Edit(place, place, 'T="a"\n'))])

    assert inner.text == b"#!/bin/sh\ncurl http://${AWS}/x\n"
    assert data[inner.outside(place) :].startswith(b"curl")
    assert b'"T=\\"a\\"\\ncurl http://"' in after


def test_an_edit_of_the_shell_rules_stands_in_the_template():
    data = (HEAD + "      UserData: !Base64 |\n        a\n        b\n").encode()
    (inner,) = scripts(data, "t.yaml")
    change = inner.edit_outside(Edit(2, 3, "c"))

    assert apply_edits(data, [change]) == data.replace(b"        b\n", b"        c\n")


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\ndata:\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  run.sh: |\n    aws s3 ls\n", [("shell", b"aws s3 ls\n")]),
        ("  core-site.xml: |\n    <a>\n    </a>\n", [("hadoop", b"<a>\n</a>\n")]),
        ("  run.sh: YXdzIHMzIGxz\n", []),
        ("  notes.txt: |\n    aws s3 ls\n", []),
        ("  deeper: {x: 1}\n", []),
    ],
)
def test_files_of_a_config_map_are_found(text, expected):
    found = yaml_reader.read((CONFIG_MAP + text).encode(), "a.yaml").embedded()

    assert [(each.format, each.text) for each in found] == expected
