"""HST214 and HST215: logins of registries that Docker and package managers keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.moments import parse_moment
from credlint.checks.options import CheckOptions
from credlint.checks.sighting_groups import (
    of_kind,
)
from credlint.checks.sighting_words import (
    access_words,
    audit_contexts,
    closing,
    facts_by_path,
    file_properties,
    sighting_place,
)
from credlint.checks.wording import shell_path
from credlint.model.audit import HostAudit, Sighting, Verdict
from credlint.model.finding import Finding, Level

_DOCKER = FindingBuilder("HST214", "docker-config-plain-auth")
_PACKAGES = FindingBuilder("HST215", "package-config-codeartifact-token")


def docker_config_plain_auth(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each registry password that Docker keeps in base64."""
    del verdicts
    facts = facts_by_path(audit)
    lasting = bool(audit_contexts(audit) & {"ec2", "ci", "codebuild"})
    for one in of_kind(audit, "docker-config"):
        if one.what != "password":
            continue
        host, _, expiry = one.detail.partition(", expires ")
        is_ecr = one.label.startswith("ECR")
        ended = is_ecr and _is_over(expiry, options)
        level: Level = "note" if ended else "error" if lasting and not is_ecr else "warning"
        duration = f", which {'ended' if ended else 'ends'} at {expiry}" if expiry else ""
        if is_ecr and not expiry:
            duration = ", which lasts 12 hours"
        fact = facts.get(one.path)
        yield _DOCKER.build(
            level,
            f"{one.path} stores the {one.label} for {host} on line {one.line}{duration}, in "
            f"base64, which everybody can undo.{access_words(fact)}",
            sighting_place(one),
            subject=host,
            properties=file_properties(fact),
            remedy=(*_registry_remedy(one, host, is_ecr), *closing(fact)),
        )


def _is_over(expiry: str, options: CheckOptions) -> bool:
    ends, now = parse_moment(expiry), parse_moment(options.now)
    return ends is not None and now is not None and ends.time <= now.time


def _registry_remedy(one: Sighting, host: str, is_ecr: bool) -> Iterator[str]:
    if is_ecr:
        yield (
            "Install amazon-ecr-credential-helper, which takes the password with the role when it "
            f'is needed, and put `"credHelpers": {{"{host}": "ecr-login"}}` into {one.path}.'
        )
    else:
        yield f'Name a store of secrets in {one.path}: `"credsStore": "pass"` or `"secretservice"`.'
    yield f"`docker logout {shell_path(host)}` as {one.user or 'the user'} deletes the password."


def package_config_codeartifact_token(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each CodeArtifact token that a package manager's file keeps."""
    del verdicts
    facts = facts_by_path(audit)
    lasting = bool(audit_contexts(audit) & {"ci", "codebuild"})
    for one in of_kind(audit, "package-config"):
        if one.label != "CodeArtifact token":
            continue
        host, _, expiry = one.detail.partition(", expires ")
        ended = _is_over(expiry, options)
        told = f"which {'ended' if ended else 'ends'} at {expiry}" if expiry else "12 hours at most"
        whose = f" for {host}" if host else ""
        fact = facts.get(one.path)
        yield _PACKAGES.build(
            "warning" if lasting and not ended else "note",
            f"{one.path} keeps a CodeArtifact token{whose} on line {one.line}, {told}."
            f"{access_words(fact)}",
            sighting_place(one),
            subject=host or "CodeArtifact token",
            properties=file_properties(fact),
            remedy=(
                (
                    "Log in for each session: `aws codeartifact login --tool TOOL --domain DOMAIN "
                    "--repository REPOSITORY`, or name a variable in the file "
                    "(`${CODEARTIFACT_AUTH_TOKEN}`)."
                ),
                (
                    f"Delete line {one.line} when it is not needed: "
                    f"`sed -i '{one.line}d' {shell_path(one.path)}`."
                ),
                *closing(fact),
            ),
        )
