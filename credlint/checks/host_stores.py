"""HST213, HST216, HST219, HST220: keys in other tools' files, in copies, of the root user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from credlint.checks.builder import FindingBuilder
from credlint.checks.ini_view import view_file
from credlint.checks.options import CheckOptions
from credlint.checks.places import config_profile_name, file_place
from credlint.checks.sighting_groups import (
    FoundKey,
    keys_of,
    of_kind,
)
from credlint.checks.sighting_words import (
    access_words,
    audit_contexts,
    closing,
    facts_by_path,
    file_properties,
    level_of,
    on_lines,
    related_places,
    retire,
    sighting_place,
)
from credlint.checks.store_remedies import store_remedy, tool_name
from credlint.checks.subject_places import subject_place
from credlint.checks.wording import key_argument, shell_path
from credlint.model.audit import HostAudit, Verdict
from credlint.model.finding import Finding

_STORES = FindingBuilder("HST213", "other-tools-store-keys")
_COPIES = FindingBuilder("HST216", "credential-copies")
_ROOT = FindingBuilder("HST219", "root-account-credentials")

_KUBECONFIG = FindingBuilder("HST220", "kubeconfig-embeds-keys")

_ROOT_DOWNLOAD = re.compile(r"rootkey[^/]*\.csv\Z", re.IGNORECASE)
_LOCAL_ACCOUNT = "000000000000"  # LocalStack's
_KEY_SETTINGS = frozenset(("aws_access_key_id",))


def _read_by_sdks(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """Return the files that some subject's SDKs read: those are no strangers' and no copies."""
    return frozenset(
        subject_place(verdict.subject, location=file_place(file)).uri
        for verdict in verdicts
        for file in verdict.subject.snapshot.files
        if file.status == "read"
    )


def other_tools_store_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each AWS key in a file of s3cmd, s3fs, rclone, Hadoop and the like, and in ``.env``.

    Where a process has the key of its ``.env``, HST204 or HST205 tells so with that line.
    """
    del options
    facts = facts_by_path(audit)
    told = _read_by_sdks(verdicts) if "ec2" in audit_contexts(audit) else frozenset()
    loaded = {
        variable.value.fingerprint
        for verdict in verdicts
        for variable in verdict.subject.snapshot.environment
    }
    for key in keys_of(of_kind(audit, "store", "dotenv")):
        first = key.first
        if not key.is_aws or key.is_id_alone:
            continue
        if first.kind == "dotenv" and key.fingerprints & loaded:
            continue
        if first.path.lstrip("/") in told and not key.is_temporary:
            continue  # HST201 tells a person's key in a file that SDKs read
        fact = facts.get(first.path)
        setting = f" as {first.detail}" if first.detail else ""
        where = f"{tool_name(first)}{on_lines(key)}{setting}"
        yield _STORES.build(
            level_of(audit, key),
            f"{first.path} stores {key.words()} for {where}.{access_words(fact)}",
            sighting_place(first),
            subject=key.subject,
            related=related_places(key),
            properties=(*file_properties(fact), ("tool", first.tool or first.kind)),
            remedy=(*store_remedy(first), retire(key), *closing(fact)),
        )


def kubeconfig_embeds_keys(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell each AWS key that a kubeconfig hands to the program that fetches tokens."""
    del verdicts, options
    facts = facts_by_path(audit)
    for key in keys_of(of_kind(audit, "kubeconfig")):
        first = key.first
        if not key.is_aws or key.is_id_alone:
            continue
        fact = facts.get(first.path)
        whose = f" for {first.detail}" if first.detail else ""
        yield _KUBECONFIG.build(
            level_of(audit, key),
            f"{first.path} holds {key.words()}{on_lines(key)}{whose}.{access_words(fact)}",
            sighting_place(first),
            subject=key.subject,
            related=related_places(key),
            properties=file_properties(fact),
            remedy=(
                (
                    "Delete the variables from `env` of its `exec`; on a host with a role nothing "
                    "takes their place, else `- name: AWS_PROFILE` with the name of a profile."
                ),
                "Or write it anew: `aws eks update-kubeconfig --name CLUSTER`.",
                retire(key),
                *closing(fact),
            ),
        )


def credential_copies(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell copies of AWS files and downloads of the console that hold keys."""
    del options
    facts = facts_by_path(audit)
    read = _read_by_sdks(verdicts)
    for key in keys_of(of_kind(audit, "copy")):
        first = key.first
        if key.is_id_alone or first.path.lstrip("/") in read or _is_roots(first.path):
            continue
        fact = facts.get(first.path)
        what = "a download of the console" if first.path.lower().endswith(".csv") else "a copy"
        yield _COPIES.build(
            level_of(audit, key),
            f"{first.path} holds {key.words()}{on_lines(key)}; {what} that no SDK reads."
            f"{access_words(fact)}",
            sighting_place(first),
            subject=key.subject,
            related=related_places(key),
            properties=file_properties(fact),
            remedy=(f"`shred -u {shell_path(first.path)}`", retire(key)),
        )


def _is_roots(path: str) -> bool:
    return _ROOT_DOWNLOAD.search(path) is not None


def root_account_credentials(
    audit: HostAudit, verdicts: tuple[Verdict, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell what looks like keys of an account's root user: its download, a profile of that name."""
    del options
    facts = facts_by_path(audit)
    for key in keys_of(of_kind(audit, "copy")):
        if not _is_roots(key.first.path) or not key.is_aws or key.is_id_alone:
            continue
        fact = facts.get(key.first.path)
        yield _ROOT.build(
            "error",
            f"{key.first.path} holds {key.words()}{on_lines(key)}; by its name the console gave it "
            f"out for the account's root user.{access_words(fact)}",
            sighting_place(key.first),
            subject=key.subject,
            related=related_places(key),
            properties=file_properties(fact),
            remedy=(*_delete_root_key(key), f"`shred -u {shell_path(key.first.path)}`"),
        )
    yield from _root_profiles(verdicts)


def _delete_root_key(key: FoundKey) -> Iterator[str]:
    yield (
        "Sign in as the root user and delete the key under Security credentials, or with the key "
        f"itself: `aws iam delete-access-key --access-key-id {key_argument(key.key_id)}`."
    )
    yield "Give people IAM Identity Center and machines a role; nothing needs the root user's keys."


def _root_profiles(verdicts: Iterable[Verdict]) -> Iterator[Finding]:
    seen: set[tuple[str, int]] = set()
    for verdict in verdicts:
        for file in verdict.subject.snapshot.files:
            if file.role not in ("credentials", "config") or file.status != "read":
                continue
            for section, setting in view_file(file).settings():
                name = (
                    section.name
                    if file.role == "credentials"
                    else config_profile_name(section.name)
                )
                key_id = setting.value.key_id
                if (name or "").lower() != "root" or setting.name.lower() not in _KEY_SETTINGS:
                    continue
                if key_id is None or key_id.example or key_id.account == _LOCAL_ACCOUNT:
                    continue
                here = file_place(file, setting.line, section.name)
                place = subject_place(verdict.subject, location=here)
                if (place.uri, place.line) in seen or key_id.prefix != "AKIA":
                    continue
                seen.add((place.uri, place.line))
                path = place.display().rpartition(":")[0]
                yield _ROOT.build(
                    "warning",
                    f"Profile root in {path} line {place.line} has the long-term key "
                    f"{key_id.display()}, by its name one of the account's root user.",
                    place,
                    subject=key_id.display(),
                    remedy=(
                        (
                            "`aws sts get-caller-identity --profile root` shows an ARN that ends "
                            "in `:root` if it is."
                        ),
                        (
                            "If so, delete it: `aws iam delete-access-key --access-key-id "
                            f"{key_argument(key_id)} --profile root`, and the profile from {path}."
                        ),
                    ),
                )
