"""Terraform's state: what its providers keep there in clear text.

Terraform documentation, "Manage sensitive data": state holds every attribute as it is. Names of
attributes: the providers aws, random, tls and the databases' (registry.terraform.io).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Optional

from credlint.model.secret import Secret
from credlint.secrets.candidate import Candidate, Match, TextView
from credlint.secrets.json_places import JsonText, Step, iter_texts
from credlint.secrets.randomness import is_placeholder

# Secret whatever the resource is.
_ATTRIBUTES = frozenset(
    """
    password master_password master_user_password admin_password administrator_login_password
    root_password user_password db_password secret_key client_secret auth_token api_key
    secret_string access_token connection_string
    ses_smtp_password_v4 private_key private_key_pem private_key_openssh
    """.split()  # noqa: SIM905  a list of names reads best as words
)
# Secret in these resources.
_OF_TYPE = {
    ("aws_iam_access_key", "secret"): "secret access key",
    ("aws_iam_access_key", "ses_smtp_password_v4"): "SES SMTP password",
    ("aws_iam_user_login_profile", "password"): "console password",
    ("aws_iam_service_specific_credential", "service_password"): "service-specific password",
    ("aws_api_gateway_api_key", "value"): "API key",
    ("aws_ssm_parameter", "value"): "parameter",
    ("aws_cognito_user_pool_client", "client_secret"): "client secret",
    ("random_password", "result"): "generated password",
    ("random_string", "result"): "",
}
# Of state in versions 3 and 4, and of a plan in JSON.
_PARTS = frozenset(
    ("backend", "modules", "outputs", "planned_values", "prior_state", "resources", "values")
)
_SECRET_NAME = re.compile(r"(?i)passw|secret|token|private_?key|api_?key")
_SECURE = b"SecureString"
_ENCRYPTED = b"ENC[AES256_GCM,"  # sops
# No resource is described further down than that.
_DEPTH = 16
_LONGEST, _SHORTEST = 20_000, 6
_REFERENCE = re.compile(r"\$\{|\Aarn:|\Aprojects/|\A(?:true|false|null|none)\Z")
_HASH = re.compile(r"\{CRYPT\}|\$2[aby]\$|\$6\$|md5[0-9a-f]{32}\Z|SCRAM-SHA-256\$")


def inspect_state(matches: Sequence[Match], view: TextView) -> Iterator[Candidate]:
    """Judge the texts of a state file, old (version 3: ``primary``) and new (``instances``)."""
    if _ENCRYPTED in view.data:
        return
    texts = list(iter_texts(view.data))
    types = {
        text.path[:-1]: view.data[text.start : text.end].decode("utf-8", "replace")
        for text in texts
        if text.path[-1] == "type"
    }
    for text in texts:
        label = _label(text, types, view)
        candidate = _candidate(matches[0], text, label, view) if label else None
        if candidate is not None:
            yield candidate


def _label(text: JsonText, types: Mapping[tuple[Step, ...], str], view: TextView) -> Optional[str]:
    """Return what an attribute is, None when it is no secret."""
    path = text.path
    name = str(path[-1])
    if path[0] not in _PARTS:
        return None
    if "outputs" in path[:4]:
        told = name == "value" and _SECRET_NAME.search(str(path[-2])) is not None
        return "value of an output" if told else None
    # The outermost: attributes have types of their own.
    resource = next(
        (types[path[:n]] for n in range(1, min(len(path), _DEPTH)) if path[:n] in types), ""
    )
    special = _OF_TYPE.get((resource, name))
    if special is not None:
        if resource == "aws_ssm_parameter" and not _is_secure(text, view):
            return None
        return f"{special} of a resource {resource}" if special else None
    if name in _ATTRIBUTES:
        return f"{name.replace('_', ' ')} of {_of(resource)}"
    return None


def _of(resource: str) -> str:
    known = re.match(r"[a-z][a-z0-9]*_[a-z0-9_]{1,60}\Z", resource)
    return f"a resource {resource}" if known else "the backend or a resource"


def _is_secure(text: JsonText, view: TextView) -> bool:
    return _SECURE in view.data[max(0, text.start - 1500) : text.end + 400]


def _candidate(match: Match, text: JsonText, label: str, view: TextView) -> Optional[Candidate]:
    if not _SHORTEST <= text.end - text.start <= _LONGEST:
        return None
    value = view.data[text.start : text.end].decode("utf-8", "replace")
    if is_placeholder(value) or _REFERENCE.search(value) or _HASH.match(value):
        return None
    return Candidate(
        pattern=match.pattern,
        start=text.start,
        end=text.end,
        value=Secret(value),
        level="error",
        message=f"Terraform state holds the {label} in clear text.",
        subject=f"Terraform state: {label}",
        properties=(("kind", "terraform-state"),),
    )
