"""Which rules are asked about a text, told by its words."""

import pytest

from credlint.code.file_names import format_of
from credlint.code.formats import READERS
from credlint.code.hints import Met, RulesByFormat, may_stand
from credlint.model.aws_words import TOLD_WORDS
from credlint.rulebook import load_rules

OBJECT = b"""{"apiVersion"%s"v1", "kind"%s"Pod", "env": [{"name": "AWS_ACCESS_KEY_ID"}]}"""


@pytest.fixture(scope="module")
def rules():
    return RulesByFormat(load_rules(("code", "iac")))


def met(text, *, told=True):
    words = frozenset(word for word in TOLD_WORDS if word.encode() in text)
    return Met(text, words if told else None, has_key=False)


@pytest.mark.parametrize("colon", [b":", b": ", b" : ", b":\n\t"])
def test_a_name_with_a_text_is_met_however_it_is_spaced(colon):
    assert met(OBJECT % (colon, colon)).has('"apiVersion": "')


@pytest.mark.parametrize(
    "text",
    [b'{"apiVersion": {"type": "string"}}', b'["apiVersion", "v1"]', b"apiVersion: v1", b""],
)
def test_a_name_without_a_text_is_not_met(text):
    assert not met(text).has('"apiVersion": "')


def test_the_first_of_several_names_need_not_have_the_text():
    assert met(b'{"kind": [], "a": {"kind": 1, "b": {"kind" : "Pod"}}}').has('"kind": "')


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(
    ("text", "expected"),
    [(b"xx boto", True), (b"x boto3", True), (b"boto", False), (b"", False)],
)
def test_either_of_several_words_will_do(text, expected, told):
    assert met(text, told=told).has("xx|boto3") is expected


@pytest.mark.parametrize(
    ("word", "told", "expected"),
    [
        ("boto|x", frozenset(), True),
        ("boto|aws-sdk", frozenset(), False),
        ("boto|aws-sdk", frozenset({"aws-sdk", "aws-"}), True),
        ("boto|aws-sdk", None, True),
    ],
)
def test_told_words_say_which_others_may_be_there(word, told, expected):
    assert may_stand(word, told) is expected


@pytest.mark.parametrize("told", [True, False])
def test_a_manifest_in_json_is_asked_for(rules, told):
    assert rules.are_asked("json", met(OBJECT % (b": ", b": "), told=told))


def test_a_description_of_an_interface_is_not(rules):
    text = b"""{"kind": "discovery#restDescription", "schemas": {"Pod": {"properties": {
        "apiVersion": {"type": "string"}, "a": {"description": "ServiceAccount amazon"},
        "AWS_": {"description": "AWS_SESSION_TOKEN, AWS_SECURITY_TOKEN"}}}}}"""
    assert not rules.are_asked("json", met(text))


def test_what_json_holds_is_told_by_words_that_the_first_stage_tells():
    reader = READERS["json"]
    assert set(reader.signs) == set(reader.holds)
    assert reader.marks <= set(TOLD_WORDS)
    told = [
        {mark for mark in reader.marks if mark in sign[0]}
        for sign in reader.signs.values()
        for sign in sign
    ]
    assert all(told)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("cdk.json", "cdk"),
        ("infra/cdk.json", "cdk"),
        ("samconfig.json", "samconfig"),
        ("a/samconfig-prod.json", "samconfig"),
        ("a/.terraform/terraform.tfstate", "terraform-init"),
        ("terraform.tfstate", None),
        ("mysamconfig.json", "json"),
    ],
)
def test_json_of_a_known_name_is_a_format_of_its_own(path, name):
    assert format_of(path, b"{}") == name


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("stack.template", b"Resources:\n  A: {}\n", "yaml"),
        ("stack.template", b' {"Resources": {}}', "json"),
        ("values.yaml.template", b"image: a\n", "yaml"),
        ("cloud-config-aws.ini.template", b"[default]\naws_access_key: a\n", None),
    ],
)
def test_a_template_is_told_by_what_it_holds(path, text, name):
    assert format_of(path, text) == name
