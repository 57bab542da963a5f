"""Who issues the tokens that roles trust, and what their subjects look like.

GitHub: docs.github.com, "OpenID Connect reference" (read 2026-11): ``repo:OWNER/REPO:CONTEXT``;
repositories made, renamed or moved since 15 July 2026 say ``repo:OWNER@ID/REPO@ID:CONTEXT``.
GitLab: "Connect to cloud services", ``project_path:GROUP/PROJECT:ref_type:TYPE:ref:NAME``.
CircleCI: "Using OpenID Connect tokens in jobs", ``org/ID/project/ID/user/ID`` of an issuer that is
the organisation's own. Bitbucket: "Deploy on AWS using Bitbucket Pipelines OpenID Connect",
``{REPOSITORY}:{STEP}``, of an issuer that is the workspace's own. EKS User Guide, "IAM roles for
service accounts": ``system:serviceaccount:NAMESPACE:NAME`` of an issuer that is the cluster's own.
HCP Terraform: "Dynamic credentials with the AWS provider",
``organization:O:project:P:workspace:W:run_phase:R``. Buildkite: "OIDC with AWS",
``organization:O:pipeline:P:…``.
"""

from __future__ import annotations

import re
from typing import Optional

from credlint.model.lean_tuples import NamedTuple

# A part of a text that only deployment knows.
UNKNOWN = "\0"


class Provider(NamedTuple):
    """``issuer``: as in the names of condition keys. ``is_shared``: by all customers.

    ``tenant``: what the subject begins with, its first group names whose it is, up to what ends
    the name; None where the issuer says it. ``whole``: an expression for patterns that stand for
    everything that one tenant has. ``who``: what a token stands for. ``audience``: the usual one.
    """

    title: str
    issuer: str
    who: str
    is_shared: bool
    tenant: str = ""
    whole: str = ""
    audience: str = ""


PROVIDERS = (
    Provider(
        *("GitHub", r"token\.actions\.githubusercontent\.com(?:/[^:]+)?", "repository", True),
        tenant=r"repo:([^/]*)/",
        whole=r"repo:[^/*?@]+(?:@[^/]*)?/\*(?:[:@].*)?\Z",
        audience="sts.amazonaws.com",
    ),
    Provider(
        *("GitLab", r"gitlab\.com", "project", True),
        tenant=r"project_path:([^/]*)/",
        whole=r"project_path:[^*?]+/\*(?::\*)?\Z",
    ),
    Provider(
        *("HCP Terraform", r"app\.terraform\.io", "workspace", True),
        tenant=r"organization:([^:]*):",
        whole=r"organization:[^:*?]+:(?:\*|project:\*(?::.*)?)\Z",
    ),
    Provider(
        *("Buildkite", r"agent\.buildkite\.com", "pipeline", True),
        tenant=r"organization:([^:]*):",
        whole=r"organization:[^:*?]+:(?:\*|pipeline:\*(?::.*)?)\Z",
    ),
    Provider(
        *("CircleCI", r"oidc\.circleci\.com/org/[^:]+", "project", False),
        whole=r"(?:\*|org/[^/]*/(?:\*|project/\*.*))\Z",
    ),
    Provider(
        *("Bitbucket", r"api\.bitbucket\.org/2\.0/workspaces/[^:]+", "repository", False),
        whole=r"[*:{}]+\Z",
    ),
    Provider(
        *("EKS", r"oidc\.eks\.[^:]+", "service account", False),
        whole=r"(?:\*|system:\*|system:serviceaccount:\*(?::\*)?)\Z",
        audience="sts.amazonaws.com",
    ),
)
_ARN = re.compile(r":oidc-provider/(.+)\Z", re.DOTALL)


def provider_of(text: str) -> Optional[Provider]:
    """Return who issues tokens under a name, such as that before the colon of a condition key."""
    for provider in PROVIDERS:
        if re.fullmatch(provider.issuer, text):
            return provider
    return None


def provider_of_arn(arn: str) -> Optional[Provider]:
    """Return whose provider a principal is, None for another or one whose name is not known."""
    found = _ARN.search(arn)
    return provider_of(found[1]) if found else None


def is_of_everybody(provider: Provider, pattern: str) -> bool:
    """Tell whether a pattern of ``StringLike`` lets other customers of a shared issuer in."""
    if not provider.is_shared:
        return False
    # What is not known may hold the whole name of the repository: `repo:${var.repository}:*`.
    known = pattern.partition(UNKNOWN)[0]
    if known[:1] in ("*", "?"):
        return True
    beginning = provider.tenant.partition("(")[0]
    if known.startswith(beginning):
        owner = re.match(provider.tenant, known)
        said = owner[1] if owner else known[len(beginning) :]
        # Behind the @ stands a number that the name of the owner has already decided.
        return any(sign in said.partition("@")[0] for sign in "*?")
    place = min((known.find(sign) for sign in "*?" if sign in known), default=-1)
    return 0 <= place < len(beginning)


def is_of_all_of_one(provider: Provider, pattern: str) -> bool:
    """Tell whether a pattern stands for all that one customer has: any repository of the owner."""
    return re.match(provider.whole, pattern) is not None
