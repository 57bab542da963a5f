"""Large and strange templates: every rule ends in time, and none fails."""

from __future__ import annotations

import time

import pytest

from credlint.code.analysis import Analyser
from credlint.model.document import Document
from credlint.rulebook import load_rules

MODULES = ("cloudformation.", "ecs.", "policies.", "serverless.")
RULES = [
    rule
    for rule in load_rules(("iac",))
    if any(module.startswith(MODULES) for module in rule.detectors.values())
]
HEAD = '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {'
INSTANCE = '"Type": "AWS::EC2::Instance", "Properties": {"ImageId": "ami-1"}'
VARIABLE = '"AWS_ACCESS_KEY_ID": {"Ref": "Key"}'
FUNCTION = '"F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {'
TRUST = (
    '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": '
    '"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}, "Condition": '
    '{"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}}}'
)
TEXTS = {
    "instances.json": HEAD + ",".join(f'"R{n}": {{{INSTANCE}}}' for n in range(40_000)) + "}}",
    "variables.json": HEAD + FUNCTION + ",".join([VARIABLE] * 90_000) + "}}}}}}",
    "statements.json": '{"Statement": [' + ",".join([TRUST] * 20_000) + "]}",
    "keys.yaml": "AWSTemplateFormatVersion: a\nResources:\n"
    + "".join(f"  K{n}: {{Type: AWS::IAM::AccessKey}}\n" for n in range(20_000))
    + "Outputs:\n"
    + "".join(f"  O{n}: {{Value: !GetAtt K{n}.SecretAccessKey}}\n" for n in range(20_000)),
    "tasks.json": '{"containerDefinitions": [{"name": "a", "environment": ['
    + ",".join(['{"name": "AWS_SECRET_ACCESS_KEY", "value": "a"}'] * 60_000)
    + "]}]}",
    "user-data.yaml": "AWSTemplateFormatVersion: a\nResources:\n  A:\n"
    "    Type: AWS::EC2::Instance\n    Properties:\n      UserData: |\n"
    + "        password= aws_secret_access_key=\n"
    * 60_000,
    "serverless.yml": "service: a\nprovider:\n  profile: ${self:custom.a}\nfunctions: {}\ncustom:\n"
    + "".join(f"  p{n}: {{profile: a}}\n" for n in range(40_000)),
}
ODD = [
    "Resources: []\nAWSTemplateFormatVersion: a\n",
    "Resources: {A: AWS::EC2::Instance, B: {Type: AWS::EC2::Instance, Properties: []}}\n",
    "Resources: {B: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: a}}}\n",
    "Resources: {B: {Type: AWS::EC2::Instance, Properties: {MetadataOptions: [a]}}}\n",
    "Resources: {B: {Type: AWS::EC2::Instance, Properties: {MetadataOptions: {HttpTokens: {}}}}}\n",
    "Resources: {B: {Type: AWS::EC2::Instance, Properties: &p {UserData: *p, ImageId: !Sub []}}}\n",
    "Resources: {B: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: 1}}}}\n",
    "Resources: {B: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: a}}}\n",
    "Resources: {B: {Type: AWS::ECS::TaskDefinition}}\n",
    "Resources: {B: {Type: AWS::IAM::AccessKey, Properties: !GetAtt []}}\nOutputs: [a]\n",
    "Resources: {B: {Type: AWS::IAM::Role, a: {Statement: [{Effect: Allow, Action: {c: d}}]}}}\n",
    "Statement: {Effect: Allow, Principal: {Federated: [[b]]}, Action: 'sts:*', Condition: [a]}\n",
    "containerDefinitions: [a, [b], {environment: [c, {name: {d: e}}], secrets: f}]\n",
    "Statement: AssumeRoleWithWebIdentity\n",
    "LaunchTemplateData: {MetadataOptions: [], UserData: {a: [b]}}\n",
    "provider: [profile]\nservice: a\nfunctions: [a, {b: c}]\nenvironment: 1\n",
]


@pytest.mark.parametrize("name", TEXTS)
def test_large_files_end_in_time(name):
    document = Document(name, TEXTS[name].encode())
    analyser = Analyser(RULES)
    began = time.process_time()
    chosen = analyser.selects(document)
    result = analyser.analyse(document, chosen)

    assert time.process_time() - began < 15
    assert [skip for skip in result.skipped if skip.code == "RUN902"] == []
    assert len(result.found) <= 1000


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("uri", ["a.yaml", "serverless.yml", "samconfig.yaml", "buildspec.yml"])
def test_odd_shapes_are_no_fault(uri, text):
    analyser = Analyser(RULES)
    result = analyser.analyse(Document(uri, text.encode()), "yaml")

    assert [skip.reason for skip in result.skipped] == []
