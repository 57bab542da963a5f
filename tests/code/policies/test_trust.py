from __future__ import annotations

import json

import pytest

from credlint.code.marked import json_reader
from credlint.code.policies.broad_trust import broad_trusts
from credlint.code.policies.impossible_trust import impossible_trusts

GITHUB = "token.actions.githubusercontent.com"
GITLAB = "gitlab.com"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"
TERRAFORM = "app.terraform.io"


def root_of(issuer, condition, **more):
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{issuer}"},
        **({"Condition": condition} if condition is not None else {}),
        **more,
    }
    text = json.dumps({"Statement": [statement]}).encode()
    (root,) = json_reader.read(text, "a.json").roots
    return root


def breadth(issuer, condition):
    """Return the level of IAC124, ``narrow`` where it is silent."""
    told = [sighting.level or "error" for sighting in broad_trusts(root_of(issuer, condition))]
    return told[0] if told else "narrow"


@pytest.mark.parametrize(
    ("issuer", "subject", "expected"),
    [
        (GITHUB, "*", "error"),
        (GITHUB, "repo:*", "error"),
        (GITHUB, "re*", "error"),
        (GITHUB, "repo:*/shop:*", "error"),
        (GITHUB, "repo:acme*", "error"),
        (GITHUB, "repo:acme*/shop:*", "error"),
        (GITHUB, "repo:ac?e/shop:*", "error"),
        (GITHUB, "repo:acme/*", "warning"),
        (GITHUB, "repo:acme/*:*", "warning"),
        (GITHUB, "repo:acme/*:ref:refs/heads/main", "warning"),
        (GITHUB, "repo:acme@12/*", "warning"),
        (GITHUB, "repo:acme@*/*", "warning"),
        (GITHUB, "repo:${org}/*", "warning"),
        (GITHUB, "repo:acme/shop:*", "narrow"),
        (GITHUB, "repo:acme/shop-*:ref:refs/heads/main", "narrow"),
        (GITHUB, "repo:acme@12/shop@34:*", "narrow"),
        (GITHUB, "repo:${org}/${repository}:*", "narrow"),
        (GITHUB, "job_workflow_ref:acme/flows/*", "narrow"),
        (GITLAB, "project_path:*", "error"),
        (GITLAB, "project_path:acme*/shop:ref_type:branch:ref:main", "error"),
        (GITLAB, "project_path:acme/*:ref_type:branch:ref:main", "narrow"),
        (GITLAB, "project_path:acme/*", "warning"),
        (GITLAB, "project_path:acme/shop:*", "narrow"),
        (TERRAFORM, "organization:*", "error"),
        (TERRAFORM, "organization:acme:*", "warning"),
        (TERRAFORM, "organization:acme:project:p:workspace:w:run_phase:*", "narrow"),
        (EKS, "*", "warning"),
        (EKS, "system:serviceaccount:*", "warning"),
        (EKS, "system:serviceaccount:jobs:*", "narrow"),
    ],
)
def test_breadth_of_subjects(issuer, subject, expected):
    assert breadth(issuer, {"StringLike": {f"{issuer}:sub": subject}}) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, "error"),
        ({}, "error"),
        ({"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, "error"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "error"),
        ({"StringNotLike": {f"{GITHUB}:sub": "repo:evil/*"}}, "error"),
        ({"StringLike": {f"{GITHUB}:sub": ["repo:acme/shop:*", "*"]}}, "error"),
        ({"StringLikeIfExists": {f"{GITHUB}:sub": "repo:acme/shop:*"}}, "warning"),
        ({"ForAllValues:StringLike": {f"{GITHUB}:sub": "repo:acme/shop:*"}}, "warning"),
        ({"ForAllValues:StringLike": {f"{GITHUB}:sub": "*"}}, "error"),
        ({"ForAnyValue:StringLike": {f"{GITHUB}:sub": "repo:acme/shop:*"}}, "narrow"),
        ({"StringEquals": {f"{GITHUB}:repository": "acme/shop"}}, "narrow"),
        ({"StringEquals": {f"{GITHUB}:repository_owner": "acme"}}, "warning"),
        (
            {
                "StringEquals": {f"{GITHUB}:repository_owner": "acme"},
                "StringLike": {f"{GITHUB}:sub": "repo:acme/shop:*"},
            },
            "narrow",
        ),
        ({"StringEquals": {f"{GITHUB}:SUB": "repo:acme/shop:ref:refs/heads/a"}}, "narrow"),
    ],
)
def test_breadth_of_conditions(condition, expected):
    assert breadth(GITHUB, condition) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"Effect": "Deny"},
        {"Action": "sts:AssumeRole"},
        {"Principal": {"Service": "ec2.amazonaws.com"}},
        {"Principal": "*"},
        {"Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/acme"}},
        {"Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/login.acme.example"}},
        {"Condition": {"Fn::If": ["Open", {}, {"StringEquals": {f"{GITHUB}:sub": "a"}}]}},
        {"Condition": "all"},
    ],
)
def test_other_statements_are_left_alone(more):
    assert list(broad_trusts(root_of(GITHUB, None, **more))) == []


@pytest.mark.parametrize(
    ("issuer", "condition", "expected"),
    [
        (GITHUB, {"StringEquals": {f"{GITHUB}:sub": "repo:a/b:*"}}, ["error"]),
        (GITHUB, {"StringEqualsIgnoreCase": {f"{GITHUB}:sub": "repo:a/b:*"}}, ["error"]),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:a/b:*"}}, ["note"]),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:a@1/b@2:*"}}, []),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:a@1/b:*"}}, ["error"]),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:a@1/b@2:ref:main"}}, ["error"]),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:a@1/b@2:ref:ref*"}}, []),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:a@1/b@2:ref:head*"}}, ["error"]),
        (GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:a@1/b@2:refs/heads/main"}}, ["error"]),
        (GITHUB, {"StringEquals": {f"{GITHUB}:sub": "repo:a@1/b@2"}}, ["warning"]),
        (GITHUB, {"StringEquals": {f"{GITHUB}:sub": "repo:a@1/b@2:pull_request"}}, []),
        (GITHUB, {"StringEquals": {f"{GITHUB}:sub": "repo:${o}/${r}:environment:p"}}, []),
        (GITHUB, {"StringEquals": {f"{GITHUB}:sub": "repo:git@github.com:a/b"}}, ["error"]),
        (GITHUB, {"StringEquals": {f"https://{GITHUB}:sub": "repo:a@1/b@2:x"}}, ["error"]),
        (GITHUB, {"StringEquals": {f"{GITLAB}:sub": "project_path:a/b:*"}}, ["error", "error"]),
        (GITHUB, {"StringEquals": {f"{GITHUB}:aud": "https://github.com/a"}}, ["warning"]),
        (GITHUB, {"StringEquals": {f"{GITHUB}:aud": "https://sts.amazonaws.com"}}, ["error"]),
        (GITHUB, {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com.cn"}}, []),
        (GITLAB, {"StringEquals": {f"{GITLAB}:aud": "https://gitlab.com"}}, []),
        (GITLAB, {"StringLike": {f"{GITLAB}:sub": "project_path:a/b:ref_type:branch:ref:*"}}, []),
        (EKS, {"StringEquals": {f"{EKS}:sub": "system:serviceaccount:a:b"}}, []),
        (EKS, {"StringEquals": {f"{EKS}:sub": "serviceaccount:a:b"}}, ["error"]),
    ],
)
def test_what_no_token_says(issuer, condition, expected):
    told = [s.level or "error" for s in impossible_trusts(root_of(issuer, condition), "json")]

    assert told == expected


def test_an_operator_that_is_there_already_is_not_made_a_second_time():
    condition = {
        "StringEquals": {f"{GITHUB}:sub": "repo:a/b:*"},
        "StringLike": {f"{GITHUB}:aud": "sts.amazonaws.com"},
    }
    (sighting,) = impossible_trusts(root_of(GITHUB, condition), "json")

    assert sighting.fix is None
