"""CHN310 and CHN314: keys of IAM users that are used bare, or have been there for long."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from credlint.checks.builder import FindingBuilder
from credlint.checks.ini_view import view_file
from credlint.checks.moments import parse_moment
from credlint.checks.options import CheckOptions
from credlint.checks.places import file_place
from credlint.checks.profiles import effective_profiles
from credlint.checks.situation import contexts_of
from credlint.checks.tokens import section_redirects
from credlint.checks.wording import do, key_argument, sdks_of
from credlint.model.finding import Finding, Level
from credlint.model.snapshot import HostSnapshot
from credlint.model.trace import Trace

_BARE = FindingBuilder("CHN310", "long-term-key-without-mfa-path")
_OLD = FindingBuilder("CHN314", "long-term-key-old")

_KEY = "aws_access_key_id"
_LONG_TERM = "AKIA"
# CIS AWS Foundations Benchmark: rotate access keys every 90 days or less.
_LIMIT_DAYS = 90


def long_term_key_without_mfa_path(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell that a person's key is used as it is, and no profile puts a role or MFA on top of it."""
    del options
    if contexts_of(snapshot) != {"laptop"}:
        return
    static = [t for t in traces if t.winner and t.winner.offer and t.winner.offer.kind == "static"]
    if not any(t.winner.offer.profile for t in static if t.winner and t.winner.offer):
        return
    profiles = effective_profiles(snapshot)
    sources = {p.text("source_profile") for p in profiles.values() if p.assumes_role}
    using: dict[str, list[Trace]] = {}
    for trace in static:
        offer = trace.winner.offer if trace.winner is not None else None
        if offer is not None and offer.profile in profiles:
            using.setdefault(offer.profile, []).append(trace)
    for name, group in using.items():
        setting = profiles[name].settings.get(_KEY)
        key_id = setting.value.key_id if setting is not None else None
        if setting is None or key_id is None or key_id.prefix != _LONG_TERM or key_id.example:
            continue
        if name in sources or section_redirects(setting.section):
            continue
        yield _BARE.build(
            "note",
            f"`[{name}]` is a long-term user key ({key_id.display()}) that "
            f"{do(sdks_of(group), 'use')} directly; no profile adds MFA or a role on top.",
            setting.place(),
            subject=key_id.display(),
            sdks=sdks_of(group),
            remedy=(
                "Best without a key on disk: `aws configure sso`, or `aws login`.",
                (
                    f"With MFA: `aws configure mfa-login --profile {shlex.quote(name)}`, or a role "
                    f"with `source_profile = {name}` and `mfa_serial`."
                ),
            ),
        )


def long_term_key_old(
    snapshot: HostSnapshot, traces: tuple[Trace, ...], options: CheckOptions
) -> Iterable[Finding]:
    """Tell how long a key has been in its file at least, by the time of the last change."""
    del traces
    now = parse_moment(options.now)
    level: Level = "note" if contexts_of(snapshot) == {"laptop"} else "warning"
    seen: set[str] = set()
    for file in snapshot.files if now is not None else ():
        changed = parse_moment(file.modified) if file.modified else None
        if file.path in seen or changed is None or now is None:
            continue
        seen.add(file.path)
        days = (now.time - changed.time).days
        if days <= _LIMIT_DAYS or file.role == "ec2-credential-file":
            continue
        for section, setting in view_file(file).settings():
            key_id = setting.value.key_id
            if key_id is None or key_id.prefix != _LONG_TERM or key_id.example:
                continue
            if section_redirects(section):
                continue
            key = key_argument(key_id)
            yield _OLD.build(
                level,
                f"The key {key_id.display()} in `[{section.name}]` of {file.path} has been there "
                f"for {days} days or more (limit {_LIMIT_DAYS}).",
                file_place(file, setting.line, section.name),
                subject=key_id.display(),
                remedy=(
                    "Replace it by a role, or by `aws configure sso`.",
                    (
                        "Or rotate it: `aws iam create-access-key`, put the new one in its place, "
                        f"then `aws iam update-access-key --access-key-id {key} --status "
                        f"Inactive`, and delete it when nothing misses it."
                    ),
                ),
                properties=[("days", str(days))],
            )
